"""What calamine leaves out of an xls: where links point and which cells show an error ([MS-XLS] §2.4)."""

import struct
from collections.abc import Iterator

from bot.sheet import ole
from bot.sheet.grid import Beyond

_BOF, _EOF, _BOUNDSHEET = 0x0809, 0x000A, 0x0085
_FORMULA, _BOOLERR, _HLINK = 0x0006, 0x0205, 0x01B8
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_MAILTO = "mailto:".encode("utf-16-le")
_MOST_SPANNED = 10_000


def links_of_xls(content: bytes, sheet: str) -> Beyond:
    """The links and errors of one sheet; nothing where the records make no sense."""
    links: dict[tuple[int, int], str] = {}
    errors: dict[tuple[int, int], str] = {}
    stream = ole.read_stream(content, "workbook") or ole.read_stream(content, "book")
    try:
        for number, data in _sheet_records(stream, sheet):
            if number == _HLINK:
                links.update(_link(data))
            elif number == _BOOLERR and data[7]:
                errors[_place(data)] = _ERRORS.get(data[6], "#ERROR")
            elif number == _FORMULA and data[12:14] == b"\xff\xff" and data[6] == 2:
                errors[_place(data)] = _ERRORS.get(data[8], "#ERROR")
    except (struct.error, IndexError):
        return Beyond()
    return Beyond(links=links, errors=errors)


def _records(stream: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    while place + 4 <= len(stream):
        number, length = struct.unpack_from("<HH", stream, place)
        yield number, stream[place + 4 : place + 4 + length]
        place += 4 + length


def _sheet_records(stream: bytes, sheet: str) -> Iterator[tuple[int, bytes]]:
    """The records of the sheet with that name, those of charts within it left out."""
    begin = None
    for number, data in _records(stream, 0):
        if number == _BOUNDSHEET and _name(data) == sheet:
            begin = struct.unpack_from("<I", data)[0]
        if number == _EOF or begin is not None:
            break
    depth = 0
    for number, data in _records(stream, begin) if begin is not None else ():
        depth += (number == _BOF) - (number == _EOF)
        if depth == 1:
            yield number, data
        if depth <= 0:
            return


def _name(data: bytes) -> str:
    """BIFF8 has a byte of flags before the characters, which are two bytes each where it is odd."""
    length = data[6]
    if len(data) == 7 + length:
        return data[7:].decode("cp1252", "replace")
    return data[8:].decode("utf-16-le" if data[7] & 1 else "latin-1", "replace")


def _place(data: bytes) -> tuple[int, int]:
    row, column = struct.unpack_from("<HH", data)
    return row + 1, column


def _link(data: bytes) -> dict[tuple[int, int], str]:
    """The mail address a range of cells links to; links to anywhere else are none of ours."""
    start = data.find(_MAILTO)
    if start < 0:
        return {}
    target = data[start:].decode("utf-16-le", "replace").partition("\0")[0]
    top, bottom, left, right = struct.unpack_from("<4H", data)
    if (bottom - top + 1) * (right - left + 1) > _MOST_SPANNED:
        return {}
    return {(row + 1, column): target for row in range(top, bottom + 1) for column in range(left, right + 1)}
