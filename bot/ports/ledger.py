"""What the route needs from the ledger.

All of it raises `LedgerUnavailable` when the database does not serve, and `LeaseLost` where a write comes
under a fence that is no longer ours.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

from bot.values.learner import ImportRow, NoticeState, OpenRow, Outcome
from bot.values.ledger import (
    Arrival,
    AskedQuestion,
    Cursor,
    DueChore,
    ImportRecord,
    Job,
    NewImport,
    NoticeCounts,
    NoticeRow,
    OutboxItem,
    Outgoing,
    Settlement,
    Thread,
)
from bot.values.message import Address


class Messages(Protocol):
    """Every message ever taken in, and the lease on those being worked on."""

    def cursor(self, mailbox: str, folder: str) -> Cursor | None:
        """How far a folder was read; None before the first run."""
        ...

    def start_cursor(self, mailbox: str, folder: str, cursor: Cursor) -> None:
        """Begin to read a folder from here, without taking anything in."""
        ...

    def receive(self, arrivals: Sequence[Arrival], *, rescan: Cursor | None = None) -> int:
        """Take messages in and move the cursor past them, in one transaction; returns how many are new work.

        A message brought back by the staff is worked again, unless this is a `rescan` of a renumbered folder
        (given with its old cursor).
        """
        ...

    def claim(self) -> Job | None:
        """The next message to work on, under a fresh lease; one sender's messages in order of arrival."""
        ...

    def heartbeat(self, job: Job) -> None:
        """Prolong the lease; raises LeaseLost."""
        ...

    def postpone(self, job: Job, reason: str, delay: float, *, waiting: bool) -> None:
        """Give the job back for later: a temporary fault, which never counts as a crash."""
        ...

    def failed(self, job: Job, reason: str, delay: float) -> None:
        """Give the job back after an unexpected error; it counts like a crash."""
        ...

    def release(self, message: int, by: str) -> bool:
        """Let a held, set-aside or finished message be worked again; False where it is not there."""
        ...


class Settler(Protocol):
    """The end of a job."""

    def say(self, job: Job, letters: Sequence[Outgoing]) -> None:
        """Send a word while the job goes on or waits; the same Message-ID is sent once."""
        ...

    def post_letters(self, letters: Sequence[Outgoing]) -> None:
        """Send letters that belong to no job; the same Message-ID is sent once."""
        ...

    def take_back(self, job: Job, thread: int) -> None:
        """Withhold the thread's notices at once, so that it can be told how many were still at hand."""
        ...

    def settle(self, job: Job, settlement: Settlement) -> None:
        """State, letters, chores, notices and questions in one transaction, under the job's fence."""
        ...


class Imports(Protocol):
    """Imports, row by row, with the journal that survives a crash."""

    def of_job(self, job: Job) -> ImportRecord | None:
        """The import that this run of the message has begun already, if any."""
        ...

    def begin(self, job: Job, new: NewImport, thread: int) -> ImportRecord:
        """Store the import and all its rows; once for each run of a message."""
        ...

    def rows(self, import_id: int) -> list[ImportRow]:
        """All rows by position."""
        ...

    def unfinished(self, import_id: int, limit: int, after: int = -1) -> tuple[list[OpenRow], list[OpenRow]]:
        """The next rows without an outcome: (planned, creating), at most `limit` together, by position.

        `after` is a position up to which every row is known to be done.
        """
        ...

    def journal_creating(self, job: Job, import_id: int, positions: Sequence[int]) -> None:
        """Looked up and absent: from here on an account under this address is ours."""
        ...

    def journal_outcomes(
        self, job: Job, import_id: int, outcomes: Sequence[tuple[int, Outcome, str, str]]
    ) -> None:
        """(position, outcome, detail, account id) of rows that are done."""
        ...

    def created_before(self, keys: Sequence[str], customer: str) -> dict[str, str]:
        """Reference of the finished import that created each of these learners, by key."""
        ...


