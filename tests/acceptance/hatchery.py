"""Starts what a bot starts quickly: its sheet servers and Python's fork server are forked from processes that
have read in what they need.

They are the program's own and behave as if the interpreter had started them; only that is left out.
`tests/unit/sheet/test_sheet_child.py`, the demo, a bot that is started as on the command line, and one whose
fork server was killed start them as everybody does.
"""

import fcntl
import json
import os
import select
import signal
import socket
import struct
import subprocess
from collections.abc import Sequence
from importlib import import_module
from multiprocessing import util
from typing import Any, NoReturn

_PID = struct.Struct("!i")


class Hatchery:
    """To `bot.sheet.child` it is the module `subprocess`; the process behind it ends with all who know it."""

    DEVNULL = subprocess.DEVNULL

    def __init__(self, others: socket.socket) -> None:
        """`others` is no business of that process."""
        self._orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        if os.fork() == 0:
            others.close()
            self._orders.close()
            hatch(theirs)
        theirs.close()

    def Popen(self, command: Sequence[str], **options: Any) -> "SheetServer":
        """A sheet server at the socket that the last word of the command names."""
        assert list(command[1:3]) == ["-m", "bot.sheet.server"]
        answer, theirs = socket.socketpair()
        with answer, theirs:
            socket.send_fds(self._orders, [b"s"], [int(command[3]), 2, theirs.fileno()])
            theirs.close()
            return SheetServer(_PID.unpack(answer.recv(_PID.size))[0])


class SheetServer:
    """A server that runs; what `bot.sheet.child` uses of `subprocess.Popen`."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._handle = os.pidfd_open(pid)
        self._ended = False

    def poll(self) -> int | None:
        """Something once it has ended, None while it runs."""
        return self._end(0)

    def wait(self) -> int:
        """Wait for the end."""
        code = self._end(None)
        assert code is not None
        return code

    def _end(self, timeout: float | None) -> int | None:
        if not self._ended:
            self._ended = bool(select.select([self._handle], [], [], timeout)[0])
            if self._ended:
                os.close(self._handle)
        return -signal.SIGKILL if self._ended else None


def hatch(orders: socket.socket) -> NoReturn:
    """In the process itself: a server for each order."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):
        os.dup2(nothing, stream)
    server = import_module("bot.sheet.server")
    import_module("bot.sheet.openxml")
    server.load_vocabulary()
    while True:
        order, sent, _, _ = socket.recv_fds(orders, 1, 3)
        if not order:
            os._exit(0)
        if os.fork() == 0:
            control, errors, answer = sent
            os.setsid()
            os.dup2(errors, 2)
            os.write(answer, _PID.pack(os.getpid()))
            for spent in (errors, answer, orders.fileno()):
                os.close(spent)
            server.main(socket.socket(fileno=control))
        for descriptor in sent:
            os.close(descriptor)


class SpareForkServer:
    """To `multiprocessing` it is `util.spawnv_passfds`: the first fork server is a child that was forked
    before the bot began, with the whole program in it, and has waited since."""

    def __init__(self) -> None:
        self._spawn = util.spawnv_passfds
        self._orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._spare: int | None = os.fork()
        if self._spare == 0:
            self._orders.close()
            serve_as_ordered(theirs)
        theirs.close()

    def __call__(self, path: bytes, command: Sequence[str], descriptors: Sequence[int]) -> int:
        """The process that carries out the Python in the command's last word."""
        program = command[-1]
        if self._spare is None or "multiprocessing.forkserver" not in program:
            return self._spawn(path, command, descriptors)
        started, self._spare = self._spare, None
        order = json.dumps({"program": program, "descriptors": list(descriptors)}).encode()
        with self._orders:
            socket.send_fds(self._orders, [order], list(descriptors))
        return started


def serve_as_ordered(orders: socket.socket) -> NoReturn:
    """In the spare process: once ordered do what Python would have started; end where the bot ends before."""
    text, sent, _, _ = socket.recv_fds(orders, 65_536, 8)
    if text:
        order = json.loads(text)
        # The program names them by their numbers in the bot; out of the way first, none may close another.
        aside = [fcntl.fcntl(descriptor, fcntl.F_DUPFD, 512) for descriptor in sent]
        for descriptor, number in zip(aside, order["descriptors"], strict=True):
            os.dup2(descriptor, number)
            os.close(descriptor)
        exec(order["program"], {})
    os._exit(0)
