"""What kind of file the bytes are: by their content, never by a name alone."""

import re
import struct
from enum import StrEnum

from bot.sheet import ole, zips
from bot.sheet.faults import FileRefused
from bot.values.sheet import SheetLimits, Verdict


class Kind(StrEnum):
    """A kind of file that is opened."""

    XLSX = "xlsx"  # Office Open XML, transitional or strict, also .xlsm, .xltx
    XLSB = "xlsb"  # the binary twin of xlsx
    XLS = "xls"  # BIFF5 and BIFF8, mostly within OLE2
    ODS = "ods"  # OpenDocument
    XML = "xml spreadsheet"  # SpreadsheetML 2003
    HTML = "html"  # tables, saved as .xls
    MHTML = "mhtml"  # the same as a web archive
    SYLK = "sylk"  # symbolic link
    TEXT = "text"  # delimited, whatever the delimiter


_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"II*\0", "image"),
    (b"MM\0*", "image"),
    (b"\0\0\1\0", "image"),
    (b"8BPS", "image"),
    (b"{\\rtf", "rtf"),
    (b"\x1f\x8b", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"Rar!", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ", "archive"),
    (b"\x28\xb5\x2f\xfd", "archive"),
    (b"MSCF", "archive"),
    (b"\0\1\0\0Standard ", "mdb"),
    (b"SQLite format 3", "mdb"),
    (b"\x7fELF", "program"),
    (b"MZ\x90\0", "program"),
    (b"OggS", "media"),
    (b"ID3\x02", "media"),
    (b"ID3\x03", "media"),
    (b"ID3\x04", "media"),
    (b"\0\0\x1a\0", "wk"),
    (b"\0\0\x02\0\x06\x04", "wk"),
    (b"PAR1", "mdb"),
)
_BIFF = re.compile(rb"\x09[\x00\x02\x04\x08][\x04\x06\x08\x10]\x00[\x00-\x06][\x00-\x06]")
_ENCRYPTED_ODF = re.compile(rb"<(?:\w+:)?encryption-data\b")
_GOOGLE = re.compile(r"https?://(?:docs|drive|sheets)\.google\.com/")


def kind_of_binary(content: bytes, limits: SheetLimits) -> tuple[Kind, zips.Container | None] | None:
    """The kind of a binary file and its container; None for text. `FileRefused` for what we don't open."""
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        container = zips.open_container(content, limits)
        return _kind_of_zip(container), container
    if content.startswith(ole.MAGIC):
        return _kind_of_ole(content), None
    if _BIFF.match(content):
        return Kind.XLS, None
    for signature, kind in _SIGNATURES:
        if content.startswith(signature):
            raise FileRefused(Verdict.UNSUPPORTED, kind)
    if content[4:8] == b"ftyp":
        raise FileRefused(
            Verdict.UNSUPPORTED, "image" if content[8:11] in {b"hei", b"mif", b"avi"} else "media"
        )
    if content[:4] == b"RIFF" and content[8:12] in {b"WEBP", b"WAVE", b"AVI "}:
        raise FileRefused(Verdict.UNSUPPORTED, "image" if content[8:12] == b"WEBP" else "media")
    if content[:2] == b"BM" and b"\0" in content[6:14]:
        raise FileRefused(Verdict.UNSUPPORTED, "image")
    return None


def kind_of_text(text: str) -> Kind:
    """What sort of text it is; `FileRefused` for a shortcut, a card or a data file."""
    head = text[:8192].lstrip().lstrip("\ufeff").lstrip()
    low = head.lower()
    if head.startswith("{") and ('"doc_id"' in low or _GOOGLE.search(low)):
        raise FileRefused(Verdict.UNSUPPORTED, "google")
    if low.startswith(("[internetshortcut]", "[desktop entry]")) or (
        "<plist" in low and "<key>url</key>" in low
    ):
        raise FileRefused(Verdict.UNSUPPORTED, "google" if _GOOGLE.search(low) else "shortcut")
    if _GOOGLE.match(low) and len(text.split()) == 1:
        raise FileRefused(Verdict.UNSUPPORTED, "google")
    if low.startswith(("begin:vcard", "begin:vcalendar")):
        raise FileRefused(Verdict.UNSUPPORTED, "calendar")
    if head.startswith("ID;P") and re.search(r"(?m)^C;", text[:65536]):
        return Kind.SYLK
    if low.startswith(("mime-version:", "content-type:", "from:")) and "multipart/" in low:
        return Kind.MHTML
    if head.startswith("<"):
        return _kind_of_markup(text, low)
    if head.startswith(("{", "[{")) and re.match(r'[\[{\s]*"[^"]*"\s*:', head):
        raise FileRefused(Verdict.UNSUPPORTED, "json")
    return Kind.TEXT


