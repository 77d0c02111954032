"""A body as lines, whatever it was written in: what the plain and the HTML reader hand to the cutters."""

import re
from dataclasses import dataclass
from typing import TypeVar

Kept = TypeVar("Kept")

# RFC 3676 §4.5: quote marks stand at the line's start, with or without spaces between them.
_MARKS = re.compile(r"[ \t]{0,8}((?:>[ \t]?){1,50})")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad\u034f]")
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\v\f]")
# What is struck out goes with the slash that set it apart: "Yes / ~~No~~".
_STRUCK = re.compile(
    r"(?:[ \t]?/[ \t]?)?"
    r"(?:~~(?=\S)[^~\n]{1,500}~~|(?<![\w~])~(?=[^\s~\d])[^~\n]{0,200}[^\s~]~(?![\w~]))(?:[ \t]?/(?=[ \t]|$))?"
)
_SHORTEST_FLAT = 40
_FLATTENED = re.compile(
    r"(?<=\S) (?=On (?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\w*,? )?[^:]{4,60}\d{1,2}:\d\d[^:]{0,160} wrote:)"
    r"|(?<=\S) (?=(?:From|Von|De|Van|Da) ?: [^:]{2,120} "
    r"(?:Sent|Date|Gesendet|Envoyé|Enviado|Inviato|Verzonden) ?: )"
)
_HEAD, _TAIL = 160_000, 40_000
_HEAD_LINES, _TAIL_LINES = 4_000, 1_500
_WROTE = re.compile(
    r"(?:wrote|writes|schrieb|geschrieben|écrit|escribió|schreef|scritto|escreveu)\b[^\n]{0,80}:\s*$",
    re.IGNORECASE,
)
_I_WROTE = re.compile(r"\b(?:I|ich|je|yo|ik|io|eu)\b")
_BARRED = re.compile(r"(\|(?: ?\|)*)(?: [^|\n]*)?")
# `[strike]please leave it off[/strike]`, as forums mark it up.
_TAGGED = re.compile(r"\[(s|del|strike|strikethrough)\][^\[\n]{0,500}\[/\1\]", re.IGNORECASE)
# Letters with a stroke laid over each, as chat programs and "fancy text" pages make them.
_STROKE = re.compile("[\u0335-\u0338]")
_STROKED = re.compile("(?:[^\\s\u0335-\u0338][\u0335-\u0338]+\\s?)+")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its text without quote marks and how deep it is quoted (0: the sender's own so far).

    `divider` marks where a mail program said that the rest is the mail answered. `pairs` are the labels
    and values of a table row. `tint` is the colour its words are written in, '' for the usual one, and
    `tail` are the words in another colour that end a line of the usual one.
    `indented` is set in a block quote that may be a quote or may just be the sender's indentation.
    """

    text: str
    depth: int = 0
    divider: bool = False
    pairs: tuple[tuple[str, str], ...] = ()
    tint: str = ""
    tail: str = ""
    indented: bool = False


def tidy(text: str) -> str:
    """Plain spaces for every kind of space, no invisible characters, one kind of line end."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return _SPACES.sub(" ", _INVISIBLE.sub("", text)).replace("\x00", "")


def drop_struck(text: str) -> str:
    """The text without what plain-text writers strike out: `~~no~~`, `~no~`, letters with a stroke."""
    if "~" in text:
        text = _STRUCK.sub("", text)
    if "[/" in text:
        text = _TAGGED.sub("", text)
    return _STROKED.sub("", text) if _STROKE.search(text) else text


def read_plain(text: str) -> list[Line]:
    """The lines of a plain-text body, quote marks counted and taken off.

    Of a text longer than anybody reads, the first and the last lines: new words stand at either end.
    """
    if len(text) > _HEAD + _TAIL:
        end = text[-_TAIL:]
        text = f"{text[:_HEAD]}\n{end.partition(chr(10))[2] or end}"
    raw = bound_lines([part for line in drop_struck(tidy(text)).split("\n") for part in part_flattened(line)])
    raw = _bars_as_marks(raw)
    lines = [line_of(line) for line in raw]
    return [_unescape_from(raw, lines, at) for at in range(len(lines))]


def _bars_as_marks(raw: list[str]) -> list[str]:
    """The lines below `Support wrote:` that some trackers quote with a bar, with the usual mark."""
    found, above = list(raw), ""
    quoting = False
    for at, line in enumerate(raw):
        if not line.strip():
            continue
        named = _WROTE.search(above[-200:]) is not None and not _I_WROTE.search(above[:200])
        barred = _BARRED.fullmatch(line) if quoting or named else None
        quoting = barred is not None
        if barred:
            found[at] = ">" * barred[1].count("|") + line[barred.end(1) :]
        above = line
    return found


def part_flattened(line: str) -> list[str]:
    """A line into which a bad conversion has run an attribution or headers: its words, then the frame."""
    if len(line) < _SHORTEST_FLAT or (": " not in line and not line.endswith(":")):
        return [line]
    found = _FLATTENED.search(line[:_HEAD_LINES])
    return [line[: found.start()], line[found.start() :].lstrip()] if found else [line]


def bound_lines(lines: list[Kept]) -> list[Kept]:
    """The first and the last of more lines than anybody reads."""
    return lines if len(lines) <= _HEAD_LINES + _TAIL_LINES else lines[:_HEAD_LINES] + lines[-_TAIL_LINES:]


def line_of(raw: str) -> Line:
    """One line as typed, with its quote marks counted and taken off."""
    found = _MARKS.match(raw)
    if not found:
        return Line(raw.rstrip())
    return Line(raw[found.end() :].rstrip(), depth=found.group(1).count(">"))


def _unescape_from(raw: list[str], lines: list[Line], at: int) -> Line:
    """mbox files write `>From` for a line that begins with From; alone, such a line is not a quote."""
    line = lines[at]
    if not raw[at].startswith(">From ") or any(near.depth for near in lines[max(at - 2, 0) : at]):
        return line
    if any(near.depth for near in lines[at + 1 : at + 3]):
        return line
    return Line(raw[at][1:].rstrip())
