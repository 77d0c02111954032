"""Decides what to do with a message: one table of rules, the first that matches counts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.values.request import Answer, Decision, Screening, Sender, Sign, Strength, Verified, Wishes
from bot.values.sheet import SheetReading, Verdict


class SheetFact(StrEnum):
    """The best that can be said of a message's attachments."""

    NONE = "none"  # no file at all
    OTHER = "other"  # files that may be about anything: they count only beside words that ask for an upload
    UNUSABLE = "unusable"  # plainly meant as a learner sheet, but no list can be read from it
    USABLE = "usable"  # a learner list was read


class Thread(StrEnum):
    """Whether the message answers a mail of ours, in a thread of the same customer."""

    NONE = "none"  # no
    KNOWN = "known"  # in the thread of an import, with no question open
    QUESTION_OPEN = "question_open"  # in the thread of an import that waits for an answer


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """All that the decision rests on.

    `over_limit` names a limit that is reached, '' otherwise; `too_large` is true where the mail as a whole
    was not fetched; `approved` is true where the staff released it; `customer` is for whom it would be
    carried out ('' where nobody can tell); `blank` is true where there are neither words nor files.
    """

    sender: Sender
    sign: Sign | None = None
    sheet: SheetFact = SheetFact.NONE
    wishes: Wishes = field(default_factory=Wishes)
    answer: Answer = Answer.UNSTATED
    thread: Thread = Thread.NONE
    over_limit: str = ""
    too_large: bool = False
    approved: bool = False
    customer: str = ""
    blank: bool = False

    @property
    def believed(self) -> bool:
        """A proven sender of a customer, one the staff vouches for, or nothing to judge by."""
        proven = self.sender.verified is Verified.YES and bool(self.sender.customer)
        return proven or self.approved or self.sender.verified is Verified.UNKNOWN

    @property
    def answers_us(self) -> bool:
        """A word in our thread that settles something, or should."""
        asked = self.thread is Thread.QUESTION_OPEN and self.answer is Answer.UNCLEAR
        return self.settles_something or asked

    @property
    def settles_something(self) -> bool:
        """A plain yes, no or "go ahead" in our thread."""
        definite = self.answer in {Answer.YES, Answer.NO} or self.wishes.go_ahead
        return self.thread is not Thread.NONE and definite

    @property
    def asks_for_upload(self) -> bool:
        """Words that plainly ask for learners to be created, or for the sheet to fill in."""
        return self.wishes.upload or self.wishes.template or self.wishes.single_learner

    @property
    def wants_something(self) -> bool:
        """Whether there is anything here for us to do."""
        sheet = self.sheet in {SheetFact.USABLE, SheetFact.UNUSABLE}
        return sheet or self.asks_for_upload or self.answers_us or self.too_large


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One row of the table: when it matches, what is decided, and how that is told to the staff."""

    matches: Callable[[Facts], bool]
    decision: Decision
    reason: Callable[[Facts], str]


def screen_message(facts: Facts) -> Screening:
    """Decide on one message. Pure: the same facts always end in the same decision."""
    rule = next(rule for rule in RULES if rule.matches(facts))
    return Screening(
        decision=rule.decision,
        reason=rule.reason(facts),
        sender=facts.sender,
        automated=facts.sign.name if facts.sign else None,
    )


def weigh_sheets(readings: Sequence[SheetReading]) -> SheetFact:
    """What the readings of a message's attachments come to, the best of them deciding."""
    return max(
        (_weigh_sheet(reading) for reading in readings), key=list(SheetFact).index, default=SheetFact.NONE
    )


_MEANT_AS_SHEET = frozenset(
    {Verdict.EMPTY, Verdict.AMBIGUOUS, Verdict.ENCRYPTED, Verdict.CORRUPT, Verdict.TOO_LARGE}
)
_SHEET_NAMES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".csv", ".tsv", ".numbers")


def _weigh_sheet(reading: SheetReading) -> SheetFact:
    if reading.verdict is Verdict.OK:
        return SheetFact.USABLE
    named_so = reading.name.lower().endswith(_SHEET_NAMES)
    numbers = reading.name.lower().endswith(".numbers")
    if named_so and (numbers or reading.verdict in _MEANT_AS_SHEET):
        return SheetFact.UNUSABLE
    return SheetFact.OTHER


def _is_strong(facts: Facts) -> bool:
    return facts.sign is not None and facts.sign.strength is Strength.STRONG


