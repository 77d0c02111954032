"""Finds the lines with which mail programs announce a quoted or a forwarded mail; asked by the cutter."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from bot.mail.frame_words import LOOKED_AT, frame_words
from bot.mail.lines import Line

_ATTRIBUTION_LINES = 4
_ATTRIBUTION_LENGTH = 500
_HEADER_LINES = 24
_ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w.-]{1,200}")
_CLOCK = re.compile(r"(?<!\d)\d{1,2}[:.h]\d{2}(?!\d)")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)\d{1,2}[./-]\d{1,2}[./-]\d{2}(?!\d)")
# Zoho closes its attribution with dashes instead of a colon.
_COLON_END = re.compile(r"[:：][\s*_>]{0,4}$|(?<=\w) -{2,8}$")
_SENTENCE_END = re.compile(r"(?<![AaPp]\.\s[Mm])(?<![AaPp]\.[Mm])[.!?]$")
_RULER = re.compile(r"\s*[_=*\-–—]{10,}\s*")
_LABEL = re.compile(r"[\s*_|>]{0,8}([^\W\d_][^:：*\n]{0,24}?)[\s*_\u00a0]{0,4}[:：][\s*_]{0,20}(.*)")
_DECORATED = re.compile(r"\s*(?:[#=_~*<\[(-]\s?){2,}")
_LINE_WORD = re.compile(r"line|zeile|ligne|línea|linea|riga|regel|lijn|linha")


class MarkKind(Enum):
    """What begins after a mark."""

    QUOTE = auto()  # the mail answered
    FORWARD = auto()  # a mail passed on
    CEILING = auto()  # "reply above this line": history, or nothing at all


# So many lines above a header block are looked through for the words of who passes it on.
_WORDS_ABOVE = 8


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark found: what begins, how many lines it takes, and the From: value of its header block."""

    kind: MarkKind
    length: int
    author: str = ""
    subject: str = ""
    headed: bool = False


def find_mark(lines: Sequence[Line], at: int) -> Mark | None:
    """The mark that begins at line `at`, which is not blank and not quoted; None if there is none.

    Looks at most `_HEADER_LINES` lines ahead, so that the whole search is linear.
    """
    line = lines[at]
    if line.divider:
        return Mark(MarkKind.QUOTE, 1)
    text = line.text[:LOOKED_AT]
    lowered = text.lower()
    return (
        _find_banner(text, lowered, lines, at)
        or _find_attribution(lines, at, lowered)
        or find_headers(lines, at)
        or _find_notes_block(lines, at)
    )


def _find_banner(text: str, lowered: str, lines: Sequence[Line], at: int) -> Mark | None:
    """`-----Original Message-----`, `Begin forwarded message:`, a ticket system's line, a ruler."""
    words = frame_words()
    if len(lowered) <= 200:
        forwarded = words.forwarded.search(lowered)
        if forwarded and _is_banner(lowered, forwarded):
            return Mark(MarkKind.FORWARD, 1)
        original = words.original.search(lowered)
        if original and _is_banner(lowered, original):
            return Mark(MarkKind.QUOTE, 1)
        ceiling = words.reply_above.search(lowered)
        if ceiling and (_DECORATED.match(lowered) or _LINE_WORD.search(ceiling.group())):
            return Mark(MarkKind.CEILING, 1)
    if _RULER.fullmatch(text):
        following = _next_filled(lines, at + 1)
        if following is not None and following - at <= 3 and find_headers(lines, following):
            return Mark(MarkKind.QUOTE, following - at)
    return None


def _is_banner(lowered: str, found: re.Match[str]) -> bool:
    """Whether the phrase makes up the line: dashes around it, or nothing but a colon after it."""
    before, after = lowered[: found.start()].strip(), lowered[found.end() :].strip()
    if re.fullmatch(r"[-_=*<>\s–—]{2,}", before):
        return True
    return not before.strip("*_ >") and (
        not after or after.startswith((":", "-", "*")) or after in {"---", "__"}
    )


def _next_filled(lines: Sequence[Line], at: int, reach: int = 6) -> int | None:
    """The next line that holds anything, at most `reach` lines on."""
    for number in range(at, min(at + reach, len(lines))):
        if lines[number].text.strip() or lines[number].divider:
            return number
    return None


def _find_attribution(lines: Sequence[Line], at: int, lowered: str) -> Mark | None:
    """`On 3 March 2025 at 10:33, Tom wrote:` in its many languages, over up to four lines."""
    words = frame_words()
    starts = bool(words.on.match(lowered.lstrip(" *_>-")))
    spoken = bool(words.wrote.search(lowered))
    if not starts and not spoken and not (_ADDRESS.search(lowered) and _COLON_END.search(lowered)):
        return None
    joined = ""
    for length in range(1, _ATTRIBUTION_LINES + 1):
        if at + length > len(lines):
            break
        line = lines[at + length - 1]
        if length > 1 and (line.depth or line.divider or not line.text.strip()):
            # A wrapped attribution may go on behind the quote marks of its own quote, never past a blank.
            break
        joined = f"{joined} {line.text[:LOOKED_AT]}".strip()
        if len(joined) > _ATTRIBUTION_LENGTH:
            break
        if _is_attribution(joined, starts, lines, at + length):
            return Mark(MarkKind.QUOTE, length)
        if _SENTENCE_END.search(joined) or (
            length == 1 and not (starts and _has_date(joined)) and not spoken
        ):
            break
    return _find_flattened(lowered, starts)


