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
class Message:
    """One email, taken apart.

    `headers` holds every header field in order of appearance, top first: (name as written, decoded
    unfolded value). `texts` holds the bodies in order; multipart/alternative twins stand side by side.
    `alternatives` is true when plain and HTML are two renderings of the same words.
    `from_count` counts the From fields and the mailboxes in them: anything but 1 is nobody's mail.
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

    def header_values(self, name: str) -> tuple[str, ...]:
        """Every value of a header field, top first; names compare without case (RFC 5322 §1.2.2)."""
        wanted = name.lower()
        return tuple(value for key, value in self.headers if key.lower() == wanted)
