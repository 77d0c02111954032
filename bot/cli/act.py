"""`retry`, `approve` and `undo`: what a person does about one message or import."""

from pathlib import Path

import click

from bot.app.ledger import use_ledger
from bot.app.undo import undo_import
from bot.cli.common_options import config_option, required_settings
from bot.cli.screen_text import console, one_line


@click.command()
@config_option
@click.argument("reference")
def retry(config: Path | None, reference: str) -> None:
    """Work a message again: set aside, held or done. Nothing is created twice, nobody is mailed twice.

    REFERENCE is RC-7F3K2Q, M12 or a Message-ID.
    """
    _release(config, reference, by="")


@click.command()
@config_option
@click.argument("reference")
def approve(config: Path | None, reference: str) -> None:
    """Let a held message through: the staff vouch for its sender."""
    _release(config, reference, by="staff")


def _release(config: Path | None, reference: str, *, by: str) -> None:
    with use_ledger(required_settings(config)) as (ledger, queries):
        entry = queries.find(reference)
        if entry is None:
            raise click.ClickException(f"nothing is known under {one_line(reference)}")
        if not ledger.messages.release(entry.id, by):
            raise click.ClickException(
                f"M{entry.id} is {entry.state.value}, or its mail is not kept any more: drag it back to the "
                "inbox in the mailbox instead"
            )
    console().print(f"{entry.reference} will be worked again within a few seconds")


@click.command()
@config_option
@click.argument("reference")
@click.confirmation_option(prompt="Deactivate the accounts this import created and nobody has used?")
def undo(config: Path | None, reference: str) -> None:
    """Deactivate the accounts that an import created and nobody has used since; tells what it left alone."""
    taken_back, left_alone = undo_import(required_settings(config), reference)
    out = console()
    out.print(f"{len(taken_back)} deactivated, {len(left_alone)} left alone")
    for email, why in left_alone:
        out.print(f"  {one_line(email)}: {one_line(why)}")
