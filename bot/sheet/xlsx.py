"""Writes workbooks as ECMA-376 parts: constant texts, the styles in use, and a line of XML for each row.

A library builds an object for every cell and style of a workbook, which took longer than anything else that
is done for a mail. This is the little that our workbooks need; the same rows give the same bytes.
"""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_RELATIONS = "application/vnd.openxmlformats-package.relationships+xml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LONGEST = 32_767  # characters Excel takes in a cell
_AT_ONCE = 500
# What XML 1.0 cannot hold, written out or not.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Style:
    """How a cell looks. `quoted` keeps a spreadsheet from running what is typed over it."""

    ink: str = ""
    fill: str = ""
    bold: bool = False
    italic: bool = False
    size: int = 11
    lined: bool = False
    horizontal: str = ""
    vertical: str = ""
    wrap: bool = False
    quoted: bool = False


# A number, or a text that stays one whatever it begins with.
Cell = tuple[int | str, Style]


@dataclass(frozen=True, slots=True)
class Row:
    """Cells from column A on; `height` in points, 0 where the program may choose."""

    cells: Sequence[Cell]
    height: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Tab:
    """One sheet of at most 26 columns, printed in landscape on one page's width. `heading`: its first row
    stays in sight and is printed on each page; `filtered`: down to which row that first one filters;
    `validation` is ready XML."""

    title: str
    widths: Sequence[float]
    rows: Iterable[Row]
    heading: bool = True
    filtered: int = 0
    gridlines: bool = True
    validation: str = ""


@dataclass(slots=True)
class _Styles:
    """The styles met so far, each with the number by which cells name it; 0 is a cell without any."""

    numbers: dict[Style, int] = field(default_factory=lambda: {Style(): 0})

    def number(self, style: Style) -> int:
        return self.numbers.setdefault(style, len(self.numbers))


def write_workbook(tabs: Sequence[Tab], *, title: str = "") -> bytes:
    """An .xlsx of these sheets, in their order."""
    styles = _Styles()
    stream = io.BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for number, tab in enumerate(tabs, start=1):
            with archive.open(_entry(f"xl/worksheets/sheet{number}.xml"), "w") as part:
                for text in _sheet(tab, styles):
                    part.write(text.encode())
        for name, text in _frame(tabs, title, styles).items():
            archive.writestr(_entry(name), _HEAD + text)
    return stream.getvalue()


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name)
    entry.compress_type = ZIP_DEFLATED
    return entry


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)


def _sheet(tab: Tab, styles: _Styles) -> Iterator[str]:
    """The XML of a sheet, rows in groups; its elements have one order (ECMA-376 part 1 §18.3.1.99)."""
    grid = "" if tab.gridlines else ' showGridLines="0"'
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    widths = "".join(
        f'<col min="{place}" max="{place}" width="{width:g}" customWidth="1"/>'
        for place, width in enumerate(tab.widths, start=1)
    )
    yield (
        f'{_HEAD}<worksheet xmlns="{_SHEET}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<sheetViews><sheetView{grid} workbookViewId="0">'
        f"{pane if tab.heading else ''}</sheetView></sheetViews>"
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{widths}</cols><sheetData>'
    )
    rows = iter(enumerate(tab.rows, start=1))
    while some := list(islice(rows, _AT_ONCE)):
        yield "".join(_row(place, row, styles) for place, row in some)
    last = _LETTERS[len(tab.widths) - 1]
    yield "</sheetData>"
    if tab.filtered:
        yield f'<autoFilter ref="A1:{last}{tab.filtered}"/>'
    yield (
        f"{tab.validation}"
        '<pageMargins left="0.75" right="0.75" top="1" bottom="1" header="0.5" footer="0.5"/>'
        '<pageSetup orientation="landscape" fitToHeight="0"/></worksheet>'
    )


def _row(place: int, row: Row, styles: _Styles) -> str:
    cells = "".join(
        _cell(f"{letter}{place}", value, styles.number(style))
        for letter, (value, style) in zip(_LETTERS, row.cells, strict=False)
    )
    height = f' ht="{row.height:g}" customHeight="1"' if row.height else ""
    return f'<row r="{place}"{height}>{cells}</row>'


