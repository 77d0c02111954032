"""Starts the sheet server of a bot quickly: a process that has its parsers in forks one server after another.

The servers are the program's own and behave as if the interpreter had started them; only that is left out.
`tests/unit/sheet/test_sheet_child.py` and the commands of the documents start it as everybody does.
"""

import os
import select
import signal
import socket
import struct
import subprocess
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

_PID = struct.Struct("!i")


class Hatchery:
    """To `bot.sheet.child` it is the module `subprocess`; the process behind it ends with all who know it."""

    DEVNULL = subprocess.DEVNULL

    def __init__(self) -> None:
        self._orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        if os.fork() == 0:
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
