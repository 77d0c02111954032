"""Finds a mail quoted without any mark: below the sender's words it greets the sender by name."""

import re
from collections.abc import Sequence

from bot.mail.contacts import Names
from bot.mail.frame_words import frame_words
from bot.mail.lines import Line

_LONGEST = 60


def part_addressed(lines: Sequence[Line], names: Names) -> tuple[Sequence[Line], Sequence[Line]]:
    """The lines before `Hi Dana,` and those from it on, where Dana is the sender and has spoken before."""
    spoken = False
    for at, line in enumerate(lines):
        if spoken and _greets(line.text, names):
            return lines[:at], lines[at:]
        spoken = spoken or bool(line.text.strip())
    return lines, ()


def _greets(text: str, names: Names) -> bool:
    """A greeting and nothing else in the line but names of the sender."""
    bare = text.strip().lower()
    found = frame_words().greeting.match(bare) if len(bare) <= _LONGEST else None
    if found is None or not bare.endswith((",", "!", ":")):
        return False
    tokens = [token for token in re.findall(r"[^\W\d_]+", bare[found.end() :]) if len(token) > 1]
    return bool(tokens) and set(tokens) <= names.tokens
