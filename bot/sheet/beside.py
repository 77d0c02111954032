"""Learner lists side by side on one sheet: each becomes a grid of its own."""

from collections.abc import Sequence
from dataclasses import replace

from bot.sheet.cells import text_of
from bot.sheet.grid import Grid
from bot.sheet.headings import read_heading
from bot.sheet.layout import header_below
from bot.sheet.skips import example_marker
from bot.sheet.vocabulary import load_vocabulary, names_somebody_else, normal

_SEARCHED_ROWS = 50


def split_beside(grid: Grid, width: int) -> list[Grid]:
    """The lists of a sheet on which several stand side by side, from the left; else the grid as it is.

    Each needs a blank column before it, headings of its own and a title above them. Without titles two lists
    can't be told from one with the learner's and another's address, so that is left for the customer to say.
    """
    starts = _starts(grid, width)
    if len(starts) < 2:
        return [grid]
    starts[0] = 0
    ends = [*starts[1:], width]
    return [
        replace(
            grid,
            rows=[row[start:end] for row in grid.rows],
            first_column=grid.first_column + start,
        )
        for start, end in zip(starts, ends, strict=True)
    ]


def _starts(grid: Grid, width: int) -> list[int]:
    """Where lists begin, by the first row that heads more than one."""
    above: list[str] = []
    for row in grid.rows[:_SEARCHED_ROWS]:
        texts = [text_of(value) for value in row[:width]]
        blocks = _blocks(texts)
        if len(blocks) > 1:
            starts = [start for start, end in blocks if _is_titled_list(texts[start:end], above[start:end])]
            if len(starts) > 1:
                return starts
        if any(texts):
            above = texts
    return []


def _blocks(texts: Sequence[str]) -> list[tuple[int, int]]:
    """Runs of filled cells, with blank ones between them."""
    edges = [
        index
        for index in range(len(texts) + 1)
        if bool(texts[index : index + 1] and texts[index]) != bool(index and texts[index - 1])
    ]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _is_titled_list(texts: Sequence[str], above: Sequence[str]) -> bool:
    title, words = " ".join(filter(None, above)), load_vocabulary()
    if not title or names_somebody_else(normal(title), words) or example_marker(words).match(title):
        return False
    return header_below([read_heading(text) for text in texts])
