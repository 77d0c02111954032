"""`db`: the schema of the ledger's database."""

from pathlib import Path

import click

from bot.app.ledger import open_database, require_there
from bot.cli.common_options import config_option, required_settings
from bot.store.upgrade import HEAD, schema_version, upgrade


@click.group()
def db() -> None:
    """The ledger's database: its version, and its upgrade to this release."""


@db.command("upgrade")
@config_option
def upgrade_command(config: Path | None) -> None:
    """Bring the database to this release's schema; safe to repeat."""
    done = upgrade(open_database(required_settings(config)))
    click.echo(f"the database is at {HEAD}" + ("" if done else " already"))


@db.command()
@config_option
def version(config: Path | None) -> None:
    """Print the database's schema version and this release's."""
    settings = required_settings(config)
    require_there(settings)
    found = schema_version(open_database(settings))
    click.echo(f"database {found or 'empty'}, this release {HEAD}")
