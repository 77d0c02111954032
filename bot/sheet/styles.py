"""How our workbooks look, and how any text becomes a cell that no spreadsheet will ever run."""

import math
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.datavalidation import DataValidation

CREATOR = "Rollcall"
LONGEST = 32_767  # characters Excel takes in a cell
_LAST_ROW = 1_048_576  # of any sheet
_LINE_HEIGHT = 15.0  # points
_RUNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


class Look(NamedTuple):
    """How a cell looks; `fill` is its ground, '' where it has none."""

    ink: str = "1B1F24"
    fill: str = ""
    bold: bool = False
    italic: bool = False
    size: int = 11
    lined: bool = True
    horizontal: str | None = "left"
    vertical: str = "top"
    wrap: bool = False


PLAIN = Look()
WRAPPED = Look(wrap=True)
FAINT = Look(ink="66707A")
GREEN, AMBER, RED, GREY, BLUE = (
    Look(fill="D8F0DD", ink="145A2A"),
    Look(fill="FCEBC8", ink="6B4300"),
    Look(fill="FBDCD8", ink="8A1C12"),
    Look(fill="E6E9ED", ink="3C4650"),
    Look(fill="DCE9F8", ink="174A7C"),
)
NUMBER = FAINT._replace(horizontal="center")
_HEADING = Look(ink="FFFFFF", fill="1F3A5F", bold=True, lined=False, horizontal=None, vertical="center")


def may_run(text: str) -> bool:
    """Whether a spreadsheet would take it for a formula where it is typed."""
    return text.startswith(_RUNS)


class Painter:
    """Makes the cells of one sheet from words of ours; each style is built once, for hashing one costs more
    than a row."""

    def __init__(self, sheet: WriteOnlyWorksheet) -> None:
        self._sheet = sheet
        self._styles: dict[tuple[Look, bool], StyleArray] = {}

    def text(self, text: str, look: Look = PLAIN) -> WriteOnlyCell:
        """A cell that is text whatever it begins with."""
        cell = WriteOnlyCell(self._sheet)
        cell.value = text
        cell._style = self._style(look, may_run(text))
        cell.data_type = "s"  # openpyxl would make a formula of what begins with "="
        return cell

    def _style(self, look: Look, is_quoted: bool) -> StyleArray:
        key = (look, is_quoted)
        if key not in self._styles:
            cell = WriteOnlyCell(self._sheet)
            parts = _parts(look)
            cell.font, cell.alignment = parts.font, parts.alignment
            if parts.border:
                cell.border = parts.border
            if parts.fill:
                cell.fill = parts.fill
            cell.quotePrefix = is_quoted  # Excel must not run what is typed over it either
            self._styles[key] = cell._style
        return self._styles[key]


class _Parts(NamedTuple):
    font: Font
    alignment: Alignment
    border: Border | None
    fill: PatternFill | None


@cache
def _parts(look: Look) -> _Parts:
    """What openpyxl makes a style of; the same objects serve all workbooks."""
    return _Parts(
        Font(name="Calibri", size=look.size, color=look.ink, bold=look.bold, italic=look.italic),
        Alignment(horizontal=look.horizontal, vertical=look.vertical, wrap_text=look.wrap),
        Border(bottom=Side(style="thin", color="D9DEE4")) if look.lined else None,
        PatternFill("solid", start_color=look.fill) if look.fill else None,
    )


def begin_table(sheet: WriteOnlyWorksheet, headings: Sequence[str], widths: Sequence[float]) -> None:
    """Widths, a header that stays in sight, a filter from it on, and a page that fits when printed."""
    for index, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(headings))}2"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    sheet.row_dimensions[1].height = 22
    cells = Painter(sheet)
    sheet.append([cells.text(heading, _HEADING) for heading in headings])


def height_of(*texts: tuple[str, float]) -> float:
    """How high, in points, a row must be for its longest wrapped (text, column width): not every program
    works that out. 0 for a single line."""
    lines = max(math.ceil(1.1 * len(text) / width) for text, width in texts)
    return _LINE_HEIGHT * min(lines, 20) if lines > 1 else 0.0


def hint_at_addresses(sheet: WriteOnlyWorksheet, column: str, first_row: int) -> None:
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
    hint.add(f"{column}{first_row}:{column}{_LAST_ROW}")
    sheet.data_validations.append(hint)
