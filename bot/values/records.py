"""What the staff's digest counts: one day's uploads, and what waits for a person."""

from dataclasses import dataclass, field

from bot.values.learner import Outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """A message that waits for a person; `received` in epoch seconds."""

    message: int
    sender: str
    subject: str
    reason: str
    received: float


@dataclass(frozen=True, kw_only=True, slots=True)
class DayFigures:
    """What was finished in a period, and what is open now."""

    uploads: int = 0
    outcomes: dict[Outcome, int] = field(default_factory=dict)
    notices_sent: int = 0
    notices_bounced: int = 0
    open_questions: int = 0
    waiting: int = 0
    held: tuple[Waiting, ...] = ()
    problems: tuple[Waiting, ...] = ()
