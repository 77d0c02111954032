"""Bounds in seconds, told for a common machine: a slower one is given as much more as it is slower."""

import time
from functools import cache

# What the loop below takes on a common machine of 2020.
_COMMON = 0.016
_TURNS = 200_000


def seconds(bound: float) -> float:
    """The bound on this machine; never less than told."""
    return bound * max(1.0, _loop() / _COMMON)


@cache
def _loop() -> float:
    """The processor time of a loop of plain arithmetic, the best of five."""
    times = []
    for _ in range(5):
        began, total = time.process_time(), 0
        for turn in range(_TURNS):
            total += turn * turn
        times.append(time.process_time() - began)
    return min(times)
