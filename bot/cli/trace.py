"""`trace`: every decision about one mail, in order, each with its evidence."""

from pathlib import Path

import click

from bot.app.reading import open_assessor, sheet_limits
from bot.cli.common_options import config_option, optional_settings
from bot.cli.screen_text import console, harmless, one_line, print_hanging
from bot.errors import MessageUnreadable
from bot.mail.parse import parse_message
from bot.runners.assessing import Assessment, Circumstances
from bot.sheet.child import LimitedReader
from bot.values.message import Message
from bot.values.sheet import SheetReading


@click.command()
@config_option
@click.option("--asked", is_flag=True, help="Read it as the answer to our own question in its thread.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def trace(config: Path | None, asked: bool, file: Path) -> None:
    """Show every decision about one mail (FILE.eml), in order, with what it rests on. Nothing is changed."""
    settings = optional_settings(config)
    raw = file.read_bytes()
    try:
        message = parse_message(raw)
    except MessageUnreadable as error:
        raise click.ClickException(f"{file}: {error}") from None
    with LimitedReader(sheet_limits(settings)) as sheets:
        found = open_assessor(settings, sheets).assess(message, raw, Circumstances(asked=asked))
    _section("message", _message_lines(message))
    _section("sender", [f"{found.sender.address}: {found.sender.verified.value}, {found.sender.why}"])
    _section("machine?", [found.screening.automated or "no sign of a machine"])
    _section("what the sender says now", found.spoken.newest_text.splitlines() or ["nothing"])
    _section("preference", [*found.preference.steps, _answer(found)])
    _section("other wishes", _wishes(found))
    for reading in found.readings:
        _section(f"attachment {reading.name}", _reading_lines(reading))
    _section("decision", [f"{found.screening.decision.value}: {found.screening.reason}"])


def _section(title: str, lines: list[str]) -> None:
    out = console()
    out.print(one_line(title), style="bold")
    for line in lines:
        print_hanging(out, f"    {harmless(line, 500)}", 6)
    out.print()


def _message_lines(message: Message) -> list[str]:
    parts = [
        f"attachment {file.name}: {len(file.content):,} bytes, {file.owner.value}"
        for file in message.attachments
    ]
    texts = [
        f"text ({part.kind}, {part.owner.value}): {len(part.text):,} characters" for part in message.texts
    ]
    defects = [f"defect: {defect}" for defect in message.defects]
    return [f"subject: {message.subject}", *texts, *parts, *defects]


def _answer(found: Assessment) -> str:
    preference = found.preference
    evidence = f': "{preference.evidence}" ({preference.where})' if preference.evidence else ""
    return f"answer: {preference.answer.value}{evidence}"


def _wishes(found: Assessment) -> list[str]:
    wishes = found.wishes
    named = [name for name in wishes.__slots__ if getattr(wishes, name)]
    return [", ".join(named) or "none"]


def _reading_lines(reading: SheetReading) -> list[str]:
    lines = [f"{reading.verdict.value} ({reading.format or 'unknown kind'}) {reading.problem}".rstrip()]
    for each in reading.lists:
        columns = ", ".join(f"{field} = {column}" for field, column in each.columns)
        where = f"header in row {each.header_row}" if each.header_row else "no header, columns inferred"
        lines.append(f'list "{each.sheet}": {where}; {columns}; {each.rows} rows')
    lines += [f"assumed: {note}" for note in reading.notes]
    lines += [f'skipped "{row.sheet}" row {row.number}: {row.kind}' for row in reading.skipped[:30]]
    for row in reading.rows[:50]:
        notes = "; ".join(filter(None, (row.detail, *row.repairs)))
        verdict = f"{row.check.value}: {notes}" if notes else row.check.value
        lines.append(f'"{row.sheet}" row {row.number}: {row.email} {verdict}')
    return lines
