"""`preview`: what would be done with a mail or a sheet; nothing is changed, whatever the file holds."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.app.collector import spare_collector
from bot.app.reading import open_assessor, sheet_limits
from bot.cli.common_options import config_option, json_option, optional_settings
from bot.errors import MessageUnreadable
from bot.mail.parse import parse_message
from bot.request.encoder import Encoder, laid_out, taught
from bot.runners.assessing import Assessment, Assessor
from bot.runners.sniffing import looks_like_mail
from bot.sheet.child import LimitedReader
from bot.values.message import Message
from bot.values.sheet import SheetReading, SheetRow

if TYPE_CHECKING:
    from bot.settings import Settings

# So many files are worth processes of their own.
SPREAD_FROM = 64


@click.command()
@config_option
@json_option
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def preview(config: Path | None, as_json: bool, files: tuple[Path, ...]) -> None:
    """Say what would be done with each FILE, a mail (.eml) or a sheet. Nothing is changed.

    Without a configuration the sender is not judged, and the rest is worked out all the same. With --json
    there is one JSON object a file, one a line, whatever the file holds; exit code 2 is for a wrong call.
    """
    settings = optional_settings(config)
    progress = sys.stderr.isatty() and not as_json and len(files) > 20
    for number, found in enumerate(preview_files(files, settings), start=1):
        if as_json:
            click.echo(json.dumps(found, ensure_ascii=False))
        else:
            # Only for people: a program's JSON needs no tables and colours.
            from bot.cli.preview_text import print_preview

            print_preview(found)
        if progress:
            click.echo(f"\r{number}/{len(files)}", err=True, nl=False)


def preview_files(files: Sequence[Path], settings: "Settings | None") -> Iterator[dict[str, Any]]:
    """Each file as the object that `--json` prints, in order; many are read on all cores."""
    many = len(files) >= SPREAD_FROM
    opened = partial(open_previewer, settings, encoder=laid_out if many else taught)
    done = 0
    if many:
        # Only for many: who previews one mail does not wait for its import.
        from bot.cli.spreading import spread

        for found in spread(files, opened):
            done += 1
            yield found
    if done < len(files):
        with opened() as preview_one:
            yield from map(preview_one, files[done:])


@contextmanager
def open_previewer(
    settings: "Settings | None", *, encoder: Callable[[], Encoder] = taught
) -> Iterator[Callable[[Path], dict[str, Any]]]:
    """What reads a file, with all it needs."""
    with LimitedReader(sheet_limits(settings)) as sheets:
        sheets.warm()  # it starts while the first mail is read
        assessor = open_assessor(settings, sheets, encoder=encoder)
        spare_collector()
        yield lambda file: preview_file(file, assessor)


def preview_file(file: Path, assessor: Assessor) -> dict[str, Any]:
    """One file as the object that `--json` prints."""
    try:
        content = file.read_bytes()
    except OSError as error:
        return _unreadable(file, f"cannot be opened: {error.strerror or error}")
    if not looks_like_mail(content, file.name):
        return {"file": str(file), "kind": "sheet"} | _sheet(assessor.sheets.read(content, file.name))
    try:
        message = parse_message(content)
        return _message(file, message, assessor.assess(message, content))
    except MessageUnreadable as error:
        return _unreadable_message(file, str(error))
    except Exception as error:  # noqa: BLE001  around one file, as the service does: say so, go on
        return _unreadable_message(file, f"reading it failed: {type(error).__name__}: {error}"[:300])


def _sheet(reading: SheetReading) -> dict[str, Any]:
    return {
        "verdict": reading.verdict.value,
        "problem": reading.problem or None,
        "rows": list(_rows(reading.rows)),
    }


def _rows(rows: tuple[SheetRow, ...]) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield {
            "sheet": row.sheet,
            "row": row.number,
            "first_name": row.first_name,
            "last_name": row.last_name,
            "email": row.email,
            "outcome": row.check.value,
            "reason": row.reason.value if row.reason else None,
            "repairs": list(row.repairs),
        }


def _message(file: Path, message: Message, found: Assessment) -> dict[str, Any]:
    sender = found.sender
    return {
        "file": str(file),
        "kind": "message",
        "decision": found.screening.decision.value,
        "reason": found.screening.reason,
        "sender": {
            "address": sender.address,
            "customer": sender.customer or None,
            "verified": sender.verified.value,
            "why": sender.why,
        },
        "automated": found.screening.automated,
        "preference": {
            "answer": found.preference.answer.value,
            "evidence": found.preference.evidence,
            "where": found.preference.where,
        },
        "newest_text": found.spoken.newest_text,
        "sheets": [{"file": reading.name, "kind": "sheet"} | _sheet(reading) for reading in found.readings],
        "subject": message.subject,
    }


def _unreadable(file: Path, why: str) -> dict[str, Any]:
    return {"file": str(file), "kind": "sheet", "verdict": "corrupt", "problem": why, "rows": []}


def _unreadable_message(file: Path, why: str) -> dict[str, Any]:
    return {
        "file": str(file),
        "kind": "message",
        "decision": "leave",
        "reason": why,
        "sender": {
            "address": "",
            "customer": None,
            "verified": "unknown",
            "why": "there is no sender to read",
        },
        "automated": None,
        "preference": {"answer": "unstated", "evidence": "", "where": ""},
        "newest_text": "",
        "sheets": [],
        "subject": "",
    }