def _cell(place: str, value: int | str, style: int) -> str:
    if isinstance(value, int):
        return f'<c r="{place}" s="{style}"><v>{value}</v></c>'
    text = _escaped(_ILLEGAL.sub("", value)[:_LONGEST])
    if not text:
        return f'<c r="{place}" s="{style}"/>'
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _frame(tabs: Sequence[Tab], title: str, styles: _Styles) -> dict[str, str]:
    """Every other part by its name."""
    numbers = range(1, len(tabs) + 1)
    kinds = {f"/xl/worksheets/sheet{number}.xml": f"{_TYPE}.worksheet+xml" for number in numbers}
    kinds |= {
        "/xl/workbook.xml": f"{_TYPE}.sheet.main+xml",
        "/xl/styles.xml": f"{_TYPE}.styles+xml",
        "/docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    }
    overrides = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in kinds.items())
    sheets = [(f"{_OFFICE}/worksheet", f"worksheets/sheet{number}.xml") for number in numbers]
    return {
        "xl/styles.xml": _style_sheet(styles),
        "xl/workbook.xml": _workbook(tabs),
        "xl/_rels/workbook.xml.rels": _relations([*sheets, (f"{_OFFICE}/styles", "styles.xml")]),
        "docProps/core.xml": (
            f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<dc:creator>Rollcall</dc:creator><dc:title>{_escaped(title)}</dc:title></cp:coreProperties>"
        ),
        "_rels/.rels": _relations(
            [
                (f"{_OFFICE}/officeDocument", "xl/workbook.xml"),
                (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
            ]
        ),
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types">'
            f'<Default Extension="rels" ContentType="{_RELATIONS}"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
        ),
    }


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    entries = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{entries}</Relationships>'


def _workbook(tabs: Sequence[Tab]) -> str:
    sheets = "".join(
        f'<sheet name="{_escaped(tab.title)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, tab in enumerate(tabs, start=1)
    )
    names = "".join(_names(place, tab) for place, tab in enumerate(tabs))
    return (
        f'<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}"><bookViews><workbookView/></bookViews>'
        f"<sheets>{sheets}</sheets>{f'<definedNames>{names}</definedNames>' if names else ''}</workbook>"
    )


def _names(place: int, tab: Tab) -> str:
    """The rows that a filter hides, and those that are printed on each page (ECMA-376 part 1 §18.2.5)."""
    sheet = "'" + _escaped(tab.title.replace("'", "''")) + "'"
    last = _LETTERS[len(tab.widths) - 1]
    names = ""
    if tab.filtered:
        names += (
            f'<definedName name="_xlnm._FilterDatabase" localSheetId="{place}" hidden="1">'
            f"{sheet}!$A$1:${last}${tab.filtered}</definedName>"
        )
    if tab.heading:
        names += f'<definedName name="_xlnm.Print_Titles" localSheetId="{place}">{sheet}!$1:$1</definedName>'
    return names


def _style_sheet(styles: _Styles) -> str:
    """Each style with a font and a fill of its own; the first two fills are not ours to choose."""
    used = list(styles.numbers)
    fonts = "".join(
        f"<font>{'<b/>' * style.bold}{'<i/>' * style.italic}"
        f'<sz val="{style.size}"/><color rgb="FF{style.ink or "000000"}"/><name val="Calibri"/></font>'
        for style in used
    )
    fills = "".join(
        f'<fill><patternFill patternType="solid"><fgColor rgb="FF{style.fill}"/></patternFill></fill>'
        if style.fill
        else '<fill><patternFill patternType="none"/></fill>'
        for style in used
    )
    line = (
        "<border><left/><right/><top/>"
        '<bottom style="thin"><color rgb="FFD9DEE4"/></bottom><diagonal/></border>'
    )
    return (
        f'<styleSheet xmlns="{_SHEET}"><fonts count="{len(used)}">{fonts}</fonts>'
        f'<fills count="{len(used) + 2}"><fill><patternFill patternType="none"/></fill>'
        f'<fill><patternFill patternType="gray125"/></fill>{fills}</fills>'
        f'<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>{line}</borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(used)}">{"".join(map(_format, used, range(len(used))))}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def _format(style: Style, number: int) -> str:
    horizontal = f' horizontal="{style.horizontal}"' if style.horizontal else ""
    vertical = f' vertical="{style.vertical}"' if style.vertical else ""
    wrap = ' wrapText="1"' if style.wrap else ""
    return (
        f'<xf numFmtId="0" fontId="{number}" fillId="{number + 2 if style.fill else 0}" '
        f'borderId="{int(style.lined)}" xfId="0" applyFont="1" applyFill="1" applyBorder="1" '
        f'applyAlignment="1" quotePrefix="{int(style.quoted)}">'
        f"<alignment{horizontal}{vertical}{wrap}/></xf>"
    )
