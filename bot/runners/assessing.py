"""Reads a message as far as it speaks for itself, for the service and for `preview` alike."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.mail.newest import read_newest
from bot.request.automation import find_sign
from bot.request.encoder import Encoder, taught
from bot.request.helpdesk import PARDONED, find_helpdesk, own_text, read_requester
from bot.request.preference import read_preference, read_reply
from bot.request.screen import Facts, SheetFact, screen_message, weigh_sheets
from bot.request.screen import Thread as ThreadFact
from bot.request.sender import CustomerIndex, judge_sender
from bot.request.wishes import read_wishes
from bot.values.customer import TrustPolicy
from bot.values.helpdesk import Helpdesk
from bot.values.message import Attachment, Message
from bot.values.request import Answer, Preference, Screening, Sender, Sign, Spoken, Verified, Wishes
from bot.values.sheet import SheetReading, Verdict

if TYPE_CHECKING:
    # A preview loads none of the ledger's values, which the ports speak of.
    from bot.ports import SheetReader, SignatureVerifier

PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM")
OUR_LETTERS = re.compile(
    r"<(reply|ask|settled|notice|reminder|closing|confirm|note|waiting|bounces|staff)\.", re.IGNORECASE
)
# What a stranger sends is looked at only far enough to know whether to hold it.
STRANGERS_BYTES = 1024 * 1024
STRANGERS_FILES = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Assessment:
    """What a message says by itself, whoever reads it: the service or `preview`."""

    sender: Sender
    spoken: Spoken
    wishes: Wishes
    preference: Preference
    readings: tuple[SheetReading, ...]
    screening: Screening


@dataclass(frozen=True, kw_only=True, slots=True)
class Circumstances:
    """What is known besides the message: its thread, its limits, and who let it through.

    `asked`: it answers our question about notices; `confirms`: the one about who sent a mail; `offered`: it
    answers the report of a dry run.
    """

    thread: ThreadFact = ThreadFact.NONE
    asked: bool = False
    confirms: bool = False
    offered: bool = False
    over_limit: str = ""
    too_large: bool = False
    approved: bool = False
    customer: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Assessor:
    """Reads messages by one policy. Without one nothing is known of senders, and nobody is a stranger."""

    policy: TrustPolicy | None
    customers: CustomerIndex
    sheets: "SheetReader"
    verifier: "SignatureVerifier | None"
    own_addresses: frozenset[str]
    own_domain: str
    sheets_per_message: int = 20
    helpdesks: tuple[Helpdesk, ...] = ()
    encoder: Callable[[], Encoder] = taught

    def assess(
        self,
        message: Message,
        raw: bytes,
        around: Circumstances = Circumstances(),
        *,
        sender: Sender | None = None,
        spoken: Spoken | None = None,
    ) -> Assessment:
        """Everything the decision rests on, and the decision; `sender` where it was judged already, `spoken`
        where it was read."""
        sender = sender or self.judge(message, raw)
        known = bool(sender.customer) and sender.verified is Verified.YES
        trusted = known or around.approved or self.policy is None
        with self.begin_files(message.attachments, trusted=trusted) as files:
            sign = self.find_sign(message, pardoned=PARDONED if sender.through else frozenset())
            spoken = spoken or read_newest(message)
            wishes = read_wishes(spoken, [file.name for file in message.attachments])
            preference = _preference(spoken, around, self.encoder)
            if around.offered and _accepts(spoken, wishes, preference):
                wishes = replace(wishes, go_ahead=True)
            readings = files()
        screening = screen_message(
            Facts(
                sender=sender,
                sign=sign,
                sheet=weigh_sheets(readings) if trusted else self._strangers_sheet(message, readings),
                wishes=wishes,
                answer=preference.answer,
                thread=around.thread,
                over_limit=around.over_limit,
                too_large=around.too_large,
                approved=around.approved,
                customer=around.customer or sender.customer,
                blank=not spoken.newest_text.strip() and not message.attachments and not message.subject,
            )
        )
        return Assessment(
            sender=sender,
            spoken=spoken,
            wishes=wishes,
            preference=preference,
            readings=readings,
            screening=screening,
        )

    def judge(self, message: Message, raw: bytes) -> Sender:
        """Who sent it, on what proof; for whom, where a proven helpdesk sent it."""
        helpdesk = self.helpdesk_of(message)
        sender = self._prove(message, raw, checked_here=helpdesk is not None)
        if helpdesk is None or sender.verified is not Verified.YES:
            return sender
        return self._speaks_for(message, helpdesk, sender)

    def _prove(self, message: Message, raw: bytes, *, checked_here: bool) -> Sender:
        """Our own DKIM check is asked only where the server's word is missing, and never for strangers."""
        sender = judge_sender(message, self.policy, self.customers)
        known = bool(sender.customer) or checked_here
        if sender.verified is not Verified.NO or self.verifier is None or not known:
            return sender
        return judge_sender(
            message, self.policy, self.customers, signing_domains=self.verifier.signing_domains(raw)
        )

    def helpdesk_of(self, message: Message) -> Helpdesk | None:
        """The helpdesk whose address stands in From, proven or not."""
        return find_helpdesk(message.sender.email, self.helpdesks) if message.sender else None

    def _speaks_for(self, message: Message, helpdesk: Helpdesk, sender: Sender) -> Sender:
        """Its requester, in a proven helpdesk's name; a stranger where that is nobody we know."""
        person, why = read_requester(message, helpdesk, own_text(message))
        customer = self.customers.find(person.email) if person else None
        return replace(
            sender,
            address=person.email if person else sender.address,
            customer=customer.name if customer else "",
            why=f"{why}; {sender.why}",
            through=helpdesk.name,
        )

    def find_sign(self, message: Message, *, pardoned: frozenset[str] = frozenset()) -> Sign | None:
        """What gives a machine away on this message, our own mail included."""
        return find_sign(
            message, own_addresses=self.own_addresses, own_message_ids=self.is_ours, pardoned=pardoned
        )

    def is_ours(self, message_id: str) -> bool:
        """Whether we made this Message-ID."""
        ours = message_id.lower().rstrip(">").endswith(f"@{self.own_domain}")
        return ours and OUR_LETTERS.match(message_id) is not None

    @contextmanager
    def begin_files(
        self, files: Sequence[Attachment], *, trusted: bool
    ) -> Iterator[Callable[[], tuple[SheetReading, ...]]]:
        """One reading for each attachment that may be a sheet; pictures are passed over.

        The first is read meanwhile; what is given waits for it and reads the others.
        """
        wanted = [file for file in files if file.content and not file.content.startswith(PICTURES)]
        if not trusted:
            wanted = [file for file in wanted[:STRANGERS_FILES] if len(file.content) <= STRANGERS_BYTES]
        taken, left = wanted[: self.sheets_per_message], wanted[self.sheets_per_message :]
        with ExitStack() as meanwhile:
            begun = [
                meanwhile.enter_context(self.sheets.begin(file.content, file.name)) for file in taken[:1]
            ]

            def readings() -> tuple[SheetReading, ...]:
                first = [reading() for reading in begun]
                others = [self.sheets.read(file.content, file.name) for file in taken[1:]]
                return (*first, *others, *(_too_many(file, self.sheets_per_message) for file in left))

            yield readings

    def _strangers_sheet(self, message: Message, readings: Sequence[SheetReading]) -> SheetFact:
        if any(len(file.content) > STRANGERS_BYTES for file in message.attachments):
            return SheetFact.UNUSABLE
        return weigh_sheets(readings)


def _preference(spoken: Spoken, around: Circumstances, encoder: Callable[[], Encoder]) -> Preference:
    if around.confirms:
        return read_reply(spoken)
    # Our report of a dry run speaks of the mails, too, but that is not what it asks about.
    spoken = replace(spoken, quoted="") if around.offered else spoken
    return read_preference(spoken, asked=around.asked, encoder=encoder)


def _accepts(spoken: Spoken, wishes: Wishes, preference: Preference) -> bool:
    """Whether "shall we go ahead?" is answered by a bare yes, or by wanting the learners to be mailed."""
    bare = preference if preference.answer is not Answer.UNSTATED else read_reply(spoken)
    return bare.answer is Answer.YES and not wishes.dry_run and not wishes.undo


def _too_many(file: Attachment, limit: int) -> SheetReading:
    return SheetReading(
        name=file.name,
        verdict=Verdict.TOO_LARGE,
        problem=f"only the first {limit} attachments of a mail are read; please send this in another mail",
    )
