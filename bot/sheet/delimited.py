"""Delimited text as a grid: the delimiter that makes addresses and headings stand in cells of their own."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.sheet.cells import text_of
from bot.sheet.emails import holds_address
from bot.sheet.grid import Grid
from bot.sheet.headings import Field, read_heading

NONE = "\x1f"  # a delimiter that no text has: one column
_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars", NONE: "none"}
_SEP = re.compile(r'\A\s*"?sep=(.)"?[ \t,;|]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
_TEXT_FORMULA = re.compile(r'="([^"]*)"')
_SAMPLE = 65_536
_SAMPLED_ROWS = 80
_TARGETS = frozenset({Field.EMAIL, Field.FIRST, Field.LAST, Field.FULL, Field.LAST_FIRST, Field.NAME})
_SWALLOWED_LINES = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Delimited:
    """The grid and what was assumed to get it."""

    grid: Grid
    delimiter: str


def read_delimited(text: str, sheet: str, columns: int) -> Delimited:
    """Split the text (RFC 4180, and what spreadsheets make of it); at most `columns` + 1 cells a row.

    A record is a row, however many lines its quotes span; the `sep=` line is none, as in Excel.
    """
    text = text.rstrip("\x1a\0")
    if declared := _SEP.match(text):
        text = text[declared.end() :]
    delimiter = declared.group(1) if declared else _likeliest(text[:_SAMPLE])
    rows = [row[: columns + 1] for row in _records(text, delimiter)]
    if '="' in text:
        # Reports write '="0042"' lest Excel takes it for a number; what it shows is the text.
        rows = [[_shown(cell) for cell in row] for row in rows]
    return Delimited(grid=Grid(sheet=sheet, rows=rows), delimiter=_NAMES.get(delimiter, repr(delimiter)))


def _shown(cell: str) -> str:
    found = _TEXT_FORMULA.fullmatch(cell)
    return found[1] if found else cell


def _likeliest(sample: str) -> str:
    """The delimiter with the most addresses and headings in cells of their own, then the steadiest width."""
    scored = []
    for delimiter in (",", ";", "\t", "|"):
        rows = [row for row in _records(sample, delimiter) if row][:_SAMPLED_ROWS]
        split = [row for row in rows if len(row) > 1]
        if not split:
            continue
        hits = sum(_tells(cell) for row in split for cell in row[:30])
        steady = Counter(len(row) for row in split).most_common(1)[0][1]
        scored.append((hits, steady, len(split), delimiter))
    if not scored:
        return NONE
    best = max(scored, key=lambda entry: entry[:3])
    if best[0] == 0 and best[2] * 2 < len([line for line in sample.splitlines() if line.strip()]):
        return NONE  # sentences with a comma now and then
    return best[3]


def _tells(cell: str) -> int:
    text = text_of(cell)
    if not text:
        return 0
    if holds_address(text):
        return 2
    heading = read_heading(text)
    return 2 if heading.field in _TARGETS and heading.exact else 0


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    rows = _parsed(text, delimiter)
    if _swallows(rows, delimiter):
        rows = _parsed(text, delimiter, quoted=False)
    if delimiter != NONE:
        filled = [row for row in rows[:400] if any(row)]
        wrapped = sum(len(row) == 1 and delimiter in row[0] for row in filled)
        if filled and wrapped * 10 >= len(filled) * 6:
            # Every line was quoted as a whole, as an export of an export is.
            rows = [next(iter(_parsed(row[0], delimiter)), []) if len(row) == 1 else row for row in rows]
    return iter(rows)


def _parsed(text: str, delimiter: str, *, quoted: bool = True) -> list[list[str]]:
    csv.field_size_limit(max(len(text) + 1, 131_072))
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        skipinitialspace=delimiter != "\t" and quoted,
        quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
    )
    rows: list[list[str]] = []
    try:
        rows.extend(reader)
    except csv.Error:
        return rows
    return rows if quoted else [[cell.strip().strip('"') for cell in row] for row in rows]


def _swallows(rows: Sequence[Sequence[str]], delimiter: str) -> bool:
    """Whether one quote too many made a cell of many lines that were rows of their own."""
    for row in rows:
        for cell in row:
            if "\n" in cell or "\r" in cell:
                lines = cell.splitlines()
                if len(lines) > 1 and sum(delimiter in line and "@" in line for line in lines) >= 2:
                    return True
                if len(lines) > _SWALLOWED_LINES and sum(delimiter in line for line in lines) * 2 > len(
                    lines
                ):
                    return True
    return False
