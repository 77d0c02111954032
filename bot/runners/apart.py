"""A process beside this one for one worker thread: for suspects, which may kill it and nothing else, and for
a backlog, which one interpreter alone would work on one core."""

import fcntl
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from typing import NamedTuple

from bot.errors import LedgerUnavailable
from bot.runners.events import lines_of
from bot.values.ledger import Job, Settlement

# What stops a whole service from outside says nothing about the message that was being worked on.
TOLD_TO_STOP = (-signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP)
END_WITHIN = 5.0
NEVER = threading.Event()
LISTEN = 0.2

Log = Callable[..., None]
Settled = Callable[[Job, Settlement], None]


class Order(NamedTuple):
    """A job for the process and since when it is ours; with `goes_on` it claims what is due after it, too."""

    job: Job
    claimed: float | None
    goes_on: bool


class Desk:
    """The process's own end: takes orders, and says what to log, what was settled and when it is done.
    Several threads use it, as a heartbeat logs too."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._lock = threading.Lock()

    def next_order(self) -> Order:
        """What to work next; raises EOFError where nobody sends any more."""
        order: Order | None = None
        while order is None:  # what called it back while it came to rest is no order
            order = self._pipe.recv()
        return order

    def is_called_back(self) -> bool:
        """Whether the service wants to hear of it before it claims another job."""
        return self._pipe.poll()

    def took(self, job: Job) -> None:
        """It claimed this job by itself: should it fall, it was over this one."""
        self._say("took", replace(job, raw=b""))

    def log(self, event: str, **details: object) -> None:
        """Say it in the service's log; of an error the lines it came through, without any values."""
        error = details.pop("exception", None)
        if isinstance(error, BaseException):
            details |= {"error": type(error).__name__, "traceback": lines_of(error)}
        self._say("log", (event, details))

    def settled(self, job: Job, settlement: Settlement) -> None:
        """The job at hand came to this end; what its letters say is nothing the service asks for."""
        letters = tuple(replace(letter, body=b"") for letter in settlement.letters)
        self._say("settled", replace(settlement, letters=letters))

    def born(self) -> None:
        """Who it was forked from, for whoever ends it."""
        self._say("born", os.getppid())

    def ready(self) -> None:
        """Another job is welcome."""
        self._say("ready", None)

    def unavailable(self, why: str) -> None:
        """The ledger was out of reach while a job was at hand; another is welcome all the same."""
        self._say("unavailable", why)

    def _say(self, kind: str, what: object) -> None:
        with self._lock:
            self._pipe.send((kind, what))


class ForkServer:
    """Python's fork server, shared by all our processes: it ends when the last of them has ended at rest, as
    what it has read in would stay in memory. Python starts it anew when it is wanted."""

    def __init__(self) -> None:
        self._users: set[int] = set()
        self._pid: int | None = None
        self._lock = threading.Lock()

    def wanted(self, user: object) -> None:
        """That one is about to fork from it."""
        with self._lock:
            self._users.add(id(user))

    def known_as(self, pid: int) -> None:
        """One that was forked tells which process it is."""
        with self._lock:
            self._pid = pid

    def spared(self, user: object, *, at_rest: bool) -> None:
        """That one has no process any more."""
        with self._lock:
            self._users.discard(id(user))
            if at_rest and not self._users and self._pid is not None:
                with suppress(ProcessLookupError):
                    os.kill(self._pid, signal.SIGKILL)
                self._pid = None


