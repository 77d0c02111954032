"""Learner rows on their way out of the child: light tuples, cheap to send, that become `SheetRow`s."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from bot.values.sheet import Check, Reason, SheetRow


class Draft(NamedTuple):
    """The fields of a `SheetRow` without its sheet; a tuple, for a list may have 100,000 of them."""

    number: int
    first_name: str
    last_name: str
    email: str
    check: str = "ok"
    reason: str = ""
    detail: str = ""
    duplicate_of: int = 0
    duplicate_sheet: str = ""
    repairs: tuple[str, ...] = ()


# A draft, or only its first four fields where the others say nothing: the ordinary row.
Row = tuple[Any, ...]

_PLAIN = Draft(0, "", "", "")[4:]


def shortened(draft: Draft) -> Row:
    """The draft without fields that say nothing."""
    return draft[:4] if draft[4:] == _PLAIN else draft


def finished(sheet: str, rows: Iterable[Row]) -> list[SheetRow]:
    """The `SheetRow`s of drafts, whole or shortened."""
    ok = Check.OK
    return [
        SheetRow(sheet=sheet, number=row[0], first_name=row[1], last_name=row[2], email=row[3], check=ok)
        if len(row) == 4
        else _finished(sheet, Draft(*row))
        for row in rows
    ]


def with_hints(rows: Sequence[SheetRow], advice: Mapping[str, str]) -> tuple[SheetRow, ...]:
    """The rows with advice by domain on those that will become learners."""
    if not advice:
        return tuple(rows)
    return tuple(
        replace(row, hint=hint)
        if row.check is not Check.INVALID and (hint := advice.get(row.email.rpartition("@")[2]))
        else row
        for row in rows
    )


def _finished(sheet: str, draft: Draft) -> SheetRow:
    return SheetRow(
        sheet=sheet,
        number=draft.number,
        first_name=draft.first_name,
        last_name=draft.last_name,
        email=draft.email,
        check=Check(draft.check),
        reason=Reason(draft.reason) if draft.reason else None,
        detail=draft.detail,
        duplicate_of=draft.duplicate_of or None,
        duplicate_sheet=draft.duplicate_sheet,
        repairs=tuple(draft.repairs),
    )
