"""One sheet of a file as a grid of raw values: what every engine gives, whatever the format."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


def _nothing_more() -> "Beyond":
    return Beyond()


@dataclass(frozen=True, kw_only=True, slots=True)
class Beyond:
    """What a value alone can't tell, by (row from 1, column from 0): link targets and error texts."""

    links: Mapping[tuple[int, int], str] = field(default_factory=dict)
    errors: Mapping[tuple[int, int], str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """The used area of one visible sheet.

    `rows[0]` is the row that Excel numbers `first_row`, `rows[i][0]` the column `first_column` (A is 0).
    `merged` are ranges (top, left, bottom, right) in the same counts. `beyond` is asked only where a value
    leaves something open, for it costs another pass over the file.
    """

    sheet: str
    rows: Sequence[Sequence[Any]]
    first_row: int = 1
    first_column: int = 0
    merged: tuple[tuple[int, int, int, int], ...] = ()
    beyond: Callable[[], Beyond] = _nothing_more


def column_letter(index: int) -> str:
    """The letters of a column counted from 0: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """The column counted from 0 of letters such as 'AA'."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1
