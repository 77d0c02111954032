"""Turns a table's rows into lines that know their labels and values; used by the HTML and the form reader."""

import re
from collections.abc import Callable
from functools import partial
from itertools import zip_longest

from bot.mail.frame_words import begins_with_answer, frame_words
from bot.mail.lines import Line
from bot.mail.ticks import TICKS, has_boxes

_LONGEST_CELL = 300
_LONGEST_ANSWER = 3
# A wider table is no form.
_MOST_COLUMNS = 40
_LONGEST_HEADING = 100
# What a cell holds that is ticked, what may mean a tick or its heading's opposite, and what is no tick.
_TICK = re.compile(rf"[\W_]*(?:x|[{TICKS}☑☒✅•●🗹🗸■◉🔘]|(?<=[\[(])\*(?=[\])]))[\W_]*", re.IGNORECASE)
_MARK = re.compile(
    r"[\W_]*(?:y|yes|ok|o|true|on|\d{1,2}|j|ja|oui|s[iìí]|sim|[👍✗✘❌✖×✕]|n|no|none|nope|nein|non|nee|n[ãa]o|false|off)"
    r"[\W_]*",
    re.IGNORECASE,
)
_BOTH = ("Yes", "No")
_NO_TICK = re.compile(r"(?:&nbsp;|[\s\[\](){}<>.,:;/|~_☐□○◯–—−-])*")
# The headings stand in one of the first rows, below a title of so many cells at most.
HEADS_WITHIN, _MOST_OF_TITLE = 3, 2
DENYING = re.compile(
    r"(?<!\w)(?:not|nobody|never|don.?t|nicht|keine?n?|pas|niet|geen|n[ãa]o|nunca|mai)(?!\w)", re.IGNORECASE
)
# What stands for the labels and values of a row that only names the columns.
HEADING = (("", ""),)
_QUESTION_HEADS = {
    "question",
    "item",
    "field",
    "detail",
    "details",
    "setting",
    "option",
    "frage",
    "feld",
    "pregunta",
    "domanda",
    "vraag",
    "pergunta",
    "champ",
    "campo",
}


def read_table(rows: list[list[list[Line]]]) -> list[Line]:
    """The lines of a table given as rows of cells of lines; a layout table's lines follow one another."""
    rows = [[[line for line in cell if line.text] for cell in row] for row in rows]
    filled = [row for row in rows if any(row)]
    side_by_side = len(filled) == 1 and any(len(cell) > 1 for cell in filled[0])
    if side_by_side or any(_is_layout(row) for row in rows):
        return [line for row in rows for cell in row for line in cell]
    texts = [[" ".join(line.text for line in cell) for cell in row] for row in rows]
    depths = [max((line.depth for cell in row for line in cell), default=0) for row in rows]
    tints = [next((cell[0].tint for cell in reversed(row) if cell), "") for row in rows]
    pairs = pair_rows(texts)
    return [
        Line(_as_text(text), depth, pairs=found, tint=tint)
        for text, depth, tint, found in zip(texts, depths, tints, pairs, strict=True)
        if any(text)
    ]


def _is_layout(row: list[list[Line]]) -> bool:
    """One cell only, or long ones: the table holds the page together, it is not a form."""
    filled = [cell for cell in row if cell]
    if len(row) == 1:
        return len(filled) == 1 and len(filled[0]) > 1
    return any(len(cell) > 3 or sum(len(line.text) for line in cell) > _LONGEST_CELL for cell in filled)


def _as_text(cells: list[str]) -> str:
    filled = [cell for cell in cells if cell]
    if len(cells) == 2 and cells[0]:
        return f"{cells[0].rstrip(' :')}{'' if cells[0].endswith('?') else ':'} {cells[1]}".rstrip()
    return " | ".join(filled)


def pair_rows(rows: list[list[str]]) -> list[tuple[tuple[str, str], ...]]:
    """Labels and values, row by row, () where a row has none; `HEADING` for one that only names the columns.
    Where a label is missing, the value is running text.

    Two columns are label and value. With more, the first row names the columns where the table is one
    record below its headings or a list of people. Where a heading has a yes or no in each row (`Site |
    Notify of account`), both name what is answered; else the first column names the rows.
    """
    filled = [row for row in rows if any(row)]
    width = max((len(row) for row in filled), default=0)
    if width < 2:
        return [() for _ in rows]
    if width == 2:
        return [_by_first_cell(row) for row in rows]
    heads, *below = filled
    if (place := _place_of_ways(rows)) is not None:
        by_ticks = partial(_by_ticks, ways=ways_in(rows[place]))
        above = [_by_first_cell(row) for row in rows[:place]]
        return [*above, *(_named(row, rows[place], by_ticks) for row in rows[place:])]
    if any(map(has_boxes, heads)):
        return [_by_first_cell(row) for row in rows]
    asks = any(head.strip(" :?").casefold() in _QUESTION_HEADS for head in heads[:2])
    listed = any("@" in cell for row in below for cell in row) and not any("@" in cell for cell in heads)
    if not asks and (listed or len(filled) == 2):
        return [_named(row, heads, _by_heads) for row in rows]
    headed = not asks and not any(map(_is_value, heads))
    answered = _columns_of(heads, below, begins_with_answer) if headed else []
    if columns := [at for at in answered if len(heads[at].split()) > 1 or not _asks(heads[at])]:
        return [_named(row, heads, partial(_by_both, columns=columns)) for row in rows]
    named = asks or bool(answered) or (headed and bool(_columns_of(heads, below, str.isdecimal)))
    return [HEADING if named and row is heads else _by_first_cell(row) for row in rows]


