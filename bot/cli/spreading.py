"""One piece of work done with many files on all cores: the same results in the same order, only sooner."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

MOST_PROCESSES = 8
# Files go in such lots: fewer would be sent to and fro for longer than they are read.
LOT = 8

Work = Callable[[Path], dict[str, Any]]
Opened = Callable[[], AbstractContextManager[Work]]

_kept = ExitStack()
_work: Work


def processors() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(files: Sequence[Path], opened: Opened) -> Iterator[dict[str, Any]]:
    """What comes of each file, in order; each process opens for itself what the work needs.

    Where a process is killed it ends early, and on one core at once: the caller goes on by itself.
    """
    count = min(processors(), MOST_PROCESSES)
    if count < 2:
        return
    pool = ProcessPoolExecutor(count, multiprocessing.get_context("fork"), _open, (opened,))
    try:
        yield from pool.map(_do, files, chunksize=LOT)
    except BrokenProcessPool:
        return
    finally:
        pool.shutdown(cancel_futures=True)


def _open(opened: Opened) -> None:
    """A process gets what it works with, for as long as it lives."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever interrupts them all speaks to the first
    global _work  # noqa: PLW0603  a process of a pool has no other place to keep it
    _work = _kept.enter_context(opened())


def _do(file: Path) -> dict[str, Any]:
    return _work(file)
