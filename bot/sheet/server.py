"""The fork server: a small process with all parsers loaded, from which each sheet gets a limited child.

It is started by `bot.sheet.child` and ends with the bot: when the control socket closes, whether by `close()`
or because the bot was killed, it kills its process group, itself and every child.
"""

import array
import gc
import importlib
import math
import os
import resource
import signal
import socket
import struct
import sys

from bot.sheet.packing import pack_reading, pack_rows, unpack_order
from bot.sheet.read import Engine, parse_sheet
from bot.sheet.vocabulary import load_vocabulary
from bot.values.sheet import SheetLimits

LENGTHS = struct.Struct("!IQ")  # of the order, of the content
MESSAGE = struct.Struct("!Q")  # length of each message of the answer
_OPEN_FILES = 32


def main(control: socket.socket) -> None:
    """Serve until the other end of the control socket is gone."""
    for ignored in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)  # the service manager signals us too; only the bot decides
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are reaped by the kernel
    load_vocabulary()
    gc.disable()  # a child lives for one file: collecting would only cost time
    gc.freeze()
    while (job := _next_job(control)) is not None:
        if os.fork() == 0:
            control.close()
            _serve(job)
        job.close()
        importlib.import_module("bot.sheet.openxml")  # while the first child works; later ones find it loaded
    os.killpg(0, signal.SIGKILL)


def _next_job(control: socket.socket) -> socket.socket | None:
    descriptors = array.array("i")
    message, ancillary, _, _ = control.recvmsg(1, socket.CMSG_SPACE(descriptors.itemsize))
    if not message:
        return None
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(data[: descriptors.itemsize])
    return socket.socket(fileno=descriptors[0]) if descriptors else None


def _serve(job: socket.socket) -> None:
    """In the child: take the order, limit ourselves, read, answer, end. Never returns."""
    try:
        with job.makefile("rb") as stream:
            order_length, content_length = LENGTHS.unpack(stream.read(LENGTHS.size))
            name, limits, engines = unpack_order(stream.read(order_length))
            content = stream.read(content_length)
        _limit_ourselves(limits)
        parsed = parse_sheet(
            content,
            name,
            limits,
            tuple(Engine(engine) for engine in engines),
            lambda sheet, rows: _send(job, pack_rows(sheet, rows)),
        )
        _send(job, pack_reading(parsed))
    finally:
        os._exit(0)


def _send(job: socket.socket, message: bytes) -> None:
    job.sendall(MESSAGE.pack(len(message)))
    job.sendall(message)


def _limit_ourselves(limits: SheetLimits) -> None:
    """Memory, CPU and wall clock end this process by signals that no parser can hold up."""
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 2)  # an abort for lack of memory is an ordinary result, not news for the log
    seconds = math.ceil(limits.seconds)
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, limits.seconds)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
