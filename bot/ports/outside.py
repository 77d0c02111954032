"""What the route needs from the outside world: directories, mailboxes, the way out, sheets."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.values.customer import Customer
from bot.values.learner import Account, CreateResult, Learner
from bot.values.sheet import SheetReading


class Health(StrEnum):
    """How one checked thing stands."""

    OK = "ok"  # works
    WARNING = "warning"  # works, but something will bite later
    FAILED = "failed"  # does not work


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckLine:
    """One line of `rollcall check`: what was tried, how it stands and, if not OK, the way to mend it."""

    subject: str
    health: Health
    detail: str
    mend: str = ""


class Directory(Protocol):
    """Where accounts live. Raises `errors.DirectoryUnavailable` (try later, the outcome may be unknown) and
    `errors.DirectoryRefused` (token, rights); a refused learner is a result, not an exception."""

    name: str
    batch_size: int
    serial: bool  # one import at a time may create in it, because its own checks let races through

    def check(self) -> Sequence[CheckLine]:
        """Try the connection and every right needed, without changing anything."""
        ...

    def find(self, emails: Sequence[str]) -> dict[str, Account]:
        """The accounts that exist under these addresses, by `identity_key`; absent ones are left out."""
        ...

    def create(self, learners: Sequence[Learner], stamp: str) -> list[CreateResult]:
        """Create each learner, marked with `stamp` where the platform can keep it; results in order.

        Called again after a crash with the same learners, it never makes a second account.
        """
        ...

    def for_customer(self, customer: Customer) -> "Directory":
        """The same directory as it is used for one customer: its cohort, who mails its notices."""
        ...

    def adopt(self, accounts: Sequence[Account]) -> None:
        """Do what belongs to new accounts besides making them, for those an interrupted call had made."""
        ...

    def set_password(self, account_id: str, password: str) -> None:
        """Set the learner's password; the platform's own policy may refuse it (`DirectoryRefused`)."""
        ...

    def deactivate(self, account_id: str) -> bool:
        """Deactivate an account nobody has used yet; False where it was used and so left alone."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class FolderState:
    """What SELECT said of a folder (RFC 3501 §6.3.1). `uidnext` is 0 where the server did not say."""

    uidvalidity: int
    uidnext: int
    exists: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched:
    """One fetched message: `raw` bytes as stored, `received` the INTERNALDATE in epoch seconds."""

    uid: int
    raw: bytes
    received: float


class Mailbox(Protocol):
    """One IMAP mailbox, used by one thread. Raises `MailboxUnavailable`, `LoginRefused`, `MailboxRefused`."""

    def connect(self) -> None:
        """Connect, secure, log in and read the capabilities; a live connection is left as it is."""
        ...

    def close(self) -> None:
        """LOGOUT and close, quietly."""
        ...

    def ensure_folders(self, folders: Sequence[str]) -> None:
        """Create and subscribe the folders that are not there ('/' stands for the hierarchy separator)."""
        ...

    def sent_folder(self) -> str | None:
        """The SPECIAL-USE \\Sent folder, or the usual name that exists (RFC 6154); the same for a
        session, until it is not there any more."""
        ...

    def select(self, folder: str) -> FolderState:
        """SELECT a folder for what follows."""
        ...

    def uids_after(self, uid: int) -> list[int]:
        """UIDs greater than `uid` in the selected folder, ascending, and only those."""
        ...

    def unseen_uids(self) -> list[int]:
        """UIDs without \\Seen in the selected folder, ascending."""
        ...

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """RFC822.SIZE by UID; messages that are gone are left out."""
        ...

    def fetch(self, uids: Sequence[int]) -> Iterator[Fetched]:
        """The raw messages by BODY.PEEK[] (nothing is marked seen), batched within a byte budget."""
        ...

    def fetch_headers(self, uid: int) -> bytes:
        """The header section of one message, cut at 256 KB; b'' when it is gone."""
        ...

    def move(self, uids: Sequence[int], target: str) -> list[int]:
        """Move messages of the selected folder; returns which of them were there."""
        ...

    def find_message_id(self, folder: str, message_id: str) -> list[int]:
        """UIDs of the folder with that Message-ID; used only to repeat a chore after a crash."""
        ...

    def append(self, folder: str, raw: bytes, *, seen: bool) -> None:
        """APPEND a message to a folder."""
        ...

    def wait(self, seconds: float) -> bool:
        """IDLE (or sleep) until something may have happened: True on news or `wake()`, False on time-out."""
        ...

    def wake(self) -> None:
        """From any thread: end a `wait()` in progress, or the next one at once."""
        ...

    def check(self, folders: Sequence[str]) -> Sequence[CheckLine]:
        """Try connection, encryption, login, capabilities and folders, without changing anything."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """What the SMTP server made of one mail that it took for at least one recipient.

    `refused` recipients will never get it, `deferred` ones are to be tried again on their own; each with
    the server's words.
    """

    refused: tuple[tuple[str, str], ...] = ()
    deferred: tuple[tuple[str, str], ...] = ()


class Mailer(Protocol):
    """The way out. Raises `DeliveryDeferred`, `DeliveryRefused`, `LoginRefused`."""

    async def send(self, sender: str, recipients: Sequence[str], raw: bytes) -> Delivery:
        """Hand one mail over; '' as sender is the null path. Safe to call from several tasks at once."""
        ...

    async def check(self, sender: str = "") -> Sequence[CheckLine]:
        """Connect, secure, log in and ask whether `sender` may send, and say how it went; no mail is sent."""
        ...

    async def close(self) -> None:
        """QUIT every open connection."""
        ...


class SignatureVerifier(Protocol):
    """Our own DKIM check, for mailboxes whose server writes no results we can trust."""

    def signing_domains(self, raw: bytes) -> tuple[str, ...]:
        """The `d=` of every signature that holds under our strict rules; a DNS failure raises Temporary."""
        ...


class SheetReader(Protocol):
    """Reads one attachment in a limited child process; any bytes at all end in a reading."""

    def read(self, content: bytes, name: str) -> SheetReading:
        """Read it. Never raises for what the bytes hold."""
        ...

    def begin(self, content: bytes, name: str) -> AbstractContextManager[Callable[[], SheetReading]]:
        """Have it read meanwhile; what is given waits for the reading."""
        ...

    def close(self) -> None:
        """End the helper processes."""
        ...
