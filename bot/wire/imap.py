"""The mailbox behind IMAP: where messages come from and are filed, never the truth about them."""

import imaplib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

from imapclient import IMAPClient

from bot.errors import MailboxUnavailable
from bot.ports import CheckLine, Fetched, FolderState
from bot.wire.imap_check import check_mailbox
from bot.wire.imap_errors import response_code, translated
from bot.wire.imap_folders import FolderNames, find_sent, missing_folders, read_names
from bot.wire.imap_news import News
from bot.wire.imap_search import HEADER_LIMIT, UIDS_A_QUESTION, batches, search_uids, sizes_of
from bot.wire.imap_session import ImapServer, connect, hang_up, log_in
from bot.wire.imap_wait import Alarm, idle
from bot.wire.security import Credentials, Security, refuse_clear_text

# Servers may log an idle client out after 30 minutes, many NAT boxes forget it after 10 (RFC 2177 §3).
IDLE_SLICE = 9 * 60.0
# A frozen server must not hold up our own end.
_GOODBYE_SECONDS = 2.0
# A slow line must still be able to carry a long APPEND: bytes per second that we are ready to wait for.
_SLOWEST_LINE = 50_000


class ImapMailbox:
    """`ports.Mailbox` over imapclient; nothing connects before `connect()`.

    One thread uses it; only `wake()` may be called from others. After `MailboxUnavailable` the next
    `connect()` starts a new session. Where the server has no IDLE, `wait()` returns after `poll_seconds`.
    """

    def __init__(
        self,
        host: str,
        port: int,
        credentials: Credentials,
        *,
        security: str = "tls",
        ca_file: str | None = None,
        connect_timeout: float = 15.0,
        read_timeout: float = 60.0,
        poll_seconds: float = 30.0,
        use_idle: bool = True,
    ) -> None:
        self.server = ImapServer(
            host=host,
            port=port,
            security=Security(security),
            ca_file=ca_file,
            connect_timeout=connect_timeout,
            read_timeout=read_timeout,
        )
        refuse_clear_text(self.server.security, host, "imap")
        self._credentials = credentials
        self._poll_seconds = poll_seconds
        self._use_idle = use_idle
        self._alarm = Alarm()
        self._client: IMAPClient | None = None
        self._names = FolderNames()
        self._news = News()
        self._sizes: dict[int, int] = {}
        self._sent: str | None = None

    # --- the session

    def connect(self) -> None:
        """Connect, secure, log in and read the capabilities; a live connection is left as it is."""
        if self._client is not None:
            return
        try:
            with translated("connecting", str(self.server), self._drop):
                self._client = connect(self.server)
            with self._doing("logging in") as client:
                log_in(client, self._credentials)
                self._names = read_names(client)
        except BaseException:
            self._drop()  # half a session is none
            raise

    def close(self) -> None:
        """LOGOUT and close, quietly."""
        if self._client is not None:
            with suppress(OSError, imaplib.IMAP4.error, ValueError):
                self._client.socket().settimeout(min(_GOODBYE_SECONDS, self.server.read_timeout))
                self._client.logout()
        self._drop()

    def check(self, folders: Sequence[str] = ()) -> Sequence[CheckLine]:
        """Try everything `connect()` and the filing need on a connection of its own, changing nothing."""
        return check_mailbox(self.server, self._credentials, folders, poll_seconds=self._poll_seconds)

    def _drop(self) -> None:
        client, self._client = self._client, None
        self._sent = None
        self._news.closed()
        self._sizes.clear()
        if client is not None:
            hang_up(client)

    @contextmanager
    def _doing(self, what: str) -> Iterator[IMAPClient]:
        if self._client is None:
            raise MailboxUnavailable(f"There is no connection to {self.server} ({what})")
        with translated(what, str(self.server), self._drop):
            yield self._client

    # --- folders

    def ensure_folders(self, folders: Sequence[str]) -> None:
        """Create and subscribe the folders that are not there ('/' stands for the hierarchy separator)."""
        self._sent = None
        with self._doing("creating folders") as client:
            for name in missing_folders(folders, client.list_folders(), self._names):
                try:
                    client.create_folder(name)
                except imaplib.IMAP4.error as error:
                    if response_code(error) != "ALREADYEXISTS":  # another node was quicker (RFC 5530 §3)
                        raise
                with suppress(imaplib.IMAP4.error):  # an unsubscribed folder still works
                    client.subscribe_folder(name)

    def sent_folder(self) -> str | None:
        """The SPECIAL-USE \\Sent folder, or the usual name that exists (RFC 6154), for this session."""
        if self._sent is None:
            with self._doing("looking for the Sent folder") as client:
                found = find_sent(client.list_folders(), self._names)
            self._sent = None if found is None else self._names.in_config(found)
        return self._sent

    def select(self, folder: str) -> FolderState:
        """SELECT a folder for what follows."""
        with self._doing(f"opening {folder}") as client:
            self._news.closed()
            self._sizes.clear()
            answer: dict[bytes, Any] = client.select_folder(self._names.on_server(folder))
            state = FolderState(
                uidvalidity=answer.get(b"UIDVALIDITY", 0),
                uidnext=answer.get(b"UIDNEXT", 0),
                exists=answer.get(b"EXISTS", 0),
            )
            self._news.opened(folder, state, client._imap)
        return state

    # --- reading

    def uids_after(self, uid: int) -> list[int]:
        """UIDs greater than `uid` in the selected folder, ascending, and only those.

        What a person marked deleted is as good as gone and left out.
        """
        return self._search([], uid)

    def unseen_uids(self) -> list[int]:
        """UIDs without \\Seen in the selected folder, ascending."""
        return self._search(["UNSEEN"], 0)

    def _search(self, criteria: list[str], after: int) -> list[int]:
        with self._doing("searching") as client:
            self._news.search_begins(client._imap)
            return search_uids(client, ["UNDELETED", *criteria], after, self._news.state)

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """RFC822.SIZE by UID; messages that are gone are left out."""
        unknown = [uid for uid in uids if uid not in self._sizes]
        with self._doing("asking for sizes") as client:
            self._sizes.update(sizes_of(client, unknown))
        return {uid: self._sizes[uid] for uid in uids if uid in self._sizes}

    def fetch(self, uids: Sequence[int]) -> Iterator[Fetched]:
        """The raw messages by BODY.PEEK[] (nothing is marked seen), batched within a byte budget."""
        for start in range(0, len(uids), UIDS_A_QUESTION):
            some = uids[start : start + UIDS_A_QUESTION]
            for batch in batches(some, self.sizes(some)):
                yield from self._fetch_batch(batch)

    def _fetch_batch(self, batch: list[int]) -> Iterator[Fetched]:
        with self._doing("fetching") as client:
            answer: dict[int, dict[bytes, Any]] = client.fetch(batch, ["BODY.PEEK[]", "INTERNALDATE"])
        for uid in batch:
            raw = answer.get(uid, {}).get(b"BODY[]")
            if isinstance(raw, bytes):
                yield Fetched(uid=uid, raw=raw, received=_epoch(answer[uid].get(b"INTERNALDATE")))

    def fetch_headers(self, uid: int) -> bytes:
        """The header section of one message, cut at 256 KB; b'' when it is gone."""
        with self._doing("fetching a header") as client:
            answer = client.fetch([uid], [f"BODY.PEEK[HEADER]<0.{HEADER_LIMIT}>"]).get(uid, {})
        found = (value for key, value in answer.items() if key.startswith(b"BODY[HEADER]"))
        header = next(found, b"")
        return header if isinstance(header, bytes) else b""

    def find_message_id(self, folder: str, message_id: str) -> list[int]:
        """UIDs of the folder with that Message-ID; used only to repeat a chore after a crash.

        The folder selected before is selected again afterwards.
        """
        if not message_id.isprintable():
            return []
        before = self._news.folder
        self.select(folder)
        with self._doing("looking for a Message-ID") as client:
            charset = None if message_id.isascii() else "UTF-8"
            found = client.search(["HEADER", "Message-ID", message_id.encode()], charset)
        if before and before != folder:
            self.select(before)
        return sorted(found)

    # --- filing

    def move(self, uids: Sequence[int], target: str) -> list[int]:
        """Move messages of the selected folder; returns which of them were there.

        Without MOVE they are copied and deleted. Without UIDPLUS too they stay marked \\Deleted: a bare
        EXPUNGE would take away what people have marked in the same mailbox.
        """
        with self._doing(f"moving to {target}") as client:
            flags = client.get_flags(uids)
        there = [uid for uid in uids if b"\\Deleted" not in flags.get(uid, (b"\\Deleted",))]
        if there:
            self._into(target, lambda client, name: self._move(client, there, name))
        return there

    def _move(self, client: IMAPClient, uids: Sequence[int], name: str) -> None:
        if client.has_capability("MOVE"):
            client.move(uids, name)
            return
        client.copy(uids, name)
        client.add_flags(uids, [b"\\Deleted"], silent=True)
        if client.has_capability("UIDPLUS"):
            client.uid_expunge(uids)

    def append(self, folder: str, raw: bytes, *, seen: bool) -> None:
        """APPEND a message to a folder."""
        flags = [b"\\Seen"] if seen else []
        with self._patience(len(raw)):
            self._into(folder, lambda client, name: client.append(name, raw, flags))

    def _into(self, folder: str, act: Callable[[IMAPClient, str], object]) -> None:
        """Put something into a folder; one that people have removed is made again (RFC 3501 §7.1)."""
        with self._doing(f"filing to {folder}") as client:
            try:
                act(client, self._names.on_server(folder))
                return
            except imaplib.IMAP4.error as error:
                if response_code(error) not in {"TRYCREATE", "NONEXISTENT"}:
                    raise
        if folder == self._sent:
            self._sent = None
            folder = self.sent_folder() or folder
        self.ensure_folders([folder])
        with self._doing(f"filing to {folder}") as client:
            act(client, self._names.on_server(folder))

    @contextmanager
    def _patience(self, size: int) -> Iterator[None]:
        """The read time-out bounds a whole `sendall`, so a big APPEND gets more of it."""
        with self._doing("allowing more time") as client:
            connection = client.socket()
        connection.settimeout(self.server.read_timeout + size / _SLOWEST_LINE)
        try:
            yield
        finally:
            with suppress(OSError):
                connection.settimeout(self.server.read_timeout)

    # --- waiting

    def wait(self, seconds: float) -> bool:
        """IDLE (or sleep) until something may have happened: True on news or `wake()`, False on time-out."""
        with self._doing("waiting for news") as client:
            if self._alarm.heard() or self._news.pending(client._imap):
                return True
            if not (self._use_idle and client.has_capability("IDLE")):
                return self._alarm.sleep(min(seconds, self._poll_seconds)) or seconds > self._poll_seconds
            deadline = time.monotonic() + seconds
            while (left := deadline - time.monotonic()) > 0:
                if idle(client._imap, self._alarm, min(left, IDLE_SLICE)):
                    return True
        return False

    def wake(self) -> None:
        """From any thread: end a `wait()` in progress, or the next one at once."""
        self._alarm.ring()


def _epoch(internal_date: object) -> float:
    return internal_date.timestamp() if isinstance(internal_date, datetime) else 0.0
