"""Tells systemd how we are (sd_notify(3)): READY, watchdog and status come from completed mailbox checks."""

import contextlib
import os
import socket
import time
from collections.abc import Callable, Collection
from threading import Lock

from bot.runners.watch import MailboxHealth

# A mailbox of which nothing was heard for so long holds back the watchdog: its thread hangs.
SILENT = 300.0


class Notifier:
    """READY comes after the first completed check of every mailbox (one that another node watches counts as
    checked). Each further one feeds the watchdog, unless another mailbox has fallen silent. Without a service
    manager all of it does nothing."""

    def __init__(
        self,
        mailboxes: Collection[str],
        *,
        address: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._address = os.environ.get("NOTIFY_SOCKET", "") if address is None else address
        self._clock = clock
        self._unchecked = set(mailboxes)
        self._heard = dict.fromkeys(mailboxes, clock())
        self._words = dict.fromkeys(mailboxes, "not looked at yet")
        self._lock = Lock()
        self._ready = False

    def checked(self, health: MailboxHealth) -> None:
        """A mailbox check has ended, well or not; called by the threads of all mailboxes."""
        with self._lock:
            self.tell("\n".join(self._lines(health)))

    def _lines(self, health: MailboxHealth) -> list[str]:
        now = self._clock()
        self._heard[health.name] = now
        self._words[health.name] = _words(health)
        status = "; ".join(f"{name}: {words}" for name, words in self._words.items())
        lines = [f"STATUS={' '.join(status.split())}"]
        if health.trouble:
            return lines
        self._unchecked.discard(health.name)
        if not self._unchecked and not self._ready:
            self._ready = True
            lines.append("READY=1")
        if all(now - heard < SILENT for heard in self._heard.values()):
            lines.append("WATCHDOG=1")
        return lines

    def stopping(self) -> None:
        """The service is going down."""
        self.tell("STOPPING=1\nSTATUS=finishing what is under way")

    def tell(self, words: str) -> None:
        """Send a datagram to the service manager; an abstract socket's name begins with @."""
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        # A manager that is gone or busy is no reason to stop reading mail.
        with (
            contextlib.suppress(OSError),
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel,
        ):
            channel.settimeout(1.0)
            channel.sendto(words.encode("utf-8", "replace"), address)


def _words(health: MailboxHealth) -> str:
    if health.trouble:
        return health.trouble
    return "watched" if health.holder else "watched by another node"
