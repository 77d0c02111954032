"""Tables drawn with bars or tabs in plain text, as Markdown and copies of spreadsheets have them."""

import re
from collections.abc import Sequence

from bot.mail.lines import Line
from bot.mail.tables import DENYING, HEADS_WITHIN, ways_in

LONGEST_HEADS = 2_000
# What, besides denying words, a label that nobody ticked does not hold: it limits or puts off.
_LIMITING = re.compile(
    r"(?<!\w)(?:no|only|just|until|till|before|after|hold|wait|skip|nur|bis|erst|non?|seulement|jusqu\S*|s[oó]lo|"
    r"hasta|fino|alleen|tot|s[oó]|somente|até)(?!\w)",
    re.IGNORECASE,
)


def drawn_rows(lines: Sequence[Line], at: int) -> list[list[str]]:
    """The cells of each line of a table that begins at this one, [] for a line that only rules it off; no
    rows where none begins."""
    ticked = any(_has_ways(line.text) for line in lines[at : at + HEADS_WITHIN] if _is_row(line))
    end = at
    while end < len(lines) and (
        _is_row(lines[end], ticked=ticked) or (ticked and end > at and _is_blank_row(lines, end))
    ):
        end += 1
    if end - at < 2 and not lines[at].text.strip().startswith("|"):
        return []
    texts = [line.text for line in lines[at:end]]
    if ticked:
        indents = [len(text) - len(text.lstrip("\t")) for text in texts if "\t" in text.strip()]
        texts = [text[min(indents, default=0) :] if "\t" in text.strip() else text for text in texts]
    apart = ticked or _keeps_apart(texts)
    cells = [_cells(text, apart=apart, ticked=ticked) for text in texts]
    return [[text] if row is None else row for text, row in zip(texts, cells, strict=True)]


def _is_row(line: Line, *, ticked: bool = False) -> bool:
    return not line.pairs and _cells(line.text, ticked=ticked) is not None


def _has_ways(text: str) -> bool:
    return len(ways_in(_cells(text[:LONGEST_HEADS], apart=True, ticked=True) or [])) > 1


def _is_blank_row(lines: Sequence[Line], here: int) -> bool:
    """Between two rows of ticks below `Yes` and `No`, a line without tabs is one that nobody ticked, if it is
    no sentence."""
    text = lines[here].text.rstrip()
    around = all(0 <= near < len(lines) and "\t" in lines[near].text for near in (here - 1, here + 1))
    return (
        around
        and text.strip() == text != ""
        and text[-1] not in ".!"
        and not (DENYING.search(text) or _LIMITING.search(text))
    )


def _keeps_apart(texts: list[str]) -> bool:
    """Is each tab a column's edge, as copied from a spreadsheet, and not one of several that align?"""
    counts = [text.strip().count("\t") for text in texts]
    return "\t\t" not in texts[0].strip() and max(counts) <= counts[0]


def _cells(text: str, *, apart: bool = False, ticked: bool = False) -> list[str] | None:
    """The cells of one line; [] for the rule under a Markdown head, None where it is no table line.

    `apart` says that each tab is an edge, `ticked` that one at the beginning is, too.
    """
    if re.fullmatch(r"[\s|+:=-]{3,}", text) and ("|" in text or "+" in text):
        return []
    bare = text.strip()
    if bare.startswith("|") or bare.count(" | ") >= 1:
        return [cell.strip() for cell in bare.removeprefix("|").removesuffix("|").split("|")]
    whole = text.rstrip() if ticked else bare
    if "\t" in whole:
        return [cell.strip() for cell in (whole.split("\t") if apart else re.split(r"\t+", bare))]
    return None
