"""Asks mail-parser-reply where the newest text ends, for frames that our own cutter does not know."""

import re
from functools import cache

from mailparser_reply import EmailReplyParser

# Its patterns are worse than quadratic in blank lines and long lines: what it is shown stays small.
_LONGEST_TEXT, _LONGEST_LINE = 8_000, 998
_LANGUAGES = ["en", "de", "fr", "es", "nl", "it", "da", "sv", "pl", "cs"]
_EVIDENT = re.compile(r"@|\d{1,2}[:.]\d{2}")


@cache
def _parser() -> EmailReplyParser:
    return EmailReplyParser(languages=list(_LANGUAGES))


def cut_elsewhere(text: str) -> str | None:
    """The text above the first quoted mail, if mail-parser-reply sees one; else None.

    Signatures are left to our own reader, as its rule takes every list from the first "- " on. A header
    without an address or a time is not believed: "Date: …, To: …" is also how people write forms.
    """
    if not _EVIDENT.search(text[:_LONGEST_TEXT]):
        return None
    short = "\n".join(line.strip()[:_LONGEST_LINE] for line in text[:_LONGEST_TEXT].split("\n"))
    short = re.sub(
        r"\n{3,}", "\n\n", re.sub(r"[ \t]{2,}", " ", re.sub(r"([_*=-])\1{40,}", r"\1" * 40, short))
    )
    replies = _parser().read(short).replies
    if len(replies) < 2 or not _EVIDENT.search(replies[1].headers or ""):
        return None
    newest: str = replies[0].full_body
    return newest or None
