"""Reads an attachment in a limited child process, so that no file can hurt the bot.

Python's own forkserver would import the bot's `__main__` again in every child and pickle what they say;
`bot.sheet.server` does neither.
"""

import hashlib
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from bot.errors import SheetUnreadable
from bot.sheet.packing import pack_order, unpack_reading
from bot.sheet.problems import too_large
from bot.values.sheet import SheetLimits, SheetReading, Verdict

_LENGTHS = struct.Struct("!IQ")
_MESSAGE = struct.Struct("!Q")
_READY = _MESSAGE.pack(0)
_KEPT = 16
_KEPT_ROWS = 200
_SPARE = 2  # children that wait for their next file
_GRACE = 5.0  # seconds for the start of the server and the way to and fro
_MOST_ANSWER = 512 * 1024 * 1024
_ENGINES = (("calamine", "openpyxl"), ("openpyxl",))


class LimitedReader:
    """A `bot.ports.SheetReader`. Threads may read at the same time, each in a child of its own.

    The fork server starts with the first file and lives until `close()`; if it was killed, the next file
    starts another. A child that has read an ordinary file waits here for the next one.
    """

    def __init__(self, limits: SheetLimits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._kept: dict[tuple[bytes, str], SheetReading] = {}
        self._server: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._spare: list[socket.socket] = []

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
        """Read it, or tell again what was just read of the same bytes under the same name.

        `SheetUnreadable` only where no child can be had at all.
        """
        with self.begin(content, name) as reading:
            return reading()

    @contextmanager
    def begin(self, content: bytes, name: str) -> Iterator[Callable[[], SheetReading]]:
        """The same, but read while the caller does other things: what is given waits for the reading.

        A child whose reading nobody waited for ends.
        """
        limits, key = self._limits, (hashlib.sha256(content).digest(), name)
        with self._lock:
            known = self._kept.get(key)
        if known is not None:
            yield lambda: known
            return
        if len(content) > limits.bytes:
            refused = SheetReading(name=name, verdict=Verdict.TOO_LARGE, problem=too_large(limits, "bytes"))
            yield lambda: refused
            return
        gave_up = SheetReading(name=name, verdict=Verdict.TOO_LARGE, problem=too_large(limits, "work"))
        deadline = time.monotonic() + limits.seconds
        # A child that died is an ordinary result: an xlsx gets a second one, with the other engine.
        first, *others = _ENGINES if content.startswith(b"PK") else _ENGINES[:1]
        asked = self._ask(content, name, first, limits.seconds)
        with ExitStack() as unheard:
            if asked is not None:
                unheard.callback(asked.close)

            def reading() -> SheetReading:
                unheard.pop_all()
                found = self._hear(asked, name)
                for engines in others:
                    left = deadline - time.monotonic()
                    if found is None and left > 0:
                        found = self._hear(self._ask(content, name, engines, left), name)
                return self._remember(key, found) if found else gave_up

            yield reading

    def _remember(self, key: tuple[bytes, str], reading: SheetReading) -> SheetReading:
        """What ran out of time may fare better the next time; long lists are not worth their memory."""
        if reading.verdict is not Verdict.TOO_LARGE and len(reading.rows) <= _KEPT_ROWS:
            with self._lock:
                self._kept[key] = reading
                if len(self._kept) > _KEPT:
                    self._kept.pop(next(iter(self._kept)))
        return reading

    def close(self) -> None:
        """End the server and every child with it."""
        with self._lock:
            self._stop()

    def _ask(
        self, content: bytes, name: str, engines: tuple[str, ...], seconds: float
    ) -> socket.socket | None:
        """A child that reads it from now on; None if it died before it had it whole."""
        order = pack_order(name, replace(self._limits, seconds=seconds), engines)
        job = self._child()
        try:
            job.settimeout(seconds + _GRACE)
            # In one piece: each would wake the child.
            job.sendall(b"".join((_LENGTHS.pack(len(order), len(content)), order, content)))
        except OSError:
            job.close()
            return None
        return job

    def _hear(self, job: socket.socket | None, name: str) -> SheetReading | None:
        """The child's reading; None if it died, ran out of time or made no sense, which is all the same."""
        if job is None:
            return None
        again = False
        try:
            with job.makefile("rb") as stream:
                reading = unpack_reading(name, _messages(stream))
                again = reading is not None and stream.read(_MESSAGE.size) == _READY
                return reading
        except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError):
            return None
        finally:
            self._let_go(job, again=again)

    def _let_go(self, job: socket.socket, *, again: bool) -> None:
        """Keep a child that takes another file, as long as few are kept; the end of its socket ends it."""
        with self._lock:
            if again and self._control is not None and len(self._spare) < _SPARE:
                self._spare.append(job)
                return
        job.close()

    def _child(self) -> socket.socket:
        """Our end of the socket to a child that waits, else to a new one; a dead server is replaced once."""
        for _ in range(2):
            with self._lock:
                control = self._started()
                while self._spare:
                    job = self._spare.pop()
                    if _waits(job):
                        return job
                    job.close()
                ours, theirs = socket.socketpair()
                with theirs:
                    try:
                        socket.send_fds(control, [b"j"], [theirs.fileno()])
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
        while self._spare:
            self._spare.pop().close()
        if control is not None:
            control.close()
        if server is not None:
            # It would end itself and its children, but only once it has read in all of its modules.
            if server.poll() is None:
                with suppress(ProcessLookupError):  # it may just have done so
                    os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def _waits(job: socket.socket) -> bool:
    """Whether the child at the other end is still there, and silent as it should be."""
    job.setblocking(False)
    try:
        job.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _messages(stream: BinaryIO) -> Iterator[bytes]:
    """The child's messages, as long as they come whole."""
    allowed = _MOST_ANSWER
    while len(head := stream.read(_MESSAGE.size)) == _MESSAGE.size:
        length = _MESSAGE.unpack(head)[0]
        allowed -= length
        if allowed < 0 or len(message := stream.read(length)) < length:
            return
        yield message


def _environment() -> dict[str, str]:
    """Ours, with this very package first on the path: the server must run the same code."""
    home = str(Path(__file__).resolve().parents[2])
    others = os.environ.get("PYTHONPATH", "")
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (home, others)))}
