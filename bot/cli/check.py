"""`check`: every connection is tried, and each failure comes with the way to mend it."""

import json
import sys
from collections import Counter
from dataclasses import asdict
from itertools import chain
from pathlib import Path

import click

from bot.app.checks import check_everything
from bot.app.probe import probe_everything
from bot.cli.common_options import config_option, json_option, required_settings
from bot.cli.screen_text import console, one_line, print_hanging
from bot.ports import CheckLine, Health

SIGNS = {Health.OK: ("ok", ""), Health.WARNING: ("!!", "yellow"), Health.FAILED: ("XX", "red")}


@click.command()
@config_option
@json_option
@click.option(
    "--probe",
    is_flag=True,
    help="Also make our folders and send each mailbox two mails of its own: learns the trust anchor.",
)
def check(config: Path | None, as_json: bool, probe: bool) -> None:
    """Try every connection and right that the service needs; nothing is changed and no mail is sent.

    With --probe the mailbox is sent mails of its own. What the server writes on them, and on the last mails
    in the inbox, tells which verification.authserv_id to trust, and whether forged results are taken away.

    Exit code 0: all well (warnings allowed). 2: something failed; each line says how to mend it.
    """
    found: Counter[Health] = Counter()
    settings = required_settings(config)
    for line in chain(check_everything(settings), probe_everything(settings) if probe else ()):
        found[line.health] += 1
        if as_json:
            click.echo(json.dumps(asdict(line), ensure_ascii=False))
        else:
            _print(line)
    if not as_json:
        console().print(_summary(found), style="bold")
    sys.exit(2 if found[Health.FAILED] else 0)


def _summary(found: Counter[Health]) -> str:
    failed, warned = found[Health.FAILED], found[Health.WARNING]
    warnings = f"{warned} warning{'s' if warned > 1 else ''}"
    if failed:
        return f"{failed} failed" + (f", {warnings}" if warned else "") + ": mend and check again"
    return f"all well, with {warnings}" if warned else "all well"


def _print(line: CheckLine) -> None:
    sign, colour = SIGNS[line.health]
    printer = console()
    print_hanging(printer, f"{sign}  {one_line(line.subject)}: {one_line(line.detail, 400)}", 4, style=colour)
    if line.mend and line.health is not Health.OK:
        print_hanging(printer, f"      {one_line(line.mend, 400)}", 6)
