"""Values of xlsx through openpyxl: slower, but it opens odd files and a far-off cell costs it nothing."""

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml import DefusedXmlException
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.utils.exceptions import InvalidFileException

from bot.sheet.faults import FileRefused
from bot.sheet.grid import Beyond, Grid
from bot.values.sheet import SheetLimits, Verdict

if not openpyxl.DEFUSEDXML:
    raise ImportError("openpyxl must find defusedxml: without it a sheet can expand entities without end")

_ROWS_ALLOWED = 3  # times the limit of learners: what is slow to read is given up before its end
_BROKEN = (
    KeyError,
    ValueError,
    TypeError,
    IndexError,
    AttributeError,
    OSError,
    EOFError,
    ParseError,
    zipfile.BadZipFile,
    InvalidFileException,
    DefusedXmlException,
    RuntimeError,  # also an encrypted part, an unknown packing, XML too deep
    zlib.error,
)


def open_with_openpyxl(content: bytes, limits: SheetLimits) -> Iterator[Grid]:
    """The visible sheets in workbook order."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles, extensions and names, none of which we read
            workbook = openpyxl.load_workbook(
                io.BytesIO(content), read_only=True, data_only=True, keep_links=False
            )
        if not workbook.sheetnames:
            raise FileRefused(Verdict.CORRUPT, "no sheets")  # those the workbook names are not there
        for sheet in workbook.worksheets:
            if sheet.sheet_state == "visible":
                # The dimension a file declares may be wrong, and openpyxl would lose the rows beyond it.
                sheet.reset_dimensions()
                yield _grid(sheet.title, sheet.iter_rows(values_only=True), limits)
    except _BROKEN as error:
        raise FileRefused(Verdict.CORRUPT, f"{type(error).__name__}: {error}") from error


def _grid(title: str, rows: Iterator[tuple[object, ...]], limits: SheetLimits) -> Grid:
    errors: dict[tuple[int, int], str] = {}
    kept: list[list[object] | tuple[()]] = []
    filled = 0
    for number, row in enumerate(rows, start=1):
        if not row:  # a million of these lie before a far-off cell
            kept.append(())
            continue
        cells = ["" if value is None else value for value in row[: limits.columns + 1]]
        for column, value in enumerate(cells):
            if value in ERROR_CODES:
                errors[number, column] = str(value)
                cells[column] = ""
        kept.append(cells if any(cells) else ())
        filled += bool(kept[-1])
        if filled > _ROWS_ALLOWED * limits.rows:
            raise FileRefused(Verdict.TOO_LARGE, "rows")
    beyond = Beyond(errors=errors)
    return Grid(sheet=title, rows=kept, beyond=lambda: beyond)
