"""Workers: claim a message, work it under a heartbeat, end it or give it back."""

import contextlib
import random
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from bot.errors import (
    ConfigurationError,
    DirectoryRefused,
    DirectoryUnavailable,
    LeaseLost,
    LedgerUnavailable,
    MessageUnreadable,
    Temporary,
)
from bot.runners.apart import TOLD_TO_STOP, Apart
from bot.runners.fence import fence_all, seconds_awake
from bot.runners.heartbeat import Heartbeat, Pulse
from bot.runners.holding import set_aside
from bot.runners.office import Office
from bot.runners.route import work_message
from bot.runners.tickets import end_ticket, is_ticket
from bot.runners.waiting import word_while_waiting
from bot.values.ledger import Job, MessageState, Settlement

SUSPECT_CRASHES = 2
CRASHES_ALLOWED = 3
FIRST_DELAY = 5.0
LONGEST_DELAY = 900.0
REFUSED_DELAY = 300.0
REST = 5.0
ENDS_AFTER = 30.0


class WakeUp:
    """Lets threads sleep until there may be work; several wakes at once are one."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._count = 0

    def wake(self) -> None:
        """There may be work."""
        with self._condition:
            self._count += 1
            self._condition.notify_all()

    def count(self) -> int:
        """How often it was woken; passed to `wait` so that no wake falls between looking and sleeping."""
        with self._condition:
            return self._count

    def wait(self, seen: int, seconds: float) -> None:
        """Sleep until woken since `seen`, or for so long."""
        with self._condition:
            self._condition.wait_for(lambda: self._count != seen, timeout=seconds)


class Worker:
    """One worker thread's loop. `settled` is called after each message that ended; `apart` is its process for
    suspects, and for a backlog: what comes after `spread_after` messages without a rest (0: nothing)."""

    def __init__(
        self,
        office: Office,
        *,
        wake: WakeUp,
        settled: Callable[[Job, Settlement], None],
        stop: threading.Event,
        apart: Apart | None = None,
        spread_after: int = 0,
    ) -> None:
        self._office = office
        self._wake = wake
        self._settled = settled
        self._apart = apart
        self._spread_after = spread_after
        self._stop = stop
        self._pulse = Pulse(office)
        self._in_a_row = 0
        self._rests_since = 0.0

    def run(self) -> None:
        """Work until stopped; between messages nothing is held."""
        while not self._stop.is_set():
            seen = self._wake.count()
            try:
                worked = self.work_one()
            except LedgerUnavailable as trouble:
                self._office.log("ledger_unavailable", reason=str(trouble))
                self._stop.wait(2.0)
                continue
            if worked:
                self._rests_since = time.monotonic()
            else:
                self._wake.wait(seen, REST)
                self._rest(time.monotonic() - self._rests_since)
        if self._apart is not None:
            self._apart.end()

    def _rest(self, seconds: float) -> None:
        """After so long without work: the next message begins a new row, and no process is kept for it."""
        if seconds >= REST:
            self._in_a_row = 0
        if seconds >= ENDS_AFTER and self._apart is not None:
            self._apart.end()

    def give_up(self) -> None:
        """From any thread: the time to stop is over."""
        if self._apart is not None:
            self._apart.kill()

    def work_one(self) -> bool:
        """Claim one message and work it; False when none is due."""
        asked = seconds_awake()
        job = self._office.messages.claim()
        if job is None:
            return False
        if job.crashes >= SUSPECT_CRASHES and not is_beyond_hope(job):
            self._work_suspect(job)
        elif self._apart is not None and self._is_backlog(self._apart):
            code = self._apart.work(job, self._settled, claimed=asked, goes_on=True, stop=self._stop)
            self._fallen(self._apart.at_hand, code)
        else:
            self.work(job, claimed=asked)
        return True

    def work_next(self, took: Callable[[Job], None]) -> bool:
        """In the process beside: claim one more and work it, suspect or not; False when none is due."""
        asked = seconds_awake()
        job = self._office.messages.claim()
        if job is None:
            return False
        took(job)
        self.work(job, claimed=asked)
        return True

    def _is_backlog(self, apart: Apart) -> bool:
        """Whether this message is for the process beside us: after so many in a row, once it has started."""
        self._in_a_row += 1
        if self._in_a_row == self._spread_after:
            apart.start()
        return 0 < self._spread_after < self._in_a_row and apart.is_ready()

    def _work_suspect(self, job: Job) -> None:
        """A suspect is worked in a process of its own: if it falls again, it falls alone and is seen to.

        A power cut or a kill also counts as a crash of what was being worked on; only a fall that was seen
        from outside proves a message guilty.
        """
        self._office.log("message_worked_apart", message=job.id, crashes=job.crashes)
        # A process takes seconds to start; without a heartbeat of ours another worker would take the job.
        assert self._apart is not None
        with Heartbeat(job, self._office, self._pulse, since=seconds_awake()):
            code = self._apart.work(job, self._settled)
        self._fallen(job, code)

    def _fallen(self, job: Job | None, code: int) -> None:
        """Count what was seen to kill its process, unless all is well or somebody stops us."""
        if code == 0:
            return
        self._in_a_row = 0
        if job is None or code in TOLD_TO_STOP or self._stop.is_set():
            return
        self._office.log("message_crashed", message=job.id, exit_code=code)
        with contextlib.suppress(LeaseLost):
            # After the last fall it is only set aside: nothing is gained by waiting.
            delay = 0.0 if job.crashes + 1 >= CRASHES_ALLOWED else _delay(job)
            self._office.messages.failed(job, f"its worker process died (exit code {code})", delay)

    def work(self, job: Job, *, claimed: float | None = None) -> None:
        """Work a message to its end, or give it back; `claimed` (by `seconds_awake`) is when its lease began,
        None where that is not known here."""
        try:
            with Heartbeat(job, self._office, self._pulse, since=claimed) as heartbeat:
                office = self._office
                fenced = fence_all(office.directories, heartbeat.still_ours, office.nodes)
                self._work(job, replace(office, directories=fenced))
        except LeaseLost as lost:
            self._office.log("lease_lost", message=job.id, reason=str(lost))

    def _work(self, job: Job, office: Office) -> None:
        try:
            settlement = self._settlement(job, office)
            if is_ticket(job):
                settlement = end_ticket(job, settlement, office)
            office.settler.settle(job, settlement)
        except LeaseLost:
            raise
        except DirectoryRefused as refusal:
            self._wait(job, str(refusal), REFUSED_DELAY)
        except DirectoryUnavailable as trouble:
            self._wait(job, str(trouble), trouble.retry_after or _delay(job))
        except (Temporary, ConfigurationError) as trouble:
            office.log("message_postponed", message=job.id, reason=str(trouble))
            pause = trouble.retry_after if isinstance(trouble, Temporary) else None
            office.messages.postpone(job, str(trouble), pause or _delay(job), waiting=False)
        except Exception as error:  # noqa: BLE001  around one message: log, record, go on
            office.log("message_failed", message=job.id, error=type(error).__name__, exception=error)
            office.messages.failed(job, f"{type(error).__name__} while working on it", _delay(job))
        else:
            self._settled(job, settlement)

    def _settlement(self, job: Job, office: Office) -> Settlement:
        if is_beyond_hope(job):
            why = f"Working on it failed {job.crashes} times at the same place."
            return set_aside(job, office, why)
        try:
            return work_message(job, office)
        except MessageUnreadable as unreadable:
            return Settlement(state=MessageState.LEFT, reason=f"cannot be read as a mail: {unreadable}")

    def _wait(self, job: Job, why: str, delay: float) -> None:
        """The platform is away: its imports wait, and after an hour the customer hears one word."""
        office = self._office
        office.log("platform_unavailable", message=job.id, reason=why)
        letters = word_while_waiting(job, office)
        if letters:
            office.settler.say(job, letters)
        office.messages.postpone(job, why, delay, waiting=True)


def is_beyond_hope(job: Job) -> bool:
    """It fell too often at the same place, and at least once it was seen to be its own doing."""
    return job.crashes >= CRASHES_ALLOWED and job.witnessed > 0


def _delay(job: Job) -> float:
    base = min(FIRST_DELAY * 2.0 ** min(job.tries + job.crashes, 10), LONGEST_DELAY)
    return float(base * random.uniform(0.8, 1.2))  # noqa: S311  spreads retries, guards nothing
