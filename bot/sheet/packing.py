"""A reading as bytes between the child and the bot: JSON, for nothing the child says may run code here."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from bot.sheet.drafts import Row, finished, with_hints
from bot.sheet.parsed import Parsed
from bot.values.sheet import LearnerList, SheetLimits, SheetReading, SheetRow, SkippedRow, Verdict


def pack_order(name: str, limits: SheetLimits, engines: tuple[str, ...]) -> bytes:
    """What the child is to do; the file's content follows it on the socket."""
    return json.dumps({"name": name, "limits": asdict(limits), "engines": engines}).encode()


def unpack_order(raw: bytes) -> tuple[str, SheetLimits, tuple[str, ...]]:
    """Name, limits and engines."""
    order = json.loads(raw)
    return order["name"], SheetLimits(**order["limits"]), tuple(order["engines"])


def pack_rows(sheet: str, rows: list[Row]) -> bytes:
    """Some rows of a sheet as short lists; no rows take back all that were sent before."""
    return json.dumps([sheet, rows], separators=(",", ":")).encode()


def pack_reading(parsed: Parsed) -> bytes:
    """All but the rows, which were sent before."""
    upload = parsed.upload
    return json.dumps(
        {
            "verdict": parsed.verdict.value,
            "problem": parsed.problem,
            "format": parsed.format,
            "notes": parsed.notes,
            "lists": [[found.sheet, found.header_row, found.columns, found.rows] for found in upload.lists],
            "skipped": [[row.sheet, row.number, row.kind] for row in upload.skipped],
            "advice": parsed.advice,
        },
        separators=(",", ":"),
    ).encode()


def unpack_reading(name: str, messages: Iterable[bytes]) -> SheetReading | None:
    """The reading of a child's messages, the last of which is all but the rows; None without a last one.

    ValueError, KeyError, TypeError or IndexError for messages no child of ours would send.
    """
    rows: list[SheetRow] = []
    for message in messages:
        told: Any = json.loads(message)
        if isinstance(told, dict):
            return _reading(name, told, rows if told["verdict"] == Verdict.OK else [])
        sheet, drafts = told
        if drafts:
            rows.extend(finished(sheet, drafts))
        else:
            rows.clear()
    return None


def _reading(name: str, told: dict[str, Any], rows: list[SheetRow]) -> SheetReading:
    return SheetReading(
        name=name,
        verdict=Verdict(told["verdict"]),
        problem=told["problem"],
        format=told["format"],
        rows=with_hints(rows, told["advice"]),
        lists=tuple(
            LearnerList(
                sheet=sheet,
                header_row=header,
                columns=tuple((field, letter) for field, letter in columns),
                rows=rows,
            )
            for sheet, header, columns, rows in told["lists"]
        ),
        skipped=tuple(
            SkippedRow(sheet=sheet, number=number, kind=kind) for sheet, number, kind in told["skipped"]
        ),
        notes=tuple(told["notes"]),
    )
