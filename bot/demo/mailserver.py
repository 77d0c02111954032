"""The embedded pair: IMAP and SMTP servers on loopback, in a thread of their own; mail stays in memory."""

import asyncio
import ssl
import threading
from collections.abc import Coroutine, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

from bot.errors import ConfigurationError

try:
    from bot.demo.imap_server import ImapHalf
    from bot.demo.smtp_server import AUTHSERV_ID, Fault, SmtpHalf
except ModuleNotFoundError as error:
    raise ConfigurationError(
        f"The embedded mail server needs the extra `demo` ({error.name} is missing): "
        "pip install 'rollcall[demo]'"
    ) from error

from bot.demo.accounts import Accounts

_Result = TypeVar("_Result")
_PATIENCE = 15.0


class EmbeddedMail:
    """A pair of servers for the given accounts (address: password); a context manager.

    Mail submitted by an account goes to the recipients' INBOX, with an `Authentication-Results` of
    `authserv_id` that tells whether From is the account's. With `tls` both are TLS from the first byte; with
    `starttls` SMTP offers STARTTLS instead and takes no password before it. All methods may be called from
    any thread.
    """

    authserv_id = AUTHSERV_ID
    host = "127.0.0.1"

    def __init__(
        self,
        accounts: Mapping[str, str],
        *,
        tls: ssl.SSLContext | None = None,
        starttls: ssl.SSLContext | None = None,
    ) -> None:
        self.accounts = Accounts(passwords=dict(accounts))
        self._tls = tls
        self._starttls = starttls
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="embedded-mail", daemon=True)
        self._thawed = threading.Event()
        self._imap: ImapHalf | None = None
        self._smtp: SmtpHalf | None = None
        self.imap_port = 0
        self.smtp_port = 0

    # --- life

    def start(self) -> None:
        """Listen on two free ports; returns when both are open."""
        self._thread.start()
        self._call(self._open())

    def stop(self) -> None:
        """Close ports and connections, and end the thread."""
        self.thaw()
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_PATIENCE)
        self._loop.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _open(self) -> None:
        self._imap = ImapHalf(self.accounts)
        self._smtp = SmtpHalf(self.accounts, self._file, auth_over_tls_only=self._starttls is not None)
        self.imap_port = await self._imap.start(self._tls)
        self.smtp_port = await self._smtp.start(None if self._starttls else self._tls, self._starttls)

    async def _close(self) -> None:
        # asyncio trips over a connection accepted just before its server closes: let it come about first.
        for _ in range(10):
            await asyncio.sleep(0)
        await self._halves[1].stop()
        await self._halves[0].stop()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await asyncio.sleep(0)

    @property
    def _halves(self) -> tuple[ImapHalf, SmtpHalf]:
        if self._imap is None or self._smtp is None:
            raise RuntimeError("the embedded mail server is not running")
        return self._imap, self._smtp

    def _call(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE)

    async def _file(self, recipient: str, raw: bytes) -> None:
        await self._halves[0].store(recipient.lower(), "INBOX", raw)

    # --- what people do

    def deliver(
        self, raw: bytes, sender: str, recipients: Sequence[str], *, authenticated: bool = True
    ) -> None:
        """A mail arrives, from the account `sender` or, if not `authenticated`, from the wide world."""
        account = sender if authenticated else None
        self._call(self._halves[1].deliver(raw, sender, recipients, account))

    def messages(self, address: str, folder: str = "INBOX") -> list[bytes]:
        """The raw messages of somebody's folder, oldest first."""
        return self._call(self._halves[0].messages(address.lower(), folder))

    def folders(self, address: str) -> list[str]:
        """The names of somebody's folders."""
        return self._call(self._halves[0].names(address.lower()))

    def store(self, address: str, folder: str, raw: bytes) -> None:
        """Put a raw message into a folder as it is, unstamped."""
        self._call(self._halves[0].store(address.lower(), folder, raw))

    # --- levers

    def drop_connections(self) -> None:
        """Cut every IMAP and SMTP connection."""
        self._call(self._drop())

    async def _drop(self) -> None:
        self._halves[1].drop_connections()
        await self._halves[0].drop_connections()

    def freeze(self) -> None:
        """Answer nobody, with every connection open, until `thaw()`; other methods must wait for it."""
        self._thawed.clear()
        self._loop.call_soon_threadsafe(self._thawed.wait)

    def thaw(self) -> None:
        """Go on where `freeze()` stopped."""
        self._thawed.set()

    def smtp_fault(
        self, code: int, text: str, times: int = 1, recipient: str | None = None, command: str = ""
    ) -> None:
        """Answer so the next `times` times: to RCPT where a recipient is named, else to DATA or `command`."""
        at = command or ("RCPT" if recipient else "DATA")
        self._halves[1].faults.append(
            Fault(code=code, text=text, times=times, command=at, recipient=recipient)
        )

    def lose_ack(self, times: int = 1) -> None:
        """Take the next mails, but cut the connection instead of saying so."""
        self._halves[1].acks_to_lose = times

    def set_smtp_size_limit(self, octets: int) -> None:
        """The SIZE that new SMTP connections are told (RFC 1870)."""
        self._halves[1].size_limit = octets

    @property
    def smtp_connections(self) -> int:
        """How many SMTP connections there have been so far."""
        return self._halves[1].connections

    @property
    def refuse_imap_logins(self) -> bool:
        """Whether every IMAP login is refused from now on."""
        return self.accounts.refuse_imap_logins

    @refuse_imap_logins.setter
    def refuse_imap_logins(self, refuse: bool) -> None:
        self.accounts.refuse_imap_logins = refuse
