"""Workers: claim a message, work it under a heartbeat, end it or give it back."""

import contextlib
import random
import threading
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
from bot.runners.apart import TOLD_TO_STOP
from bot.runners.fence import fence_all, seconds_awake
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
    """One worker thread's loop. `settled` is called after each message that ended; `apart` works a message in
    a process of its own and returns 0, or the exit code with which that process fell."""

    def __init__(
        self,
        office: Office,
        *,
        wake: WakeUp,
        settled: Callable[[Job, Settlement | None], None],
        apart: Callable[[Job], int],
        stop: threading.Event,
    ) -> None:
        self._office = office
        self._wake = wake
        self._settled = settled
        self._apart = apart
        self._stop = stop

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
            if not worked:
                self._wake.wait(seen, 5.0)

    def work_one(self) -> bool:
        """Claim one message and work it; False when none is due."""
        asked = seconds_awake()
        job = self._office.messages.claim()
        if job is None:
            return False
        if job.crashes >= SUSPECT_CRASHES and not is_beyond_hope(job):
            self._work_apart(job)
        else:
            self.work(job, claimed=asked)
        return True

    def _work_apart(self, job: Job) -> None:
        """A suspect is worked in a process of its own: if it falls again, it falls alone and is seen to.

        A power cut or a kill also counts as a crash of what was being worked on; only a fall that was seen
        from outside proves a message guilty.
        """
        self._office.log("message_worked_apart", message=job.id, crashes=job.crashes)
        # A process takes seconds to start; without a heartbeat of ours another worker would take the job.
        with Heartbeat(job, self._office, since=seconds_awake()):
            code = self._apart(job)
        if code == 0:
            self._settled(job, None)
            return
        if code in TOLD_TO_STOP or self._stop.is_set():
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
            with Heartbeat(job, self._office, since=claimed) as heartbeat:
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


class Heartbeat:
    """Prolongs the lease of one job while it is worked on, and knows until when it surely is ours."""

    def __init__(self, job: Job, office: Office, *, since: float | None) -> None:
        self._job = job
        self._office = office
        self._since = since
        self._done = threading.Event()
        self._thread: threading.Timer | None = None

    def still_ours(self) -> bool:
        """Whether nobody else can have claimed the job yet."""
        return self._since is not None and seconds_awake() < self._since + self._office.lease_seconds

    def __enter__(self) -> "Heartbeat":
        if self._since is None:
            self._prolong()
        self._schedule()
        return self

    def _prolong(self) -> None:
        asked = seconds_awake()
        self._office.messages.heartbeat(self._job)
        self._since = asked

    def __exit__(self, *_: object) -> None:
        self._done.set()
        if self._thread is not None:
            self._thread.cancel()

    def _schedule(self) -> None:
        if not self._done.is_set():
            self._thread = threading.Timer(self._office.lease_seconds / 3, self._beat)
            self._thread.daemon = True
            self._thread.start()

    def _beat(self) -> None:
        if self._done.is_set():
            return
        try:
            self._prolong()
        except LeaseLost:
            # The job ended this moment, or somebody else has it: the fence tells on its next write.
            return
        except LedgerUnavailable as trouble:
            self._office.log("heartbeat_missed", message=self._job.id, reason=str(trouble))
        self._schedule()


def is_beyond_hope(job: Job) -> bool:
    """It fell too often at the same place, and at least once it was seen to be its own doing."""
    return job.crashes >= CRASHES_ALLOWED and job.witnessed > 0


def _delay(job: Job) -> float:
    base = min(FIRST_DELAY * 2.0 ** min(job.tries + job.crashes, 10), LONGEST_DELAY)
    return float(base * random.uniform(0.8, 1.2))  # noqa: S311  spreads retries, guards nothing
