"""Reads the line that heads a list of answers, `Account mail:`, as a part of what each of them answers."""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.mail.frame_words import begins_with_answer
from bot.mail.lines import Line
from bot.values.request import Segment, SegmentKind

_SET_IN = re.compile(r"\s{2,}\S|\s*[-*•·–]\s")
_LONGEST = 9


def is_listed(line: Line, found: Sequence[Segment]) -> bool:
    """Is it one answer of a list, set in or behind a bullet?"""
    return len(found) == 1 and _SET_IN.match(line.text) is not None and begins_with_answer(found[0].text)


def take_heading(lines: Sequence[Line], at: int, text: list[str], segments: list[Segment]) -> str:
    """The heading right above a line, taken from the running text or the blank entry that it was read as;
    '' where there is none."""
    above = lines[at - 1].text.strip() if at else ""
    if not above.endswith(":") or len(above.split()) > _LONGEST or re.search(r"[,.;!?]\s", above):
        return ""
    if text and text[-1].strip() == above:
        return text.pop().strip(" :*")
    if not text and segments and segments[-1].kind is SegmentKind.FORM and not segments[-1].text:
        return segments.pop().question
    return ""


def below_heading(heading: str, segment: Segment) -> Segment:
    """The same entry, which answers its heading as well."""
    return replace(segment, question=f"{heading} {segment.question}") if heading else segment
