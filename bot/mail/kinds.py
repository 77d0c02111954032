"""Tells by its first and last bytes what kind of file an attachment is; names and types often lie."""

import re
from enum import StrEnum

from bot.mail.charset import decode_bytes


class FileKind(StrEnum):
    """What the bytes are."""

    WORKBOOK = "xlsx"  # ZIP with a folder xl/
    OPEN_DOCUMENT = "ods"  # ZIP that names itself an OpenDocument spreadsheet
    OLE = "xls"  # compound file: old Excel, or an encrypted workbook
    COLUMNS = "csv"  # text that splits into columns
    HTML_TABLE = "html"  # a web page with a table, as some systems export "Excel"
    ZIP = "zip"  # another archive, a Numbers or Word file among them
    PDF = "pdf"  # a PDF
    IMAGE = "png"  # a picture of any format
    TNEF = "dat"  # Outlook's winmail.dat
    TEXT = "txt"  # words
    OTHER = "bin"  # none of these


_MAGIC = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileKind.OLE),
    (b"%PDF-", FileKind.PDF),
    (b"\x89PNG", FileKind.IMAGE),
    (b"\xff\xd8\xff", FileKind.IMAGE),
    (b"GIF8", FileKind.IMAGE),
    (b"BM", FileKind.IMAGE),
    (b"\x78\x9f\x3e\x22", FileKind.TNEF),
)
_EDGE = 64 * 1024


def sniff_kind(content: bytes) -> FileKind:
    """The kind of file these bytes are. Looks at 64 KB of either end, so its time does not grow."""
    head, tail = content[:_EDGE], content[-_EDGE:]
    if head.startswith(b"PK\x03\x04"):
        return _zip_kind(head, tail)
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    return _text_kind(head)


def _zip_kind(head: bytes, tail: bytes) -> FileKind:
    if b"xl/" in head or b"xl/" in tail:
        return FileKind.WORKBOOK
    if b"opendocument.spreadsheet" in head:
        return FileKind.OPEN_DOCUMENT
    return FileKind.ZIP


def _text_kind(head: bytes) -> FileKind:
    utf16 = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\x00" in head and not utf16:
        return FileKind.OTHER
    text = decode_bytes(head[:8192])
    if re.search(r"<(html|table|!doctype)\b", text[:2048], re.IGNORECASE):
        return FileKind.HTML_TABLE if re.search(r"<table\b", text, re.IGNORECASE) else FileKind.TEXT
    return FileKind.COLUMNS if splits_into_columns(text) else FileKind.TEXT


def splits_into_columns(text: str) -> bool:
    """Whether the first lines hold the same delimiter equally often, as a table does and prose does not."""
    lines = [line for line in text.splitlines()[:21] if line.strip()][:20]
    if len(lines) < 2:
        return False
    for delimiter in "\t;,|":
        counts = [line.count(delimiter) for line in lines]
        usual = max(set(counts), key=counts.count)
        if usual and counts.count(usual) >= 0.8 * len(counts):
            return True
    return False
