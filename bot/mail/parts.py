"""Walks the parts of a message and knows for each whether it is the sender's own or inside a forwarded mail.

mail-parser and the standard library's `iter_attachments` both miss sheets in everyday structures, so the
walk is ours; only the splitting at boundaries is the standard library's.
"""

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message as MimePart

from bot.mail.fields import read_header_text
from bot.mail.transfer import decode_payload, raw_payload
from bot.values.message import MessageLimits, Owner, ReportPart

_REPORT_TYPES = frozenset(
    {
        "message/delivery-status",
        "message/global-delivery-status",
        "message/disposition-notification",
        "message/feedback-report",
        "text/rfc822-headers",
        "message/global-headers",
    }
)
_REPORT_KEPT = 64 * 1024
_MOST_BLOCKS = 500
# The standard library passes every line through every open multipart: more than this takes too long.
_MOST_LINE_STEPS = 20_000_000
_MOST_LINE_ENDS = 6_000_000
_MULTIPART = re.compile(rb"content-type[ \t]*:\s*(?:multipart|message)/", re.IGNORECASE)
# Its parameter parser is quadratic, and no honest Content-Type is longer or has more parameters.
_LONGEST_TYPE = 8 * 1024
_MOST_PARAMETERS = 60
_TYPE_FIELD = re.compile(rb"(?<![^\r\n])content-(?=type|disposition)", re.IGNORECASE)
_FIELD_END = re.compile(rb"[\r\n](?![ \t\n])")
_LOST_BOUNDARY = re.compile(rb"^--([^\s-][^\r\n]{0,69})\r?\n(?=content-)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaf:
    """One part that holds no others. `alternative` names the multipart/alternative it stands in, from 1."""

    part: MimePart
    owner: Owner
    content_type: str
    alternative: int = 0

    def content(self) -> bytes:
        """The bytes, with the transfer encoding undone."""
        return decode_payload(self.part)


@dataclass(kw_only=True, slots=True)
class Walk:
    """The walk through one message: yields leaves, and gathers reports and defects on its way."""

    limits: MessageLimits
    reports: list[ReportPart] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    parts: int = 0
    alternatives: int = 0

    def leaves(
        self, part: MimePart, owner: Owner = Owner.OWN, depth: int = 0, alternative: int = 0
    ) -> Iterator[Leaf]:
        """Every leaf below `part`, in order, within the limits on parts and depth."""
        self.parts += 1
        if self.parts > self.limits.parts or depth > self.limits.depth:
            self._note("more parts or deeper nesting than the limit; the rest was not read")
            return
        kind = part.get_content_type()
        if kind in _REPORT_TYPES:
            self._report(kind, _flat_text(part))
        elif kind.startswith("message/"):
            yield from self._enclosed(part, kind, depth)
        elif part.is_multipart():
            if kind == "multipart/alternative":
                self.alternatives += 1
                alternative = self.alternatives
            for child in _children(part):
                yield from self.leaves(child, owner, depth + 1, alternative)
        elif kind.startswith("multipart/") and (rescued := _without_boundary(part)):
            self._note("a multipart without its boundary was read by guessing it")
            yield from self.leaves(rescued, owner, depth + 1, alternative)
        else:
            yield Leaf(part=part, owner=owner, content_type=kind, alternative=alternative)

    def _enclosed(self, part: MimePart, kind: str, depth: int) -> Iterator[Leaf]:
        """What stands inside an attached message: never the sender's own."""
        inner = _inner_message(part)
        if inner is None:
            self._note(f"an enclosed {kind} could not be opened")
            return
        self._report("message/rfc822", read_header_text(inner, _REPORT_KEPT))
        yield from self.leaves(inner, Owner.FORWARDED, depth + 1)

    def _report(self, kind: str, text: str) -> None:
        self.reports.append(ReportPart(kind=kind, text=text[:_REPORT_KEPT]))

    def _note(self, defect: str) -> None:
        if defect not in self.defects:
            self.defects.append(defect)


def _children(part: MimePart) -> list[MimePart]:
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, MimePart)] if isinstance(payload, list) else []


def open_message(raw: bytes) -> MimePart | None:
    """The tree of parts, or None where it is nested too deep or would take too long to split."""
    tame = _without_long_types(raw)
    nested = len(_MULTIPART.findall(tame))
    line_ends = tame.count(b"\n") + tame.count(b"\r")
    if line_ends > _MOST_LINE_ENDS or (nested > 30 and nested * line_ends > _MOST_LINE_STEPS):
        return None
    try:
        return email.message_from_bytes(tame)
    except RecursionError:
        return None


def _without_long_types(raw: bytes) -> bytes:
    """The message with the names of overlong Content-Type and -Disposition fields struck out."""
    spans = [(match.start(), _field_end(raw, match.end())) for match in _TYPE_FIELD.finditer(raw)]
    overlong = [
        start
        for start, end in spans
        if end - start > _LONGEST_TYPE or raw.count(b";", start, end) > _MOST_PARAMETERS
    ]
    if not overlong:
        return raw
    tame = bytearray(raw)
    for start in overlong:
        tame[start : start + 7] = b"x-taken"
    return bytes(tame)


def _field_end(raw: bytes, start: int) -> int:
    # Looking no further than the limit keeps a body of nothing but field names linear.
    end = _FIELD_END.search(raw, start, start + _LONGEST_TYPE + 1)
    return end.start() if end else min(len(raw), start + _LONGEST_TYPE + 1)


def _inner_message(part: MimePart) -> MimePart | None:
    """The message inside a message/rfc822 part, which few mailers encode, as RFC 2046 §5.2.1 forbids."""
    inner = next(iter(_children(part)), None)
    encoding = str(part.get("content-transfer-encoding", "")).strip().lower()
    if inner is not None and encoding in {"base64", "quoted-printable"} and not inner.keys():
        inner.add_header("content-transfer-encoding", encoding)
        return open_message(decode_payload(inner))
    return inner


def _without_boundary(part: MimePart) -> MimePart | None:
    """A multipart whose boundary parameter is missing or wrong, opened by the first likely line."""
    body = raw_payload(part)
    found = _LOST_BOUNDARY.search(body)
    if not found:
        return None
    # The quotes a boundary may need (RFC 2046 §5.1.1) cannot be in it themselves.
    boundary = found.group(1).rstrip().replace(b'"', b"").replace(b"\\", b"")
    subtype = part.get_content_subtype().encode("ascii", "ignore") or b"mixed"
    head = b"Content-Type: multipart/" + subtype + b'; boundary="' + boundary + b'"\r\n\r\n'
    rescued = open_message(head + body)
    return rescued if rescued is not None and rescued.is_multipart() else None


def _flat_text(part: MimePart) -> str:
    """The fields of a report part: the standard library takes delivery-status apart into header blocks."""
    if part.is_multipart():
        blocks = [_block_text(block) for block in _children(part)[:_MOST_BLOCKS]]
        return "\n\n".join(block for block in blocks if block.strip())
    return decode_payload(part)[:_REPORT_KEPT].decode("utf-8", "replace").replace("\r\n", "\n")


def _block_text(block: MimePart) -> str:
    fields = read_header_text(block, _REPORT_KEPT)
    rest = "" if block.is_multipart() else decode_payload(block).decode("utf-8", "replace")
    return fields if not rest.strip() else f"{fields}\n{rest}" if fields else rest