def _has_date(text: str) -> bool:
    return any(character.isdigit() for character in text)


def _is_attribution(joined: str, starts: bool, lines: Sequence[Line], after: int) -> bool:
    """A verb of writing, a colon at the end, and a date, a time or an address: nobody speaks like that."""
    lowered = joined.lower()
    spoken = frame_words().wrote.search(lowered)
    addressed, timed = _ADDRESS.search(lowered), _CLOCK.search(lowered)
    if _COLON_END.search(joined):
        if not spoken:
            return bool(addressed and (timed or _YEAR.search(lowered)))
        if addressed or timed or (starts and _has_date(lowered)):
            return True
        following = _next_filled(lines, after, 3)
        return following is not None and lines[following].depth > 0
    if not spoken or not starts or not (addressed or timed):
        return False
    following = _next_filled(lines, after, 3)
    return following is not None and lines[following].depth > 0


def _find_flattened(lowered: str, starts: bool) -> Mark | None:
    """An attribution whose quote was run into the same line by a bad conversion from HTML."""
    if not starts:
        return None
    spoken = frame_words().wrote.search(lowered[:300])
    if spoken is None or lowered[spoken.end() : spoken.end() + 2].strip()[:1] not in {":", "："}:
        return None
    head = lowered[: spoken.start()]
    if _CLOCK.search(head) and (_ADDRESS.search(head) or _YEAR.search(head)):
        return Mark(MarkKind.QUOTE, 1)
    return None


def find_headers(lines: Sequence[Line], at: int) -> Mark | None:
    """A header block as Outlook and Notes write it above the mail they answer: From, Sent, To, Subject."""
    first = _label_of(lines[at].text)
    if first is None or first[0] == "cc":
        return None
    if first[0] == "from":
        flat = _flat_kinds(lines[at].text)
        if len(flat) >= 3 and "from" in flat:
            return Mark(MarkKind.QUOTE, 1, author=first[1], headed=True)
    seen: dict[str, str] = {}
    end, strays, number = at, 0, at
    while number < min(at + _HEADER_LINES, len(lines)) and not lines[number].depth:
        text = lines[number].text
        label = _label_of(text)
        if label is not None and label[0] not in seen:
            seen[label[0]] = label[1]
            end, strays = number + 1, 0
        elif label is None and text.strip():
            strays += 1
        elif label is not None and label[0] != "cc":
            break
        if strays > 2 or (
            "subject" in seen and (strays or not text.strip()) and "from" in seen and len(seen) > 2
        ):
            break
        number += 1
    if not _is_header_block(seen, first[0]) and not (_names_only(seen) and _has_words_above(lines, at)):
        return None
    return Mark(MarkKind.QUOTE, end - at, author=seen["from"], subject=seen.get("subject", ""), headed=True)


def _is_header_block(seen: dict[str, str], first: str) -> bool:
    if "from" not in seen:
        return False
    others = set(seen) & {"sent", "to", "subject"}
    return len(others) >= 2 or (first == "from" and bool(others) and bool(_ADDRESS.search(seen["from"])))


def _has_words_above(lines: Sequence[Line], at: int) -> bool:
    """Without any it may be a memo of the sender's own."""
    return any(line.text.strip() for line in lines[max(0, at - _WORDS_ABOVE) : at])


def _names_only(seen: dict[str, str]) -> bool:
    """`From: Jo Reed`, `To: Kim Lee` and no more, as people leave it when they pass a mail on by hand."""
    named = all(value and not re.search(r"\d", value) for value in seen.values())
    return set(seen) == {"from", "to"} and next(iter(seen)) == "from" and named


def _label_of(text: str) -> tuple[str, str] | None:
    """The header a line begins with, as the kind of header and its value."""
    found = _LABEL.match(text[:LOOKED_AT])
    if not found:
        return None
    kind = frame_words().labels.get(found.group(1).lower().strip())
    return (kind, found.group(2).strip(" *_")) if kind else None


def _flat_kinds(text: str) -> set[str]:
    """The kinds of header in one line that holds them all."""
    labels = frame_words().labels
    names = re.findall(r"(?:^|[\s*])([^\W\d_][\w'é]{0,12})\s?\*{0,2}[:：]", text[:600].lower())
    return {labels[name] for name in names if name in labels}


def _find_notes_block(lines: Sequence[Line], at: int) -> Mark | None:
    """Lotus Notes: name and date, then `To`, `cc`, `Subject`, each alone in its line above its value."""
    near = [line.text[:200].strip().lower() for line in lines[at : at + 14] if not line.depth]
    if not any(_CLOCK.search(text) or _ADDRESS.search(text) for text in near[:3]):
        return None
    labels = frame_words().labels
    kinds = [labels.get(text.rstrip(":"), "") for text in near]
    if "to" in kinds[1:5] and "subject" in kinds:
        place = kinds.index("subject")
        if kinds.index("to") < place:
            return Mark(MarkKind.QUOTE, place + 1)
    return None
