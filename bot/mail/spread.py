"""Reads lines of a form whose label and value are set apart by dots, dashes or a gap, without a colon."""

import re
from collections.abc import Sequence

from bot.mail.frame_words import begins_with_answer
from bot.mail.lines import Line
from bot.mail.ticks import has_boxes

_SPREAD = re.compile(
    r"\s*(\S[^\t|]{1,100}?)\s*(?:\t+|\s\.{3,}\s?|\.{4,}|\s[-–—=]{1,2}>?\s|\s[→➔]\s|\s{4,})\s*(\S.{0,60})"
)
# A label, dots that lead to the value, and the value.
_LED = re.compile(
    r"\s*([^\s|.…,;!?_][^\t|.…,;!?]{1,80}?)(?:\s\.{2,}\s+|\s?(?:\.{4,}|…{2,}|_{4,})\s*)([^.…_\s][^.…]{0,60})?"
)
_READ = 400


def spread_entry(lines: Sequence[Line], at: int) -> tuple[str, str] | None:
    """The label and value of `Notify learners ....... yes` or ` - yes`; a long gap is made short.

    Above or below another line with dots the value may be any, or left out where the other has one. Dots
    that end two sentences lead to nothing.
    """
    led = _LED.fullmatch(lines[at].text[:_READ])
    near = (lines[other].text[:_READ] for other in (at - 1, at + 1) if 0 <= other < len(lines))
    beside = [found for text in near if (found := _LED.fullmatch(text))]
    if led and beside and (led[2] or any(found[2] for found in beside)):
        return led[1], led[2] or ""
    text = re.sub(r"\s{5,}", lambda gap: "\t" if "\t" in gap[0] else " " * 4, lines[at].text)[:_READ]
    found = _SPREAD.fullmatch(text)
    if not found or not is_bare_answer(found[2]):
        return None
    sentence = re.search(r"[.!?,;]\s", found[1]) or len(found[1].split()) > 10
    return None if sentence else (found[1], found[2])


def is_bare_answer(text: str) -> bool:
    """A line of four words at most that starts with a yes or a no."""
    return begins_with_answer(text) and len(text.split()) <= 4 and not has_boxes(text)
