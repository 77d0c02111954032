"""The lab's SMTP server: started, stopped, frozen, and its queue looked into."""

import os
import signal
import subprocess

from tests.servers.daemons import Daemon, ServerFailed, greets, signal_all
from tests.servers.place import Place
from tests.servers.postfix_configuration import PROGRAMS, write_configuration

# Seconds after which one that was left behind, by a test run that was killed, ends by itself.
LONGEST_RUN = 3 * 3600


class Postfix:
    """Postfix on its ports."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._home = place.directory / "postfix"
        self._daemon: Daemon | None = None

    def start(self) -> None:
        """Start its master directly (`postfix start` polls by the second) and wait for its greeting."""
        write_configuration(self._place)
        etc = str(self._home / "etc")
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "MAIL_CONFIG": etc}
        # -e: it changes its user for a moment, and so forgets that it is to die with us.
        command = [str(PROGRAMS / "master"), "-c", etc, "-e", str(LONGEST_RUN)]
        self._daemon = Daemon(command, log=self._place.log / "postfix.log", environment=environment)
        self._daemon.wait_for(lambda: greets(self._place.ports["submission"], b"220"))

    def stop(self) -> None:
        """Stop it: connections are refused. What it has taken waits in its queue for the next start."""
        if self._daemon:
            self._daemon.stop()
            self._daemon = None

    def hang(self) -> None:
        """Freeze it: connections open, and nothing answers."""
        signal_all(self._processes(), signal.SIGSTOP)

    def resume(self) -> None:
        signal_all(self._processes(), signal.SIGCONT)

    def bring_up(self) -> None:
        """Running and thawed, whatever a test left it as."""
        if self._daemon and self._daemon.alive():
            self.resume()
        else:
            self.stop()
            self.start()

    def flush(self) -> None:
        """Try at once to deliver what waits."""
        subprocess.run(["postqueue", "-c", str(self._home / "etc"), "-f"], check=True, capture_output=True)

    def empty_queue(self) -> None:
        """Delete every mail that waits to be delivered."""
        subprocess.run(
            ["postsuper", "-c", str(self._home / "etc"), "-d", "ALL"], check=True, capture_output=True
        )

    def queued(self) -> int:
        """How many mails wait to be delivered."""
        names = ("incoming", "active", "deferred", "maildrop", "hold")
        return sum(len(files) for name in names for _, _, files in os.walk(self._home / "queue" / name))

    def _processes(self) -> list[int]:
        if self._daemon is None:
            raise ServerFailed("Postfix is not running")
        return [self._daemon.pid, *self._daemon.children("smtpd")]
