"""Tables drawn with bars or tabs in plain text, as Markdown and copies of spreadsheets have them."""

import re
from collections.abc import Sequence

from bot.mail.lines import Line
from bot.mail.tables import HEADS_WITHIN, ways_in

LONGEST_HEADS = 2_000
_NOT = re.compile(
    r"(?<!\w)(?:not|no|nobody|never|don.?t|nicht|keine?n?|pas|ne|non?|niet|geen|n[ãa]o)(?!\w)", re.IGNORECASE
)


def drawn_rows(lines: Sequence[Line], at: int) -> list[list[str]]:
    """The cells of each line of a table that begins at this one, [] for a line that only rules it off; no
    rows where none begins."""
    ticked = any(_has_ways(line.text) for line in lines[at : at + HEADS_WITHIN] if _is_row(line))
    end = at
    while end < len(lines) and (_is_row(lines[end]) or (ticked and end > at and _is_blank_row(lines, end))):
        end += 1
    if end - at < 2 and not lines[at].text.strip().startswith("|"):
        return []
    texts = [line.text for line in lines[at:end]]
    apart = ticked or _keeps_apart(texts)
    cells = [_cells(text, apart=apart) for text in texts]
    return [[text] if row is None else row for text, row in zip(texts, cells, strict=True)]


def _is_row(line: Line) -> bool:
    return not line.pairs and _cells(line.text) is not None


def _has_ways(text: str) -> bool:
    return len(ways_in(_cells(text[:LONGEST_HEADS], apart=True) or [])) > 1


def _is_blank_row(lines: Sequence[Line], here: int) -> bool:
    """Between two rows of ticks below `Yes` and `No`, a line without tabs is one that nobody ticked, if it is
    no sentence."""
    text = lines[here].text.strip()
    around = all(0 <= near < len(lines) and "\t" in lines[near].text for near in (here - 1, here + 1))
    return around and bool(text) and text[-1] not in ".!" and not _NOT.search(text)


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
        return [cell.strip() for cell in (text.rstrip().split("\t") if apart else re.split(r"\t+", bare))]
    return None
