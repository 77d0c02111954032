"""What a ZIP container holds and really inflates to, measured before any parser opens it."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from bot.sheet.faults import FileRefused
from bot.values.sheet import SheetLimits, Verdict

_MAX_ENTRIES = 10_000
_RATIO, _RATIO_FROM = 100, 10 * 1024 * 1024
_STEP = 1 << 20
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_READ_PARTS = (".xml", ".bin", ".rels", ".vml")
WIDE_MARKS = frozenset({b"\xff\xfe", b"\xfe\xff"})  # of a part in UTF-16, which calamine takes for empty
ERROR_MARK, LINK_MARK, FORMULA_MARK = b't="e"', b"hyperlink ", b"HYPERLINK("


@dataclass(frozen=True, kw_only=True, slots=True)
class Container:
    """A ZIP file that keeps the limits. `marks` are the byte patterns found in the parts of its sheets."""

    names: frozenset[str]
    infos: tuple[zipfile.ZipInfo, ...]
    content: bytes

    def read(self, name: str, most: int = 1 << 20) -> bytes:
        """The first `most` bytes of a part, b'' where there is none; never more, whatever it claims."""
        info = next((info for info in self.infos if _plain(info.filename) == name.lower()), None)
        return b"".join(_inflated(self.content, info, most))[:most] if info else b""


def open_container(content: bytes, limits: SheetLimits) -> Container:
    """Read the directory and hold it to the limits; `FileRefused` as corrupt or too large."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = tuple(archive.infolist())
    except (
        zipfile.BadZipFile,
        struct.error,
        ValueError,
        OSError,
        NotImplementedError,
        UnicodeError,
    ) as error:
        raise FileRefused(Verdict.CORRUPT, "zip") from error
    declared = sum(info.file_size for info in infos)
    if len(infos) > _MAX_ENTRIES or _is_bomb(declared, len(content), limits):
        raise FileRefused(Verdict.TOO_LARGE, "work")
    return Container(names=frozenset(_plain(info.filename) for info in infos), infos=infos, content=content)


def measure(container: Container, limits: SheetLimits) -> frozenset[bytes]:
    """Inflate every part a parser may open, for its true size: a directory can lie.

    Gives the marks (cell errors, links, UTF-16) that occur in the sheets: a value alone doesn't tell those.
    """
    total = cells = 0
    marks: set[bytes] = set()
    for info in container.infos:
        name = _plain(info.filename)
        if not name.endswith(_READ_PARTS):
            continue
        tail = b""
        for chunk in _inflated(container.content, info, limits.inflated_bytes + 1):
            total += len(chunk)
            if _is_bomb(total, len(container.content), limits):
                raise FileRefused(Verdict.TOO_LARGE, "work")
            if "worksheets/" in name:
                cells += chunk.count(b"<v>") + chunk.count(b"<is>")
                if cells > limits.rows * limits.columns:
                    raise FileRefused(Verdict.TOO_LARGE, "work")
                if not tail:
                    marks |= WIDE_MARKS & {chunk[:2]}
                text = tail + chunk
                marks.update(mark for mark in (ERROR_MARK, LINK_MARK, FORMULA_MARK) if mark in text)
                tail = chunk[-16:]
    return frozenset(marks)


def _is_bomb(inflated: int, packed: int, limits: SheetLimits) -> bool:
    return inflated > limits.inflated_bytes or (inflated > _RATIO_FROM and inflated > _RATIO * packed)


def _plain(name: str) -> str:
    """Some writers use backslashes, a leading slash or capitals; Excel minds none of it."""
    return name.replace("\\", "/").lstrip("/").lower()


def _inflated(content: bytes, info: zipfile.ZipInfo, most: int) -> Iterator[bytes]:
    """The part as its data inflate (APPNOTE 4.4.5: 0 stored, 8 deflated), up to `most` bytes."""
    start = info.header_offset
    if not 0 <= start <= len(content) - _LOCAL_HEADER.size:
        return
    header = _LOCAL_HEADER.unpack_from(content, start)
    start += _LOCAL_HEADER.size + header[9] + header[10]
    if info.compress_type == zipfile.ZIP_STORED:
        yield content[start : start + min(info.compress_size, most)]
        return
    if info.compress_type != zipfile.ZIP_DEFLATED:
        return
    inflater = zlib.decompressobj(-15)
    view = memoryview(content)[start : start + info.compress_size]
    given, place = 0, 0
    pending: bytes = b""
    while not inflater.eof and given < most:
        if not pending:
            if place >= len(view):
                return
            pending = bytes(view[place : place + 65536])
            place += 65536
        try:
            chunk = inflater.decompress(pending, _STEP)
        except zlib.error:
            return  # the parser says what it makes of it
        pending = inflater.unconsumed_tail
        given += len(chunk)
        if chunk:
            yield chunk
