"""Undoes transfer encodings, also where mailers and gateways have damaged them."""

import binascii
import quopri
import re
from dataclasses import dataclass
from email.message import Message as MimePart

_BASE64_LINE = re.compile(rb"^[A-Za-z0-9+/]+={0,2}$")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]")
_BASE64_GROUP = re.compile(rb"([A-Za-z0-9+/]+)=*")
# Base64 of a ZIP local header and of an OLE2 header: a sheet whose encoding was not declared.
_UNDECLARED = (b"UEsDB", b"0M8R4KGx")
# Words have more spaces and commas than damage leaves; bytes that begin like a file settle it.
_MOST_JUNK = 0.06
_FILES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x78\x9f\x3e\x22")
_UU_BEGIN = re.compile(r"^begin [0-7]{3,4} ([^\n]{1,255})$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Uuencoded:
    """A file found in running text (POSIX uuencode): its declared name and its bytes."""

    name: str
    content: bytes


def raw_payload(part: MimePart) -> bytes:
    """A leaf part's bytes as they stood in the message, before any transfer decoding."""
    encoding = part.get_all("content-transfer-encoding", [])
    del part["content-transfer-encoding"]
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, LookupError):
        payload = None
    for value in encoding:
        part["content-transfer-encoding"] = value
    return payload if isinstance(payload, bytes) else b""


def decode_payload(part: MimePart) -> bytes:
    """A leaf part's bytes with the transfer encoding undone (RFC 2045 §6), declared or recognised."""
    raw = raw_payload(part)
    encoding = str(part.get("content-transfer-encoding", "")).split(";")[0].split("(")[0].strip().lower()
    if encoding == "base64":
        return decode_base64(raw)
    if encoding == "quoted-printable":
        return quopri.decodestring(raw)
    if encoding in {"x-uuencode", "uuencode", "x-uue", "uue"}:
        _, files = take_uuencoded(raw.decode("latin-1").replace("\r\n", "\n"))
        return files[0].content if files else raw
    if raw.lstrip()[:8].startswith(_UNDECLARED):
        return decode_base64(raw)
    return raw


def decode_base64(raw: bytes) -> bytes:
    """Base64 with whatever fell into it: spaces, stray characters, a list's footer, padded pieces.

    RFC 2045 §6.8 lets a reader ignore other characters, but a footer's letters are of the alphabet: so
    reading ends at the first line of words after the data. Bytes that are no base64 come back as they are.
    """
    try:
        # The undamaged many, at a tenth of the memory.
        return binascii.a2b_base64(raw.translate(None, b" \t\r\n"), strict_mode=True)
    except binascii.Error:
        pass
    lines = _before_footer([line.strip() for line in raw.splitlines()])
    code = b"".join(_NOT_BASE64.sub(b"", line) for line in lines)
    content = b"".join(_decode_group(match.group(1)) for match in _BASE64_GROUP.finditer(code))
    junk = 1 - len(code) / max(1, sum(map(len, lines)))
    return raw if junk > _MOST_JUNK and not content.startswith(_FILES) else content


def _before_footer(lines: list[bytes]) -> list[bytes]:
    """The lines up to a blank line, or a padded end, that is followed by a line that is no base64."""
    ended = False
    end = 0
    for index, line in enumerate(lines):
        if not line:
            ended = index > 0
        elif ended and not _BASE64_LINE.match(line):
            return lines[:end]
        else:
            ended = line.endswith(b"=")
            end = index + 1
    return lines


def _decode_group(group: bytes) -> bytes:
    # One character left over carries six bits, which is no byte: it is dropped.
    whole = group[:-1] if len(group) % 4 == 1 else group
    try:
        return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))
    except binascii.Error:
        return b""


def take_uuencoded(text: str) -> tuple[str, list[Uuencoded]]:
    """The text without its uuencoded files, and the files."""
    files: list[Uuencoded] = []
    kept: list[str] = []
    position = 0
    while begin := _UU_BEGIN.search(text, position):
        content, end = _read_uuencoded(text, begin.end() + 1)
        if not content:
            # Looking on from where reading stopped keeps a text of nothing but "begin" lines linear.
            kept.append(text[position:end])
            position = end
            continue
        kept.append(text[position : begin.start()])
        files.append(Uuencoded(name=begin.group(1).strip(), content=content))
        position = end
    kept.append(text[position:])
    return "".join(kept), files


def _read_uuencoded(text: str, position: int) -> tuple[bytes, int]:
    """The bytes from `position` up to the line `end`, and where that line stops; b'' where none decode."""
    pieces: list[bytes] = []
    while position < len(text):
        stop = text.find("\n", position)
        stop = len(text) if stop < 0 else stop
        line = text[position:stop]
        position = stop + 1
        if line.strip() == "end":
            return b"".join(pieces), stop
        piece = _uu_line(line)
        if piece is None:
            return b"", position
        pieces.append(piece)
    return b"", position


def _uu_line(line: str) -> bytes | None:
    """One line's bytes, or None where it is no uuencoded line."""
    data = line.rstrip("\r").encode("latin-1", "replace")
    if not data.strip() or data == b"`":
        return b""
    length = (data[0] - 32) & 63
    if len(data) - 1 > 4 * 21 or length > 45:
        return None
    # Encoders differ in trailing characters, and gateways strip trailing spaces: both are made good.
    wanted = (length + 2) // 3 * 4
    body = data[1 : 1 + wanted].ljust(wanted)
    try:
        return binascii.a2b_uu(data[:1] + body)
    except binascii.Error:
        return None
