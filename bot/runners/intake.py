"""Intake: what lies in a mailbox is brought into the ledger; only then may anything there be moved."""

import time
from collections.abc import Callable, Iterator, Sequence

from bot.mail.parse import content_digest, fingerprint, read_envelope
from bot.ports import Fetched, FolderState, Mailbox, Messages
from bot.settings.tables import FirstRun, Folders
from bot.values.ledger import Arrival, Cursor, Place

BATCH = 100
BYTE_BUDGET = 16 * 1024 * 1024


class Intake:
    """Reads one mailbox into the ledger, in the thread that owns its connection.

    `limit_bytes` is the size beyond which only the header section of a message is fetched; `announce` is
    told in words what the first run is about to take, and `taken_in` after each batch that brings new work.
    """

    def __init__(
        self,
        *,
        name: str,
        mailbox: Mailbox,
        messages: Messages,
        folders: Folders,
        first_run: FirstRun,
        limit_bytes: int,
        announce: Callable[[str], None],
        taken_in: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._name = name
        self._mailbox = mailbox
        self._messages = messages
        self._folders = folders
        self._first_run = first_run
        self._limit = limit_bytes
        self._announce = announce
        self._taken_in = taken_in
        self._clock = clock
        self._selected: tuple[str, FolderState] | None = None

    def forget_selection(self) -> None:
        """Another folder was selected, or the connection is a new one."""
        self._selected = None

    def check_inbox(self, keep_lease: Callable[[], None] = lambda: None) -> int:
        """Take in what is new in the inbox; returns how many messages are new work.

        `keep_lease` is called before each batch and raises LeaseLost where the mailbox is another node's now.
        """
        return self._check(self._folders.inbox, keep_lease, approved=False)

    def check_approved(self, keep_lease: Callable[[], None] = lambda: None) -> int:
        """Take in what the staff dragged into the Approved folder."""
        return self._check(self._folders.approved, keep_lease, approved=True)

    def _check(self, folder: str, keep_lease: Callable[[], None], *, approved: bool) -> int:
        state = self._select(folder)
        cursor = self._messages.cursor(self._name, folder)
        if cursor is None:
            cursor = self._begin(folder, state, approved=approved)
        rescan = None
        after = cursor.last_uid
        if cursor.uidvalidity != state.uidvalidity:
            self._announce(f"{folder} was renumbered by the server: it is read again, known mail is skipped")
            rescan, after = cursor, 0
        uids = self._mailbox.uids_after(after)
        new = 0
        for arrivals in self._arrivals(folder, state, uids, approved=approved):
            keep_lease()
            new += self._receive(arrivals, rescan)
        if rescan and not uids:
            fresh = Cursor(uidvalidity=state.uidvalidity, last_uid=0, since=cursor.since)
            self._messages.start_cursor(self._name, folder, fresh)
        return new

    def _receive(self, arrivals: Sequence[Arrival], rescan: Cursor | None = None) -> int:
        """Bring a batch into the ledger; what it brings is worked on while the next one is fetched."""
        new = self._messages.receive(arrivals, rescan=rescan)
        if new:
            self._taken_in()
        return new

    def _select(self, folder: str) -> FolderState:
        if self._selected is None or self._selected[0] != folder:
            self._selected = (folder, self._mailbox.select(folder))
        return self._selected[1]

    def _begin(self, folder: str, state: FolderState, *, approved: bool) -> Cursor:
        """The very first look at a folder decides which of the mail that is there already is taken."""
        first_run = FirstRun.ALL if approved else self._first_run
        last_uid, since = 0, 0.0
        if first_run is not FirstRun.ALL:
            everything = self._mailbox.uids_after(max(state.uidnext - 1000, 0)) if state.exists else []
            last_uid = max(state.uidnext - 1, everything[-1] if everything else 0, 0)
            since = self._clock()
        if not approved:
            self._announce(f"first run on {folder} ({state.exists} messages): taking {_TAKEN[first_run]}")
        if first_run is FirstRun.UNREAD:
            unread = self._mailbox.unseen_uids()
            for arrivals in self._arrivals(folder, state, unread, approved=False):
                self._receive(arrivals)
        cursor = Cursor(uidvalidity=state.uidvalidity, last_uid=last_uid, since=since)
        self._messages.start_cursor(self._name, folder, cursor)
        return cursor

    def _arrivals(
        self, folder: str, state: FolderState, uids: Sequence[int], *, approved: bool
    ) -> Iterator[list[Arrival]]:
        """Ascending batches of what is to be taken in, each small enough to hold in memory."""
        for start in range(0, len(uids), BATCH):
            sizes = self._mailbox.sizes(uids[start : start + BATCH])
            for group in _groups(sorted(sizes.items()), self._limit):
                small = [uid for uid, size in group if size <= self._limit]
                found = {item.uid: item for item in self._mailbox.fetch(small)} if small else {}
                arrivals = []
                for uid, size in group:
                    place = Place(mailbox=self._name, folder=folder, uidvalidity=state.uidvalidity, uid=uid)
                    if uid in found:
                        arrivals.append(_arrival(place, found[uid], size, approved=approved))
                    elif size > self._limit:
                        head = Fetched(uid=uid, raw=self._mailbox.fetch_headers(uid), received=self._clock())
                        arrivals.append(_arrival(place, head, size, approved=approved, too_large=True))
                if arrivals:
                    yield arrivals


def _groups(sizes: Sequence[tuple[int, int]], limit: int) -> Iterator[list[tuple[int, int]]]:
    """Neighbours together up to the byte budget; what is over the limit is not fetched and costs nothing."""
    group: list[tuple[int, int]] = []
    total = 0
    for uid, size in sizes:
        cost = size if size <= limit else 0
        if group and total + cost > BYTE_BUDGET:
            yield group
            group, total = [], 0
        group.append((uid, size))
        total += cost
    if group:
        yield group


_TAKEN = {
    FirstRun.NEW: "only mail that arrives from now on",
    FirstRun.UNREAD: "what is unread, and mail that arrives from now on",
    FirstRun.ALL: "everything that is there",
}


def _arrival(
    place: Place, fetched: Fetched, size: int, *, approved: bool, too_large: bool = False
) -> Arrival:
    envelope = read_envelope(fetched.raw)
    return Arrival(
        place=place,
        raw=fetched.raw,
        message_id=envelope.message_id,
        fingerprint=fingerprint(fetched.raw),
        digest=content_digest(fetched.raw),
        sender=envelope.sender,
        subject=envelope.subject,
        size=size,
        received=fetched.received,
        approved=approved,
        too_large=too_large,
    )
