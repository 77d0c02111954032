"""Keeps the leases of what is being worked on, and knows until when each surely is ours."""

import threading

from bot.errors import LeaseLost, LedgerUnavailable
from bot.runners.fence import seconds_awake
from bot.runners.office import Office
from bot.values.ledger import Job


class Pulse:
    """One thread that prolongs the leases of all jobs at hand: a timer for each took longer to start than
    most jobs take. It starts with the first job, and looks round six times in the time of a lease."""

    def __init__(self, office: Office) -> None:
        self._every = office.lease_seconds / 6
        self._at_hand: set[Heartbeat] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(self, heartbeat: "Heartbeat") -> None:
        """Beat for it from now on."""
        with self._lock:
            self._at_hand.add(heartbeat)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="pulse", daemon=True)
                self._thread.start()

    def remove(self, heartbeat: "Heartbeat") -> None:
        """Its job has ended."""
        with self._lock:
            self._at_hand.discard(heartbeat)

    def _run(self) -> None:
        pause = threading.Event()
        while not pause.wait(self._every):
            with self._lock:
                due = [heartbeat for heartbeat in self._at_hand if heartbeat.age() >= self._every]
            for heartbeat in due:
                heartbeat.beat()


class Heartbeat:
    """Prolongs the lease of one job while it is worked on, and knows until when it surely is ours."""

    def __init__(self, job: Job, office: Office, pulse: Pulse, *, since: float | None) -> None:
        self._job = job
        self._office = office
        self._pulse = pulse
        self._since = since

    def still_ours(self) -> bool:
        """Whether nobody else can have claimed the job yet."""
        return self._since is not None and self.age() < self._office.lease_seconds

    def age(self) -> float:
        """Seconds since its lease was last known to begin."""
        return seconds_awake() - (self._since or 0.0)

    def __enter__(self) -> "Heartbeat":
        if self._since is None:
            self._prolong()
        self._pulse.add(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._pulse.remove(self)

    def _prolong(self) -> None:
        asked = seconds_awake()
        self._office.messages.heartbeat(self._job)
        self._since = asked

    def beat(self) -> None:
        """Prolong it now; what fails is told by the fence or tried again."""
        try:
            self._prolong()
        except LeaseLost:
            # The job ended this moment, or somebody else has it: the fence tells on its next write.
            self._pulse.remove(self)
        except LedgerUnavailable as trouble:
            self._office.log("heartbeat_missed", message=self._job.id, reason=str(trouble))
