"""A reading as bytes between the child and the bot: JSON, for nothing the child says may run code here."""

import json
from dataclasses import asdict
from typing import Any

from bot.sheet.drafts import finished, shortened
from bot.sheet.parsed import Parsed
from bot.values.sheet import LearnerList, SheetLimits, SheetReading, SkippedRow, Verdict


def pack_order(name: str, limits: SheetLimits, engines: tuple[str, ...]) -> bytes:
    """What the child is to do; the file's content follows it on the socket."""
    return json.dumps({"name": name, "limits": asdict(limits), "engines": engines}).encode()


def unpack_order(raw: bytes) -> tuple[str, SheetLimits, tuple[str, ...]]:
    """Name, limits and engines."""
    order = json.loads(raw)
    return order["name"], SheetLimits(**order["limits"]), tuple(order["engines"])


def pack_reading(parsed: Parsed) -> bytes:
    """The rows as short lists, the rest by name."""
    upload = parsed.upload
    return json.dumps(
        {
            "verdict": parsed.verdict.value,
            "problem": parsed.problem,
            "format": parsed.format,
            "notes": parsed.notes,
            "lists": [[found.sheet, found.header_row, found.columns, found.rows] for found in upload.lists],
            "skipped": [[row.sheet, row.number, row.kind] for row in upload.skipped],
            "rows": [[sheet, [shortened(draft) for draft in drafts]] for sheet, drafts in upload.rows],
        },
        separators=(",", ":"),
    ).encode()


def unpack_reading(name: str, raw: bytes) -> SheetReading:
    """The reading; ValueError, KeyError or TypeError for bytes that are none."""
    told: dict[str, Any] = json.loads(raw)
    return SheetReading(
        name=name,
        verdict=Verdict(told["verdict"]),
        problem=told["problem"],
        format=told["format"],
        rows=tuple([finished(sheet, draft) for sheet, drafts in told["rows"] for draft in drafts]),
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
