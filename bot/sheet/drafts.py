"""Learner rows on their way out of the child: light tuples, cheap to send, that become `SheetRow`s."""

from typing import NamedTuple

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
    hint: str = ""


_PLAIN = Draft(0, "", "", "")[4:]


def shortened(draft: Draft) -> tuple[object, ...]:
    """The draft without fields that say nothing: four for the ordinary row."""
    return draft[:4] if draft[4:] == _PLAIN else draft


def finished(sheet: str, draft: tuple[object, ...]) -> SheetRow:
    """The `SheetRow` of a draft, whole or shortened, checked field by field: it came from a child."""
    number, first_name, last_name, email = draft[:4]
    if len(draft) == 4:
        return SheetRow(
            sheet=sheet,
            number=number,  # type: ignore[arg-type]
            first_name=first_name,  # type: ignore[arg-type]
            last_name=last_name,  # type: ignore[arg-type]
            email=email,  # type: ignore[arg-type]
            check=Check.OK,
        )
    whole = Draft(*draft)  # type: ignore[arg-type]
    return SheetRow(
        sheet=sheet,
        number=whole.number,
        first_name=whole.first_name,
        last_name=whole.last_name,
        email=whole.email,
        check=Check(whole.check),
        reason=Reason(whole.reason) if whole.reason else None,
        detail=whole.detail,
        duplicate_of=whole.duplicate_of or None,
        duplicate_sheet=whole.duplicate_sheet,
        repairs=tuple(whole.repairs),
        hint=whole.hint,
    )
