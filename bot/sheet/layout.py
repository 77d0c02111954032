"""Where a learner list begins in a grid: its header row or rows, or none, and what its columns are."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.sheet.cells import text_of
from bot.sheet.columns import Columns, choose_columns
from bot.sheet.emails import holds_address
from bot.sheet.evidence import name_columns
from bot.sheet.grid import Grid
from bot.sheet.headings import UNKNOWN, Field, Heading, read_heading
from bot.sheet.samples import Column, profile_columns
from bot.sheet.skips import example_marker
from bot.sheet.vocabulary import load_vocabulary, names_somebody_else, normal

_DIGITS = re.compile(r"\d+")
SEARCHED_ROWS = 200  # non-blank rows in which a header is looked for
SAMPLED_ROWS = 200  # non-blank rows below it that say what columns hold
_NAMES = frozenset({Field.FIRST, Field.LAST, Field.FULL, Field.LAST_FIRST, Field.NAME})
_WEIGHTS = {Field.FIRST: 2.0, Field.LAST: 2.0, Field.FULL: 2.0, Field.LAST_FIRST: 2.0, Field.NAME: 1.5}


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """`header` counts rows of the grid from 0 (the lower of two), None without one; `begin` is where
    learner rows may begin."""

    header: int | None
    begin: int
    columns: Columns
    headings: tuple[Heading, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class NoLayout:
    """No learner list here; `has_content` tells a sheet without an email column from a blank one."""

    has_content: bool


def find_layout(grid: Grid, width: int) -> Layout | NoLayout:
    """The best header of the grid, else columns inferred from the data, else `NoLayout`."""
    top = _top_rows(grid, width)
    if not top:
        return NoLayout(has_content=False)
    layout = _best_header(grid, top, width)
    if layout is None:
        return infer_layout(top, width) or NoLayout(has_content=True)
    while (earlier := _list_above(grid, top, layout, width)) is not None:
        layout = earlier
    return layout


def _best_header(grid: Grid, top: dict[int, list[str]], width: int) -> Layout | None:
    best: tuple[float, Layout] | None = None
    for place, index in enumerate(top):
        for lower, headings in _header_readings(grid, top, index, width):
            if best is not None and place > 60 and best[0] >= 8:
                break
            scored = _score(top, index, lower, headings, width)
            if scored is not None and (best is None or scored[0] > best[0]):
                best = scored
    return None if best is None else best[1]


def _list_above(grid: Grid, top: dict[int, list[str]], layout: Layout, width: int) -> Layout | None:
    """A list of its own above the best header; what follows it is met on the way down."""
    if layout.header is None:
        return None
    above = {index: texts for index, texts in top.items() if index < layout.header}
    earlier = _best_header(grid, above, width)
    if earlier is None or earlier.header is None or not header_below(earlier.headings):
        return None
    email = earlier.columns.email
    listed = any(holds_address(texts[email]) for index, texts in above.items() if index > earlier.header)
    return earlier if listed and not _is_aside(above, earlier.header) else None


def _is_aside(top: dict[int, list[str]], header: int) -> bool:
    """Whether the line above a header says that no learners follow: 'Submitted by', 'Example'."""
    title = [text for text in top[max((index for index in top if index < header), default=header)] if text]
    words = load_vocabulary()
    told = len(title) == 1 and (normal(title[0]) in words.notes or example_marker(words).match(title[0]))
    return bool(told)


def header_below(headings: Sequence[Heading]) -> bool:
    """Whether a row in the middle of the data is a header: an email heading and a name's."""
    fields = {heading.field for heading in headings}
    return Field.EMAIL in fields and bool(fields & _NAMES)


def _top_rows(grid: Grid, width: int) -> dict[int, list[str]]:
    """The texts of the first non-blank rows, by row of the grid."""
    top: dict[int, list[str]] = {}
    for index, row in enumerate(grid.rows):
        if not row:
            continue
        texts = [text_of(value) for value in row[:width]]
        if any(texts):
            top[index] = texts + [""] * (width - len(texts))
            if len(top) >= SEARCHED_ROWS + SAMPLED_ROWS:
                break
    return top


def _header_readings(
    grid: Grid, top: dict[int, list[str]], index: int, width: int
) -> list[tuple[int, list[Heading]]]:
    """The row alone, and together with the next one, as a header; none where it holds an address."""
    texts = top[index]
    if any(holds_address(text) for text in texts):
        return []
    readings = [(index, [read_heading(text) for text in texts])]
    below = top.get(index + 1)
    if below is not None and not any(holds_address(text) for text in below):
        groups = _spread(grid, index, texts, below)
        readings.append(
            (
                index + 1,
                [_joined(own, group, low) for own, group, low in zip(texts, groups, below, strict=True)],
            )
        )
    return (
        readings if any(heading.field is not Field.UNKNOWN for _, row in readings for heading in row) else []
    )


