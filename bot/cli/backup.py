"""`backup`: a copy of the ledger, while the service runs."""

from pathlib import Path

import click

from bot.app.ledger import open_database, require_there
from bot.cli.common_options import config_option, required_settings
from bot.cli.screen_text import console
from bot.store.backup import back_up
from bot.store.upgrade import require_current


@click.command()
@config_option
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(config: Path | None, file: Path) -> None:
    """Copy the ledger to FILE while the service runs; what FILE held before is replaced in one step.

    To restore: stop the service, put the copy in the ledger's place (and remove its -wal and -shm files),
    start. Keep the key file of the links beside it. For PostgreSQL use pg_dump.
    """
    settings = required_settings(config)
    require_there(settings)
    database = open_database(settings)
    require_current(database)
    size = back_up(database, file)
    console().print(f"{file}: {size:,} bytes")
