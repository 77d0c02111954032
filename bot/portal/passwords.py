"""Judges a new password: long enough, not the address, and not among those that are guessed first."""

import re
import unicodedata
from enum import StrEnum
from functools import cache
from pathlib import Path

LEAST = 12
MOST = 200
_LIST = Path(__file__).parent / "common_passwords.txt"
_ROWS = ("1234567890", "qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "zxcvbnm", "yxcvbnm")
_LOOKALIKES = str.maketrans("@4310$57!", "aaeiosstl")
# This many characters must not follow from those before them, or be part of a well-known word.
_LEAST_SURPRISES = 6
_LEAST_OWN = 4


class Weakness(StrEnum):
    """Why a password is not taken; the words stand in the templates."""

    MISSING = "missing"  # nothing was typed
    SHORT = "short"  # fewer than 12 characters
    LONG = "long"  # more than 200 characters
    ADDRESS = "address"  # the email address, or hardly more
    COMMON = "common"  # among those that are tried first
    PATTERN = "pattern"  # a run along the keyboard, or one piece again and again
    DIFFERENT = "different"  # the repetition is another one


def tidy_password(typed: str) -> str:
    """The password in composed form, so that every keyboard's way of writing é is one (Unicode NFC)."""
    return unicodedata.normalize("NFC", typed)


def find_weakness(password: str, repeated: str, *, email: str, site: str = "") -> Weakness | None:
    """What is wrong with a new password, or None. There are no rules about kinds of characters."""
    if not password:
        return Weakness.MISSING
    if len(password) < LEAST:
        return Weakness.SHORT
    if len(password) > MOST:
        return Weakness.LONG
    folded = password.casefold()
    if _is_hardly_more_than(folded, _parts_of(email)):
        return Weakness.ADDRESS
    if _surprises(folded) < _LEAST_SURPRISES:
        return Weakness.PATTERN
    if is_common(folded, site):
        return Weakness.COMMON
    return None if password == repeated else Weakness.DIFFERENT


def is_common(folded: str, site: str = "") -> bool:
    """Whether little is left without one or two well-known words, digits, signs, and the site's name."""
    plain = "".join(folded.split())
    letters = "".join(char for char in folded if char.isalnum())
    words = common_passwords() | {word for word in re.findall(r"\w+", site.casefold()) if len(word) > 3}
    if plain in words or letters in words:
        return True
    return any(_own_letters(form, words) < _LEAST_OWN for form in (plain, plain.translate(_LOOKALIKES)))


@cache
def common_passwords() -> frozenset[str]:
    """Well-known passwords, and the words that well-known passwords are made of."""
    lines = _LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def _own_letters(text: str, words: frozenset[str]) -> int:
    """How many letters remain when the two longest known words, and every digit and sign, are gone."""
    left = text
    for _ in range(2):
        # A space, so that what stood before and after is not read as one word.
        if found := max((word for word in words if word in left), key=len, default=""):
            left = left.replace(found, " ")
    return len(text) if left == text else sum(char.isalpha() for char in left)


def _parts_of(email: str) -> tuple[str, ...]:
    address = email.casefold()
    local, _, domain = address.partition("@")
    return tuple(part for part in (address, local, domain, domain.partition(".")[0]) if len(part) > 3)


def _is_hardly_more_than(folded: str, parts: tuple[str, ...]) -> bool:
    for part in parts:
        folded = folded.replace(part, " ")
    return sum(char.isalnum() for char in folded) < _LEAST_OWN and bool(parts)


def _surprises(folded: str) -> int:
    """How many characters do not follow from those before: by a step in a row, or by repeating a piece."""
    if re.fullmatch(r"(.{1,6}?)\1+.{0,5}", folded):
        return len(set(folded)) - 1
    return sum(not _follows(folded[at - 1], folded[at]) for at in range(1, len(folded)))


def _follows(before: str, char: str) -> bool:
    if char == before or abs(ord(char) - ord(before)) == 1:
        return True
    return any(before + char in row or char + before in row for row in _ROWS)
