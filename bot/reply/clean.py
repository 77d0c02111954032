"""Words from outside, made fit to be repeated in a mail: one line, nothing invisible, cut to size."""

import dataclasses
import re
from typing import Any, TypeVar

from markupsafe import Markup

Value = TypeVar("Value")

# What is dropped without a trace: bidi marks, embeddings and isolates, which turn the rest of a line round
# (UAX #9 §2); zero-width and tag characters, which hide words; lone surrogates, which cannot be encoded.
# ZWNJ and ZWJ stay: Persian names and emoji are spelled with them.
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
                        "\U000e0000-\U000e007f\ud800-\udfff]")  # fmt: skip
# C0 and C1 controls and every kind of white space become one space, so nothing outside can start a line.
_BLANK = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# A pile of more than four marks on one letter paints over the lines above and below it.
_PILED_MARKS = re.compile("([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0]{4})"
                          "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0]+")  # fmt: skip
_NUMERAL = re.compile(r"\d")

LIMITS = {
    "greeting": 60,
    "first_name": 100,
    "who": 100,
    "email": 254,
    "username": 254,
    "sender": 254,
    "subject": 200,
    "sheet": 60,
    "reference": 60,
    "where": 40,
    "columns": 20,
    "evidence": 300,
    "login_url": 2000,
    "link": 2000,
    "guide_course_allocation": 2000,
    "guide_create_user": 2000,
}
DEFAULT_LIMIT = 300


def one_line(text: str, limit: int = DEFAULT_LIMIT) -> str:
    """The text as one line of at most `limit` characters, without controls, bidi marks or hidden ones."""
    # Four times the limit is enough to fill it after cleaning, and bounds the work on a megabyte of text.
    cleaned = _INVISIBLE.sub("", _BLANK.sub(" ", text[: limit * 4]))
    cleaned = _PILED_MARKS.sub(r"\1", cleaned).strip()
    if len(cleaned) > limit:
        cleaned = cleaned[: limit - 1].rstrip(" \u200c\u200d") + "…"
    return cleaned


def cleaned(value: Value, field: str = "") -> Value:
    """The same value with every string in it made one line, by the limit of the field that holds it.

    Goes through dataclasses and tuples; numbers, enums and ready markup stay as they are.
    """
    return _cleaned(value, field)  # type: ignore[no-any-return]


def _cleaned(value: Any, field: str) -> Any:
    if type(value) is str:
        return one_line(value, LIMITS.get(field, DEFAULT_LIMIT))
    if isinstance(value, Markup):
        raise TypeError(f"{field}: facts are plain text; only templates make markup")
    if isinstance(value, tuple):
        return tuple(_cleaned(item, field) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [item.name for item in dataclasses.fields(value)]
        return dataclasses.replace(value, **{name: _cleaned(getattr(value, name), name) for name in names})
    return value


def addressable(name: str) -> str:
    """A first name that can stand in a greeting; '' for what is none: an address, a link, a number.

    A name typed into somebody's sheet is printed in our mail to a stranger, where mail programs turn
    `evil.example` into a link; such a name is left out.
    """
    name = one_line(name, LIMITS["greeting"])
    if re.search(r"://|@|[^\W\d_]\.\w{2,}|[<>\\/]", name) or not re.search(r"[^\W\d_]", name):
        return ""
    return "" if len(_NUMERAL.findall(name)) > 3 else name
