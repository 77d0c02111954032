"""Starts the real program quickly: a process that has read all of it in forks one bot after another.

Killing a bot some hundred times would else be, for the most part, waiting for the interpreter; and most of
the bot's first mail would be compiling word lists and templates.
"""

import contextlib
import gc
import io
import itertools
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time
import traceback
from collections.abc import Sequence
from importlib import import_module
from multiprocessing import util
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, NoReturn

import argon2

MAILS = Path(__file__).parents[2] / "fixtures" / "mails"
SQLITE = "sqlite:///"
LEDGER: list[bytes] = []
_CREDENTIALS = struct.Struct("3i")  # process, user, group
CHEAP = (1, 8_192, 1)  # rounds, KiB, lanes
READ_IN = (
    "psycopg",
    "alembic.command",
    "alembic.context",
    *(f"bot.cli.{command}" for command in ("run", "look", "act", "backup", "forget", "trace", "check")),
    *(f"bot.app.{lazy}" for lazy in ("ops", "portal", "checks")),
    *(f"bot.directories.{platform}" for platform in ("moodle", "scim")),
)


class Bot:
    """A running program; what tests use of `subprocess.Popen`."""

    def __init__(self, nursery: "Nursery", pid: int) -> None:
        self._nursery = nursery
        self._code: int | None = None
        self.pid = pid

    def poll(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        if self._code is None:
            self._code = self._nursery.ask({"code_of": self.pid})
        return self._code

    def wait(self, timeout: float) -> int:
        """Wait for the end."""
        until = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired("rollcall", timeout)
            time.sleep(0.01)
        return code

    def terminate(self) -> None:
        """SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def send_signal(self, number: int) -> None:
        """Any other signal."""
        os.kill(self.pid, number)


class Nursery:
    """Use it as a context manager; every bot of its ends with the block.

    Whoever asks first for one of this name starts the process that reads the program in; each nursery is a
    fork of that, so that the workers of a run share the reading.
    """

    def __init__(self, name: str) -> None:
        self._name = f"\0rollcall-nursery-{name}"  # of a socket that lies in no folder
        self._mother: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Nursery":
        self._line = self._connected()
        self._answers = self._line.makefile(encoding="utf-8")
        self._bots: list[Bot] = []
        self._printed = itertools.count(1)
        return self

    def _connected(self) -> socket.socket:
        while True:
            line = socket.socket(socket.AF_UNIX)
            try:
                line.connect(self._name)
            except ConnectionRefusedError:
                line.close()
                self._start_mother()
            else:
                return line

    def _start_mother(self) -> None:
        with socket.socket(socket.AF_UNIX) as listener:
            try:
                listener.bind(self._name)
            except OSError:
                return  # somebody was sooner
            listener.listen()
            self._mother = subprocess.Popen(
                [sys.executable, "-m", "tests.acceptance.nursery", str(listener.fileno())],
                stdin=subprocess.PIPE,
                pass_fds=[listener.fileno()],
                env=os.environ | {"PYTHONPATH": str(Path.cwd())},
            )

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear()
        self._answers.close()
        self._line.close()
        if self._mother is not None:
            self._mother.communicate(timeout=10)

    def clear(self) -> None:
        """End every bot that still runs."""
        for bot in self._bots:
            if bot.poll() is None:
                os.killpg(bot.pid, signal.SIGKILL)
                bot.wait(10)
        self._bots.clear()

    def start(
        self,
        arguments: Sequence[str],
        log: Path,
        *,
        trap: str = "",
        ledger: str = "",
        environment: dict[str, str] | None = None,
    ) -> Bot:
        """`rollcall` with these arguments, in a process group of its own and in the folder of its log,
        perhaps with a saboteur's trap; where `ledger` names a file of SQLite that is not there, it finds one
        with its schema, as at every start but the first."""
        request = {"arguments": list(arguments), "log": str(log), "trap": trap, "ledger": ledger}
        # Its own fork server must find the same program.
        known = {"PYTHONPATH": str(Path.cwd())}
        bot = Bot(self, self.ask(request | {"environment": (environment or dict(os.environ)) | known}))
        self._bots.append(bot)
        return bot

    def run(self, arguments: Sequence[str], folder: Path) -> tuple[int, str]:
        """The same to its end: the exit code and what it printed."""
        printed = folder / f"printed-{next(self._printed)}.log"
        code = self.start(arguments, printed).wait(60)
        return code, printed.read_text(encoding="utf-8")

    def ask(self, request: dict[str, Any]) -> Any:
        """One request, one answer."""
        self._line.sendall(json.dumps(request).encode() + b"\n")
        answer = self._answers.readline()
        assert answer, "the nursery has died"
        return json.loads(answer)


def serve_all(listener: socket.socket) -> None:
    """In the first process: a nursery for everybody who calls, until whoever started this has gone."""
    while True:
        called, _, _ = select.select([listener, sys.stdin], [], [])
        if sys.stdin in called:
            return
        line, _ = listener.accept()
        with line:
            # Any local user may call at such a socket.
            caller = line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
            if _CREDENTIALS.unpack(caller)[1] != os.getuid():
                continue
            if os.fork() == 0:
                listener.close()
                serve(line)
                os._exit(0)


def serve(line: socket.socket) -> None:
    """In the nursery's own process: answer requests until the test has gone."""
    codes: dict[int, int] = {}
    for order in line.makefile(encoding="utf-8"):
        request = json.loads(order)
        answer: int | None
        if "code_of" in request:
            answer = code_of(request["code_of"], codes)
        else:
            lay_ledger(request["ledger"])
            answer = os.fork()
            if answer == 0:
                os.close(line.detach())
                be_a_bot(request)
            codes.pop(answer, None)  # numbers of processes come round again
            # Here and there: whoever comes first, it can be killed as a group from now on.
            os.setpgid(answer, answer)
        line.sendall(json.dumps(answer).encode() + b"\n")


def read_in() -> None:
    """All that a bot reads in on its way: the program, and what its first mail and letter compile.

    Passwords are hashed at a twentieth of their price: a suite that floods the sign-in page would for the
    most part be hashing.
    """
    price = argon2.PasswordHasher.__init__.__defaults__ or ()
    argon2.PasswordHasher.__init__.__defaults__ = (*CHEAP, *price[len(CHEAP) :])
    for module in READ_IN:
        import_module(module)
    from bot.app.read_in import read_in
    from bot.cli import rollcall

    read_in()
    make_ledger()
    with contextlib.redirect_stdout(io.StringIO()):
        rollcall(["preview", "--json", str(MAILS / "01-yes-with-repairs.eml")], standalone_mode=False)
    # A collection in a fork would copy all of this.
    gc.collect()
    gc.freeze()


def make_ledger() -> None:
    """An empty ledger with its schema, for `lay_ledger`."""
    from bot.store.engine import Database
    from bot.store.upgrade import upgrade

    with TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        database = Database(SQLITE + str(path), owner="nursery")
        upgrade(database)
        database.close()
        LEDGER.append(path.read_bytes())


def lay_ledger(url: str) -> None:
    """Where a file of SQLite is named and not there, an empty ledger with its schema."""
    path = Path(url.removeprefix(SQLITE))
    if url.startswith(SQLITE) and not path.exists():
        path.write_bytes(LEDGER[0])


def code_of(pid: int, codes: dict[int, int]) -> int | None:
    """A child's exit code once it has ended; asked for as often as one likes."""
    if pid not in codes:
        found, status = os.waitpid(pid, os.WNOHANG)
        if not found:
            return None
        codes[pid] = os.waitstatus_to_exitcode(status)
    return codes[pid]


def be_a_bot(request: dict[str, Any]) -> NoReturn:
    """In the fork: become the program, as the command line would have started it."""
    os.setpgid(0, 0)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(Path(request["log"]).parent)
    log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for target, source in ((0, nothing), (1, log), (2, log)):
        os.dup2(source, target)
    code = 1
    try:
        if request["trap"]:
            set_trap(request["trap"])
        sys.argv = ["rollcall", *request["arguments"]]
        if request["arguments"][0] == "run":
            util.spawnv_passfds = SpareForkServer()  # type: ignore[assignment]
        main()
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    finally:
        if code == 1:
            traceback.print_exc()
        sys.stdout.flush()
        os._exit(code)


if __name__ == "__mp_main__":
    # A process that a bot started, as a copy of itself.
    from tests.acceptance import saboteur

    if saboteur.TRAP in os.environ:
        saboteur.set_trap(os.environ[saboteur.TRAP])

if __name__ == "__main__":
    # The small process first: what it forks must not carry the whole program.
    from tests.acceptance.hatchery import Hatchery, SpareForkServer

    listener = socket.socket(fileno=int(sys.argv[1]))
    hatchery = Hatchery(listener)

    import bot.sheet.child
    from bot.cli import main
    from tests.acceptance.saboteur import set_trap

    bot.sheet.child.subprocess = hatchery  # type: ignore[assignment]
    read_in()
    serve_all(listener)
