"""The directory of an OLE2 file ([MS-CFB] §2.6), read just far enough to say what the file is."""

import struct
from collections.abc import Iterator

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFA  # this and above are no sectors
_ENTRY = 128
_MAX_SECTORS = 200_000


def streams(content: bytes) -> dict[str, int]:
    """Where each stream begins, by its name in small letters; as far as the file goes if it is cut short."""
    return dict(_entries(content))


def is_cut_off(content: bytes) -> bool:
    """Whether the directory lies, at least in part, beyond the end of the file."""
    if len(content) < 512:
        return True
    size = 1 << struct.unpack_from("<H", content, 30)[0] if content[30] < 16 else 512
    return any((sector + 2) * size > len(content) + size - 1 for sector in _directory(content, size))


def _entries(content: bytes) -> Iterator[tuple[str, int]]:
    if len(content) < 512 or content[30] >= 16:
        return
    size = 1 << struct.unpack_from("<H", content, 30)[0]
    for sector in _directory(content, size):
        start = (sector + 1) * size
        for offset in range(start, start + size, _ENTRY):
            entry = content[offset : offset + _ENTRY]
            if len(entry) < _ENTRY:
                return
            length = struct.unpack_from("<H", entry, 64)[0]
            if entry[66] and 2 <= length <= 64:
                name = entry[: length - 2].decode("utf-16-le", "replace").lower()
                yield name, (struct.unpack_from("<I", entry, 116)[0] + 1) * size


def _directory(content: bytes, size: int) -> Iterator[int]:
    """The chain of directory sectors, followed through the first 109 FAT sectors of the header."""
    fat_sectors = [sector for sector in struct.unpack_from("<109I", content, 76) if sector < _END]
    sector = struct.unpack_from("<I", content, 48)[0]
    seen: set[int] = set()
    while sector < _END and sector not in seen and len(seen) < _MAX_SECTORS:
        seen.add(sector)
        yield sector
        which, place = divmod(sector, size // 4)
        if which >= len(fat_sectors):
            return
        at = (fat_sectors[which] + 1) * size + place * 4
        if at + 4 > len(content):
            return
        sector = struct.unpack_from("<I", content, at)[0]
