"""Gives every attachment a name that is safe to write down, wherever the name came from."""

import re
import unicodedata
from email.message import Message as MimePart

from bot.mail.charset import decode_field, unfold

_LONGEST = 255  # bytes of UTF-8: what file systems take


def read_name(part: MimePart) -> str:
    """The file name a part declares, decoded but not yet clean; '' where it declares none.

    RFC 2231 parameters, and encoded words inside quotes, which RFC 2047 §5 forbids and mailers send.
    """
    for field in ("content-disposition", "content-type"):
        _with_text(part, field)
    try:
        name = part.get_filename("")
    except (ValueError, TypeError, IndexError, LookupError, AttributeError):
        # The standard library trips over half-written RFC 2231 parameters.
        return ""
    return decode_field(str(name)) if name else ""


def _with_text(part: MimePart, field: str) -> None:
    """Write raw octets in a field as text: the standard library would turn them into question marks."""
    raw = next((str(value) for name, value in part.raw_items() if name.lower() == field), "")
    if not raw.isascii():
        part.replace_header(field, unfold(raw))


def clean_name(name: str, fallback: str) -> str:
    """A bare file name: no folders, no control or direction characters, at most 255 bytes; never empty."""
    bare = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(char for char in bare if unicodedata.category(char)[0] != "C")
    tidy = re.sub(r"\s+", " ", seen).strip(" .")
    # A leading dot hides a file and a name of dots climbs folders; both are gone by now.
    if not tidy or not re.search(r"\w", tidy):
        return fallback
    return _cut(re.sub(r'[<>:"|?*]', "_", tidy))


def extension_of(name: str) -> str:
    """The extension in lower case without its dot; '' where there is none."""
    stem, dot, extension = name.rpartition(".")
    return extension.strip().lower() if dot and stem else ""


def _cut(name: str) -> str:
    """At most 255 bytes, with the extension kept."""
    if len(name.encode()) <= _LONGEST:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension.encode()) > 20:
        stem, dot, extension = name, "", ""
    room = _LONGEST - len((dot + extension).encode())
    return stem.encode()[:room].decode("utf-8", "ignore").rstrip() + dot + extension
