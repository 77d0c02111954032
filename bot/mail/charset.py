"""Turns bytes into text whatever they claim to be, for every header field and text part."""

import codecs
import re
from email.errors import HeaderParseError
from email.header import decode_header

# Python offers these as text encodings, but no mailer means them: two take quadratic time on hostile
# bytes, the others turn innocent text into something else.
_NOT_FOR_MAIL = frozenset(
    {"punycode", "idna", "unicode_escape", "raw_unicode_escape", "unicode-escape", "raw-unicode-escape"}
)
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ENCODED_WORD_CHARSET = re.compile(r"^\s*([^*\s]*)")


def decode_bytes(content: bytes, declared: str = "") -> str:
    """The text of `content`: by its byte order mark, its declared charset, UTF-8, then Windows-1252.

    Never raises; what no charset explains is replaced. Lone surrogates never come out.
    """
    for charset in (*_marked(content), *_usable(declared), "utf-8"):
        try:
            return _plain(content.decode(charset))
        except (UnicodeError, LookupError):
            continue
    return _plain(content.decode("cp1252", "replace"))


def decode_field(value: str) -> str:
    """A free-text header value, unfolded, with its encoded words (RFC 2047 §5) decoded."""
    unfolded = unfold(value)
    if "=?" not in unfolded:
        return unfolded
    try:
        pieces = decode_header(unfolded)
    except (HeaderParseError, ValueError):
        return unfolded
    return one_line("".join(_piece(data, charset) for data, charset in pieces))


def unfold(value: str) -> str:
    """A header value on one line (RFC 5322 §2.2.3), raw octets read as UTF-8 or Windows-1252."""
    return one_line(decode_bytes(value.encode("utf-8", "surrogateescape")))


def one_line(text: str) -> str:
    """The text without line breaks and control characters, so that it cannot end a header or a log line."""
    return _CONTROLS.sub(" ", re.sub(r"\s*[\r\n\x85\u2028\u2029]+\s*", " ", text)).strip()


def _piece(data: bytes | str, charset: str | None) -> str:
    if isinstance(data, str):
        return data
    return decode_bytes(data, charset or "")


def _marked(content: bytes) -> tuple[str, ...]:
    if content.startswith(codecs.BOM_UTF8):
        return ("utf-8-sig",)
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    return ()


def _usable(declared: str) -> tuple[str, ...]:
    """The declared charset if Python knows it as a text encoding; RFC 2231 §5 allows `charset*language`."""
    found = _ENCODED_WORD_CHARSET.match(declared.strip().strip("\"'"))
    name = (found.group(1) if found else "").lower()
    if not name or not name.isascii() or len(name) > 40 or "\x00" in name:
        return ()
    # ISO-8859-1 and US-ASCII are declared where Windows-1252 is meant (WHATWG Encoding §4.2).
    if name in {"iso-8859-1", "latin1", "iso8859-1", "us-ascii", "ascii"}:
        return ("utf-8", "cp1252") if "ascii" in name else ("cp1252", "latin-1")
    # With and without marked direction the bytes are the same (RFC 1556).
    name = name.removesuffix("-i").removesuffix("-e") if name.startswith("iso-8859-") else name
    try:
        canonical = codecs.lookup(name).name
    except (LookupError, UnicodeError, ValueError):
        return ()
    return () if canonical in _NOT_FOR_MAIL else (name,)


def _plain(text: str) -> str:
    return _SURROGATES.sub("\ufffd", text).removeprefix("\ufeff")
