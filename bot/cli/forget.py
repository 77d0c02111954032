"""`forget`: a person's data out of the ledger."""

from pathlib import Path

import click

from bot.app.ledger import use_ledger
from bot.cli.common_options import config_option, required_settings
from bot.cli.screen_text import console, one_line
from bot.store.forgetting import Forgetting


@click.command()
@config_option
@click.argument("address")
@click.confirmation_option(prompt="Remove this person's data from the ledger for good?")
def forget(config: Path | None, address: str) -> None:
    """Remove a learner's or a sender's data from the ledger, and report what was removed.

    Counts and outcomes stay, under a name that says nothing. Not touched: the account in the directory
    (`rollcall undo`, or the platform itself) and the mails in the mailbox.
    """
    with use_ledger(required_settings(config)) as (ledger, _):
        gone = Forgetting(ledger.database).forget(address)
    out = console()
    if not any(count for _, count in gone.counts):
        out.print(f"nothing is known about {one_line(address)}")
        return
    for what, count in gone.counts:
        out.print(f"{count:6,}  {what}")
    out.print(f"{one_line(address)} is {gone.replacement} now")
