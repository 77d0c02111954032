"""`status`, `list` and `show`: what the ledger knows, for people and for programs."""

import json
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from bot.app.ledger import open_queries
from bot.cli.common_options import config_option, json_option, required_settings
from bot.cli.screen_text import age, console, one_line, print_hanging, table
from bot.store.queries import ImportDetails, LedgerEntry, LedgerStatus
from bot.values.ledger import MessageState

STALE_NODE = 60.0


@click.command()
@config_option
@json_option
def status(config: Path | None, as_json: bool) -> None:
    """How things stand: what is under way, what waits and why, which nodes live.

    Exit code 1 means that something needs a person: a node is silent, or a letter was refused.
    """
    found = open_queries(required_settings(config)).status()
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False))
        return
    out = console()
    out.print(_status_table(found))
    for name, version, words, seen in found.nodes:
        silent = time.time() - seen
        state = f"silent for {age(silent)}" if silent > STALE_NODE else one_line(words, 400)
        print_hanging(out, f"node {name} ({version}): {state}", 2)
    if not found.nodes:
        out.print("no node is running")
    for line in found.trouble:
        print_hanging(out, f"! {one_line(line, 300)}", 2)


def _status_table(found: LedgerStatus) -> Any:
    grid = table("", "")
    named = {
        "received": "waiting to be worked",
        "working": "being worked",
        "waiting": "waiting for a platform",
        "held": "held for the staff",
        "set_aside": "set aside for a person",
    }
    for state, words in named.items():
        grid.add_row(words, str(found.messages.get(state, 0)))
    oldest = f"  (oldest {age(found.outbox_oldest)})" if found.outbox_waiting else ""
    grid.add_row("letters to send", f"{found.outbox_waiting}{oldest}")
    grid.add_row("letters refused", str(found.outbox_failed))
    grid.add_row("mailbox chores", str(found.chores_due))
    grid.add_row("open questions", str(found.questions_open))
    return grid


@click.command("list")
@config_option
@json_option
@click.option(
    "-n", "--limit", default=20, show_default=True, type=click.IntRange(1, 10_000), help="How many."
)
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([str(state) for state in MessageState]),
    help="Only messages in this state; may be given several times.",
)
def list_messages(config: Path | None, as_json: bool, limit: int, states: tuple[str, ...]) -> None:
    """The last messages, newest first, and what became of them."""
    wanted = tuple(MessageState(state) for state in states)
    entries = open_queries(required_settings(config)).latest(limit, states=wanted)
    if as_json:
        for entry in entries:
            click.echo(json.dumps(asdict(entry), ensure_ascii=False))
        return
    for entry in entries:
        _print_in_brief(entry)
    if not entries:
        console().print("nothing has come in yet")


def _print_in_brief(entry: LedgerEntry) -> None:
    """Two lines a message on a terminal, one in a pipe."""
    out = console()
    sender = one_line(entry.sender, 60)
    head = f"{entry.reference:<9}  {entry.state.value:<9}  {_moment(entry.received)}  {sender}"
    reason = one_line(entry.reason.removeprefix(f"{entry.reference}: "), 200)
    words = f"{one_line(entry.subject, 60)}: {reason}"
    if out.is_terminal:
        out.print(head)
        print_hanging(out, f"{'':11}{words}", 11, style="dim")
    else:
        out.print(f"{head}  {words}")


@click.command()
@config_option
@json_option
@click.argument("reference")
def show(config: Path | None, as_json: bool, reference: str) -> None:
    """All about one message or import: REFERENCE is RC-7F3K2Q, M12 or a Message-ID."""
    queries = open_queries(required_settings(config))
    entry = queries.find(reference)
    if entry is None:
        raise click.ClickException(f"nothing is known under {one_line(reference)}")
    details = queries.imports_of(entry.id)
    if as_json:
        click.echo(json.dumps(_show_json(entry, details), ensure_ascii=False))
        return
    _print_entry(entry)
    for found in details:
        _print_import(found)


def _show_json(entry: LedgerEntry, details: list[ImportDetails]) -> dict[str, Any]:
    made = asdict(entry)
    made["imports"] = [asdict(found) for found in details]
    return made


def _print_entry(entry: LedgerEntry) -> None:
    out = console()
    out.print(f"{entry.reference}  {one_line(entry.subject)}", style="bold")
    grid = table("", "")
    grid.add_row("from", one_line(entry.sender))
    grid.add_row("received", _moment(entry.received))
    reason = one_line(entry.reason.removeprefix(f"{entry.reference}: "), 300)
    grid.add_row("state", f"{entry.state.value}: {reason}")
    grid.add_row("where", f"{entry.mailbox}, {entry.folder}")
    grid.add_row("Message-ID", one_line(entry.message_id, 300))
    if entry.run > 1 or entry.tries or entry.crashes:
        grid.add_row("tried", f"run {entry.run}, {entry.tries} postponed, {entry.crashes} crashed")
    out.print(grid)


def _print_import(found: ImportDetails) -> None:
    out = console()
    record = found.record
    out.print(f"\nimport {record.reference} for {one_line(record.customer)}", style="bold")
    evidence = f': "{one_line(record.preference.evidence)}"' if record.preference.evidence else ""
    print_hanging(out, f"notify: {record.preference.answer.value}{evidence}", 8)
    grid = table("row", "email", "name", "outcome", whole=("row", "email"))
    several = len({row.sheet for row in found.rows}) > 1
    for row in found.rows:
        state, failure = found.notices.get(row.position, ("", ""))
        outcome = f"{row.outcome.value}, notice {state}" if state else row.outcome.value
        words = one_line("; ".join(filter(None, (row.detail, failure))), 120)
        grid.add_row(
            f"{one_line(row.sheet, 20)} {row.number}" if several else str(row.number),
            one_line(row.email, 60),
            one_line(f"{row.first_name} {row.last_name}", 40),
            f"{outcome}: {words}" if words else outcome,
        )
    out.print(grid)
    for letter in found.letters:
        failure = f": {one_line(letter.failure, 200)}" if letter.failure else ""
        print_hanging(out, f"{letter.kind} {letter.state} to {one_line(letter.recipients)}{failure}", 4)


def _moment(when: float) -> str:
    return datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%d %H:%M") if when else ""
