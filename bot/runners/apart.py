"""Works suspects in a process of their own, so that a message that kills its worker kills nothing else."""

import multiprocessing
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

from bot.values.ledger import Job

# What stops a whole service from outside says nothing about the message that was being worked on.
TOLD_TO_STOP = (-signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP)


class Apart:
    """One process beside this one, for one worker thread; started with its first suspect, and anew after a
    fall. `serve` runs in it: it works the jobs it is sent through the connection and answers each."""

    def __init__(self, serve: Callable[[Connection], None]) -> None:
        self._serve = serve
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None

    def __call__(self, job: Job) -> int:
        """Work a claimed message there; returns 0, or the exit code of the process that died over it."""
        pipe = self._ready()
        try:
            pipe.send(job)
            pipe.recv()
        except (EOFError, OSError):
            return self._buried()
        return 0

    def _ready(self) -> Connection:
        if self._process is not None and not self._process.is_alive():
            self._buried()
        if self._pipe is None:
            context = multiprocessing.get_context("spawn")
            self._pipe, theirs = context.Pipe()
            self._process = context.Process(target=_begin, args=(self._serve, theirs), daemon=True)
            self._process.start()
            theirs.close()
        return self._pipe

    def _buried(self) -> int:
        assert self._process is not None
        assert self._pipe is not None
        self._pipe.close()
        self._process.join()
        code = self._process.exitcode or 1
        self._process, self._pipe = None, None
        return code


def _begin(serve: Callable[[Connection], None], pipe: Connection) -> None:
    """In the process itself: Ctrl-C is for the service, which ends us in its own time."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        serve(pipe)
    except EOFError:
        return
