"""What calamine leaves out of an ods: where links point and which cells show an error."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from defusedxml.ElementTree import iterparse

from bot.sheet.grid import Beyond
from bot.sheet.links import UNREADABLE

_LAST_ROW, _LAST_COLUMN = 1_048_576, 1024
_MOST_REPEATED = 1000


def links_of_ods(content: bytes, sheet: str) -> Beyond:
    """The links and errors of one sheet. What can't be read tells nothing: values were read without it."""
    links: dict[tuple[int, int], str] = {}
    errors: dict[tuple[int, int], str] = {}
    with (
        suppress(*UNREADABLE),
        zipfile.ZipFile(io.BytesIO(content)) as archive,
        archive.open("content.xml") as stream,
    ):
        number = 1
        for row in _rows(stream, sheet):
            times = _count(row, "number-rows-repeated", _LAST_ROW)
            for column, cell in _cells(row):
                link, error = _link(cell), _error(cell)
                for below in range(min(times, _MOST_REPEATED) if link or error else 0):
                    if link:
                        links[number + below, column] = link
                    if error:
                        errors[number + below, column] = error
            number += times
    return Beyond(links=links, errors=errors)


def _rows(stream: Any, sheet: str) -> Iterator[Any]:
    """The rows of the table with that name, each thrown away when the next is asked for."""
    inside = False
    for event, element in iterparse(stream, events=("start", "end")):
        name = _local(element.tag)
        if event == "start" and name == "table":
            inside = _attribute(element, "name") == sheet
        elif event == "end" and name == "table-row":
            if inside:
                yield element
            element.clear()


def _cells(row: Any) -> Iterator[tuple[int, Any]]:
    column = 0
    for cell in row:
        if _local(cell.tag) not in {"table-cell", "covered-table-cell"}:
            continue
        times = _count(cell, "number-columns-repeated", _LAST_COLUMN)
        if len(cell):
            for beside in range(times):
                yield column + beside, cell
        column += times


def _link(cell: Any) -> str:
    targets = (_attribute(element, "href") for element in cell.iter() if _local(element.tag) == "a")
    return next((target for target in targets if target.lower().startswith("mailto:")), "")


def _error(cell: Any) -> str:
    """LibreOffice marks an error in its own `calcext:value-type`, beside the standard's `string`."""
    if "error" not in [value for key, value in cell.items() if _local(key) == "value-type"]:
        return ""
    return "".join(cell.itertext()).strip() or "#ERROR"


def _count(element: Any, name: str, most: int) -> int:
    value = _attribute(element, name)
    return max(1, min(int(value), most)) if value.isdigit() and len(value) < 9 else 1


def _attribute(element: Any, name: str) -> str:
    return next((str(value) for key, value in element.items() if _local(key) == name), "")


def _local(tag: object) -> str:
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