def _spread(grid: Grid, index: int, texts: Sequence[str], below: Sequence[str]) -> list[str]:
    """Group titles carried over the columns they span: by merged ranges, else up to the next title."""
    filled = [column for column, text in enumerate(texts) if text]
    first_below = next((column for column, text in enumerate(below) if text), 0)
    if not filled or (len(filled) == 1 and filled[0] <= first_below):
        return [""] * len(texts)  # one title over the whole table says nothing of a column
    spans = {
        left - grid.first_column: right - grid.first_column
        for top, left, _, right in grid.merged
        if top == grid.first_row + index and right > left
    }
    groups = [""] * len(texts)
    for number, column in enumerate(filled):
        following = filled[number + 1] if number + 1 < len(filled) else len(texts)
        last = spans.get(column, column if spans else following - 1)
        for covered in range(column, min(last + 1, len(texts))):
            groups[covered] = texts[column]
    return groups


def _joined(own: str, group: str, low: str) -> Heading:
    """One column's heading out of two rows: 'First' over 'name', 'Manager' over 'Email'."""
    if not low:
        return read_heading(own)
    heading = read_heading(low)
    if not group:
        return heading
    if names_somebody_else(normal(group), load_vocabulary()) and len(group.split()) <= 4:
        return Heading(field=Field.REFUSED)
    both = read_heading(f"{_DIGITS.sub('', group)} {low}")  # 'Group 2' over 'Email' is no second address
    if both.field is not Field.UNKNOWN and (both.exact or heading.field is Field.UNKNOWN):
        return both
    if heading.field is Field.NAME and read_heading(group).field is Field.OTHER:
        return Heading(field=Field.OTHER)
    return heading


def _score(
    top: dict[int, list[str]], upper: int, lower: int, headings: list[Heading], width: int
) -> tuple[float, Layout] | None:
    """How well a row serves as the header, None where it can't: no email column comes of it."""
    fields = [heading.field for heading in headings]
    named = bool(_NAMES & set(fields))
    told = sum(field is not Field.UNKNOWN for field in fields)
    has_email = Field.EMAIL in fields
    if not (has_email or (named and told >= 2)):
        return None
    both = lower > upper and _is_placed(top[upper]) and _is_placed(top[lower])
    columns = profile_columns([texts for index, texts in top.items() if index > lower][:SAMPLED_ROWS], width)
    chosen = choose_columns(headings, columns)
    if chosen is None:
        return None
    if not named and sum(bool(text) for text in top[lower]) == 1 and not _holds_list(columns[chosen.email]):
        return None  # the lone word 'Email' in a company block
    score = 4.0 if fields[chosen.email] in {Field.EMAIL, Field.LOGIN} else 1.0
    score += sum(_WEIGHTS.get(field, 0.0) for field in set(fields)) + 0.25 * fields.count(Field.OTHER)
    score += 3.0 if columns[chosen.email].addresses else 0.0
    score -= 4.0 if chosen.rivals else 0.0
    score += 0.1 if both else 0.0  # 'First' over 'name' is no header over a learner
    score -= 0.25 * sum(not heading.exact for heading in headings)
    return score, Layout(header=lower, begin=lower + 1, columns=chosen, headings=tuple(headings))


def _is_placed(texts: Sequence[str]) -> bool:
    """Whether every cell of the row is a heading we know: a row of headings, not a learner."""
    return all(read_heading(text).field is not Field.UNKNOWN for text in texts if text)


def _holds_list(column: Column) -> bool:
    return len(column.addresses) * 2 >= column.filled > 0


def infer_layout(top: dict[int, list[str]], width: int) -> Layout | None:
    """Columns by what they hold, where no row is a header (RFC 4180 §2 leaves the header optional)."""
    rows = list(top.items())
    columns = profile_columns([texts for _, texts in rows], width)
    held = [column for column in columns if column.addresses]
    if not held:
        return None
    begin = min(min(column.addresses) for column in held)
    above = rows[begin - 1][1] if begin else [""] * width
    headings = [_guess(text) for text in above]
    chosen = choose_columns(headings, columns)
    if chosen is None or not _is_list(columns[chosen.email], rows, begin):
        return None
    if chosen.first is None and chosen.full is None:
        first, last, full, turned = name_columns(
            [column for column in columns if column.index != chosen.email], columns[chosen.email]
        )
        chosen = replace(chosen, first=first, last=last, full=full, last_first=turned)
    begin = min(columns[chosen.email].addresses)
    begin = next((place for place in range(begin) if _meant_as_address(rows[place][1][chosen.email])), begin)
    return Layout(header=None, begin=rows[begin][0], columns=chosen)


def _guess(text: str) -> Heading:
    """Above inferred columns only a plain refusal is believed: the rest failed as a header."""
    heading = read_heading(text)
    return heading if heading.field is Field.REFUSED else UNKNOWN


def _is_list(email: Column, rows: Sequence[tuple[int, list[str]]], begin: int) -> bool:
    """Whether addresses are what this sheet is made of, not one stray address among sentences."""
    first, last = min(email.addresses), max(email.addresses)
    region = last - first + 1
    dense = len(email.addresses) * 2 >= region
    beside = sum(sum(bool(text) for text in rows[place][1]) > 1 for place in email.addresses)
    if beside * 2 < len(email.addresses):  # bare addresses, one a line
        return dense and len(email.addresses) * 2 >= len(rows)
    return dense and (len(email.addresses) >= 3 or len(email.addresses) * 2 >= len(rows))


def _meant_as_address(text: str) -> bool:
    """A broken address above the first good one: that row is a learner's, not a heading."""
    return "@" in text or ("." in text.strip(".") and not any(char.isspace() for char in text))
