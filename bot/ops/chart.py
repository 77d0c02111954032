"""Draws how long replies took: one bar an import, oldest left, on a scale of powers of ten."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.ops.facts import ImportFacts

WIDTH, HEIGHT = 720, 160
LEFT, BOTTOM, TOP = 52, 20, 8
BARS = 60
MARKS = ((1, "1 s"), (10, "10 s"), (60, "1 min"), (600, "10 min"), (3600, "1 h"), (86400, "1 d"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """A bar in the drawing's units, with what it stands for."""

    x: float
    y: float
    width: float
    height: float
    title: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """What the template draws: bars, and (height, words) of the lines across."""

    bars: tuple[Bar, ...]
    lines: tuple[tuple[float, str], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    floor: int = HEIGHT - BOTTOM


def draw_latencies(imports: Sequence[ImportFacts]) -> Chart:
    """The chart of the last 60 answered, the newest at the right edge; `imports` come newest first."""
    answered = [one for one in imports if one.took > 0][:BARS][::-1]
    longest = max((one.took for one in answered), default=10.0)
    top = next((mark for mark, _ in MARKS if mark >= longest), longest)
    step = (WIDTH - LEFT) / BARS
    first = LEFT + (BARS - len(answered)) * step
    bars = tuple(
        Bar(
            x=round(first + number * step + 1, 1),
            y=round(_height_of(one.took, top), 1),
            width=round(step - 2, 1),
            height=round(HEIGHT - BOTTOM - _height_of(one.took, top), 1),
            title=f"{one.reference}: {said(one.took)}",
        )
        for number, one in enumerate(answered)
    )
    lines = tuple((round(_height_of(mark, top), 1), words) for mark, words in MARKS if mark <= top)
    return Chart(bars=bars, lines=lines)


def _height_of(seconds: float, top: float) -> float:
    """0.1 s lies on the floor, `top` at the upper edge."""
    share = (math.log10(max(seconds, 0.1)) + 1) / (math.log10(max(top, 1.0)) + 1)
    floor = HEIGHT - BOTTOM
    return floor - max(0.02, min(1.0, share)) * (floor - TOP)


def said(seconds: float) -> str:
    """Seconds as people say them: 0.8 s, 12 s, 5 min, 3 h, 2 d."""
    if seconds < 10:
        return f"{max(0.0, seconds):.1f} s"
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{int(seconds)} s"
