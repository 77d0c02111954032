"""Passwords that nobody will ever know, for platforms that make no account without one."""

import secrets
import string
from itertools import pairwise

_MARKS = "-_.!*+"


def random_password(length: int) -> str:
    """A password that nobody will know, with every class of character that a policy may ask for."""
    alphabet = string.ascii_letters + string.digits + _MARKS
    while True:
        password = "".join(secrets.choice(alphabet) for _ in range(length))
        classes = (string.ascii_lowercase, string.ascii_uppercase, string.digits, _MARKS)
        varied = all(any(c in members for c in password) for members in classes)
        if varied and all(one != other for one, other in pairwise(password)):
            return password
