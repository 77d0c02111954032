"""How our workbooks look, and how any text becomes a cell that no spreadsheet will ever run."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.sheet.xlsx import Cell, Row, Style, Tab

_LINE_HEIGHT = 15.0  # points
_RUNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
GREEN, AMBER, RED, GREY, BLUE = (
    ("D8F0DD", "145A2A"),
    ("FCEBC8", "6B4300"),
    ("FBDCD8", "8A1C12"),
    ("E6E9ED", "3C4650"),
    ("DCE9F8", "174A7C"),
)
PLAIN = Style(ink="1B1F24", lined=True, horizontal="left", vertical="top")
WRAPPED = replace(PLAIN, wrap=True)
FAINT = replace(PLAIN, ink="66707A")
_NUMBER = replace(FAINT, horizontal="center")
_HEADING = Style(ink="FFFFFF", fill="1F3A5F", bold=True, vertical="center")


def coloured(colours: tuple[str, str], *, bold: bool = False) -> Style:
    """A plain cell in these colours of ground and ink."""
    fill, ink = colours
    return replace(PLAIN, fill=fill, ink=ink, bold=bold)


def text_cell(text: str, style: Style = PLAIN) -> Cell:
    """A cell that is text whatever it begins with, and stays so in Excel when something is typed over it."""
    return text, replace(style, quoted=True) if text.startswith(_RUNS) else style


def number_cell(number: int) -> Cell:
    """A cell with the number of a row."""
    return number, _NUMBER


def table(
    title: str,
    headings: Sequence[str],
    widths: Sequence[float],
    rows: Iterable[Row],
    *,
    filtered: int = 0,
    validation: str = "",
) -> Tab:
    """A header that stays in sight above the rows; it filters so many of them."""
    head = Row([(heading, _HEADING) for heading in headings], height=22)

    def all_rows() -> Iterable[Row]:
        yield head
        yield from rows

    return Tab(
        title=title,
        widths=widths,
        rows=all_rows(),
        filtered=filtered + 1 if filtered else 0,
        validation=validation,
    )


def row_height(*texts: tuple[str, float]) -> float:
    """As high as a row's longest wrapped (text, column width) needs: not every program works that out."""
    lines = max(math.ceil(1.1 * len(text) / width) for text, width in texts)
    return _LINE_HEIGHT * min(lines, 20) if lines > 1 else 0.0


def hint_at_addresses(column: str, first_row: int, last_row: int) -> str:
    """Excel's own hint while an address is typed; it warns and never forbids."""
    return (
        f'<dataValidations count="1"><dataValidation sqref="{column}{first_row}:{column}{last_row}" '
        'type="custom" errorStyle="warning" allowBlank="1" showInputMessage="1" showErrorMessage="1" '
        'errorTitle="Is this an email address?" '
        'error="An email address looks like jane.doe@yourcompany.com." promptTitle="Email address" '
        'prompt="One address for each learner. It becomes the username.">'
        f"<formula1>ISNUMBER(SEARCH(&quot;?*@?*.?*&quot;,{column}{first_row}))</formula1>"
        "</dataValidation></dataValidations>"
    )
