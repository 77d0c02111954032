"""What a message asks for: who sent it, what it wants, and the words each reading rests on."""

from dataclasses import dataclass
from enum import StrEnum


class Answer(StrEnum):
    """Should the new learners get the Account Created mail?"""

    YES = "yes"  # wanted for all of them
    NO = "no"  # wanted for none of them
    UNSTATED = "unstated"  # the sender says nothing about it now
    UNCLEAR = "unclear"  # something is said, but it gives no single answer


@dataclass(frozen=True, kw_only=True, slots=True)
class Preference:
    """An answer with its evidence: the sentence, verbatim, and where it stood.

    `where` is one of '', 'subject', 'text', 'inline answer', 'form', 'forwarded'; `steps` is what
    `rollcall trace` prints: one line a stage, in order.
    """

    answer: Answer
    evidence: str = ""
    where: str = ""
    steps: tuple[str, ...] = ()


class SegmentKind(StrEnum):
    """Where a piece of the sender's own words stood."""

    SUBJECT = "subject"  # the subject line
    TEXT = "text"  # new text, at the top, the bottom or between quotes
    INLINE = "inline answer"  # new text right under a quoted question
    FORM = "form"  # a line or table cell pair of a filled-in form: label and value
    FORWARDED = "forwarded"  # words of a forwarded mail that the sender puts forward


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """A piece of what the sender says now. `question` is the quoted line or form label it answers."""

    kind: SegmentKind
    text: str
    question: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Spoken:
    """What the sender says now, cut free of quotes, signatures and footers.

    `readings` holds one tuple of segments for each rendering or cutter that read the mail its own way
    (plain, HTML …), the preferred one first; where they differ in what they answer, it is unclear.
    `newest_text` is the preferred reading as one text, for people and for `preview`.
    `quoted` is the quoted history below (cut to size), `forwarded` the words of forwarded mails.
    """

    newest_text: str
    readings: tuple[tuple[Segment, ...], ...]
    quoted: str = ""
    forwarded: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wishes:
    """What else the words ask for; each flag changes only what the reply says or holds back."""

    upload: bool = False  # plainly about creating learners, with or without a sheet
    dry_run: bool = False  # "please only check it": nothing may be created
    go_ahead: bool = False  # "go ahead": in the thread of a dry run it is run
    courses: bool = False  # course allocation asked for
    template: bool = False  # asks for the spreadsheet to fill in
    single_learner: bool = False  # one learner named in the text
    cloud_link: str = ""  # a link to a sheet in a cloud drive, as written
    undo: bool = False  # asks to take back what was done: for the staff


class Verified(StrEnum):
    """Whether the From address is proven."""

    YES = "yes"  # aligned proof, see Sender.why
    NO = "no"  # no proof, or proof of somebody else
    UNKNOWN = "unknown"  # nothing to judge by: no configuration


@dataclass(frozen=True, kw_only=True, slots=True)
class Sender:
    """Who sent it, by From alone; `why` says what the proof or its lack rests on."""

    address: str
    customer: str  # name of the customer it may upload for; '' for a stranger
    verified: Verified
    why: str
    through: str = ""  # the helpdesk that speaks for it, '' where it wrote itself


class Strength(StrEnum):
    """How surely a sign tells that a machine wrote."""

    STRONG = "strong"  # a machine, or ourselves: never worked, never answered
    WEAK = "weak"  # mostly a machine: worked only with a learner sheet from a verified customer
    FIELD = "field"  # set by machines, and by some servers on people's mail: a plain answer to us is heard
    ROUTE = "route"  # came through a list or a group, as people's mail does too


@dataclass(frozen=True, kw_only=True, slots=True)
class Sign:
    """What gave a machine away: the name of the rule in `request.automation`, and how sure it is."""

    name: str
    strength: Strength


class Decision(StrEnum):
    """What to do with a message."""

    IMPORT = "import"  # a learner sheet from a verified customer: carry it out
    ANSWER = "answer"  # a word in a thread of ours (an answer, a go-ahead): settle it and reply
    ASK_FOR_SHEET = "ask_for_sheet"  # an upload request without a usable sheet: reply with the template
    HOLD = "hold"  # to the staff's Held folder, no word to the sender
    IGNORE = "ignore"  # a machine's mail or our own: never answered
    LEAVE = "leave"  # about something else: untouched and unread


@dataclass(frozen=True, kw_only=True, slots=True)
class Screening:
    """The decision on a message, with the facts it rests on.

    `automated` names the sign of a machine that was found, or None. `reason` is a sentence for staff.
    """

    decision: Decision
    reason: str
    sender: Sender
    automated: str | None = None
