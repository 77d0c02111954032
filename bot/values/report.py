"""What there is to tell: the facts a reply is rendered from."""

from dataclasses import dataclass
from enum import StrEnum

from bot.values.customer import Site
from bot.values.learner import ImportRow
from bot.values.request import Preference
from bot.values.sheet import LearnerList, Verdict


class Notification(StrEnum):
    """What becomes of the Account Created mails of an import, as the reply says it."""

    SENT = "sent"  # queued to every created learner
    WITHHELD = "withheld"  # the customer said no
    ASKED = "asked"  # held: this reply asks the one question
    PLATFORM = "platform"  # the platform mails them itself
    NONE = "none"  # nobody was created, so there is nobody to mail


@dataclass(frozen=True, kw_only=True, slots=True)
class FileReport:
    """How one attachment was read; `rows` is the number of learner rows it gave."""

    name: str
    verdict: Verdict
    problem: str = ""
    lists: tuple[LearnerList, ...] = ()
    notes: tuple[str, ...] = ()
    rows: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Earlier:
    """What an earlier upload in the same thread came to, for "what changed since last time"."""

    reference: str
    created: int = 0
    to_fix: int = 0
    still_to_fix: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportReport:
    """One import, finished: everything its reply may mention.

    `subject` is the customer's subject line; `greeting` a first name or ''; `preference.answer` with
    `notification` tells why notices were sent, withheld or asked about; `preference_from_thread` is true
    where the answer was given earlier in the thread.
    """

    reference: str
    subject: str
    greeting: str
    site: Site
    files: tuple[FileReport, ...]
    rows: tuple[ImportRow, ...]
    preference: Preference
    notification: Notification
    preference_from_thread: bool = False
    dry_run: bool = False
    courses_asked: bool = False
    single_learner: bool = False
    cloud_link: str = ""
    earlier: Earlier | None = None


class NoSheet(StrEnum):
    """Why an upload request had no rows to work on."""

    MISSING = "missing"  # no attachment at all
    UNUSABLE = "unusable"  # attachments, but none with a verdict of OK
    LINK = "link"  # a link to a cloud drive instead of a file
    TOO_LARGE = "too_large"  # the whole mail is over the limit and was not fetched
    TEMPLATE = "template"  # the sender asked for the template


@dataclass(frozen=True, kw_only=True, slots=True)
class AskReport:
    """An upload request that needs a (better) sheet.

    `preference` is what was said about notices, where it will hold for the sheet that is still to come.
    """

    reference: str
    subject: str
    greeting: str
    site: Site
    why: NoSheet
    files: tuple[FileReport, ...] = ()
    cloud_link: str = ""
    single_learner: bool = False
    courses_asked: bool = False
    limit_bytes: int = 0
    preference: Preference | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SettledReport:
    """A word in the thread that settled, or could not settle, the notifications of an import.

    `preference` is the answer now given; `queued` notices go out because of it, `already_sent` had gone out
    before and cannot be taken back, `withheld` will not be sent.
    """

    reference: str
    subject: str
    greeting: str
    site: Site
    preference: Preference
    queued: int = 0
    already_sent: int = 0
    withheld: int = 0
    to_staff: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ThreadReport:
    """Later news in the thread of an import: the question's reminder or closing.

    `asked_days` is how long ago the question was asked; `close_days` when it closes as no, counted from it.
    """

    reference: str
    subject: str
    greeting: str
    site: Site
    held: int
    asked_days: int
    close_days: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Undelivered:
    """A notice that came back."""

    row: ImportRow
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class BounceReport:
    """Notices that could not be delivered, told once in the thread: `undelivered` of `sent`."""

    reference: str
    subject: str
    greeting: str
    site: Site
    sent: int
    undelivered: tuple[Undelivered, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitingReport:
    """An upload that waits for the platform: `rows` learner rows of `file_names`, carried out later.

    `created` of them had their account before the platform went away.
    """

    reference: str
    subject: str
    greeting: str
    site: Site
    file_names: tuple[str, ...]
    rows: int
    created: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfirmReport:
    """The one-time question to a customer's own address: did you send this?

    `received` reads like '30 November 2026, 09:15 UTC'; `valid_days` is how long the answer counts.
    """

    reference: str
    subject: str
    greeting: str
    site: Site
    sender: str
    received: str
    file_names: tuple[str, ...] = ()
    valid_days: int = 14


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeFacts:
    """The Account Created mail of one learner. `expires` reads like '30 November 2026, 09:15 UTC'."""

    first_name: str
    username: str
    link: str
    expires: str
    site: Site


@dataclass(frozen=True, kw_only=True, slots=True)
class NewLinkFacts:
    """A new one-time link that a learner asked for. `expires` reads like '30 November 2026, 09:15 UTC'."""

    first_name: str
    username: str
    link: str
    expires: str
    site: Site


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketLinkFacts:
    """The question to the address on a New ticket form whether it was really filled in there."""

    link: str
    expires: str
    site: Site


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketWord:
    """What becomes of a ticket that a person has to look at: told, since its sender can't see our folders."""

    reference: str
    subject: str
    site: Site


@dataclass(frozen=True, kw_only=True, slots=True)
class StaffNote:
    """A few words for the staff beside a message: why it was held or set aside, and how to release it."""

    title: str
    why: str
    what_to_do: str
    sender: str
    subject: str
    received: str
    reference: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DigestLine:
    """One message that waits for a person, as the digest lists it."""

    sender: str
    subject: str
    why: str
    received: str
    reference: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DigestReport:
    """What happened in `period` (such as '29 November 2026'), for the staff.

    `rows` counts the learner rows of the `uploads`; `open_questions` the uploads whose notices are held;
    `held` and `problems` list what waits for a person now, whenever it came.
    """

    period: str
    team: str
    uploads: int = 0
    rows: int = 0
    created: int = 0
    existing: int = 0
    duplicate: int = 0
    to_fix: int = 0
    failed: int = 0
    notices_sent: int = 0
    notices_bounced: int = 0
    open_questions: int = 0
    waiting: int = 0
    held: tuple[DigestLine, ...] = ()
    problems: tuple[DigestLine, ...] = ()
