"""Servers as child processes in the foreground: started, watched and ended by pid, with what they started."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

HOST = "127.0.0.1"


class ServerFailed(Exception):
    """A server did not start or did not stay; the text holds the end of its log."""


class Daemon:
    """One server, from start to stop. It dies with this process, even if killed (but see Postfix)."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        log: Path,
        user: str = "",
        environment: dict[str, str] | None = None,
        last_signal: int = signal.SIGTERM,
    ) -> None:
        """`user` drops root's rights; `last_signal` is what asks the server to end at once."""
        self.name = Path(command[0]).name
        self._log = log
        self._last_signal = last_signal
        drop = [f"--reuid={user}", f"--regid={user}", "--init-groups"] if user and os.geteuid() == 0 else []
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                ["setpriv", *drop, "--pdeathsig", "TERM", *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                env=environment,
                start_new_session=True,  # so that everything in the session is its own
            )
        self.pid = self._process.pid

    def alive(self) -> bool:
        return self._process.poll() is None

    def children(self, *names: str) -> list[int]:
        """Pids of its child processes, of those command names only if any are given."""
        return [
            pid
            for pid, parent, _, name in process_table()
            if parent == self.pid and (not names or name in names)
        ]

    def wait_for(self, ready: Callable[[], bool], seconds: float = 15) -> None:
        """Return when `ready()` is true; raise `ServerFailed` if the server ends or time is up before."""
        if not wait_until(lambda: ready() or not self.alive(), seconds) or not self.alive():
            raise ServerFailed(f"{self.name} did not start:\n{self._log.read_text(errors='replace')[-2000:]}")

    def signal(self, number: int, pids: Sequence[int] | None = None) -> None:
        """Signal it, or the processes given; those that are gone are passed over."""
        signal_all([self.pid] if pids is None else pids, number)

    def stop(self, grace: float = 5.0) -> None:
        """Ask it to end, then end by force what is left of it and its session."""
        family = self._family()
        signal_all([self.pid, *family], signal.SIGCONT)  # a stopped process cannot end
        if self.alive():
            self._process.send_signal(self._last_signal)
        wait_until(lambda: not self.alive(), grace)
        signal_all(self._family(), signal.SIGKILL)
        if self.alive():
            self._process.kill()
        self._process.wait(5)

    def _family(self) -> list[int]:
        """Its children and its session; for as long as it lives, these are its own."""
        mine = [row for row in process_table() if self.pid in (row[1], row[2])]
        return [pid for pid, _, _, _ in mine if pid != self.pid]


def process_table() -> list[tuple[int, int, int, str]]:
    """(pid, parent, session, command name) of everything that runs."""
    table = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            head, _, tail = (entry / "stat").read_text(errors="replace").rpartition(")")
        except OSError:
            continue
        state, parent, _, session = tail.split()[:4]
        if state not in "ZX":
            table.append((int(entry.name), int(parent), int(session), head.partition("(")[2]))
    return table


def signal_all(pids: Sequence[int], number: int) -> None:
    """Send a signal to each process that is still there."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def wait_until(test: Callable[[], bool], seconds: float) -> bool:
    """Look again every 10 ms until the test is true or the time is up."""
    end = time.monotonic() + seconds
    while not test():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def greets(port: int, greeting: bytes) -> bool:
    """Does a server on this loopback port open with these bytes (b'' for: does it listen)?"""
    try:
        with socket.create_connection((HOST, port), timeout=2) as connection:
            return connection.recv(200).startswith(greeting) if greeting else True
    except OSError:
        return False
