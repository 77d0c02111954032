"""The workbooks a reply carries: every row with its result, and only the rows to fix, ready to send again."""

import io
import re
from collections.abc import Sequence

from openpyxl import Workbook

from bot.sheet.styles import (
    AMBER,
    BLUE,
    FAINT,
    GREEN,
    GREY,
    PLAIN,
    RED,
    WRAPPED,
    Painter,
    begin_table,
    give_room,
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
_SPARE_ROWS = 200  # below the rows to fix that also get the hint


def write_annotated(rows: Sequence[ImportRow]) -> bytes:
    """All rows of one uploaded file as an .xlsx, a sheet for each of its sheets, in their order."""
    workbook = Workbook(write_only=True)
    workbook.properties.creator = "Rollcall"
    taken: set[str] = set()
    for title, members in _by_sheet(rows).items():
        sheet = workbook.create_sheet(_title(title, taken))
        begin_table(sheet, _HEADINGS, _WIDTHS, len(members))
        cells = Painter(sheet)
        for place, row in enumerate(members, start=2):
            result, look = _RESULTS[row.outcome]
            reason, repairs = _reason(row), "; ".join(row.repairs)
            give_room(sheet, place, (reason, _WIDTHS[5]), (repairs, _WIDTHS[6]))
            sheet.append(
                [
                    cells.number(row.number),
                    cells.text(row.first_name),
                    cells.text(row.last_name),
                    cells.text(row.email),
                    cells.text(result, look),
                    cells.text(reason, WRAPPED),
                    cells.text(repairs, WRAPPED),
                ]
            )
    if not taken:
        begin_table(workbook.create_sheet("Learners"), _HEADINGS, _WIDTHS, 0)
    return _bytes(workbook)


def write_to_fix(rows: Sequence[ImportRow]) -> bytes:
    """The invalid and failed rows as an .xlsx laid out like the template: mended, it can be sent as it is."""
    workbook = Workbook(write_only=True)
    workbook.properties.creator = "Rollcall"
    sheet = workbook.create_sheet("Learners")
    members = [row for row in rows if row.outcome in {Outcome.INVALID, Outcome.FAILED}]
    hint_at_addresses(sheet, "C", 2, len(members) + _SPARE_ROWS)
    begin_table(sheet, _FIX_HEADINGS, _FIX_WIDTHS, len(members))
    cells = Painter(sheet)
    several = len({(row.file, row.sheet) for row in members}) > 1
    for place, row in enumerate(members, start=2):
        wrong = _wrong_fields(row)
        give_room(sheet, place, (_reason(row), _FIX_WIDTHS[3]))
        fields = ((row.first_name, "first"), (row.last_name, "last"), (row.email, "email"))
        sheet.append(
            [
                *(cells.text(text, RED if field in wrong else PLAIN) for text, field in fields),
                cells.text(_reason(row), _TOLD),
                cells.text(f"{row.sheet}, row {row.number}" if several else f"row {row.number}", FAINT),
            ]
        )
    return _bytes(workbook)


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


def _bytes(workbook: Workbook) -> bytes:
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()
