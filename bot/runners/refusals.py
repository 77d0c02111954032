"""Says in our own words why a server refused a mail: a stranger's text is never mailed on to a customer."""

import re

_STATUS = re.compile(r"\b[45]\.(\d{1,3}\.\d{1,3})\b")
_GIVEN_UP = re.compile(r"^given up after")

# The meaning of the codes is told by RFC 3463 §3.
_MEANINGS = (
    ("1.1", "there is no such mailbox"),
    ("1.0", "there is no such mailbox"),
    ("1.6", "the mailbox has moved, and nobody says where to"),
    ("1.2", "there is no mail server for what stands behind the @"),
    ("1.10", "there is no mail server for what stands behind the @"),
    ("1.", "the address is not valid there"),
    ("2.1", "the mailbox is switched off"),
    ("2.2", "the mailbox is full"),
    ("2.", "the mailbox does not take mail"),
    ("3.4", "the mail is too large for the mail server there"),
    ("4.", "the mail server there could not be reached"),
    ("5.", "the mail server there could not be talked to"),
    ("7.", "the mail server there does not take our mail"),
)


def explain_refusal(words: str) -> str:
    """A server's words in plain ones, by their enhanced status code alone."""
    found = _STATUS.search(words)
    if found is not None:
        for prefix, meaning in _MEANINGS:
            exact = not prefix.endswith(".")
            if found.group(1) == prefix or (not exact and found.group(1).startswith(prefix)):
                return meaning
    if _GIVEN_UP.match(words):
        return "the mail server there could not be reached for five days"
    return "the mail server there refused it"
