"""`run`: the service, until it is told to stop."""

import asyncio
import os
import signal
import socket
from pathlib import Path

import click

from bot import __version__
from bot.app.collector import spare_collector
from bot.app.service import Running, build
from bot.cli.common_options import config_option, config_path, required_settings
from bot.cli.logs import make_log
from bot.runners.watch import MailboxHealth


@click.command()
@config_option
def run(config: Path | None) -> None:
    """Run the service: watch the mailboxes, carry uploads out, send replies and notices.

    Stops cleanly on SIGTERM or Ctrl-C. Exit code 2 means the configuration must be mended first.
    """
    settings = required_settings(config)
    log = make_log(settings.log.level, settings.log.format)
    notifier = Notifier()
    running = build(settings, log=log, on_checked=notifier.checked)
    spare_collector()
    log("started", version=__version__, mailboxes=len(settings.mailboxes), config=str(config_path(config)))
    try:
        asyncio.run(_serve(running))
    finally:
        notifier.tell("STOPPING=1")
        running.close()
        log("stopped")


async def _serve(running: Running) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        await running.service.run(stop)
    finally:
        await running.mailer.close()


class Notifier:
    """Tells systemd how we are (sd_notify(3)): READY and the watchdog come from completed mailbox checks."""

    def __init__(self) -> None:
        self._address = os.environ.get("NOTIFY_SOCKET", "")
        self._ready = False

    def checked(self, health: MailboxHealth) -> None:
        """A mailbox check has ended, well or not."""
        if health.trouble:
            self.tell(f"STATUS={health.name}: {health.trouble}")
            return
        if not self._ready:
            self._ready = True
            self.tell("READY=1")
        self.tell(f"WATCHDOG=1\nSTATUS=watching {health.name}")

    def tell(self, words: str) -> None:
        """Send a datagram to the service manager; an abstract socket's name begins with @."""
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            channel.sendto(words.replace("\r", " ").encode(), address)
