"""The fork server: a small process with all parsers loaded, from which sheets get limited children.

A fork takes several times as long as the reading of an ordinary sheet. So a child that has read one goes on
to the next, up to `FILES` of them; after a file that was large, refused or odd in any way it ends.

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
from bot.values.sheet import SheetLimits, Verdict

LENGTHS = struct.Struct("!IQ")  # of the order, of the content
MESSAGE = struct.Struct("!Q")  # length of each message of the answer
READY = MESSAGE.pack(0)  # after an answer: this child takes another file
FILES = 32
_ORDINARY_BYTES = 1024 * 1024
_OPEN_FILES = 32


def main(control: socket.socket) -> None:
    """Serve until the other end of the control socket is gone."""
    for ignored in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)  # the service manager signals us too; only the bot decides
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are reaped by the kernel
    load_vocabulary()
    # openpyxl takes numpy in where it is installed, for cells of its kinds: here there are none.
    sys.modules["numpy"] = None  # type: ignore[assignment]
    gc.disable()  # a child collects between files: while it reads, that would only cost time
    gc.freeze()
    while (job := _next_job(control)) is not None:
        if os.fork() == 0:
            control.close()
            _serve(job)
        job.close()
        importlib.import_module("bot.sheet.openxml")  # while the first child works; later ones find it loaded
        gc.freeze()
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
    """In the child: limit ourselves, read file after file, end. Never returns."""
    try:
        with job.makefile("rb") as stream:
            for number in range(1, FILES + 1):
                head = stream.read(LENGTHS.size)
                if not head:
                    return
                order_length, content_length = LENGTHS.unpack(head)
                name, limits, engines = unpack_order(stream.read(order_length))
                content = stream.read(content_length)
                if number == 1:
                    _limit_ourselves(limits)
                _limit_time(limits.seconds)
                ordinary = _answer(job, content, name, limits, engines)
                if not ordinary or number == FILES:
                    return
                signal.setitimer(signal.ITIMER_REAL, 0)
                job.sendall(READY)
                del content
                gc.collect()
    finally:
        os._exit(0)


def _answer(
    job: socket.socket, content: bytes, name: str, limits: SheetLimits, engines: tuple[str, ...]
) -> bool:
    """Read one file and send what was read; True if it was as ordinary as can be."""
    parsed = parse_sheet(
        content,
        name,
        limits,
        tuple(Engine(engine) for engine in engines),
        lambda sheet, rows: _send(job, pack_rows(sheet, rows)),
    )
    _send(job, pack_reading(parsed))
    return parsed.verdict is Verdict.OK and len(content) <= _ORDINARY_BYTES


def _send(job: socket.socket, message: bytes) -> None:
    job.sendall(MESSAGE.pack(len(message)))
    job.sendall(message)


def _limit_ourselves(limits: SheetLimits) -> None:
    """What this process may have, for good: memory, open files, nothing written."""
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 2)  # an abort for lack of memory is an ordinary result, not news for the log
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)


def _limit_time(seconds: float) -> None:
    """From now on: processor time and wall clock end this process by signals that no parser can hold up."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    processor = math.ceil(used.ru_utime + used.ru_stime + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (processor, resource.RLIM_INFINITY))
    signal.setitimer(signal.ITIMER_REAL, seconds)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
