"""Mail on its way out: what is written, to whom, and in which thread."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.values.message import Address


class LetterKind(StrEnum):
    """What an outbox row is, which decides its pace, its copy in Sent and who hears of its failure."""

    REPLY = "reply"  # the answer to a message, in its thread
    QUESTION = "question"  # to the customer's own address: was this mail yours?
    FOLLOW_UP = "follow_up"  # later news in the thread: reminder, closing, bounced notices
    NOTICE = "notice"  # the Account Created mail to one learner
    PORTAL = "portal"  # a new link, a ticket's confirmation
    STAFF = "staff"  # to the staff address: digest, problems


@dataclass(frozen=True, kw_only=True, slots=True)
class OutgoingFile:
    """A file to attach."""

    name: str
    content: bytes
    content_type: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """One mail to compose. `auto_submitted` is 'auto-replied' or 'auto-generated' (RFC 3834 §5.2).

    `message_id`, `in_reply_to` and `references` carry their angle brackets. `to` and `cc` are the
    envelope's recipients too; `bounce_to` is the envelope's sender ('' is the null path).
    """

    message_id: str
    sender: Address
    to: tuple[Address, ...]
    subject: str
    text: str
    html: str = ""
    cc: tuple[Address, ...] = ()
    reply_to: Address | None = None
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    date: datetime | None = None
    auto_submitted: str = "auto-replied"
    files: tuple[OutgoingFile, ...] = ()
    extra_headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """What a template rendered: the same words as text and as HTML, and the files that go with them."""

    subject: str
    text: str
    html: str
    files: tuple[OutgoingFile, ...] = ()
