"""Questions of ours in a thread: what was asked, and what became of it."""

from dataclasses import dataclass
from enum import StrEnum


class QuestionKind(StrEnum):
    """What was asked in a thread."""

    NOTIFY = "notify"  # shall the new learners get the Account Created mail?
    GO_AHEAD = "go_ahead"  # a dry run was reported; shall it be carried out?
    CONFIRM_SENDER = "confirm_sender"  # was this mail really yours?


class QuestionState(StrEnum):
    """What became of a question."""

    OPEN = "open"  # waiting for the answer
    ANSWERED = "answered"  # settled by a word in the thread
    CLOSED = "closed"  # nobody answered in time: closed as no
    STAFF = "staff"  # the answer was unclear again: a person's now


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """A question in a thread; times in epoch seconds."""

    kind: QuestionKind
    import_id: int = 0
    message: int = 0
    remind_at: float = 0.0
    close_at: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class AskedQuestion:
    """A question as the ledger keeps it."""

    id: int
    thread: int
    kind: QuestionKind
    state: QuestionState
    import_id: int
    message: int
    asked: float
    reminded: float
    close_at: float = 0.0
