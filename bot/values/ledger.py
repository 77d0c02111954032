"""What the ledger knows: states of messages, imports and letters, and the one value that ends a job."""

from dataclasses import dataclass
from enum import StrEnum

from bot.values.learner import ImportRow
from bot.values.outgoing import LetterKind
from bot.values.questions import AskedQuestion as AskedQuestion
from bot.values.questions import Question as Question
from bot.values.questions import QuestionKind as QuestionKind
from bot.values.questions import QuestionState as QuestionState
from bot.values.request import Answer, Preference
from bot.values.returned import ReturnedLetter


class MessageState(StrEnum):
    """Where a message stands."""

    RECEIVED = "received"  # in the ledger, waiting to be worked on
    WORKING = "working"  # a worker holds its lease
    WAITING = "waiting"  # for a platform or a server that is down; tried again by itself
    ANSWERED = "answered"  # worked to its end, the reply is in the outbox
    IGNORED = "ignored"  # a machine's mail, our own, or a second copy
    LEFT = "left"  # about something else: the staff's
    HELD = "held"  # in the Held folder until the staff release it
    SET_ASIDE = "set_aside"  # failed for good: in the Problem folder, for a person

    @property
    def is_final(self) -> bool:
        """True where nothing more happens by itself."""
        return self not in (MessageState.RECEIVED, MessageState.WORKING, MessageState.WAITING)


# Stands in for a folder where a message came by the portal: it lies in no mailbox.
PORTAL_FOLDER = "(portal)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a message lies: mailbox name, folder, UIDVALIDITY and UID (RFC 3501 §2.3.1.1)."""

    mailbox: str
    folder: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Cursor:
    """How far a folder was read. Mail older than `since` (epoch seconds) that the first run passed over stays
    passed over when the server renumbers the folder."""

    uidvalidity: int
    last_uid: int
    since: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """A message found in a mailbox, for the ledger. `digest` leaves out trace headers, `received` is epoch
    seconds; `too_large` messages come with their headers alone as `raw`; `release` is who vouches for its
    sender already ('' for nobody)."""

    place: Place
    raw: bytes
    message_id: str
    fingerprint: str
    digest: str
    sender: str
    subject: str
    size: int
    received: float
    approved: bool = False
    too_large: bool = False
    release: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """A message claimed by a worker. `fence` grows with every claim: a write with an older one is refused.

    `run` counts how often it was brought to be worked, from 1; `crashes` how often it took its worker with
    it since it last got any further, `witnessed` how often somebody saw that it was this message's own
    doing; `release` is '' or who let it through ('staff', 'sender').
    """

    id: int
    fence: int
    run: int
    place: Place
    raw: bytes
    message_id: str
    fingerprint: str
    digest: str
    sender: str
    received: float
    size: int
    crashes: int = 0
    witnessed: int = 0
    release: str = ""
    too_large: bool = False
    tries: int = 0
    waiting_since: float = 0.0


class ImportState(StrEnum):
    """Where an import stands."""

    RUNNING = "running"  # rows are being looked up and created
    CHECKED = "checked"  # a dry run: reported, nothing created
    DONE = "done"  # every row has its outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportRecord:
    """One request being carried out. `thread` is the conversation it belongs to; `source` describes how its
    files were read (JSON of `FileReport`s), kept so that a crash does not read them again."""

    id: int
    reference: str
    message: int
    run: int
    thread: int
    customer: str
    directory: str
    state: ImportState
    dry_run: bool
    preference: Preference
    from_thread: bool = False
    source: str = ""
    started: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class NewImport:
    """An import about to begin, with all its rows; the ledger gives it its reference."""

    customer: str
    directory: str
    dry_run: bool
    preference: Preference
    from_thread: bool
    source: str
    rows: tuple[ImportRow, ...]


class Journal(StrEnum):
    """How far the creation of one row has got, written before and after the platform is asked."""

    PLANNED = "planned"  # not looked up yet
    CREATING = "creating"  # looked up and absent: the platform is being asked to create it
    DONE = "done"  # has its outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class Thread:
    """A conversation with one customer: its question, what was answered, and its imports, oldest first.

    `answer` is the last settled preference (UNSTATED: none yet).
    """

    id: int
    customer: str
    answer: Answer
    evidence: str
    question: AskedQuestion | None
    imports: tuple[ImportRecord, ...]
    told_staff: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Outgoing:
    """A letter for the outbox: envelope and finished bytes. Every attempt carries its `message_id`."""

    kind: LetterKind
    message_id: str
    sender: str
    recipients: tuple[str, ...]
    body: bytes
    mailbox: str = ""
    import_id: int = 0
    counted_for: str = ""  # the address whose hourly cap this reply counts against
    not_before: float = 0.0


class ChoreKind(StrEnum):
    """What is to be done in the mailbox; each can be repeated without harm."""

    MOVE = "move"  # file a message into a folder
    COPY_SENT = "copy_sent"  # a copy of a delivered letter into Sent
    NOTE = "note"  # a note for the staff beside a held or set-aside message


@dataclass(frozen=True, kw_only=True, slots=True)
class Chore:
    """One thing to do in a mailbox. MOVE takes `place` to `folder`; NOTE appends `body` to `folder`."""

    kind: ChoreKind
    folder: str
    place: Place | None = None
    mailbox: str = ""
    body: bytes = b""
    message_id: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DueChore:
    """A chore claimed for doing; after the first attempt the mailbox is looked at before repeating it."""

    id: int
    chore: Chore
    attempts: int
    message: int = 0


class NoticeAction(StrEnum):
    """What becomes of the notices of a thread's created learners."""

    QUEUE = "queue"  # to all that were neither queued nor sent
    HOLD = "hold"  # until the customer answers
    WITHHOLD = "withhold"  # not wanted; those still queued are taken back


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeOrder:
    """An action on the notices of one import (`import_id`) or, if 0, of every import in the thread."""

    action: NoticeAction
    import_id: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeCounts:
    """How many notices of a thread or an import stand where."""

    held: int = 0
    queued: int = 0
    sent: int = 0
    not_wanted: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Settlement:
    """Everything that ends a job, committed in one transaction under the job's fence.

    `thread_ids` are the Message-IDs by which a later mail is known to belong to the thread.
    """

    state: MessageState
    reason: str
    letters: tuple[Outgoing, ...] = ()
    chores: tuple[Chore, ...] = ()
    thread: int = 0
    thread_ids: tuple[str, ...] = ()
    finish_import: int = 0
    finish_as: ImportState = ImportState.DONE
    notices: NoticeOrder | None = None
    ask: Question | None = None
    answer: Preference | None = None
    close_question: QuestionState | None = None
    release_message: int = 0
    returned: tuple[ReturnedLetter, ...] = ()
    told_staff: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeRow:
    """Whom a notice goes to: the created row, its account, and by whose customer in which directory."""

    row: ImportRow
    account: str
    customer: str
    directory: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OutboxItem:
    """A letter claimed for delivery; `position` is the import row of a notice, else -1."""

    id: int
    kind: LetterKind
    message_id: str
    sender: str
    recipients: tuple[str, ...]
    body: bytes
    attempts: int
    mailbox: str
    import_id: int
    position: int
    created: float
