"""A message as it arrived, taken apart once; what every later step reads instead of the raw bytes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Owner(StrEnum):
    """Whose part it is: words and files inside a forwarded mail are not the sender's own."""

    OWN = "own"  # in the sender's own message
    FORWARDED = "forwarded"  # inside an attached message/rfc822


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """One mailbox of an address header (RFC 5322 §3.4): display name and lower-cased `local@domain`."""

    name: str
    email: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """One file of a message. `name` is clean (no path, no control characters, at most 255 bytes)."""

    name: str
    content: bytes
    content_type: str
    owner: Owner = Owner.OWN
    inline: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class TextPart:
    """One text body: `kind` is 'plain' or 'html'; `text` is decoded, with LF line ends."""

    kind: str
    text: str
    owner: Owner = Owner.OWN


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportPart:
    """A part that machines write for machines: `kind` is its MIME type, `text` its fields, cut to size.

    `message/delivery-status` (RFC 3464), `message/disposition-notification`, `text/rfc822-headers` and the
    header section of each enclosed `message/rfc822`.
    """

    kind: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageLimits:
    """How much of a message is read; what is over a limit is left out and named among the defects.

    Bytes, counts, and levels of nesting. Only `bytes` makes a message unreadable as a whole.
    """

    bytes: int = 40 * 1024 * 1024
    header_bytes: int = 256 * 1024
    field_bytes: int = 64 * 1024
    parts: int = 2_000
    depth: int = 50
    attachments: int = 300
    text_bytes: int = 2 * 1024 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Envelope:
    """What intake writes down of a message before anybody has read it; '' where a field is missing.

    `message_id` is never empty: one is made from the fingerprint. `sender` is From, lower-cased, or ''
    where From names nobody or more than one. `subject` is decoded and cut at 1,000 characters.
    """

    message_id: str
    sender: str
    subject: str
    date: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One email, taken apart.

    `headers` holds every header field in order of appearance, top first: (name as written, unfolded
    value; free text is decoded, while fields with a grammar of their own, such as Authentication-Results,
    are kept as written, since decoding an encoded word there would forge a result).
    `texts` holds the bodies in order; multipart/alternative twins stand side by side.
    `alternatives` is true when plain and HTML are two renderings of the same words.
    `from_count` counts the From fields and the mailboxes in them: anything but 1 is nobody's mail, and
    `sender` is then None.
    """

    message_id: str
    subject: str
    sender: Address | None
    from_count: int
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    date: datetime | None = None
    headers: tuple[tuple[str, str], ...] = ()
    texts: tuple[TextPart, ...] = ()
    alternatives: bool = False
    attachments: tuple[Attachment, ...] = ()
    content_type: str = "text/plain"
    defects: tuple[str, ...] = ()
    size: int = 0
    reports: tuple[ReportPart, ...] = ()

    def header_values(self, name: str) -> tuple[str, ...]:
        """Every value of a header field, top first; names compare without case (RFC 5322 §1.2.2)."""
        wanted = name.lower()
        return tuple(value for key, value in self.headers if key.lower() == wanted)
