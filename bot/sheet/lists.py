"""All sheets of one file: which hold learner lists, and what verdict the file has for it."""

from collections.abc import Iterable
from itertools import islice

from bot.sheet.beside import split_beside
from bot.sheet.cells import text_of
from bot.sheet.faults import FileRefused
from bot.sheet.grid import Grid, column_letter
from bot.sheet.layout import NoLayout, find_layout
from bot.sheet.parsed import Parsed, Upload
from bot.sheet.rows import TooManyRows, read_list
from bot.sheet.typos import likely_typos
from bot.sheet.vocabulary import Vocabulary, load_vocabulary, normal
from bot.values.sheet import SheetLimits, Verdict

_LOOKED_AT = 20  # rows that tell how wide a table is


def read_lists(grids: Iterable[Grid], limits: SheetLimits, target: Parsed) -> None:
    """Read every sheet that holds a learner list; `FileRefused` with the verdict where none does."""
    words = load_vocabulary()
    found: set[Verdict] = set()
    asides: list[Grid] = []
    filled = 0
    for grid in grids:
        if not any(any(row) for row in grid.rows):
            continue
        filled += 1
        if filled > limits.sheets:
            raise FileRefused(Verdict.TOO_LARGE, "sheets")
        if normal(grid.sheet) in words.asides:
            asides.append(grid)
        else:
            found.update(_read_sheet(grid, limits, target, words))
    if not found - {Verdict.NO_HEADER}:
        # 'Notes' or 'Example' may after all be the name of the only sheet with a list.
        found.update(verdict for grid in asides for verdict in _read_sheet(grid, limits, target, words))
    if Verdict.OK not in found:
        for verdict in (Verdict.AMBIGUOUS, Verdict.EMPTY, Verdict.NO_HEADER):
            if verdict in found:
                raise FileRefused(verdict)
        raise FileRefused(Verdict.EMPTY)
    target.advice = likely_typos(target.upload.seen)


def _read_sheet(grid: Grid, limits: SheetLimits, target: Parsed, words: Vocabulary) -> list[Verdict]:
    """The verdicts on what stands side by side on one sheet, mostly a single list."""
    width = max(map(len, grid.rows), default=0)
    if width > limits.columns and _is_too_wide(grid, limits):
        raise FileRefused(Verdict.TOO_LARGE, "columns")
    width = min(width, limits.columns)
    return [_read_grid(part, limits, target, words) for part in split_beside(grid, width)]


def _read_grid(grid: Grid, limits: SheetLimits, target: Parsed, words: Vocabulary) -> Verdict:
    """One list's verdict; its rows are in the upload where it is OK."""
    layout = find_layout(grid, min(max(map(len, grid.rows), default=0), limits.columns))
    if isinstance(layout, NoLayout):
        return Verdict.NO_HEADER if layout.has_content else Verdict.EMPTY
    if layout.columns.rivals:
        letters = [
            column_letter(grid.first_column + index)
            for index in sorted((layout.columns.email, *layout.columns.rivals))
        ]
        target.notes.append(
            f"sheet “{grid.sheet}”: columns {' and '.join(letters)} could both be the email address"
        )
        return Verdict.AMBIGUOUS
    scratch = Upload(seen=target.upload.seen, count=target.upload.count, sink=target.upload.sink)
    try:
        read_list(grid, layout, scratch, words, limits.rows)
    except TooManyRows:
        raise FileRefused(Verdict.TOO_LARGE, "rows") from None
    target.upload.skipped.extend(scratch.skipped)
    if scratch.count == target.upload.count:
        return Verdict.EMPTY
    target.upload.rows.extend(scratch.rows)
    target.upload.lists.extend(scratch.lists)
    target.upload.count = scratch.count
    return Verdict.OK


def _is_too_wide(grid: Grid, limits: SheetLimits) -> bool:
    """A table wider than allowed; one stray cell far off to the right doesn't make it one."""
    top = islice((row for row in grid.rows if len(row) > limits.columns and any(row)), _LOOKED_AT)
    return any(sum(bool(text_of(value)) for value in row) > limits.columns for row in top)
