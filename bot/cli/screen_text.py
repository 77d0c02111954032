"""What goes to a terminal: words from outside can't move its cursor, and rich's markup stays text."""

import textwrap
import unicodedata
from collections.abc import Collection

from rich.console import Console
from rich.table import Table

KEPT = {"\n", "\t"}


def harmless(text: str, limit: int = 2000) -> str:
    """Without control and bidi characters (ESC starts a terminal's commands), cut to size."""
    shown = text if len(text) <= limit else text[: limit - 1] + "…"
    return "".join(
        char if char in KEPT or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co") else "\ufffd"
        for char in shown
    )


def one_line(text: str, limit: int = 120) -> str:
    """Harmless, on one line."""
    return " ".join(harmless(text, limit).split())


def console(*, stderr: bool = False) -> Console:
    """A console that takes what it prints literally."""
    return Console(stderr=stderr, markup=False, highlight=False, emoji=False, soft_wrap=True)


def print_hanging(out: Console, text: str, indent: int, style: str = "") -> None:
    """Print a text; further lines on a terminal begin `indent` from the left. In a pipe it is one line."""
    if out.is_terminal and text.strip():
        text = textwrap.fill(
            text,
            out.width,
            subsequent_indent=" " * indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
    out.print(text, style=style or None)


def table(*headings: str, whole: Collection[str] = ()) -> Table:
    """A calm table: no lines, a heading where there is any; columns in `whole` are not folded."""
    made = Table(
        box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0), show_header=any(headings)
    )
    for heading in headings:
        made.add_column(heading, overflow="fold", no_wrap=heading in whole)
    return made


def age(seconds: float) -> str:
    """Seconds as people say them: 12 s, 5 min, 3 h, 2 d."""
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{max(0, int(seconds))} s"
