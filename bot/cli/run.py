"""`run`: the service, until it is told to stop."""

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path

import click

from bot import __version__
from bot.app.collector import spare_collector
from bot.app.service import Running, build
from bot.cli.common_options import config_option, config_path, required_settings
from bot.cli.logs import EventLog, make_log
from bot.cli.notifier import Notifier
from bot.errors import ConfigurationError
from bot.settings import Settings, load_settings


@click.command()
@config_option
def run(config: Path | None) -> None:
    """Run the service: watch the mailboxes, carry uploads out, send replies and notices.

    Stops cleanly on SIGTERM or Ctrl-C; on SIGHUP log.level is read anew. Exit code 2 means the configuration
    must be mended first.
    """
    settings = required_settings(config)
    log = make_log(settings.log.level, settings.log.format)
    notifier = Notifier([mailbox.name for mailbox in settings.mailboxes])
    running = build(settings, log=log, on_checked=notifier.checked)
    spare_collector()
    path = config_path(config)
    log("started", version=__version__, mailboxes=len(settings.mailboxes), config=str(path))
    try:
        asyncio.run(_serve(running, notifier, lambda: reread(path, settings, log)))
    finally:
        running.close()
        log("stopped")


async def _serve(running: Running, notifier: Notifier, on_hangup: Callable[[], None]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, on_hangup)
    telling = asyncio.create_task(_tell_stop(stop, notifier))
    try:
        await running.service.run(stop)
    finally:
        telling.cancel()
        await running.mailer.close()


async def _tell_stop(stop: asyncio.Event, notifier: Notifier) -> None:
    await stop.wait()
    notifier.stopping()


def reread(path: Path, running_with: Settings, log: EventLog) -> None:
    """Take over `log.level` from the file, and say which other changes wait for a restart."""
    try:
        found = load_settings(path)
    except ConfigurationError as error:
        log("reread_failed", reason=str(error), note="nothing was changed")
        return
    # Whatever the level was and will be, this line is wanted.
    log.set_level("info")
    log("reread", log_level=found.log.level, needs_restart=changed_keys(running_with, found))
    log.set_level(found.log.level)


def changed_keys(before: Settings, after: Settings) -> list[str]:
    """Which keys differ, without their values; those of [log] in full, of other tables the table."""
    changed = [
        name
        for name in type(before).model_fields
        if name != "log" and getattr(before, name) != getattr(after, name)
    ]
    return changed + (["log.format"] if before.log.format != after.log.format else [])
