"""How the text twin of a mail is set: lines of at most 78 characters, columns that stand straight."""

import re
import textwrap
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

WIDTH = 78  # RFC 5322 §2.1.1
_WIDEST_WHO = 34


class HasRow(Protocol):
    """A row as a table shows it."""

    @property
    def number(self) -> int: ...
    @property
    def who(self) -> str: ...


def plural(number: int, one: str, many: str) -> str:
    """'1 learner', '2 learners', '0 learners'."""
    return f"{thousands(number)} {one if number == 1 else many}"


def thousands(number: int) -> str:
    """Counts from 10,000 on are read more easily with a comma."""
    return f"{number:,}" if abs(number) >= 10_000 else str(number)


# Most paragraphs of the notices of an import are the same.
@lru_cache(maxsize=256)
def wrap(text: str, first: str = "", rest: str | None = None, *, anywhere: bool = False) -> str:
    """One paragraph in lines of at most 78 characters; a link is not broken, unless `anywhere` allows it."""
    return "\n".join(
        textwrap.wrap(
            " ".join(text.split()),
            WIDTH,
            initial_indent=first,
            subsequent_indent=first if rest is None else rest,
            break_long_words=anywhere,
            break_on_hyphens=False,
        )
    )


def indent_rows(rows: Sequence[HasRow], row: HasRow, word: str, detail: str) -> str:
    """One row of a table: label, who and detail in columns as wide as the rows need."""
    labels = max(len(f"{word} {other.number}") for other in rows)
    names = min(_WIDEST_WHO, max(shown_width(other.who) for other in rows))
    start = f"    {word} {row.number}".ljust(4 + labels) + "   "
    detail_at = " " * (len(start) + (names + 3 if names else 0))
    if not row.who:
        return wrap(detail, start + detail_at[len(start) :], detail_at) or start
    if shown_width(row.who) > names:
        under = " " * len(start)
        return f"{wrap(row.who, start, under, anywhere=True)}\n{wrap(detail, under)}".rstrip()
    padded = row.who + " " * (names - shown_width(row.who))
    return wrap(detail, f"{start}{padded}   ", detail_at) or start + row.who


def shown_width(text: str) -> int:
    """Columns on a terminal: Chinese, Japanese and Korean letters take two, combining marks none."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(unicodedata.combining(char) > 0 for char in text)


def tidy(text: str) -> str:
    """No blanks at line ends, no more than one blank line in a row, one line end at the end."""
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n") + "\n"
