"""Bytes of a text file become text: byte order mark, strict UTF-8, then the likeliest older encoding."""

import codecs
import re
from dataclasses import dataclass

import chardet

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_LIKELY = (
    *("cp1252", "iso8859-15", "mac-roman", "cp850", "cp437", "cp1250", "iso8859-2", "cp1251", "koi8-r"),
    *("cp1253", "cp1254", "cp1255", "cp1256", "cp1257"),
    *("shift_jis", "cp932", "euc-jp", "gb18030", "big5", "euc-kr", "cp949"),
)
_WESTERN = ("cp1252", "mac-roman", "cp850")
_CENTRAL = ("cp1250", "iso8859-2")  # so alike that only words tell them apart; Windows wrote nearly all
_LABELS = {"cp1252": "Windows-1252", "mac-roman": "Mac OS Roman", "cp850": "DOS (code page 850)"}
_NEAR = 0.8  # of the detector's best: a tie, in short texts
_ODD_LETTERS = 0.3
_WRITTEN = "’‘–—"  # an apostrophe inside a name, a dash between two
_SAMPLE = 200_000
_NULS = 100  # fewer than one byte in as many is a stray, not a binary file
_ESCAPED = re.compile("[\udc80-\udcff]")
_TEXT_CONTROLS = "\t\n\r\f\v\x1a\x1c\x1d\x1e\x1f\x85"
_ODD_SHARE = 0.02


@dataclass(frozen=True, kw_only=True, slots=True)
class Decoded:
    """The text, and the encoding assumed, as people call it."""

    text: str
    encoding: str


def decode(content: bytes) -> Decoded | None:
    """The text of a file, or None where the bytes are no text in any encoding we know."""
    for mark, codec, label in _MARKS:
        if content.startswith(mark):
            return _kept(content.decode(codec, "replace"), label)
    if b"\0" in content[:4096]:
        if wide := _wide(content):
            return _kept(content.decode(wide, "replace"), "UTF-16")
        if content.count(b"\0") * _NULS > len(content) + 2 * _NULS:
            return None
        content = content.replace(b"\0", b"")
    strict = _strict_utf8(content)
    if strict is not None:
        return _kept(strict, "UTF-8")
    loose = content.decode("utf-8", "surrogateescape")
    beyond = [char for char in loose if ord(char) > 0x7F]
    bad = sum("\udc80" <= char <= "\udcff" for char in beyond)
    if len(beyond) > 4 * bad:
        # Two files were put together: the odd bytes are another program's Windows-1252.
        mended = _ESCAPED.sub(
            lambda found: bytes([ord(found[0]) - 0xDC00]).decode("cp1252", "replace"), loose
        )
        return _kept(mended, "UTF-8, here and there Windows-1252")
    return _older(content)


def _strict_utf8(content: bytes) -> str | None:
    """UTF-8 (RFC 3629 §3); a file cut in the middle of its last character still is."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        return decoder.decode(content, final=False)
    except UnicodeDecodeError:
        return None


def _wide(content: bytes) -> str | None:
    """UTF-16 without a mark: nearly every second byte of Western text is zero."""
    sample = content[:4096]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    enough = 0.4 * (len(sample) // 2)
    if odd > enough and even < odd / 4:
        return "utf-16-le"
    if even > enough and odd < even / 4:
        return "utf-16-be"
    return None


def _older(content: bytes) -> Decoded | None:
    """The likeliest code page. Names give a detector little to go by, so it is only believed against the
    Western ones where it is much surer, or where they make no words of the bytes."""
    sample = content[:_SAMPLE]
    ranked = chardet.detect_all(sample, ignore_threshold=True, include_encodings=_LIKELY, compat_names=False)
    sure = {found["encoding"]: found["confidence"] for found in ranked if found["encoding"]}
    name = western = min(_WESTERN, key=lambda codec: _oddities(sample, codec))
    best = max(sure, key=lambda codec: sure[codec], default=western)
    letters = sum(byte >= 0x80 for byte in sample)
    near = max(sure.get(codec, 0.0) for codec in (*_WESTERN, "iso8859-15")) >= _NEAR * sure.get(best, 0.0)
    if not near or _oddities(sample, western) > _ODD_LETTERS * letters:
        name = best
    if name in _CENTRAL:
        name = min(_CENTRAL, key=lambda codec: _oddities(sample, codec))
    return _kept(content.decode(name, "replace"), _LABELS.get(name, name))


def _oddities(content: bytes, codec: str) -> int:
    """How many signs stand inside words, or capitals after small letters: signs of a wrong code page."""
    text = content[:_SAMPLE].decode(codec, "replace")
    odd = 0
    for before, char, after, later in zip(" " + text, text, text[1:] + " ", text[2:] + "  ", strict=False):
        if ord(char) < 0x80:
            continue
        inside = before.isalpha() and after.isalpha()
        if char.isalpha():
            begins = after.islower() or (after.isupper() and later.islower())
            odd += 2 if char.isupper() and (before.islower() or (before.isalpha() and begins)) else 0
            odd += char.islower() and after.isupper()
            odd += not before.isalpha() and not after.isalpha()
            odd += char in "ÝÞÐþðƒªº"
        elif char.isspace() or (char in _WRITTEN and (inside or (before.isspace() and after.isspace()))):
            continue
        else:
            odd += 3 if inside or before.isalpha() or after.isalpha() else 1
    return odd


def _kept(text: str, label: str) -> Decoded | None:
    """None for what decodes but is no text: too many control characters."""
    sample = text[:20_000]
    odd = sum((char < " " and char not in _TEXT_CONTROLS) or char in "\x7f\ufffd" for char in sample)
    if odd > max(2, _ODD_SHARE * len(sample)):
        return None
    return Decoded(text=text.lstrip("\ufeff"), encoding=label)
