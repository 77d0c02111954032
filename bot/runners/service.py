"""The service: starts watches, workers and delivery, lets the scheduler wake them, stops them cleanly."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.errors import ConfigurationError, RollcallError
from bot.runners.delivery import Delivery
from bot.runners.watch import MailboxWatch
from bot.runners.worker import WakeUp, Worker

STOP_WITHIN = 8.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Timed:
    """Something to do every so many seconds, in a thread of the pool."""

    name: str
    seconds: float
    action: Callable[[], object]


@dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """One process of Rollcall. Jobs of the scheduler only wake or run short housekeeping: a shutdown that
    cancels them loses nothing."""

    watches: Sequence[MailboxWatch]
    workers: Sequence[Worker]
    delivery: Delivery
    timed: Sequence[Timed]
    work_wake: WakeUp
    outbox_wake: "LoopEvent"
    stop_threads: threading.Event
    executor: ThreadPoolExecutor
    log: Callable[..., None]
    companions: Sequence[Callable[[asyncio.Event], Coroutine[Any, Any, None]]] = field(default=())

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set; in-flight work ends, leases go back, connections are closed.

        Raises ConfigurationError where it found meanwhile that it must not go on.
        """
        self.outbox_wake.bind(asyncio.get_running_loop())
        threads = self._start_threads()
        reasons: list[ConfigurationError] = []

        def end(reason: ConfigurationError) -> None:
            reasons.append(reason)
            stop.set()

        scheduler = self._schedule(end)
        delivery = asyncio.create_task(self.delivery.run(self.outbox_wake.event, stop))
        companions = [asyncio.create_task(start(stop)) for start in self.companions]
        try:
            await stop.wait()
        finally:
            self.stop_threads.set()
            self.work_wake.wake()
            for watch in self.watches:
                watch.wake()
            scheduler.shutdown(wait=False)
            self.outbox_wake.set()
            await self._ended(delivery, *companions)
            await asyncio.to_thread(self._join, threads)
            for worker in self.workers:
                worker.give_up()
        for reason in reasons:
            raise reason

    def _start_threads(self) -> list[threading.Thread]:
        loops = [(f"mailbox-{number}", watch.run) for number, watch in enumerate(self.watches)]
        loops += [(f"worker-{number}", worker.run) for number, worker in enumerate(self.workers)]
        threads = [threading.Thread(target=run, name=name, daemon=True) for name, run in loops]
        for thread in threads:
            thread.start()
        return threads

    def _schedule(self, end: Callable[[ConfigurationError], None]) -> AsyncIOScheduler:
        scheduler = AsyncIOScheduler(
            jobstores={"default": MemoryJobStore()},
            executors={"default": AsyncIOExecutor()},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone="UTC",
        )
        for timed in self.timed:
            scheduler.add_job(
                self._run_timed, "interval", seconds=timed.seconds, args=[timed, end], id=timed.name
            )
        scheduler.start()
        return scheduler

    async def _run_timed(self, timed: Timed, end: Callable[[ConfigurationError], None]) -> None:
        try:
            await asyncio.get_running_loop().run_in_executor(self.executor, timed.action)
        except ConfigurationError as error:
            end(error)
        except RollcallError as trouble:
            self.log("timed_action_failed", action=timed.name, reason=str(trouble))

    async def _ended(self, *tasks: "asyncio.Future[None]") -> None:
        done, pending = await asyncio.wait(tasks, timeout=STOP_WITHIN)
        for task in pending:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        for task in done:
            task.result()

    def _join(self, threads: Sequence[threading.Thread]) -> None:
        for thread in threads:
            thread.join(STOP_WITHIN)


class LoopEvent:
    """An asyncio event that any thread can set."""

    def __init__(self) -> None:
        self.event = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def bind(self, loop: asyncio.AbstractEventLoop) -> None:
        """Belongs to this loop from now on."""
        self._loop = loop

    def set(self) -> None:
        """From any thread: set it."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.event.set)
