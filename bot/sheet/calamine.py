"""Values of xlsx, xlsb, xls and ods through calamine: fast and small, but it may abort the process."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import python_calamine
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from bot.sheet.faults import FileRefused
from bot.sheet.grid import Beyond, Grid
from bot.values.sheet import Verdict


def open_with_calamine(content: bytes, beyond: Callable[[str], Callable[[], Beyond]]) -> Iterator[Grid]:
    """The visible sheets in workbook order; `beyond(sheet)` serves what calamine can't tell."""
    with _translated():
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = list(enumerate(workbook.sheets_metadata))
    if not sheets:
        raise FileRefused(Verdict.CORRUPT, "no sheets")  # a workbook has one at least: its list is lost
    for index, meta in sheets:
        if meta.visible != python_calamine.SheetVisibleEnum.Visible:
            continue
        if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        with _translated():
            grid = _grid(workbook.get_sheet_by_index(index), beyond(meta.name))
        yield grid


@contextmanager
def _translated() -> Iterator[None]:
    """Calamine's faults as `FileRefused`; a panic of its Rust code is no Exception, and only has a name."""
    try:
        yield
    except python_calamine.PasswordError as error:
        raise FileRefused(Verdict.ENCRYPTED) from error
    except BaseException as error:
        known = isinstance(error, CalamineError | OSError | ValueError)
        if not known and type(error).__name__ != "PanicException":
            raise
        locked = "password" in str(error).lower()
        raise FileRefused(Verdict.ENCRYPTED if locked else Verdict.CORRUPT, str(error)) from error


def _grid(sheet: CalamineSheet, beyond: Callable[[], Beyond]) -> Grid:
    """Calamine leaves out what is blank above and left of the first value: `start` says how much."""
    first_row, first_column = sheet.start or (0, 0)
    merged = tuple(
        (top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    )
    rows = sheet.to_python(skip_empty_area=True)
    return Grid(
        sheet=sheet.name,
        rows=rows,
        first_row=first_row + 1,
        first_column=first_column,
        merged=merged,
        beyond=beyond,
    )