class Apart:
    """The service's end. The process starts when it is wanted, anew after a fall, and ends when told; `serve`
    runs in it and works the orders of its desk. It is forked from Python's fork server, which has imported
    `read_in` and starts with the first process that is wanted. Used by one thread."""

    def __init__(self, serve: Callable[[Desk], None], *, read_in: str, server: ForkServer, log: Log) -> None:
        self._serve = serve
        self._server = server
        self._read_in = read_in
        self._log = log
        self._process: ForkServerProcess | None = None
        self._pipe: Connection | None = None
        self._is_ready = False
        self._is_called_back = False
        self._trouble = ""
        self.at_hand: Job | None = None

    def start(self) -> None:
        """Begin to start the process, where there is none; takes seconds, of which this waits for none."""
        if self._pipe is not None and self._has_fallen():
            self._buried()
        if self._pipe is None:
            self._server.wanted(self)
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload([self._read_in])
            self._pipe, theirs = context.Pipe()
            self._process = context.Process(target=_begin, args=(self._serve, theirs), daemon=True)
            self._birth = threading.Thread(target=_bear, args=(self._process, theirs), daemon=True)
            self._birth.start()

    def _has_fallen(self) -> bool:
        return self._process is not None and not self._birth.is_alive() and not self._process.is_alive()

    def is_ready(self) -> bool:
        """Whether a job sent now is worked at once."""
        try:
            while not self._is_ready and self._pipe is not None and self._pipe.poll():
                self._is_ready = self._heard() == "ready"
        except (EOFError, OSError):
            self._log("process_start_failed", exit_code=self._buried())
        return self._is_ready

    def work(
        self,
        job: Job,
        settled: Settled,
        *,
        claimed: float | None = None,
        goes_on: bool = False,
        stop: threading.Event = NEVER,
    ) -> int:
        """Work a claimed message there; returns 0, or the exit code of the process that died over `at_hand`
        (None where it was between two).

        With `goes_on` the process claims and works what else is due, until nothing is or `stop` is set.
        `settled` is called here with the end of each. Raises LedgerUnavailable as the work itself would.
        """
        self.start()
        assert self._pipe is not None
        self.at_hand = job
        try:
            while not self._is_ready:
                self._is_ready = self._heard() == "ready"
            self._pipe.send(Order(job, claimed, goes_on))
            self._is_called_back = False
            while (kind := self._heard_until(stop, settled)) not in ("ready", "unavailable"):
                pass
        except (EOFError, OSError):
            return self._buried()
        if kind == "unavailable":
            raise LedgerUnavailable(self._trouble)
        return 0

    def _heard(self, settled: Settled | None = None) -> str:
        """Wait for the next word of the process and see to it; returns its kind."""
        assert self._pipe is not None
        kind, what = self._pipe.recv()
        match kind:
            case "log":
                event, details = what
                self._log(event, **details)
            case "took":
                self.at_hand = what
            case "settled" if self.at_hand is not None and settled is not None:
                settled(self.at_hand, what)
                self.at_hand = None
            case "unavailable":
                self._trouble = str(what)
            case "born":
                self._server.known_as(what)
        return str(kind)

    def _heard_until(self, stop: threading.Event, settled: Settled) -> str:
        """The same, and call the process back at a stop: it looks for that before it claims another job."""
        assert self._pipe is not None
        while not self._is_called_back:
            if stop.is_set():
                self._pipe.send(None)
                self._is_called_back = True
            elif self._pipe.poll(LISTEN):
                break
        return self._heard(settled)

    def end(self) -> None:
        """End the process: by itself where nothing is at hand, else by force."""
        at_rest = self._pipe is None or self._is_ready
        if self._pipe is not None:
            self._buried(END_WITHIN if at_rest else 0)
        self._server.spared(self, at_rest=at_rest)

    def kill(self) -> None:
        """From any thread: the time to stop is over, and what is at hand there falls with us."""
        process = self._process
        if process is not None and process.pid is not None and process.is_alive():
            process.kill()

    def _buried(self, patience: float | None = None) -> int:
        """Let go of the process, which ends without us if it has not yet; returns its exit code."""
        assert self._process is not None
        assert self._pipe is not None
        process = self._process
        self._pipe.close()
        self._birth.join(patience)
        code = None
        if process.pid is not None:
            process.join(patience)
            self.kill()
            process.join()
            code = process.exitcode
        self._process, self._pipe, self._is_ready = None, None, False
        return code or 1


def _bear(process: ForkServerProcess, pipe: Connection) -> None:
    """Start the process, in a thread of its own: the fork server answers only once it has read all in."""
    # A fork server that is killed meanwhile shows as a pipe at which nobody is.
    with pipe, suppress(OSError, EOFError):
        process.start()


def _begin(serve: Callable[[Desk], None], pipe: Connection) -> None:
    """In the process itself: signals are for the service, which ends us in its own time."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    _die_with_service()
    desk = Desk(pipe)
    with suppress(EOFError, BrokenPipeError):
        desk.born()
        serve(desk)


def _die_with_service() -> None:
    """Outlive the service by no moment: the next one on an SQLite ledger takes over what it worked on.

    The kernel itself sends SIGKILL when the service's end of its pipe goes (fcntl(2), F_SETSIG); the signal
    for a parent's death would only tell of the fork server's.
    """
    service = multiprocessing.parent_process()
    assert service is not None
    end = service.sentinel
    fcntl.fcntl(end, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(end, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(end, fcntl.F_SETFL, fcntl.fcntl(end, fcntl.F_GETFL) | os.O_ASYNC)
    if not service.is_alive():
        os._exit(1)
