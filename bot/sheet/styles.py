"""How our workbooks look, and how any text becomes a cell that no spreadsheet will ever run."""

import math
from collections.abc import Sequence
from copy import copy
from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.datavalidation import DataValidation

_LINE_HEIGHT = 15.0  # points
_LONGEST = 32_767  # characters Excel takes in a cell
_RUNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_LINE = Border(bottom=Side(style="thin", color="D9DEE4"))
_HEAD = PatternFill("solid", start_color="1F3A5F")
GREEN, AMBER, RED, GREY, BLUE = (
    ("D8F0DD", "145A2A"),
    ("FCEBC8", "6B4300"),
    ("FBDCD8", "8A1C12"),
    ("E6E9ED", "3C4650"),
    ("DCE9F8", "174A7C"),
)
PLAIN = ("", "1B1F24")
FAINT = ("", "66707A")


class Painter:
    """Makes the cells of one sheet; each style is built once, for hashing one costs more than a row."""

    def __init__(self, sheet: WriteOnlyWorksheet) -> None:
        self._sheet = sheet
        self._styles: dict[tuple[object, ...], StyleArray] = {}

    def text(
        self, text: str, colours: tuple[str, str] = PLAIN, *, wrap: bool = False, **font: Any
    ) -> WriteOnlyCell:
        """A cell that is text whatever it begins with; control characters XML can't hold are left out."""
        cell = WriteOnlyCell(self._sheet)
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)[:_LONGEST] or None
        cell._style = self._style(colours, "left", wrap, font)
        if cell.value is not None:
            cell.data_type = "s"  # openpyxl would make a formula of what begins with "="
            if text.startswith(_RUNS):
                cell._style = copy(cell._style)
                cell.quotePrefix = True  # and Excel of what is typed over it
        return cell

    def number(self, number: int, colours: tuple[str, str] = PLAIN) -> WriteOnlyCell:
        """A cell with a number, such as a row's."""
        cell = WriteOnlyCell(self._sheet, value=number)
        cell._style = self._style(colours, "center", False, {})
        return cell

    def _style(
        self, colours: tuple[str, str], horizontal: str, wrap: bool, font: dict[str, Any]
    ) -> StyleArray:
        key = (colours, horizontal, wrap, *font.items())
        if key not in self._styles:
            fill, ink = colours
            cell = WriteOnlyCell(self._sheet)
            cell.font = Font(**{"name": "Calibri", "size": 11, "color": ink, **font})
            cell.alignment = Alignment(horizontal=horizontal, vertical="top", wrap_text=wrap)
            cell.border = _LINE
            if fill:
                cell.fill = PatternFill("solid", start_color=fill)
            self._styles[key] = cell._style
        return self._styles[key]


def begin_table(
    sheet: WriteOnlyWorksheet, headings: Sequence[str], widths: Sequence[float], rows: int
) -> None:
    """Widths, a header that stays in sight, a filter over the rows, and a page that fits when printed."""
    for index, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(headings))}{max(rows, 1) + 1}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    sheet.row_dimensions[1].height = 22
    cells = [WriteOnlyCell(sheet, value=heading) for heading in headings]
    for cell in cells:
        cell.font = Font(name="Calibri", size=11, bold=True, color="FFFFFF")
        cell.fill = _HEAD
        cell.alignment = Alignment(vertical="center")
    sheet.append(cells)


def give_room(sheet: WriteOnlyWorksheet, row: int, *texts: tuple[str, float]) -> None:
    """A row as high as its longest wrapped (text, column width) needs: not every program works that out."""
    lines = max(math.ceil(1.1 * len(text) / width) for text, width in texts)
    if lines > 1:
        sheet.row_dimensions[row].height = _LINE_HEIGHT * min(lines, 20)


def hint_at_addresses(sheet: WriteOnlyWorksheet, column: str, first_row: int, last_row: int) -> None:
    """Excel's own hint while an address is typed; it warns and never forbids."""
    hint = DataValidation(
        type="custom",
        formula1=f'ISNUMBER(SEARCH("?*@?*.?*",{column}{first_row}))',
        allow_blank=True,
        showErrorMessage=True,
        showInputMessage=True,
        errorStyle="warning",
        errorTitle="Is this an email address?",
        error="An email address looks like jane.doe@yourcompany.com.",
        promptTitle="Email address",
        prompt="One address for each learner. It becomes the username.",
    )
    hint.add(f"{column}{first_row}:{column}{last_row}")
    sheet.data_validations.append(hint)
