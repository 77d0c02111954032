"""What calamine leaves out of an xlsx: where links point and which cells show an error."""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring, iterparse

from bot.sheet.grid import Beyond, column_index

# What a damaged container or part makes of itself.
UNREADABLE = (
    KeyError,
    ValueError,
    OSError,
    EOFError,
    RuntimeError,
    ParseError,
    zipfile.BadZipFile,
    zlib.error,
    DefusedXmlException,
)
_MAILTO_FORMULA = re.compile(r'HYPERLINK\(\s*"(mailto:[^"]+)"', re.IGNORECASE)
_PLACE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_MOST_SPANNED = 10_000


def links_of_xlsx(content: bytes, sheet: str) -> Beyond:
    """The links and errors of one sheet. What can't be read tells nothing: values were read without it."""
    links: dict[tuple[int, int], str] = {}
    errors: dict[tuple[int, int], str] = {}
    with (
        suppress(*UNREADABLE),
        zipfile.ZipFile(io.BytesIO(content)) as archive,
    ):
        part = _part_of(archive, sheet)
        targets = _targets(archive, part)
        with archive.open(part) as stream:
            for element in _elements(stream):
                _note(element, targets, links, errors)
    return Beyond(links=links, errors=errors)


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    targets = _targets(archive, "xl/workbook.xml")
    for element in fromstring(archive.read("xl/workbook.xml")).iter():
        if _local(element.tag) == "sheet" and element.get("name") == sheet:
            relation = next((value for key, value in element.items() if _local(key) == "id"), "")
            return targets[relation]
    raise KeyError(sheet)


def _targets(archive: zipfile.ZipFile, part: str) -> dict[str, str]:
    """The relationships of a part (ECMA-376 Part 2 §9.3): external addresses as they are, parts as paths."""
    folder, name = posixpath.split(part)
    targets = {}
    for relation in (
        fromstring(archive.read(f"{folder}/_rels/{name}.rels")) if _has_rels(archive, part) else ()
    ):
        target = relation.get("Target", "")
        if relation.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        targets[relation.get("Id", "")] = target
    return targets


def _has_rels(archive: zipfile.ZipFile, part: str) -> bool:
    folder, name = posixpath.split(part)
    return f"{folder}/_rels/{name}.rels" in archive.NameToInfo


def _elements(stream: Any) -> Iterator[Any]:
    """Cells and links as they close; the tree behind them is thrown away row by row."""
    for _, element in iterparse(stream):
        name = _local(element.tag)
        if name in {"c", "hyperlink"}:
            yield element
        if name == "row":
            element.clear()


def _note(
    element: Any,
    targets: dict[str, str],
    links: dict[tuple[int, int], str],
    errors: dict[tuple[int, int], str],
) -> None:
    if _local(element.tag) == "hyperlink":
        relation = next((value for key, value in element.items() if _local(key) == "id"), "")
        target = targets.get(relation, "")
        if target.lower().startswith("mailto:"):
            links.update(dict.fromkeys(_places(element.get("ref", "")), target))
        return
    children = {_local(child.tag): child.text or "" for child in element}
    for place in _places(element.get("r", "")):
        if element.get("t") == "e":
            errors[place] = children.get("v", "")
        elif formula := _MAILTO_FORMULA.search(children.get("f", "")):
            links[place] = formula.group(1)


def _places(reference: str) -> Iterator[tuple[int, int]]:
    """The (row from 1, column from 0) of 'C5', or of each cell of 'C5:C9'."""
    ends = [_PLACE.fullmatch(end) for end in reference.upper().split(":")]
    if not ends or ends[0] is None or ends[-1] is None:
        return
    left, top = column_index(ends[0].group(1)), int(ends[0].group(2))
    right, bottom = column_index(ends[-1].group(1)), int(ends[-1].group(2))
    if (right - left + 1) * (bottom - top + 1) > _MOST_SPANNED:
        return
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            yield row, column


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
