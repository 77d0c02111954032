"""A message as the work on it sees it: everything read from it, before anything is decided or done."""

from dataclasses import dataclass, field

from bot.values.customer import Customer
from bot.values.ledger import Job, Thread
from bot.values.message import Message
from bot.values.request import Preference, Screening, Spoken, Wishes
from bot.values.sheet import SheetReading, Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """What a message says and who says it. `customer` is set only where the sender may act for it;
    `ticket` stands for the helpdesk's ticket that it is about."""

    job: Job
    message: Message
    spoken: Spoken
    wishes: Wishes
    preference: Preference
    screening: Screening
    customer: Customer | None = None
    thread: Thread | None = None
    ticket: str = ""
    readings: tuple[SheetReading, ...] = field(default=())

    @property
    def thread_keys(self) -> tuple[str, ...]:
        """By what a later mail of this conversation is known: its Message-ID, and its helpdesk's ticket."""
        return (self.message.message_id, *([self.ticket] if self.ticket else []))

    @property
    def usable(self) -> tuple[SheetReading, ...]:
        """The attachments that hold a learner list."""
        return tuple(reading for reading in self.readings if reading.verdict is Verdict.OK)
