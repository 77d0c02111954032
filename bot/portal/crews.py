"""Threads for the portal's slow work: few of each kind, and no queue that grows without end."""

import asyncio
import contextlib
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from bot.errors import Temporary

Result = TypeVar("Result")
NICE = 10


class Crew:
    """A few threads. `waiting` bounds what stands in line for them; a `gentle` crew gives way to others."""

    def __init__(self, name: str, *, threads: int, waiting: int, gentle: bool = False) -> None:
        self._most = threads + waiting
        self._busy = 0
        self._pool = ThreadPoolExecutor(
            max_workers=threads, thread_name_prefix=name, initializer=_step_back if gentle else None
        )

    async def do(self, work: Callable[..., Result], *arguments: object) -> Result:
        """Run it in a thread; raises Temporary where too much waits already. The work is never cut short."""
        if self._busy >= self._most:
            raise Temporary("too many people at once", retry_after=5)
        self._busy += 1
        running = asyncio.get_running_loop().run_in_executor(self._pool, work, *arguments)
        running.add_done_callback(self._done)
        return await asyncio.shield(running)

    def _done(self, running: "asyncio.Future[Result]") -> None:
        self._busy -= 1
        if not running.cancelled():
            running.exception()  # seen, even where the visitor has gone

    def close(self) -> None:
        """End the threads when their work is done."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _step_back() -> None:
    """On Linux a priority belongs to the thread, and the threads that the hashing starts inherit it."""
    # A service may be forbidden to change even its own: then few threads must be gentle enough.
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


class Crews:
    """The ledger's threads, those that hash, and those that wait for a platform far away."""

    def __init__(self) -> None:
        self.ledger = Crew("portal-ledger", threads=4, waiting=400)
        self.hashing = Crew("portal-hash", threads=2, waiting=40, gentle=True)
        self.platform = Crew("portal-platform", threads=4, waiting=40)

    def close(self) -> None:
        """Let them all go."""
        for crew in (self.ledger, self.hashing, self.platform):
            crew.close()
