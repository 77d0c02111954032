"""The process that reads one winmail.dat from its input under hard limits, and writes what was in it."""

import logging
import resource
import struct
import sys
from collections.abc import Iterator

from tnefparse import TNEF
from tnefparse.tnef import TNEFAttachment

_MEMORY = 768 * 1024 * 1024
_CPU_SECONDS = 2
_SIGNATURE_BYTES = 6
# tnefparse copies the rest of the file for every object in it.
_MOST_OBJECTS = 5_000
_CODEPAGE = struct.pack("<BHHII", 1, TNEF.ATTOEMCODEPAGE, 6, 4, 1252) + struct.pack("<H", 0xE8)


def main() -> int:
    """Read, open, answer; 1 where it could not be opened."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    logging.disable(logging.CRITICAL)
    content = sys.stdin.buffer.read()
    tnef = _open(content, with_properties=True) or _open(content, with_properties=False)
    if tnef is None:
        return 1
    for piece in _pieces(tnef):
        sys.stdout.buffer.write(struct.pack(">I", len(piece)) + piece)
    return 0


def _open(content: bytes, *, with_properties: bool) -> TNEF | None:
    """The TNEF with only the objects that files and text need; a broken one is tried with fewer still."""
    try:
        return TNEF(_slimmed(content, with_properties=with_properties), do_checksum=False)
    except Exception:  # noqa: BLE001  hostile bytes in an old reader; this process exists to contain it
        return None


def _slimmed(content: bytes, *, with_properties: bool) -> bytes:
    kept = [content[:_SIGNATURE_BYTES]]
    if not any(name == TNEF.ATTOEMCODEPAGE for _, name, _ in _objects(content)):
        kept.append(_CODEPAGE)
    for level, name, span in _objects(content):
        wanted = name in {TNEF.ATTOEMCODEPAGE, TNEF.ATTBODY} or (level == TNEF.LVL_ATTACHMENT)
        properties = name in {TNEF.ATTATTACHMENT, TNEF.ATTMAPIPROPS}
        dates = name in {TNEF.ATTATTACHCREATEDATE, TNEF.ATTATTACHMODIFYDATE, TNEF.ATTATTACHMETAFILE}
        if (with_properties if properties else wanted) and not dates:
            kept.append(content[span])
    # tnefparse leaves out a last object that ends with the file.
    return b"".join(kept) + bytes(TNEF.MIN_OBJ_SIZE)


def _objects(content: bytes) -> Iterator[tuple[int, int, slice]]:
    """Level, name and place of every object: one byte, two, two of type, four of length, data, two of sum."""
    position = _SIGNATURE_BYTES
    for _ in range(_MOST_OBJECTS):
        if position + 11 > len(content):
            return
        level, name, _, length = struct.unpack_from("<BHHI", content, position)
        end = min(len(content), position + length + 11)
        yield level, name, slice(position, end)
        position = end


def _pieces(tnef: TNEF) -> Iterator[bytes]:
    yield _text(tnef.body)
    for attachment in tnef.attachments:
        if isinstance(attachment.data, bytes) and attachment.data:
            yield _name(attachment).encode("utf-8", "replace")
            yield attachment.data


def _text(body: object) -> bytes:
    if isinstance(body, bytes):
        body = body.decode("cp1252", "replace")
    return str(body).rstrip("\x00").encode("utf-8", "replace") if body else b""


def _name(attachment: TNEFAttachment) -> str:
    try:
        return str(attachment.long_filename()).strip("\x00")
    except (UnicodeError, AttributeError, TypeError):
        raw = attachment._name
        return raw.decode("cp1252", "replace").strip("\x00") if isinstance(raw, bytes) else ""


if __name__ == "__main__":
    sys.exit(main())