def _named(
    row: list[str], heads: list[str], pair: Callable[[list[str], list[str]], tuple[tuple[str, str], ...]]
) -> tuple[tuple[str, str], ...]:
    """A row below headings, as `pair` reads it; headings say nothing, unless one denies something."""
    if row is heads:
        return () if any(DENYING.search(head) for head in heads if len(head.split()) > 1) else HEADING
    return pair(heads, row) if any(row) else ()


def _place_of_ways(rows: list[list[str]]) -> int | None:
    """Which row heads columns that are ticked for yes and no: the first, or below a title one of such words
    alone. Without a tick below it is a row like the others."""
    titled = 0
    for place, row in enumerate(rows):
        if not any(row):
            continue
        ways = [at for at in ways_in(row) if not titled or not _asks(row[at])]
        if len({row[at].casefold() for at in ways}) > 1:
            below = (cells[at] for cells in rows[place + 1 :] for at in ways if at < len(cells))
            return place if any(map(_TICK.fullmatch, below)) else None
        titled += 1
        if titled >= HEADS_WITHIN or sum(map(bool, row)) > _MOST_OF_TITLE:
            return None
    return None


def ways_in(heads: list[str]) -> list[int]:
    """The columns, without the first, that are headed `Yes`, `No, thanks` and the like."""
    return [at for at, head in enumerate(heads[:_MOST_COLUMNS]) if at and _is_way(head)]


def _is_way(head: str) -> bool:
    short = 0 < len(head) <= _LONGEST_HEADING and len(head.split()) <= _LONGEST_ANSWER
    return short and not has_boxes(head) and (not _asks(head) or begins_with_answer(head))


def _by_ticks(heads: list[str], row: list[str], ways: list[int]) -> tuple[tuple[str, str], ...]:
    """`Mail the learners | | x` below `Question | Yes | No`: the heading of what is filled in is the value,
    with what its cell says in words; of two ways each is ticked."""
    heads = heads[:_MOST_COLUMNS]
    first = 1 if row[0].strip(" .)").isdigit() and len(row) > 2 and 1 not in ways else 0
    asked = heads[first] if heads[first].strip(" :?").casefold() not in _QUESTION_HEADS else ""
    told: list[str] = []
    said: list[str] = []
    for at, (head, cell) in enumerate(zip_longest(heads, row[:_MOST_COLUMNS], fillvalue="")):
        if at <= first or _NO_TICK.fullmatch(cell):
            continue
        ticked = _TICK.fullmatch(cell)
        odd = at in ways and (_MARK.fullmatch(cell) or not re.search(r"\w", cell))
        if (ticked and not head) or (not ticked and odd and cell[0].lower() != head[0].lower()):
            told += _BOTH  # `yes` below `No`, a tick below nothing
        elif ticked:
            told.append(head)
        else:
            said.append(f"{head} {cell}" if at in ways else cell)
    told = told if len(told) < 2 else [f"[x] {head}" for head in told]
    label = f"{asked[:_LONGEST_HEADING]} {row[first]}".strip()
    return ((label, " ".join([*told, *said])),) if row[first] else ()


def _is_value(cell: str) -> bool:
    return cell.isdecimal() or begins_with_answer(cell)


def _columns_of(heads: list[str], below: list[list[str]], is_value: Callable[[str], bool]) -> list[int]:
    """The columns, without the first, that have a heading and below it only values."""
    columns = zip_longest(*(row[:_MOST_COLUMNS] for row in below), fillvalue="")
    return [
        number
        for number, (head, column) in enumerate(zip(heads, columns, strict=False))
        if number
        and head
        and any(column)
        and all(is_value(cell) and len(cell.split()) <= _LONGEST_ANSWER for cell in column if cell)
    ]


def _asks(head: str) -> bool:
    """Does a heading ask something of its own? `Yes/No` does not."""
    return not {*re.findall(r"\w+", head.lower())} <= frame_words().yes_no


def _by_both(heads: list[str], row: list[str], columns: list[int]) -> tuple[tuple[str, str], ...]:
    """`Notify of account Corby`: what a column asks of what stands first in the row, and what the row's other
    cells say of it."""
    asked = {at: heads[at][:_LONGEST_HEADING] if _asks(heads[at]) else "" for at in columns}
    others = [cell for at, cell in enumerate(row) if at and at not in columns and not cell.isdecimal()]
    return tuple(
        (f"{asked[at]} {row[0]}".strip(), " ".join(filter(None, [row[at], *others])))
        for at in columns
        if at < len(row) and row[at]
    )


def _by_first_cell(row: list[str]) -> tuple[tuple[str, str], ...]:
    cells = row[1:] if len(row) > 2 and row[0].strip(" .)").isdigit() else row
    if len(cells) < 2 or not cells[0]:
        return ()
    return ((cells[0], " ".join(cell for cell in cells[1:] if cell)),)


def _by_heads(heads: list[str], row: list[str]) -> tuple[tuple[str, str], ...]:
    paired = zip_longest(heads[:_MOST_COLUMNS], row[:_MOST_COLUMNS], fillvalue="")
    return tuple((head, value) for head, value in paired if head or value)
