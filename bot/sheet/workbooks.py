"""The workbooks a reply carries: every row with its result, and only the rows to fix, ready to send again."""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.sheet.styles import (
    AMBER,
    BLUE,
    FAINT,
    GREEN,
    GREY,
    PLAIN,
    RED,
    WRAPPED,
    coloured,
    hint_at_addresses,
    number_cell,
    row_height,
    table,
    text_cell,
)
from bot.sheet.template import write_template
from bot.sheet.xlsx import Row, write_workbook
from bot.values.learner import ImportRow, Outcome
from bot.values.sheet import Reason

__all__ = ["write_annotated", "write_template", "write_to_fix"]

# How a result is called and coloured: the words alone are enough for who can't see the colour.
_RESULTS = {
    Outcome.CREATED: ("Created", coloured(GREEN, bold=True)),
    Outcome.WOULD_CREATE: ("Would be created", coloured(GREEN, bold=True)),
    Outcome.EXISTING: ("Already had an account", coloured(BLUE, bold=True)),
    Outcome.DUPLICATE: ("Duplicate", coloured(GREY, bold=True)),
    Outcome.INVALID: ("Needs fixing", coloured(RED, bold=True)),
    Outcome.FAILED: ("Refused by the platform", coloured(RED, bold=True)),
    Outcome.PENDING: ("Waiting for the platform", coloured(AMBER, bold=True)),
}
_WRONG, _BOLD = coloured(RED), replace(WRAPPED, bold=True)
_HEADINGS = ("Row", "First Name", "Last Name", "Email address", "Result", "Reason", "Repairs")
_WIDTHS = (7, 20, 24, 38, 25, 48, 48)
_FIX_HEADINGS = ("First Name", "Last Name", "Email address", "What to fix", "Original row")
_FIX_WIDTHS = (22, 26, 40, 60, 18)
_BAD_IN_TITLE = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_SPARE_ROWS = 200  # below the rows to fix that also get the hint


def write_annotated(rows: Sequence[ImportRow]) -> bytes:
    """All rows of one uploaded file as an .xlsx, a sheet for each of its sheets, in their order."""
    taken: set[str] = set()
    sheets = _by_sheet(rows) or {"Learners": []}
    return write_workbook(
        [
            table(
                _title(title, taken),
                _HEADINGS,
                _WIDTHS,
                map(_annotated, members),
                filtered=max(len(members), 1),
            )
            for title, members in sheets.items()
        ]
    )


def _annotated(row: ImportRow) -> Row:
    result, style = _RESULTS[row.outcome]
    reason, repairs = _reason(row), "; ".join(row.repairs)
    return Row(
        [
            number_cell(row.number),
            text_cell(row.first_name),
            text_cell(row.last_name),
            text_cell(row.email),
            text_cell(result, style),
            text_cell(reason, WRAPPED),
            text_cell(repairs, WRAPPED),
        ],
        row_height((reason, _WIDTHS[5]), (repairs, _WIDTHS[6])),
    )


def write_to_fix(rows: Sequence[ImportRow]) -> bytes:
    """The invalid and failed rows as an .xlsx laid out like the template: mended, it can be sent as it is."""
    members = [row for row in rows if row.outcome in {Outcome.INVALID, Outcome.FAILED}]
    several = len({(row.file, row.sheet) for row in members}) > 1
    sheet = table(
        "Learners",
        _FIX_HEADINGS,
        _FIX_WIDTHS,
        (_to_fix(row, several=several) for row in members),
        filtered=max(len(members), 1),
        validation=hint_at_addresses("C", 2, len(members) + _SPARE_ROWS),
    )
    return write_workbook([sheet])


def _to_fix(row: ImportRow, *, several: bool) -> Row:
    wrong, reason = _wrong_fields(row), _reason(row)
    fields = ((row.first_name, "first"), (row.last_name, "last"), (row.email, "email"))
    where = f"{row.sheet}, row {row.number}" if several else f"row {row.number}"
    return Row(
        [
            *(text_cell(text, _WRONG if field in wrong else PLAIN) for text, field in fields),
            text_cell(reason, _BOLD),
            text_cell(where, FAINT),
        ],
        row_height((reason, _FIX_WIDTHS[3])),
    )


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
