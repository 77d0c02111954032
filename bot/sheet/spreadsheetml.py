"""SpreadsheetML 2003, the XML that Excel 2003 and many report servers write, as grids."""

import io
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from bot.sheet.faults import FileRefused
from bot.sheet.grid import Beyond, Grid
from bot.values.sheet import SheetLimits, Verdict

_LAST_ROW = 1_048_576


def read_spreadsheetml(content: bytes, limits: SheetLimits) -> Iterator[Grid]:
    """The visible worksheets in order; `FileRefused` as corrupt for XML that is not well formed."""
    try:
        for _, element in iterparse(io.BytesIO(content)):
            if _local(element.tag) == "Worksheet":
                if not _is_hidden(element):
                    yield _grid(element, limits)
                element.clear()
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise FileRefused(Verdict.CORRUPT, str(error)) from error


def _grid(worksheet: Any, limits: SheetLimits) -> Grid:
    rows: list[list[object]] = []
    links: dict[tuple[int, int], str] = {}
    for row in worksheet.iter():
        if _local(row.tag) != "Row":
            continue
        number = _index(row, len(rows) + 1)
        if not len(rows) < number <= _LAST_ROW:
            raise ValueError(f"row {number} does not follow row {len(rows)}")
        rows.extend([] for _ in range(number - len(rows) - 1))
        rows.append(_cells(row, number, limits, links))
    beyond = Beyond(links=links)
    return Grid(sheet=_attribute(worksheet, "Name"), rows=rows, beyond=lambda: beyond)


def _cells(row: Any, number: int, limits: SheetLimits, links: dict[tuple[int, int], str]) -> list[object]:
    cells: list[object] = []
    following = 1
    for cell in row:
        if _local(cell.tag) != "Cell":
            continue
        column = _index(cell, following)
        if column > limits.columns + 1:
            break
        cells.extend("" for _ in range(column - len(cells) - 1))
        data = next((child for child in cell if _local(child.tag) == "Data"), None)
        cells.append("" if data is None else _value(data))
        if (target := _attribute(cell, "HRef")).lower().startswith("mailto:"):
            links[number, column - 1] = target
        across = _attribute(cell, "MergeAcross")
        following = column + 1 + (int(across) if across.isdigit() and len(across) < 6 else 0)
    return cells


def _value(data: Any) -> object:
    text = "".join(data.itertext())
    kind = _attribute(data, "Type")
    if kind == "Number":
        try:
            return float(text)
        except ValueError:
            return text
    if kind == "Boolean":
        return text.strip() == "1"
    if kind == "DateTime":
        return text.removesuffix("T00:00:00.000").replace("T", " ").removesuffix(".000")
    return text


def _is_hidden(worksheet: Any) -> bool:
    return any(
        _local(element.tag) == "Visible"
        and (element.text or "").strip() in {"SheetHidden", "SheetVeryHidden"}
        for element in worksheet.iter()
    )


def _index(element: Any, otherwise: int) -> int:
    value = _attribute(element, "Index")
    return int(value) if value.isdigit() and len(value) < 9 else otherwise


def _attribute(element: Any, name: str) -> str:
    return next((str(value) for key, value in element.items() if _local(key) == name), "")


def _local(tag: object) -> str:
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
