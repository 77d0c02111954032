"""Turns the sender's own lines into segments: running text, and form lines with their label and value."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.mail.drawn_tables import drawn_rows
from bot.mail.footnotes import with_footnotes
from bot.mail.frame_words import begins_with_answer, frame_words
from bot.mail.headings import below_heading, is_listed, take_heading
from bot.mail.letters import lettered_entry
from bot.mail.lines import Line
from bot.mail.spread import is_bare_answer, spread_entry
from bot.mail.tables import DENYING, pair_rows
from bot.mail.ticks import INSTRUCTION, Choice, has_boxes, only_instructs, read_choices
from bot.mail.wrapping import unwrap
from bot.values.request import Segment, SegmentKind

_LABELLED = re.compile(
    r"\s*(?:[-*•·>]|\d{1,2}[.)]|\(?[a-z]\))?\s*\*{0,2}([^:：\n]{2,120}?)\*{0,2}"
    r"\s*(?:[:：]|(?<=\s)=(?=\s|$))\*{0,2}\s*(.*)"
)
_ASKED = re.compile(r"\s*(?:[-*•·>]|\d{1,2}[.)]|\(?[a-z]\))?\s*([^?？\n]{3,160}[?？])\s*([-–—:>=]*)\s*(.*)")
_ARROWED = re.compile(r"\s*(?:[-=–—]{1,3}>|>>+|→|➔)\s*(\S.*)")
# `send_account_mail=true`: what a machine would write.
_KEYED = re.compile(r"\s*([A-Za-z]{2,30}(?:_[A-Za-z]{1,30}){1,8})\s*[=:]\s*(\S{1,20})\s*")
# A short line without a stop, right above its boxes.
_HEADING = re.compile(r"(?:[^\s.,!;?]+\s+){0,7}[^\s.,!;?]+")
_BRACKETS = re.compile(r"^[\[(<{]\s*([^\])>}]*?)\s*[\])>}]$")
_SMILEY = re.compile(r"[-o^]?[)(DPp/|](?:\s|$)")
_NOTHING = re.compile(r"[\s_.…\-–—/|]*")


@dataclass(frozen=True, slots=True)
class _Found:
    """Form segments found at one place, and how many lines they take."""

    segments: tuple[Segment, ...]
    length: int


def read_segments(lines: Sequence[Line], kind: SegmentKind, question: str = "") -> list[Segment]:
    """The segments of one run of the sender's own lines, in order; text between form lines is `kind`."""
    segments: list[Segment] = []
    text: list[str] = []

    def end_text() -> None:
        joined = unwrap(text)
        if joined:
            segments.append(Segment(kind=kind, text=joined, question=question))
        text.clear()

    at = tried = 0
    heading = ""
    while at < len(lines):
        found = _find_form(lines, at, text, drawn=at >= tried)
        if found is not None and not found.segments:
            # What is drawn like a table and says nothing from its first line is no table.
            tried = at + found.length
            found = _find_form(lines, at, text, drawn=False)
        if found is None:
            text.append(lines[at].text)
            at += 1
            continue
        listed = is_listed(lines[at], found.segments)
        heading = (heading or take_heading(lines, at, text, segments)) if listed else ""
        end_text()
        segments += [below_heading(heading, segment) for segment in found.segments]
        at += found.length
    end_text()
    return with_footnotes(
        [
            _form(segment.text.strip(), "") if _is_left_open(segments, place) else segment
            for place, segment in enumerate(segments)
        ]
    )


def _is_left_open(segments: Sequence[Segment], place: int) -> bool:
    """A single question between two filled-in lines is a line of the form that nobody filled in."""
    around = [*segments[place - 1 : place], *segments[place + 1 : place + 2]]
    text = segments[place].text.strip()
    return (
        segments[place].kind is SegmentKind.TEXT
        and "\n" not in text
        and text.rstrip(" :：").endswith(("?", "？"))
        and len(around) == 2
        and all(segment.kind is SegmentKind.FORM and segment.text for segment in around)
    )