def _kind_of_markup(text: str, low: str) -> Kind:
    if "urn:schemas-microsoft-com:office:spreadsheet" in low and re.search(r"<(?:\w+:)?workbook\b", low):
        return Kind.XML
    if re.search(r"<(?:html|table|meta|head|body|!doctype html|div|style|tr)\b", low):
        return Kind.HTML
    if low.startswith("<svg") or "<svg" in low[:500]:
        raise FileRefused(Verdict.UNSUPPORTED, "image")
    if low.startswith("<?xml") or re.match(r"<[a-z_][\w:.-]*[\s>]", low):
        if re.search(r"<table\b", text, re.IGNORECASE):
            return Kind.HTML
        if (
            low.startswith("<?xml")
            or "xmlns" in low
            or re.search(r"</[a-z_][\w:.-]*>\s*\Z", text[-200:].lower())
        ):
            raise FileRefused(Verdict.UNSUPPORTED, "xml")
    return Kind.TEXT


def _kind_of_zip(container: zips.Container) -> Kind:
    names = container.names
    mimetype = container.read("mimetype", 200).decode("ascii", "replace")
    if "opendocument" in mimetype or ("content.xml" in names and "meta-inf/manifest.xml" in names):
        if _ENCRYPTED_ODF.search(container.read("meta-inf/manifest.xml")):
            raise FileRefused(Verdict.ENCRYPTED)
        if "spreadsheet" in mimetype or (
            not mimetype and b"office:spreadsheet" in container.read("content.xml")
        ):
            return Kind.ODS
        raise FileRefused(Verdict.UNSUPPORTED, "odt")
    if "xl/workbook.bin" in names:
        return Kind.XLSB
    if any(name.startswith(("xl/worksheets/", "xl/workbook")) for name in names):
        return Kind.XLSX
    if any(name.startswith("word/") for name in names):
        raise FileRefused(Verdict.UNSUPPORTED, "docx")
    if any(name.startswith("ppt/") for name in names):
        raise FileRefused(Verdict.UNSUPPORTED, "pptx")
    if any(name.endswith(".iwa") or name == "index.zip" for name in names):
        tables = any(
            "/tables/" in name or "calculationengine" in name or name == "index.zip" for name in names
        )
        raise FileRefused(Verdict.UNSUPPORTED, "numbers" if tables else "pages")
    if any(name.startswith("index/") or name.endswith("/index.zip") for name in names):
        raise FileRefused(Verdict.UNSUPPORTED, "numbers")
    sheets = [name for name in names if re.search(r"worksheets/sheet\d*\.xml$", name)]
    if sheets or (
        "[content_types].xml" in names and b"spreadsheetml" in container.read("[content_types].xml")
    ):
        return Kind.XLSX
    raise FileRefused(Verdict.UNSUPPORTED, "zip")


def _kind_of_ole(content: bytes) -> Kind:
    streams = ole.streams(content)
    if streams.keys() & {"encryptedpackage", "encryptioninfo"}:
        raise FileRefused(Verdict.ENCRYPTED)
    for name in ("workbook", "book"):
        if name in streams:
            if _has_password(ole.read_stream(content, name)[:512]):
                raise FileRefused(Verdict.ENCRYPTED)
            return Kind.XLS
    others = (("worddocument", "doc"), ("powerpoint document", "pptx"), ("__properties_version1.0", "msg"))
    for stream, kind in others:
        if stream in streams:
            raise FileRefused(Verdict.UNSUPPORTED, kind)
    if ole.is_cut_off(content) or not streams:
        raise FileRefused(Verdict.CORRUPT)
    raise FileRefused(Verdict.UNSUPPORTED, "other")


def _has_password(records: bytes) -> bool:
    """Whether a FILEPASS record ([MS-XLS] §2.4.117) stands among the first of a workbook stream."""
    place = 0
    while place + 4 <= len(records):
        number, length = struct.unpack_from("<HH", records, place)
        if number == 0x002F:
            return True
        place += 4 + length
    return False