def _is_weak_without_sheet(facts: Facts) -> bool:
    """A weak sign gives way to a learner sheet alone, and to that only from somebody we believe.

    Where mail servers set the sign by themselves, a plain yes or no in our thread is a person's word too.
    """
    if facts.sign is None or facts.sign.strength not in {Strength.WEAK, Strength.FIELD}:
        return False
    heard = facts.sign.strength is Strength.FIELD and facts.sender.verified is not Verified.UNKNOWN
    answered = heard and facts.settles_something
    return not (facts.believed and (facts.sheet is SheetFact.USABLE or answered))


def _is_list_mail(facts: Facts) -> bool:
    """A support address behind a group marks everybody's mail so: a proven customer who asks is heard."""
    route = facts.sign is not None and facts.sign.strength is Strength.ROUTE
    known = facts.believed and (
        facts.sheet is SheetFact.USABLE or facts.sender.verified is not Verified.UNKNOWN
    )
    return route and not (known and facts.wants_something)


def _sign_of(facts: Facts) -> str:
    return f"a machine's mail ({facts.sign.name})" if facts.sign else ""


def _why_not_believed(facts: Facts) -> str:
    sender = facts.sender
    if sender.verified is Verified.YES:
        return f"{sender.address} may not upload for any customer ({sender.why})"
    who = f"{sender.address} of {sender.customer}" if sender.customer else sender.address or "the sender"
    return f"{who} is not proven: {sender.why}"


def _beside_approval(facts: Facts, what: str) -> str:
    if not facts.approved:
        return what
    return f"{what}; approved by the staff for {facts.customer}, whose sender {facts.sender.address} is"


RULES: tuple[Rule, ...] = (
    Rule(matches=_is_strong, decision=Decision.IGNORE, reason=_sign_of),
    Rule(matches=_is_weak_without_sheet, decision=Decision.IGNORE, reason=_sign_of),
    Rule(matches=_is_list_mail, decision=Decision.IGNORE, reason=_sign_of),
    Rule(
        matches=lambda facts: facts.blank and not facts.too_large,
        decision=Decision.LEAVE,
        reason=lambda _: "there is nothing in it",
    ),
    Rule(
        matches=lambda facts: not facts.wants_something,
        decision=Decision.LEAVE,
        reason=lambda _: "about something else",
    ),
    Rule(
        matches=lambda facts: facts.wishes.undo and facts.sheet is not SheetFact.USABLE,
        decision=Decision.LEAVE,
        reason=lambda _: "asks to take back what was done: a person decides",
    ),
    Rule(
        matches=lambda facts: not facts.believed,
        decision=Decision.HOLD,
        reason=_why_not_believed,
    ),
    Rule(
        matches=lambda facts: facts.approved and not facts.customer,
        decision=Decision.HOLD,
        reason=lambda facts: f"approved, but {facts.sender.address or 'the sender'} belongs to no customer",
    ),
    Rule(
        matches=lambda facts: bool(facts.over_limit) and not facts.approved,
        decision=Decision.HOLD,
        reason=lambda facts: f"over a limit: {facts.over_limit}",
    ),
    Rule(
        matches=lambda facts: facts.wishes.undo and not facts.approved,
        decision=Decision.HOLD,
        reason=lambda _: "a sheet beside the wish to take back what was done: a person decides",
    ),
    Rule(
        matches=lambda facts: facts.sheet is SheetFact.USABLE,
        decision=Decision.IMPORT,
        reason=lambda facts: _beside_approval(facts, "a learner sheet"),
    ),
    Rule(
        matches=lambda facts: facts.answers_us and facts.sheet is not SheetFact.UNUSABLE,
        decision=Decision.ANSWER,
        reason=lambda facts: _beside_approval(facts, "an answer in the thread of an upload"),
    ),
    Rule(
        matches=lambda facts: facts.too_large,
        decision=Decision.ASK_FOR_SHEET,
        reason=lambda facts: _beside_approval(facts, "too large to be fetched"),
    ),
    Rule(
        matches=lambda facts: facts.sheet is SheetFact.UNUSABLE,
        decision=Decision.ASK_FOR_SHEET,
        reason=lambda facts: _beside_approval(facts, "a sheet that cannot be used"),
    ),
    Rule(
        matches=lambda _: True,
        decision=Decision.ASK_FOR_SHEET,
        reason=lambda facts: _beside_approval(facts, "an upload request without a sheet"),
    ),
)