def _find_form(lines: Sequence[Line], at: int, text: list[str], *, drawn: bool) -> _Found | None:
    """The form entry at a line, if one begins there; a label taken from the line above leaves `text`.

    `drawn` allows a table drawn with bars or tabs; it may turn out to have no segments.
    """
    line = lines[at]
    if not line.text.strip() and not line.pairs:
        return None
    if line.pairs:
        return _read_cells(line)
    if has_boxes(line.text):
        return _read_boxes(lines, at, text)
    return (
        (_read_piped(lines, at) if drawn else None)
        or _read_letters(lines, at)
        or _read_labelled(lines, at)
        or _read_asked(lines, at)
        or _read_spread(lines, at)
    )


def _form(label: str, value: str) -> Segment:
    """One entry; a value of nothing but dots and dashes is blank, brackets around it go."""
    value = value.strip()
    inner = _BRACKETS.match(value)
    if inner:
        value = inner.group(1)
    value = re.sub(r"^[\s/|]+|[\s/|]+$", "", value)
    if _NOTHING.fullmatch(value):
        value = ""
    return Segment(kind=SegmentKind.FORM, text=value, question=label.strip(" :*\t"))


def _read_cells(line: Line) -> _Found:
    """A table row: its labels and values, or a tick box beside what it ticks."""
    segments: list[Segment] = []
    for label, value in line.pairs:
        if not label:
            segments += _said(value)
            continue
        if has_boxes(label) or has_boxes(value):
            choices = read_choices(
                f"{value} {label}" if has_boxes(value) and not _words(value) else f"{label} {value}"
            )
            segments += _from_choice(choices, label if has_boxes(value) and _words(value) else "")
        else:
            segments.append(_form(label, value))
    return _Found(tuple(segments), 1)


def _said(value: str) -> list[Segment]:
    """What a table says without a label."""
    return [Segment(kind=SegmentKind.TEXT, text=value.strip())] if value.strip() else []


def _words(text: str) -> bool:
    return (
        any(choice.option for choice in read_choices(text).options) if has_boxes(text) else bool(text.strip())
    )


def _read_boxes(lines: Sequence[Line], at: int, text: list[str]) -> _Found | None:
    """A run of tick boxes, with its label before the first box or on the line above."""
    end = at
    while end < len(lines) and (has_boxes(lines[end].text) or not lines[end].text.strip()):
        if has_boxes(lines[end].text) and end > at and read_choices(lines[end].text).label:
            break
        end += 1
    while not lines[end - 1].text.strip():
        end -= 1
    choices = [read_choices(line.text) for line in lines[at:end] if line.text.strip()]
    options = tuple(option for choice in choices for option in choice.options)
    label = choices[0].label
    if not label and (len(options) > 1 or all(not option.option for option in options)):
        label = _take_label(text, headed=len(options) > 1)
    return _Found(tuple(_from_choice(Choice(label, options), "")), end - at)


def _take_label(text: list[str], *, headed: bool) -> str:
    """The last line of running text, taken as label where it asks, ends in a colon or heads the boxes."""
    number = len(text) - 1
    while number >= 0 and not text[number].strip():
        number -= 1
    above = text[number].strip() if number >= 0 else ""
    head, mark, rest = above.rpartition(":")
    if mark and only_instructs(rest):
        above = f"{head}:"
    if above.endswith((":", "?", "：", "？")):
        del text[number:]
        return INSTRUCTION.sub("", above)
    if headed and number >= 0 and number == len(text) - 1 and _HEADING.fullmatch(text[number].strip()):
        return INSTRUCTION.sub("", text.pop().strip())
    return ""


def _from_choice(choice: Choice, label: str) -> list[Segment]:
    """What is ticked; nothing ticked is a blank value, two ticks are two entries that may contradict."""
    label = label or choice.label
    if not label and any(option.option.lower() not in frame_words().yes_no for option in choice.options):
        return [_form(option.option, "x" if option.ticked else "") for option in choice.options]
    if len(choice.options) == 1 and not choice.options[0].option:
        return [_form(label, "x" if choice.options[0].ticked else "")]
    ticked = [option.option for option in choice.options if option.ticked]
    return [_form(label, option) for option in ticked] or [_form(label, "")]


