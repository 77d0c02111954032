"""Names without headings: what the columns hold and what the addresses say of it."""

import re
from collections.abc import Sequence

from bot.sheet.samples import Column
from bot.sheet.vocabulary import compact, normal

_LOCAL = re.compile(r"[^a-z0-9]+")


def name_columns(free: Sequence[Column], email: Column) -> tuple[int | None, int | None, int | None, bool]:
    """(first, last, full, last name first) among columns nobody has named yet."""
    wordy = [column for column in free if column.is_wordy and not column.is_yes_no]
    likely = [column for column in wordy if column.filled * 2 >= email.filled]
    if not likely:
        return None, None, None, False
    told = {column.index: _agreement(column, email) for column in likely}
    named = [column for column in likely if told[column.index] >= 0.3]
    if len(named) == 1 and named[0].multi_word_share >= 0.5:
        return None, None, named[0].index, False
    pair = _pair(named, likely, email)
    if pair is None:
        only = max(likely, key=lambda column: (told[column.index], column.multi_word_share, -column.index))
        return None, None, only.index, False
    left, right = pair
    if _votes(right, left, email) > _votes(left, right, email):
        left, right = right, left
    return left.index, right.index, None, False


def _pair(named: Sequence[Column], likely: Sequence[Column], email: Column) -> tuple[Column, Column] | None:
    """The two columns most like first and last name, in the order they stand."""
    if len(named) >= 2:
        return named[0], named[1]
    single = [column for column in likely if column.multi_word_share < 0.5]
    if len(named) == 1:
        single = [
            column for column in likely if column is named[0] or abs(column.index - named[0].index) == 1
        ]
    if len(single) < 2:
        whole = [column for column in likely if column.multi_word_share >= 0.5]
        return None if whole or len(likely) < 2 else (likely[0], likely[1])
    before = [column for column in single if column.index < email.index]
    chosen = before[-2:] if len(before) >= 2 else single[:2]
    varied = [column for column in single if len(set(column.texts)) > 1 + column.filled // 3]
    if len(before) > 2 and len(varied) >= 2:
        chosen = varied[:2]
    return chosen[0], chosen[1]


def _agreement(column: Column, email: Column) -> float:
    """The share of rows whose address has a word of this column in its local part."""
    if not email.addresses:
        return 0.0
    hits = 0
    for row, address in email.addresses.items():
        local = _LOCAL.sub("", normal(address.partition("@")[0]))
        words = normal(column.texts[row]).split()
        hits += any(len(word) > 2 and word in local for word in words)
    return hits / len(email.addresses)


def _votes(first: Column, last: Column, email: Column) -> int:
    """Rows whose address reads as first name (or its initial) before last name."""
    votes = 0
    for row, address in email.addresses.items():
        local = _LOCAL.sub("", normal(address.partition("@")[0]))
        given, family = compact(normal(first.texts[row])), compact(normal(last.texts[row]))
        if given and family:
            votes += local.startswith((given + family, given[:1] + family)) or local == given
    return votes
