"""Puts a footnote, `* only those with a 1 in column G`, behind the value whose star leads to it."""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.values.request import Segment, SegmentKind

# A value with one star behind it; in `*Yes*` they mark bold letters.
_STARRED = re.compile(r"[^*]+[^*\s]\s?\*")


def with_footnotes(segments: Sequence[Segment]) -> list[Segment]:
    """The same segments; the note of a starred value stands in it, and no more in the text."""
    found = list(segments)
    at = next((at for at, each in enumerate(found) if _is_starred(each)), len(found))
    for place, each in enumerate(found[at + 1 :], at + 1):
        lines = each.text.split("\n")
        notes = [line for line in lines if line.startswith("*") and not line.endswith("*")]
        if each.kind is SegmentKind.TEXT and len(notes) == 1:  # more of them are a list
            rest = "\n".join(line for line in lines if line not in notes).strip()
            found[at] = replace(found[at], text=f"{found[at].text.rstrip('* ')}, {notes[0].strip('* ')}")
            found[place : place + 1] = [replace(each, text=rest)] if rest else []
            break
    return found


def _is_starred(segment: Segment) -> bool:
    return segment.kind is SegmentKind.FORM and _STARRED.fullmatch(segment.text) is not None