def _read_piped(lines: Sequence[Line], at: int) -> _Found | None:
    """A table drawn with bars or tabs."""
    rows = drawn_rows(lines, at)
    segments: list[Segment] = []
    for row, pairs in zip(rows, pair_rows(rows), strict=True):
        said = " ".join(row).strip() if len(row) > 1 and not pairs else ""
        if said and not row[0] and segments and segments[-1].kind is SegmentKind.FORM:
            # A row without a label goes on with the one above, or answers it once more.
            again = begins_with_answer(said)
            above = segments[-1] if again else segments.pop()
            segments.append(_form(above.question, said if again else f"{above.text} {said}"))
        elif said and (not row[0] or DENYING.search(said)):
            segments += _said(said)
        for label, value in pairs:
            segments += [_form(label, value)] if label else _said(value)
    if all(segment.kind is SegmentKind.TEXT for segment in segments):
        segments = []
    return _Found(tuple(segments), len(rows)) if rows else None


def _read_letters(lines: Sequence[Line], at: int) -> _Found | None:
    entry = lettered_entry(lines, at)
    return _Found((_form(*entry[:2]),), entry[2]) if entry else None


def _read_spread(lines: Sequence[Line], at: int) -> _Found | None:
    entry = spread_entry(lines, at)
    return _Found((_form(*entry),), 1) if entry else None


def _labelled(text: str) -> tuple[str, str] | None:
    """A line's label and value, if it looks like a form's: a short label that is no aside and no sentence."""
    found = _KEYED.fullmatch(text[:400]) or _LABELLED.fullmatch(text[:1000])
    if not found:
        return None
    label, value = found.group(1).strip(" *_"), found.group(2).strip()
    if _SMILEY.match(value):
        return None
    lowered = label.lower().strip(" -–—•")
    if (
        len(label.split()) > 12
        or lowered in frame_words().aside
        or frame_words().afterthought.fullmatch(lowered)
    ):
        return None
    if re.search(r"[.!;,]\s|https?$|\d$", label) or frame_words().greeting.match(lowered):
        return None
    return label, value


def _read_labelled(lines: Sequence[Line], at: int) -> _Found | None:
    """`Notify learners: Yes`: alone if the value is short, in a run also if it is long or blank."""
    entry = _labelled(lines[at].text)
    if entry is None:
        return None
    label, value = entry
    if only_instructs(value):
        value = ""  # `Account mail: please tick`, above the boxes
    if not value and any(has_boxes(line.text) for line in lines[at + 1 : at + 3]):
        return None
    run = any(_labelled(lines[near].text) is not None for near in (at - 1, at + 1) if 0 <= near < len(lines))
    if begins_with_answer(value) or (value and len(value.split()) <= 3 and not value.endswith((".", "!"))):
        return _Found((_form(label, value),), 1)
    if run and (value or len(label.split()) <= 6 or _stands_in_form(lines, at)):
        return _Found((_form(label, value),), 1)
    if not value and at + 1 < len(lines) and is_bare_answer(lines[at + 1].text):
        return _Found((_form(label, lines[at + 1].text),), 2)
    return None


def _stands_in_form(lines: Sequence[Line], at: int) -> bool:
    """Between two other lines of a form, the lower of which may be its remark: nobody filled this one in."""
    if not 0 < at < len(lines) - 1:
        return False
    above, below = lines[at - 1].text[:1000], lines[at + 1].text[:200]
    return bool(_labelled(above) or _ASKED.fullmatch(above)) and _LABELLED.fullmatch(below) is not None


def _read_asked(lines: Sequence[Line], at: int) -> _Found | None:
    """`Notify the learners? Yes`, or the answer alone on the next line."""
    found = _ASKED.fullmatch(lines[at].text[:1000])
    if not found:
        return None
    label, mark, value = (part.strip() for part in found.groups())
    if value:
        return _Found((_form(label, value),), 1) if ">" in mark or is_bare_answer(value) else None
    if _stands_in_form(lines, at):
        return _Found((_form(label, ""),), 1)
    following = at + 1
    if following < len(lines) and not lines[following].text.strip():
        following += 1
    below = lines[following].text[:1000] if following < len(lines) else ""
    arrow = _ARROWED.fullmatch(below)
    if arrow or is_bare_answer(below):
        return _Found((_form(label, arrow[1] if arrow else below),), following - at + 1)
    return None
