"""Writes rows into a workbook that openpyxl laid out: cell by cell it would take ten times as long."""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.packaging.core import DocumentProperties
from openpyxl.xml.functions import tostring

from bot.sheet.styles import CREATOR, LONGEST, Look, Painter, may_run

_BOOK, _PROPERTIES = "xl/workbook.xml", "docProps/core.xml"
_SHEET = re.compile(r"xl/worksheets/sheet\d+\.xml")
_ROW_END, _DATA_END = b"</row>", b"</sheetData>"
_STYLE = re.compile(rb' s="(\d+)"')
# Where the last row of a sheet's filter stands: in the sheet itself, and in the workbook under a name.
_FILTER = re.compile(rb'(<autoFilter ref="[^"]*?)\d+"')
_FILTER_NAME = re.compile(rb'("_xlnm._FilterDatabase" localSheetId="(\d+)"[^<]*\$)\d+<')
# XML has no place for these, however they are written (XML 1.0 §2.2).
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_AT_ONCE = 500


class Cell(NamedTuple):
    """What stands in a cell, and how it looks. Text stays text whatever it begins with."""

    value: str | int
    look: Look


class Line(NamedTuple):
    """A row of at most 26 cells; `height` in points, 0 where the program may choose it."""

    cells: Sequence[Cell]
    height: float = 0.0


@dataclass(frozen=True, slots=True)
class Layout:
    """A workbook whose sheets have a header row each: its members by name, and under which number it keeps
    each look, for text that a program might run (True) and for any other."""

    members: tuple[tuple[str, bytes], ...]
    styles: dict[tuple[Look, bool], int]

    def fill(self, tables: Sequence[Sequence[Line]]) -> bytes:
        """The workbook as .xlsx, with these lines below the headers of its sheets, in their order."""
        stream, left = io.BytesIO(), iter(tables)
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self.members:
                if _SHEET.fullmatch(name):
                    with archive.open(name, "w") as member:
                        member.writelines(self._sheet(content, next(left)))
                elif name == _BOOK:
                    archive.writestr(name, _with_filters(content, tables))
                else:
                    archive.writestr(name, _written_now() if name == _PROPERTIES else content)
        return stream.getvalue()

    def _sheet(self, content: bytes, lines: Sequence[Line]) -> Iterator[bytes]:
        head, tail = content.split(_DATA_END)
        yield head
        numbered = enumerate(lines, start=2)
        while some := list(islice(numbered, _AT_ONCE)):
            yield "".join(self._row(number, line) for number, line in some).encode()
        yield _DATA_END + _FILTER.sub(rb'\g<1>%d"' % _last_row(lines), tail)

    def _row(self, number: int, line: Line) -> str:
        height = f' ht="{line.height:g}" customHeight="1"' if line.height else ""
        cells = "".join(
            self._cell(f"{letter}{number}", *cell) for letter, cell in zip(_LETTERS, line.cells, strict=False)
        )
        return f'<row r="{number}"{height}>{cells}</row>'

    def _cell(self, place: str, value: str | int, look: Look) -> str:
        if isinstance(value, int):
            return f'<c r="{place}" s="{self.styles[look, False]}"><v>{value}</v></c>'
        text = _NOT_XML.sub("", value)[:LONGEST]
        if not text:
            return f'<c r="{place}" s="{self.styles[look, False]}"/>'
        style = self.styles[look, may_run(text)]
        return (
            f'<c r="{place}" s="{style}" t="inlineStr">'
            f'<is><t xml:space="preserve">{escape(text)}</t></is></c>'
        )


def lay_out(workbook: Workbook, looks: Sequence[Look]) -> Layout:
    """What is filled later, of a workbook with headers only; its lines may have these looks."""
    sheet, stream = workbook.worksheets[0], io.BytesIO()
    cells, kinds = Painter(sheet), [(look, runs) for look in looks for runs in (False, True)]
    workbook.properties.creator = CREATOR
    # A row of samples, taken out again: so openpyxl tells which style has which number.
    sheet.append([cells.text("=" if runs else "x", look) for look, runs in kinds])
    workbook.save(stream)
    with zipfile.ZipFile(stream) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    first = next(name for name in members if _SHEET.fullmatch(name))
    start = members[first].index(_ROW_END) + len(_ROW_END)
    samples, rest = members[first][start:].split(_DATA_END)
    members[first] = members[first][:start] + _DATA_END + rest
    numbers = map(int, _STYLE.findall(samples))
    return Layout(tuple(members.items()), dict(zip(kinds, numbers, strict=True)))


def _last_row(lines: Sequence[Line]) -> int:
    return max(len(lines), 1) + 1


def _with_filters(content: bytes, tables: Sequence[Sequence[Line]]) -> bytes:
    """The workbook's own member with the filters as long as the tables."""
    return _FILTER_NAME.sub(lambda found: b"%s%d<" % (found[1], _last_row(tables[int(found[2])])), content)


def _written_now() -> bytes:
    """Who wrote it, and when."""
    return bytes(tostring(DocumentProperties(creator=CREATOR).to_tree()))
