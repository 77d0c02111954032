"""Reads an arrow or tick behind one of several ways, `No  <--- this one`, as the ticked box it stands for."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.mail.frame_words import begins_with_answer
from bot.mail.lines import Line
from bot.mail.ticks import TICKS

_POINTED_AT = re.compile(
    r"\s*(?P<way>[^\s<←][^<←⬅👈]{0,40}?)\s*(?:<[-=<]{1,5}|[←⬅👈]"
    rf"|(?<=\s)(?:[{TICKS}☑✅]|[xX](?=\s*$)))\ufe0f?(?P<said>[^\n]{{0,30}})"
)
# What may stand behind an arrow: no more than that it is this one.
_THIS_ONE = re.compile(
    r"[\s!.,:]*(?:(?:this|that|one|here|us|ours?|please|x|das|hier|diese[rs]?|celui-ci|ici|est[ea]|aquí|deze|questo)"
    r"[\s!.,]*){0,4}",
    re.IGNORECASE,
)
_LONGEST_WAY, _MOST_WAYS = 3, 4
# With these begins an order, not a way.
_ASKING = frozenset({"please", "ok", "okay", "bitte", "gern", "gerne"})


def with_arrows_as_ticks(lines: Sequence[Line]) -> list[Line]:
    """The same lines; where ways stand one below the other and an arrow points at one, each has its box."""
    found = list(lines)
    if not any("<" in line.text or _POINTED_AT.fullmatch(line.text[:100]) for line in lines):
        return found
    for first, last in _runs(lines):
        pointed = [_POINTED_AT.fullmatch(line.text) for line in lines[first:last]]
        if (
            not any(pointed)
            or last - first < 2
            or any(at and not _THIS_ONE.fullmatch(at["said"]) for at in pointed)
        ):
            continue
        for place, at in enumerate(pointed, first):
            way = at["way"] if at else lines[place].text.strip()
            found[place] = replace(lines[place], text=f"[{'x' if at else ' '}] {way}")
    return found


def _runs(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """Where lines that are ways stand together: the first, and the one behind the last."""
    first = 0
    for place in range(len(lines) + 1):
        if place < len(lines) and _is_way(lines[place]):
            continue
        if place - first <= _MOST_WAYS:
            yield first, place
        first = place + 1


def _is_way(line: Line) -> bool:
    """A line that begins with a yes or a no and says little more, an arrow aside."""
    if line.pairs or len(line.text) > 100 or not begins_with_answer(line.text):
        return False
    pointed = _POINTED_AT.fullmatch(line.text)
    way = pointed["way"] if pointed else line.text
    first = re.match(r"\W*(\w*)", way.casefold())
    if first is None or first[1] in _ASKING:
        return False
    return len(way.split()) <= _LONGEST_WAY and not way.rstrip().endswith(("?", ":"))
