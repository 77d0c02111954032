"""Watches one mailbox in a thread of its own: check, chores, wait; what fails is tried again later."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.errors import LeaseLost, LoginRefused, MailboxRefused, RollcallError
from bot.ports import Mailbox, Nodes
from bot.runners.chores import ChoreRunner
from bot.runners.fence import seconds_awake
from bot.runners.intake import Intake
from bot.settings.tables import Folders

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 120.0
REFUSED_PAUSE = 30.0
# After so many looks in a row, each with something to file, things to file are left to gather for so long.
IN_A_ROW = 3
GATHER = 0.2


@dataclass(slots=True)
class MailboxHealth:
    """How a mailbox stands, for `status`, the watchdog and the figures. `checked` is epoch seconds."""

    name: str
    checked: float = 0.0
    trouble: str = ""
    failures: int = 0
    holder: bool = True


class MailboxWatch:
    """The loop of one mailbox. `lease` names the lease that only one node holds, '' where we are alone."""

    def __init__(
        self,
        *,
        name: str,
        mailbox: Mailbox,
        intake: Intake,
        chores: ChoreRunner,
        folders: Folders,
        nodes: Nodes,
        lease: str,
        lease_seconds: float,
        poll_seconds: float,
        on_checked: Callable[[MailboxHealth], None],
        log: Callable[..., None],
        stop: threading.Event,
    ) -> None:
        self._name = name
        self._mailbox = mailbox
        self._intake = intake
        self._chores = chores
        self._folders = folders
        self._nodes = nodes
        self._lease = lease
        self._lease_seconds = lease_seconds
        self._poll_seconds = poll_seconds
        self._on_checked = on_checked
        self._log = log
        self._stop = stop
        self._connected = False
        self._approved_due = 0.0
        self._lease_due = 0.0
        self._filed = 0.0
        self._filed_in_a_row = 0
        self.health = MailboxHealth(name=name)

    def wake(self) -> None:
        """From any thread: look at the mailbox now."""
        self._mailbox.wake()

    def run(self) -> None:
        """Watch until stopped, then say LOGOUT."""
        try:
            while not self._stop.is_set():
                try:
                    self._turn()
                    self._well()
                except RollcallError as trouble:
                    self._unwell(str(trouble), refused=isinstance(trouble, LoginRefused | MailboxRefused))
                except Exception as error:  # noqa: BLE001  around one turn of the loop: log, go on
                    self._log("mailbox_error", mailbox=self._name, exception=error)
                    self._unwell(f"unexpected {type(error).__name__}", refused=False)
        finally:
            self._hang_up()

    def _turn(self) -> None:
        if not self._holds_lease():
            self._hang_up()
            # Somebody else looks after it: that too is word that all is well.
            self._on_checked(self.health)
            self._stop.wait(self._lease_seconds / 3)
            return
        if not self._connected:
            self._connect()
        self._check()
        if self._chores.run_due(self._keep_lease):
            self._intake.forget_selection()
            # What arrived meanwhile in the inbox would go unnoticed while another folder is selected.
            self._check()
            self._let_gather()
        if not self._stop.is_set():
            self._mailbox.wait(self._patience())

    def _let_gather(self) -> None:
        """In a backlog: filing ten messages at once costs little more than filing one."""
        now = time.monotonic()
        self._filed_in_a_row = self._filed_in_a_row + 1 if now - self._filed < 2 * GATHER else 1
        if self._filed_in_a_row > IN_A_ROW:
            self._stop.wait(GATHER)
        self._filed = time.monotonic()

    def _connect(self) -> None:
        self._mailbox.connect()
        self._intake.forget_selection()
        own = self._folders
        self._mailbox.ensure_folders([own.done, own.held, own.problem, own.approved])
        self._connected = True
        self._approved_due = 0.0
        self._log("mailbox_connected", mailbox=self._name)

    def _check(self) -> None:
        new = 0
        if time.monotonic() >= self._approved_due:
            new += self._intake.check_approved(self._keep_lease)
            self._approved_due = time.monotonic() + self._poll_seconds
        new += self._intake.check_inbox(self._keep_lease)
        self.health.checked = time.time()
        if new:
            self._log("mail_taken_in", mailbox=self._name, messages=new)
        self._on_checked(self.health)

    def _patience(self) -> float:
        until_approved = max(0.05, self._approved_due - time.monotonic())
        patience = min(self._poll_seconds, until_approved)
        return min(patience, self._lease_seconds / 3) if self._lease else patience

    def _holds_lease(self) -> bool:
        if not self._lease:
            return True
        if seconds_awake() >= self._lease_due or not self.health.holder:
            asked = seconds_awake()
            self.health.holder = self._nodes.hold(self._lease)
            self._lease_due = asked + self._lease_seconds / 4
        return self.health.holder

    def _keep_lease(self) -> None:
        """Before anything is written or moved: long work must not outlast the lease."""
        if not self._holds_lease():
            raise LeaseLost(f"another node watches {self._name} now")

    def _well(self) -> None:
        if self.health.trouble:
            self._log("mailbox_recovered", mailbox=self._name, after=self.health.failures)
        self.health.trouble, self.health.failures = "", 0

    def _unwell(self, words: str, *, refused: bool) -> None:
        """A pause that grows, with jitter; refused credentials are not hammered at."""
        self.health.trouble = words
        self.health.failures += 1
        self._hang_up()
        least = REFUSED_PAUSE if refused else FIRST_PAUSE
        pause = min(least * 2.0 ** min(self.health.failures - 1, 7), LONGEST_PAUSE)
        pause *= random.uniform(0.8, 1.2)  # noqa: S311  spreads retries, guards nothing
        self._log("mailbox_trouble", mailbox=self._name, reason=words, retry_in=round(pause, 1))
        self._on_checked(self.health)
        self._stop.wait(pause)

    def _hang_up(self) -> None:
        if self._connected or self.health.failures:
            self._mailbox.close()
        self._connected = False
        self._intake.forget_selection()