class Threads(Protocol):
    """Conversations: what was asked in which thread, and what was answered."""

    def find(self, message_ids: Iterable[str], references: Iterable[str] = ()) -> Thread | None:
        """The thread that one of these Message-IDs, or an import's reference (RC-7F3K2Q), belongs to."""
        ...

    def get(self, thread: int) -> Thread | None:
        """One thread by its id."""
        ...

    def open(self, customer: str, message_ids: Iterable[str]) -> int:
        """A new thread known by these Message-IDs, or the one that already is; returns its id."""
        ...

    def notice_counts(self, thread: int, import_id: int = 0) -> NoticeCounts:
        """Where the notices of a thread (or of one import) stand."""
        ...

    def recipient(self, thread: int) -> tuple[Address, str, str, str, int] | None:
        """(address, subject, Message-ID to reply to, mailbox, import) for later news in a thread."""
        ...

    def questions_due(self, limit: int) -> list[AskedQuestion]:
        """Open questions to remind of or to close now."""
        ...

    def remind(self, question: AskedQuestion, letters: Sequence[Outgoing]) -> None:
        """Note the reminder and send it, in one transaction, once."""
        ...

    def close(self, question: AskedQuestion, letters: Sequence[Outgoing]) -> None:
        """Close the question as no, withhold its notices and say so, in one transaction, once."""
        ...


class Outbox(Protocol):
    """Letters on their way out."""

    def claim(self, limit: int) -> list[OutboxItem]:
        """The next letters, their attempt already written; replies before notices."""
        ...

    def prolong(self, items: Sequence[OutboxItem]) -> None:
        """Keep the lease on claimed letters that are still to be sent."""
        ...

    def sent(self, items: Sequence[OutboxItem], refused: Sequence[tuple[int, str]] = ()) -> None:
        """Taken by the server; (id, words) of those it refused for good; copies for Sent become chores."""
        ...

    def deferred(self, items: Sequence[tuple[OutboxItem, str, float]]) -> None:
        """(item, why, delay in seconds): to be tried again."""
        ...

    def notice_rows(self, items: Sequence[OutboxItem]) -> dict[int, NoticeRow]:
        """Whom each notice goes to, by outbox id, for rendering it at the moment it leaves."""
        ...

    def store_tokens(self, links: Sequence[tuple[str, OutboxItem, NoticeRow, float]]) -> None:
        """(SHA-256 of the token, item, whose it is, expires): written before the link's mail is sent."""
        ...

    def set_notice(self, import_id: int, position: int, state: NoticeState) -> None:
        """Move one notice on, never backwards."""
        ...

    def replies_within(self, address: str, seconds: float) -> int:
        """How many letters went to an address lately, for the cap; what was asked of its owner is not one."""
        ...

    def replies_in_thread(self, thread: int, seconds: float) -> int:
        """How many replies were written in a thread lately, for the cap."""
        ...

    def letters_in_thread(self, thread: int) -> list[bytes]:
        """The letters written in a thread whose bytes are still kept, newest first, twenty at most."""
        ...

    def questions_within(self, address: str, seconds: float) -> int:
        """How often an address ('' for any) was lately asked whether a mail was its own."""
        ...

    def pending(self) -> tuple[int, float]:
        """(letters waiting, age of the oldest in seconds)."""
        ...


class Chores(Protocol):
    """What is to be done in the mailboxes."""

    def claim(self, mailbox: str, limit: int) -> list[DueChore]:
        """The next chores of a mailbox, their attempt already written."""
        ...

    def done(self, chores: Sequence[DueChore]) -> None:
        """Done, or found to be done already."""
        ...

    def deferred(self, chore: DueChore, why: str, delay: float) -> None:
        """To be tried again."""
        ...


class Nodes(Protocol):
    """The processes that share this ledger, and the named leases between them."""

    def hold(self, name: str) -> bool:
        """Take or prolong a named lease; False while another node holds it."""
        ...

    def let_go(self, name: str) -> None:
        """Give a named lease back."""
        ...

    def take_turn(self, name: str) -> bool:
        """Take a named lease that only one thread of one node may have; `hold` prolongs it."""
        ...

    def end_turn(self, name: str) -> None:
        """Give the turn to whoever is next."""
        ...

    def beat(self, status: str) -> None:
        """Say that this node lives, and how it is."""
        ...

    def leave(self) -> None:
        """Clean stop: give back every lease of this node."""
        ...
