"""Values of xlsx, xlsb, xls and ods through calamine: fast and small, but it may abort the process."""

import io
from collections.abc import Callable, Iterator

import python_calamine
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from bot.sheet.faults import FileRefused
from bot.sheet.grid import Beyond, Grid
from bot.values.sheet import SheetLimits, Verdict


def open_with_calamine(
    content: bytes, limits: SheetLimits, beyond: Callable[[str], Callable[[], Beyond]]
) -> Iterator[Grid]:
    """The visible sheets in workbook order; `beyond(sheet)` serves what calamine can't tell."""
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    except python_calamine.PasswordError as error:
        raise FileRefused(Verdict.ENCRYPTED) from error
    except (CalamineError, OSError, ValueError) as error:
        if "password" in str(error).lower():
            raise FileRefused(Verdict.ENCRYPTED) from error
        raise FileRefused(Verdict.CORRUPT, str(error)) from error
    for index, meta in enumerate(workbook.sheets_metadata):
        if meta.visible != python_calamine.SheetVisibleEnum.Visible:
            continue
        if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        try:
            sheet = workbook.get_sheet_by_index(index)
            yield _grid(sheet, limits, beyond(meta.name))
        except (CalamineError, OSError, ValueError) as error:
            raise FileRefused(Verdict.CORRUPT, str(error)) from error


def _grid(sheet: CalamineSheet, limits: SheetLimits, beyond: Callable[[], Beyond]) -> Grid:
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
