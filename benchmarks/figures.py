"""What a benchmark gives: a measured ratio to a floor, what was to be reached, and how it is printed."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One row of the table. `reached` is None where there is no verdict, and `note` says why."""

    line: int
    work: str
    ours: str
    floor: str
    ratio: str
    target: str
    reached: bool | None
    note: str = ""


def compared(
    line: int, work: str, pairs: Iterable[tuple[float, float]], *, target: float, unit: str = "s"
) -> Figure:
    """Ours against a floor, both seconds (or bytes) and measured by turns: at most `target` times as much."""
    both = list(pairs)
    ratio = median(mine / bare for mine, bare in both)
    mine, bare = (median(column) for column in zip(*both, strict=True))
    return Figure(
        line=line,
        work=work,
        ours=f"{mine:.3g} {unit}",
        floor=f"{bare:.3g} {unit}",
        ratio=f"{ratio:.2f}x",
        target=f"≤ {target:g}x",
        reached=ratio <= target,
    )


def timed(work: Callable[[], object]) -> float:
    """Seconds on the clock."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def missing(line: int, work: str, why: str) -> Figure:
    """A line that could not be measured here."""
    note = f"not measured: {why}"
    return Figure(line=line, work=work, ours="–", floor="–", ratio="–", target="–", reached=None, note=note)


def show(figures: Iterable[Figure]) -> None:
    """Print rows as they come."""
    for figure in figures:
        print(row(figure), flush=True)


def row(figure: Figure) -> str:
    """One row of the table, in Markdown."""
    reached = {True: "yes", False: "**no**", None: "–"}[figure.reached]
    note = f" ({figure.note})" if figure.note else ""
    return (
        f"| {figure.line} | {figure.work}{note} | {figure.ours} | {figure.floor} | {figure.ratio} "
        f"| {figure.target} | {reached} |"
    )
