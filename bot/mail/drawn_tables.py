"""Tables drawn with bars or tabs in plain text, as Markdown and copies of spreadsheets have them."""

import re
from collections.abc import Sequence

from bot.mail.lines import Line
from bot.mail.tables import ways_in


def drawn_rows(lines: Sequence[Line], at: int) -> list[list[str]]:
    """The cells of each line of a table that begins at this one, [] for a line that only rules it off; no
    rows where none begins."""
    end = at
    while end < len(lines) and (_is_row(lines[end]) or (end > at and _is_blank_row(lines, at, end))):
        end += 1
    if end - at < 2 and not lines[at].text.strip().startswith("|"):
        return []
    apart = _keeps_apart([line.text for line in lines[at:end]])
    cells = [_cells(line.text, apart=apart) for line in lines[at:end]]
    return [[line.text] if row is None else row for line, row in zip(lines[at:end], cells, strict=True)]


def _is_row(line: Line) -> bool:
    return not line.pairs and _cells(line.text) is not None


def _is_blank_row(lines: Sequence[Line], at: int, here: int) -> bool:
    """Between two rows of ticks below `Yes` and `No`, a line without tabs is one that nobody ticked."""
    text = lines[here].text.strip()
    around = all(0 <= near < len(lines) and "\t" in lines[near].text for near in (here - 1, here + 1))
    return around and bool(text) and text[-1] not in ".!?" and len(ways_in(_cells(lines[at].text) or [])) > 1


def _keeps_apart(texts: list[str]) -> bool:
    """Is each tab a column's edge, as copied from a spreadsheet, and not one of several that align?"""
    counts = [text.strip().count("\t") for text in texts]
    return "\t\t" not in texts[0].strip() and max(counts) <= counts[0]


def _cells(text: str, *, apart: bool = False) -> list[str] | None:
    """The cells of one line; [] for the rule under a Markdown head, None where it is no table line."""
    if re.fullmatch(r"[\s|+:=-]{3,}", text) and ("|" in text or "+" in text):
        return []
    bare = text.strip()
    if bare.startswith("|") or bare.count(" | ") >= 1:
        return [cell.strip() for cell in bare.removeprefix("|").removesuffix("|").split("|")]
    if "\t" in bare:
        return [cell.strip() for cell in re.split(r"\t" if apart else r"\t+", bare)]
    return None
