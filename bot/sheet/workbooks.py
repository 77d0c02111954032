"""The workbooks a reply carries: every row with its result, and only the rows to fix, ready to send again."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from openpyxl import Workbook

from bot.sheet.filling import Cell, Layout, Line, lay_out
from bot.sheet.styles import (
    AMBER,
    BLUE,
    FAINT,
    GREEN,
    GREY,
    NUMBER,
    PLAIN,
    RED,
    WRAPPED,
    begin_table,
    height_of,
    hint_at_addresses,
)
from bot.sheet.template import write_template
from bot.values.learner import ImportRow, Outcome
from bot.values.sheet import Reason

__all__ = ["write_annotated", "write_template", "write_to_fix"]

# How a result is called and coloured: the words alone are enough for who can't see the colour.
_RESULTS = {
    Outcome.CREATED: ("Created", GREEN._replace(bold=True)),
    Outcome.WOULD_CREATE: ("Would be created", GREEN._replace(bold=True)),
    Outcome.EXISTING: ("Already had an account", BLUE._replace(bold=True)),
    Outcome.DUPLICATE: ("Duplicate", GREY._replace(bold=True)),
    Outcome.INVALID: ("Needs fixing", RED._replace(bold=True)),
    Outcome.FAILED: ("Refused by the platform", RED._replace(bold=True)),
    Outcome.PENDING: ("Waiting for the platform", AMBER._replace(bold=True)),
}
_TOLD = WRAPPED._replace(bold=True)
_HEADINGS = ("Row", "First Name", "Last Name", "Email address", "Result", "Reason", "Repairs")
_WIDTHS = (7, 20, 24, 38, 25, 48, 48)
_FIX_HEADINGS = ("First Name", "Last Name", "Email address", "What to fix", "Original row")
_FIX_WIDTHS = (22, 26, 40, 60, 18)
_BAD_IN_TITLE = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
# Customers call their sheets alike, month after month.
_LAYOUTS_KEPT = 32


def write_annotated(rows: Sequence[ImportRow]) -> bytes:
    """All rows of one uploaded file as an .xlsx, a sheet for each of its sheets, in their order."""
    sheets = _by_sheet(rows)
    tables = [[_annotated(row) for row in members] for members in sheets.values()]
    return _annotated_layout(_titles(sheets)).fill(tables or [[]])


def write_to_fix(rows: Sequence[ImportRow]) -> bytes:
    """The invalid and failed rows as an .xlsx laid out like the template: mended, it can be sent as it is."""
    members = [row for row in rows if row.outcome in {Outcome.INVALID, Outcome.FAILED}]
    several = len({(row.file, row.sheet) for row in members}) > 1
    return _layout_to_fix().fill([[_to_fix(row, several=several) for row in members]])


@lru_cache(_LAYOUTS_KEPT)
def _annotated_layout(titles: tuple[str, ...]) -> Layout:
    workbook = Workbook(write_only=True)
    for title in titles:
        begin_table(workbook.create_sheet(title), _HEADINGS, _WIDTHS)
    return lay_out(workbook, (NUMBER, PLAIN, WRAPPED, *(look for _, look in _RESULTS.values())))


def _annotated(row: ImportRow) -> Line:
    result, look = _RESULTS[row.outcome]
    reason, repairs = _reason(row), "; ".join(row.repairs)
    cells = (
        Cell(row.number, NUMBER),
        Cell(row.first_name, PLAIN),
        Cell(row.last_name, PLAIN),
        Cell(row.email, PLAIN),
        Cell(result, look),
        Cell(reason, WRAPPED),
        Cell(repairs, WRAPPED),
    )
    return Line(cells, height_of((reason, _WIDTHS[5]), (repairs, _WIDTHS[6])))


@lru_cache(1)
def _layout_to_fix() -> Layout:
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Learners")
    hint_at_addresses(sheet, "C", 2)
    begin_table(sheet, _FIX_HEADINGS, _FIX_WIDTHS)
    return lay_out(workbook, (PLAIN, RED, _TOLD, FAINT))


def _to_fix(row: ImportRow, *, several: bool) -> Line:
    wrong, reason = _wrong_fields(row), _reason(row)
    fields = ((row.first_name, "first"), (row.last_name, "last"), (row.email, "email"))
    cells = (
        *(Cell(text, RED if name in wrong else PLAIN) for text, name in fields),
        Cell(reason, _TOLD),
        Cell(f"{row.sheet}, row {row.number}" if several else f"row {row.number}", FAINT),
    )
    return Line(cells, height_of((reason, _FIX_WIDTHS[3])))


def _by_sheet(rows: Sequence[ImportRow]) -> dict[str, list[ImportRow]]:
    sheets: dict[str, list[ImportRow]] = {}
    for row in rows:
        sheets.setdefault(row.sheet, []).append(row)
    return sheets


def _reason(row: ImportRow) -> str:
    """What is wrong, then what may be."""
    told = row.detail[:1].upper() + row.detail[1:]
    advice = f"Please check: {row.hint}" if row.hint else ""
    return "; ".join(filter(None, (told, advice)))


def _wrong_fields(row: ImportRow) -> frozenset[str]:
    if row.outcome is Outcome.FAILED or row.reason in {
        Reason.BAD_EMAIL,
        Reason.MISSING_EMAIL,
        Reason.NOT_ALLOWED,
    }:
        return frozenset({"email"}) if row.outcome is Outcome.INVALID else frozenset()
    names = (("first", row.first_name), ("last", row.last_name))
    if row.reason == Reason.MISSING_NAME:
        return frozenset(field for field, name in names if not name)
    return frozenset(field for field, name in names if len(name) > 100)


def _titles(names: Iterable[str]) -> tuple[str, ...]:
    """The titles of the sheets, no two alike."""
    taken: set[str] = set()
    return tuple(_title(name, taken) for name in names) or ("Learners",)


def _title(name: str, taken: set[str]) -> str:
    """A sheet's name as Excel allows it: 31 characters, none of `[]:*?/\\`, no apostrophe at an end."""
    plain = _BAD_IN_TITLE.sub(" ", name).strip().strip("'") or "Learners"
    title, count = plain[:31], 1
    while title.casefold() in taken:
        count += 1
        ending = f" ({count})"
        title = plain[: 31 - len(ending)] + ending
    taken.add(title.casefold())
    return title
