"""Which columns are the learner's email and names, given headings that are placed and what columns hold."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.sheet.evidence import name_columns
from bot.sheet.headings import Field, Heading
from bot.sheet.samples import Column

_LOGIN_RANK, _UNKNOWN_RANK, _OTHER_RANK = 4, 6, 7
_RIVALS = frozenset({(1, 2), (2, 1), (2, 3), (3, 2)})


@dataclass(frozen=True, kw_only=True, slots=True)
class Columns:
    """Column numbers within the grid, None where there is none. With `full` the other names are None.

    `rivals` are columns that could equally be the learner's email.
    """

    email: int
    first: int | None = None
    last: int | None = None
    full: int | None = None
    last_first: bool = False
    rivals: tuple[int, ...] = ()


def choose_columns(headings: Sequence[Heading], columns: Sequence[Column]) -> Columns | None:
    """Settle on one column for each field; None where nothing can be the learner's email."""
    ranked = _rank_emails(headings, columns)
    if not ranked:
        return None
    rank, email = ranked[0]
    rivals = tuple(column.index for other, column in ranked[1:] if _compete(rank, email, other, column))
    first, last, full, turned = _names(headings, columns, email)
    return Columns(email=email.index, first=first, last=last, full=full, last_first=turned, rivals=rivals)


def _rank_emails(headings: Sequence[Heading], columns: Sequence[Column]) -> list[tuple[int, Column]]:
    """Candidates, best first: by heading, but a column of addresses always beats one without any."""
    ranked: list[tuple[bool, int, Column]] = []
    for heading, column in zip(headings, columns, strict=True):
        holds = bool(column.addresses)
        mostly = len(column.addresses) >= 0.5 * max(column.filled, 1) and holds
        if heading.field is Field.EMAIL and not column.is_yes_no and (heading.rank < 5 or mostly):
            ranked.append((not holds, heading.rank, column))
        elif heading.field is Field.LOGIN and mostly:
            ranked.append((False, _LOGIN_RANK, column))
        elif heading.field is Field.UNKNOWN and mostly:
            ranked.append((False, _UNKNOWN_RANK, column))
        elif heading.field not in {Field.EMAIL, Field.REFUSED} and mostly:
            ranked.append((False, _OTHER_RANK, column))
    ranked.sort(key=_order)
    if ranked and ranked[0][1] >= _UNKNOWN_RANK and any(heading.field is Field.EMAIL for heading in headings):
        named = [entry for entry in ranked if entry[1] < _UNKNOWN_RANK]
        if named and named[0][2].filled:
            # 'Email' full of words that are no addresses: those rows are wrong, not the heading.
            ranked = named if _far_fewer(ranked[0][2], named[0][2]) else ranked
    return [(rank, column) for _, rank, column in ranked]


def _order(entry: tuple[bool, int, Column]) -> tuple[bool, int, bool, int, int]:
    without, rank, column = entry
    return (without, rank, column.repeats, -len(column.addresses), column.index)


def _far_fewer(column: Column, than: Column) -> bool:
    return len(column.addresses) * 2 < than.filled


def _compete(rank: int, best: Column, other_rank: int, other: Column) -> bool:
    """Whether a second column is as good as the best: like headings, as full, and other addresses."""
    if rank != other_rank and (rank, other_rank) not in _RIVALS:
        return False
    if not other.addresses or len(other.addresses) * 2 < len(best.addresses):
        return False
    shared = best.addresses.keys() & other.addresses.keys()
    if shared and all(best.addresses[row] == other.addresses[row] for row in shared):
        return False
    return best.repeats or not other.repeats


def _names(
    headings: Sequence[Heading], columns: Sequence[Column], email: Column
) -> tuple[int | None, int | None, int | None, bool]:
    """(first, last, full, last name first): from the headings, then from what nameless columns hold."""
    by_field = {field: _at(headings, field, email.index) for field in Field}
    firsts, lasts, bare = by_field[Field.FIRST], by_field[Field.LAST], by_field[Field.NAME]
    first = _fullest(firsts, columns) if firsts else None
    last = _fullest(lasts, columns) if lasts else None
    fulls = by_field[Field.FULL] or by_field[Field.LAST_FIRST]
    turned = not by_field[Field.FULL] and bool(by_field[Field.LAST_FIRST])
    if first is None and last is not None and bare:
        first, bare = bare[0], bare[1:]
    elif last is None and first is not None and bare:
        last, bare = bare[0], bare[1:]
    if first is not None and last is not None:
        empty = not columns[first].filled and not columns[last].filled
        spare = [index for index in fulls + bare if columns[index].filled]
        return (None, None, spare[0], turned) if empty and spare else (first, last, None, False)
    if fulls:
        return None, None, fulls[0], turned
    if bare and first is None and last is None:
        beside = _headless_neighbour(bare[0], headings, columns, email.index)
        return (None, None, bare[0], False) if beside is None else (bare[0], beside, None, False)
    return _inferred(headings, columns, email, first, last)


def _inferred(
    headings: Sequence[Heading], columns: Sequence[Column], email: Column, first: int | None, last: int | None
) -> tuple[int | None, int | None, int | None, bool]:
    taken = {index for index in (first, last, email.index) if index is not None}
    free = [
        column
        for heading, column in zip(headings, columns, strict=True)
        if heading.field is Field.UNKNOWN and column.index not in taken
    ]
    if first is None and last is None:
        return name_columns(free, email)
    near = [column.index for column in free if column.is_wordy and column.filled * 2 >= email.filled]
    if not near:
        return first, last, None, False
    known = first if first is not None else last
    nearest = min(near, key=lambda index: (abs(index - (known or 0)), index))
    return (first, nearest, None, False) if last is None else (nearest, last, None, False)


def _at(headings: Sequence[Heading], field: Field, email: int) -> list[int]:
    """Columns with that field, exact headings before guessed ones, from the left."""
    found = [index for index, heading in enumerate(headings) if heading.field is field and index != email]
    return sorted(found, key=lambda index: (not headings[index].exact, index))


def _fullest(indexes: Sequence[int], columns: Sequence[Column]) -> int:
    """The first of several like columns, unless it is empty and another is not."""
    return next((index for index in indexes if columns[index].filled), indexes[0])


def _headless_neighbour(
    name: int, headings: Sequence[Heading], columns: Sequence[Column], email: int
) -> int | None:
    """The column under the right half of a 'Name' that spans two columns."""
    beside = name + 1
    if beside >= len(columns) or beside == email or headings[beside].field is not Field.UNKNOWN:
        return None
    column = columns[beside]
    enough = column.is_wordy and column.filled * 2 >= columns[name].filled > 0
    return beside if enough and columns[name].multi_word_share < 0.5 else None
