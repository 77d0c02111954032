"""Reads an attachment in a limited child process, so that no file can hurt the bot.

Python's own forkserver would import the bot's `__main__` again in every child and pickle what they say;
`bot.sheet.server` does neither.
"""

import os
import socket
import struct
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from bot.errors import SheetUnreadable
from bot.sheet.packing import pack_order, unpack_reading
from bot.sheet.problems import too_large
from bot.values.sheet import SheetLimits, SheetReading, Verdict

_LENGTHS = struct.Struct("!IQ")
_ANSWER = struct.Struct("!Q")
_GRACE = 5.0  # seconds for the start of the server and the way to and fro
_MOST_ANSWER = 512 * 1024 * 1024
_ENGINES = (("calamine", "openpyxl"), ("openpyxl",))


class LimitedReader:
    """A `bot.ports.SheetReader`. Threads may read at the same time, each in a child of its own.

    The fork server starts with the first file and lives until `close()`; if it was killed, the next file
    starts another.
    """

    def __init__(self, limits: SheetLimits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._server: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def __enter__(self) -> "LimitedReader":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def warm(self) -> None:
        """Start the server now rather than with the first file; returns at once."""
        with self._lock:
            self._started()

    def read(self, content: bytes, name: str) -> SheetReading:
        """Read it. `SheetUnreadable` only where no child can be had at all."""
        limits = self._limits
        if len(content) > limits.bytes:
            return SheetReading(name=name, verdict=Verdict.TOO_LARGE, problem=too_large(limits, "bytes"))
        deadline = time.monotonic() + limits.seconds
        # A child that died is an ordinary result: an xlsx gets a second one, with the other engine.
        for engines in _ENGINES if content.startswith(b"PK") else _ENGINES[:1]:
            left = deadline - time.monotonic()
            if left > 0:
                answer = self._ask(content, pack_order(name, replace(limits, seconds=left), engines), left)
                reading = _reading(name, answer)
                if reading is not None:
                    return reading
        return SheetReading(name=name, verdict=Verdict.TOO_LARGE, problem=too_large(limits, "work"))

    def close(self) -> None:
        """End the server and every child with it."""
        with self._lock:
            self._stop()

    def _ask(self, content: bytes, order: bytes, seconds: float) -> bytes:
        """One child's answer; b'' if it died or ran out of time."""
        job = self._child()
        with job:
            job.settimeout(seconds + _GRACE)
            try:
                job.sendall(_LENGTHS.pack(len(order), len(content)) + order)
                job.sendall(content)
                return _received(job)
            except OSError:
                return b""

    def _child(self) -> socket.socket:
        """Our end of the socket to a new child; a dead server is replaced once."""
        for _ in range(2):
            ours, theirs = socket.socketpair()
            with self._lock, theirs:
                try:
                    socket.send_fds(self._started(), [b"j"], [theirs.fileno()])
                except OSError:
                    ours.close()
                    self._stop()
                else:
                    return ours
        raise SheetUnreadable("the process that opens attachments cannot be started")

    def _started(self) -> socket.socket:
        if self._server is not None and self._server.poll() is not None:
            self._stop()
        if self._control is None:
            self._control, theirs = socket.socketpair()
            with theirs:
                self._server = subprocess.Popen(  # noqa: S603  our own module, nothing from outside
                    [sys.executable, "-m", "bot.sheet.server", str(theirs.fileno())],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    start_new_session=True,
                    env=_environment(),
                )
        return self._control

    def _stop(self) -> None:
        control, server = self._control, self._server
        self._control = self._server = None
        if control is not None:
            control.close()
        if server is not None:
            try:
                server.wait(_GRACE)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _reading(name: str, answer: bytes) -> SheetReading | None:
    """A child whose answer makes no sense is as dead as one without an answer."""
    try:
        return unpack_reading(name, answer) if answer else None
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        return None


def _received(job: socket.socket) -> bytes:
    with job.makefile("rb") as stream:
        head = stream.read(_ANSWER.size)
        if len(head) < _ANSWER.size:
            return b""
        length = _ANSWER.unpack(head)[0]
        answer = stream.read(min(length, _MOST_ANSWER))
        return answer if len(answer) == length else b""


def _environment() -> dict[str, str]:
    """Ours, with this very package first on the path: the server must run the same code."""
    home = str(Path(__file__).resolve().parents[2])
    others = os.environ.get("PYTHONPATH", "")
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (home, others)))}
