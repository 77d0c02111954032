"""Passwords that nobody will ever know, for platforms that make no account without one."""

import re
import secrets

# One of each class that a policy may ask for; the rest, some 6 bits a character, is what makes it strong.
_EVERY_CLASS = "aZ7-"
_TWINS = re.compile(r"(.)\1")


def random_password(length: int) -> str:
    """`length` characters, 16 at least: letters, digits and marks, no two alike side by side."""
    while True:
        password = secrets.token_urlsafe(length)[: max(length, 16) - len(_EVERY_CLASS)] + _EVERY_CLASS
        if not _TWINS.search(password):
            return password
