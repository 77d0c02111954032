"""OLE2 containers ([MS-CFB] §2), read just far enough to say what a file is and to look into one stream."""

import struct
from collections.abc import Callable, Iterator

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFA  # this and above are no sectors
_ENTRY = 128
_SHORT, _SHORT_SECTOR = 4096, 64  # streams below that size are kept in sectors of their own
_MAX_SECTORS = 200_000
_ROOT = "root entry"


def streams(content: bytes) -> dict[str, tuple[int, int]]:
    """The first sector and the length of each stream by its name in small letters, as far as it goes."""
    if len(content) < 512:
        return {}
    size = _sector_size(content)
    found = {}
    for sector in _directory(content):
        for offset in range((sector + 1) * size, (sector + 2) * size, _ENTRY):
            entry = content[offset : offset + _ENTRY]
            length = struct.unpack_from("<H", entry, 64)[0] if len(entry) == _ENTRY else 0
            if 2 <= length <= 64 and entry[66]:
                name = entry[: length - 2].decode("utf-16-le", "replace").lower()
                found[name] = struct.unpack_from("<II", entry, 116)
    return found


def read_stream(content: bytes, name: str) -> bytes:
    """A stream by its name in small letters, as far as the file goes; b'' where it is missing."""
    found = streams(content)
    if name not in found:
        return b""
    start, length = found[name]
    if length >= _SHORT or _ROOT not in found:
        return _joined(content, start)[:length]
    container = _joined(content, found[_ROOT][0])
    table = _joined(content, struct.unpack_from("<I", content, 60)[0])
    sectors = _chain(start, lambda sector: _number(table, sector * 4))
    place = (sector * _SHORT_SECTOR for sector in sectors)
    return b"".join(container[start : start + _SHORT_SECTOR] for start in place)[:length]


def is_cut_off(content: bytes) -> bool:
    """Whether the directory lies, at least in part, beyond the end of the file."""
    size = _sector_size(content)
    return len(content) < 512 or any((sector + 2) * size > len(content) for sector in _directory(content))


def _sector_size(content: bytes) -> int:
    return 4096 if len(content) > 30 and content[30] == 12 else 512


def _directory(content: bytes) -> Iterator[int]:
    return _chain_in_file(content, struct.unpack_from("<I", content, 48)[0])


def _joined(content: bytes, sector: int) -> bytes:
    size = _sector_size(content)
    return b"".join(
        content[(part + 1) * size : (part + 2) * size] for part in _chain_in_file(content, sector)
    )


def _chain_in_file(content: bytes, sector: int) -> Iterator[int]:
    """A chain of sectors, followed through the first 109 FAT sectors, which the header lists."""
    size = _sector_size(content)
    tables = [listed for listed in struct.unpack_from("<109I", content, 76) if listed < _END]

    def following(sector: int) -> int:
        which, place = divmod(sector, size // 4)
        return _number(content, (tables[which] + 1) * size + place * 4) if which < len(tables) else _END

    return _chain(sector, following)


def _chain(sector: int, following: Callable[[int], int]) -> Iterator[int]:
    """Sectors until the end of the chain; one that comes round again ends it too."""
    seen: set[int] = set()
    while sector < _END and sector not in seen and len(seen) < _MAX_SECTORS:
        seen.add(sector)
        yield sector
        sector = following(sector)


def _number(data: bytes, place: int) -> int:
    return int(struct.unpack_from("<I", data, place)[0]) if place + 4 <= len(data) else _END
