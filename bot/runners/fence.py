"""Keeps a worker that has lost its lease from the platforms: where our ledger's fence does not reach."""

import time
from collections.abc import Callable, Mapping, Sequence

from bot.errors import LeaseLost
from bot.ports import CheckLine, Directory, Nodes
from bot.values.customer import Customer
from bot.values.learner import Account, CreateResult, Learner


def seconds_awake() -> float:
    """A clock that no operator can set back, and that goes on while the machine sleeps (clock_gettime(2))."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class FencedDirectory:
    """A `ports.Directory` that is asked only while `still_ours`; a serial one's turn is prolonged each time.

    A call that is under way when the lease ends still comes to its end: the stamp and the platform's own
    rule of one account an address keep it from making a second one.
    """

    def __init__(self, directory: Directory, still_ours: Callable[[], bool], nodes: Nodes) -> None:
        self._directory = directory
        self._still_ours = still_ours
        self._nodes = nodes
        self.name = directory.name
        self.batch_size = directory.batch_size
        self.serial = directory.serial

    def check(self) -> Sequence[CheckLine]:
        return self._directory.check()

    def find(self, emails: Sequence[str]) -> dict[str, Account]:
        self._guard()
        return self._directory.find(emails)

    def create(self, learners: Sequence[Learner], stamp: str) -> list[CreateResult]:
        self._guard()
        return self._directory.create(learners, stamp)

    def for_customer(self, customer: Customer) -> "FencedDirectory":
        return FencedDirectory(self._directory.for_customer(customer), self._still_ours, self._nodes)

    def adopt(self, accounts: Sequence[Account]) -> None:
        self._guard()
        self._directory.adopt(accounts)

    def set_password(self, account_id: str, password: str) -> None:
        self._directory.set_password(account_id, password)

    def deactivate(self, account_id: str) -> bool:
        return self._directory.deactivate(account_id)

    def close(self) -> None:
        """It belongs to whoever made it."""

    def _guard(self) -> None:
        if self.serial and not self._nodes.hold(turn_at(self.name)):
            raise LeaseLost(f"another node has its turn at {self.name} now")
        if not self._still_ours():
            raise LeaseLost("the lease ran out before the platform could be asked")


def fence_all(
    directories: Mapping[str, Directory], still_ours: Callable[[], bool], nodes: Nodes
) -> dict[str, Directory]:
    """Every directory, behind the fence of one job."""
    return {name: FencedDirectory(directory, still_ours, nodes) for name, directory in directories.items()}


def turn_at(directory: str) -> str:
    """The name of the lease under which one import at a time creates in a directory."""
    return f"directory:{directory}"
