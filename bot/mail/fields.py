"""Reads the header section of a message: its fields in order, its addresses, its identifiers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import Message as MimePart
from email.parser import BytesHeaderParser

from mailparser.dates import parse_mail_date
from mailparser.utils import get_addresses

from bot.mail.charset import decode_bytes, decode_field, one_line, unfold
from bot.values.message import Address, MessageLimits

# Fields with a grammar of their own. An encoded word has no meaning in them (RFC 2047 §5), and decoding
# one that a sender planted in an envelope address would write results into Authentication-Results.
_KEPT_AS_WRITTEN = frozenset(
    {
        *("authentication-results", "arc-authentication-results", "arc-message-signature", "arc-seal"),
        *("dkim-signature", "received", "received-spf", "return-path", "message-id", "in-reply-to"),
        *("references", "date", "auto-submitted", "precedence", "content-type", "content-disposition"),
        *("content-transfer-encoding", "from", "to", "cc", "sender", "reply-to"),
    }
)
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,996}>")
_IDS_KEPT = 100
_BLANK_LINE = re.compile(rb"(?:\r\n|\n|\r(?!\n))(?:\r\n|\n|\r)")
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r|$)")
_FIELD = re.compile(rb"^[!-9;-~]+[ \t]*:")
_SPACED_FIELD = re.compile(rb"^([!-9;-~]+)[ \t]+:")
_WELL_KNOWN = re.compile(
    rb"^(?:from|to|subject|date|mime-version|content-type|message-id|received|return-path)[ \t]*:",
    re.IGNORECASE,
)
_FROM_FIELD = re.compile(rb"(?:^|[\r\n])from[ \t]*:", re.IGNORECASE)
# What mailbox files and careless copying put before the first field.
_BEFORE_FIRST_FIELD = re.compile(
    rb"^(?:\xef\xbb\xbf)?(?:[ \t]*[\r\n]+)*(?:>?From (?![ \t]*:)[^\r\n]*(?:\r\n|\n|\r))*"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fields:
    """A header section: `raw` pairs as written, top first, and what the identifying ones hold."""

    headers: tuple[tuple[str, str], ...]
    message_id: str
    subject: str
    sender: Address | None
    from_count: int
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    date: datetime | None
    defects: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Split:
    """A message cut at its blank line: a tidied header section within limits, and the body untouched."""

    head: bytes
    body: bytes
    from_fields: int
    defects: tuple[str, ...]

    def joined(self) -> bytes:
        """The message as the parts are to be read from it."""
        return self.head + b"\r\n" + self.body


def split_message(raw: bytes, limits: MessageLimits) -> Split:
    """Cut a message at its blank line and make its header section readable.

    From is counted before anything is cut away, so that nobody can hide a second one behind a limit.
    """
    start = raw[_BEFORE_FIRST_FIELD.match(raw).end() :] if raw else raw  # type: ignore[union-attr]
    blank = _BLANK_LINE.search(start)
    head, body = (start[: blank.start()], start[blank.end() :]) if blank else (start, b"")
    from_fields = len(_FROM_FIELD.findall(head))
    defects = []
    if len(head) > limits.header_bytes:
        cut = head.rfind(b"\n", 0, limits.header_bytes)
        head = head[: cut if cut > 0 else limits.header_bytes]
        defects.append("the header section is over the limit and was cut")
    lines, spilled, junk = _field_lines(head)
    if junk:
        defects.append("the header section holds lines that are no fields")
    if spilled:
        defects.append("no blank line between header and body")
        body = spilled + b"\r\n\r\n" + body
    return Split(head=lines, body=body, from_fields=from_fields, defects=tuple(defects))


def _field_lines(head: bytes) -> tuple[bytes, bytes, bool]:
    """The lines that are fields, what of a body stood above the blank line, and whether junk was dropped."""
    lines = [match.group() for match in _LINE.finditer(head) if match.group()]
    known = [index for index, line in enumerate(lines) if _WELL_KNOWN.match(line)]
    last_known = known[-1] if known else -1
    kept: list[bytes] = []
    junk = False
    for index, line in enumerate(lines):
        if _FIELD.match(line) or (kept and line[:1] in {b" ", b"\t"}):
            # RFC 5322 §4.5 allows blanks before the colon, which the standard library takes for the body.
            kept.append(_SPACED_FIELD.sub(rb"\1:", line.rstrip(b"\r\n") + b"\r\n"))
        elif index < last_known:
            junk = True
        elif kept:
            return b"".join(kept), b"".join(lines[index:]), junk
        else:
            junk = True
    return b"".join(kept), b"", junk


def read_fields(split: Split, limits: MessageLimits) -> Fields:
    """Every field of a header section, decoded. Never raises; broken fields are named in `defects`."""
    part = BytesHeaderParser(policy=policy.compat32).parsebytes(split.head + b"\r\n")
    defects = list(split.defects)
    pairs = [(name, _cut(name, _octets_read(value), limits, defects)) for name, value in part.raw_items()]
    senders, from_count = _read_from(pairs, split.from_fields)
    return Fields(
        headers=tuple((name, _value(name, value)) for name, value in pairs),
        message_id=next(iter(_ids(pairs, "message-id")), ""),
        subject=decode_field(_first(pairs, "subject")),
        sender=senders[0] if from_count == 1 else None,
        from_count=from_count,
        reply_to=_addresses(pairs, "reply-to"),
        to=_addresses(pairs, "to"),
        cc=_addresses(pairs, "cc"),
        in_reply_to=_ids(pairs, "in-reply-to"),
        references=_ids(pairs, "references"),
        date=_date(_first(pairs, "date")),
        defects=tuple(dict.fromkeys(defects)),
    )


def read_header_text(part: MimePart, longest: int) -> str:
    """The header section of an enclosed message, unfolded, one field a line, cut to size."""
    lines = (f"{name}: {_value(name, str(value)[:longest])}" for name, value in part.raw_items())
    return "\n".join(_within(lines, longest))


def _within(lines: Iterator[str], longest: int) -> Iterator[str]:
    room = longest
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            return
        yield line


def _octets_read(value: str) -> str:
    """A value whose raw octets, which the parser carries as surrogates, are read as text (RFC 6532 §3.2)."""
    return value if value.isascii() else decode_bytes(value.encode("utf-8", "surrogateescape"))


def _cut(name: str, value: str, limits: MessageLimits, defects: list[str]) -> str:
    if len(value) <= limits.field_bytes:
        return value
    defects.append(f"the field {one_line(name)[:40]} is over the limit and was cut")
    # A cut address list may have lost a mailbox, and a cut identifier is another one: neither is believed.
    return "" if name.lower() in _KEPT_AS_WRITTEN else value[: limits.field_bytes]


def _value(name: str, value: str) -> str:
    return unfold(value) if name.lower() in _KEPT_AS_WRITTEN else decode_field(value)


def _first(pairs: list[tuple[str, str]], wanted: str) -> str:
    return next((value for name, value in pairs if name.lower() == wanted), "")


def _ids(pairs: list[tuple[str, str]], wanted: str) -> tuple[str, ...]:
    """Message identifiers of a field, in order; of a long chain the first and the latest."""
    values = (unfold(value) for name, value in pairs if name.lower() == wanted)
    found = list(dict.fromkeys(match for value in values for match in _MESSAGE_ID.findall(value)))
    return tuple(found if len(found) <= _IDS_KEPT else [found[0], *found[-_IDS_KEPT + 1 :]])


def _date(value: str) -> datetime | None:
    found = parse_mail_date(unfold(value)).value if value else None
    return found if isinstance(found, datetime) else None


def _addresses(pairs: list[tuple[str, str]], wanted: str) -> tuple[Address, ...]:
    values = [value for name, value in pairs if name.lower() == wanted]
    return tuple(address for value in values for address in _mailboxes(value)[0])


def _read_from(pairs: list[tuple[str, str]], fields: int) -> tuple[list[Address], int]:
    """The mailboxes of every From field, and the count that must be 1 (RFC 5322 §3.6.2 with DMARC's limit).

    A member that cannot be read but holds an address is counted: it may be what another reader sees.
    """
    read = [_mailboxes(value) for name, value in pairs if name.lower() == "from"]
    found = [address for addresses, _ in read for address in addresses]
    count = len(found) + sum(doubtful for _, doubtful in read)
    return found, max(count, fields) if found else 0


def _mailboxes(value: str) -> tuple[list[Address], int]:
    """The mailboxes of one address field, and how many of its members look like more but are unreadable."""
    doubts: list[dict[str, object]] = []
    found = get_addresses(value, defects=doubts, decode_names=True)
    doubtful = sum(1 for doubt in doubts if not doubt["recovered"] and "@" in str(doubt["raw"]))
    mailboxes = [Address(name=one_line(name), email=email.lower()) for name, email in found if "@" in email]
    return mailboxes, doubtful
