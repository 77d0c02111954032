"""Starts the real service with one trap in it: the process is killed right before or after a chosen call.

`python -m tests.acceptance.saboteur POINT run --config …`, where POINT is such as `ImportStore.begin:after`.
`poison:WORD` is another trap: whoever works a mail with that word in it dies of a segmentation fault, also
in a process made for suspects. A trap wraps a function of the finished program from outside; the program
knows nothing of it.
"""

import functools
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from bot.cli import main
from bot.directories.embedded import EmbeddedDirectory
from bot.runners import worker
from bot.runners.office import Office
from bot.store.chores import ChoreStore
from bot.store.imports import ImportStore
from bot.store.messages import MessageStore
from bot.store.outbox import OutboxStore
from bot.store.settle import Settler
from bot.values.ledger import Job, Settlement
from bot.wire.imap import ImapMailbox
from bot.wire.smtp import SmtpMailer

# A process that the program starts as a copy of itself finds its trap here.
TRAP = "ROLLCALL_TEST_TRAP"

# The calls between which a message's journey can be cut, in the order of the journey.
CALLS: dict[str, tuple[type, str]] = {
    f"{owner.__name__}.{method}": (owner, method)
    for owner, method in (
        (MessageStore, "receive"),
        (MessageStore, "claim"),
        (ImportStore, "begin"),
        (ImportStore, "journal_creating"),
        (EmbeddedDirectory, "create"),
        (ImportStore, "journal_outcomes"),
        (Settler, "settle"),
        (OutboxStore, "claim"),
        (OutboxStore, "store_tokens"),
        (SmtpMailer, "send"),
        (OutboxStore, "sent"),
        (ChoreStore, "claim"),
        (ImapMailbox, "move"),
        (ImapMailbox, "append"),
        (ChoreStore, "done"),
    )
}
POINTS = [f"{call}:{moment}" for call in CALLS for moment in ("before", "after")]


def die() -> None:
    """The whole process group at once, as a power cut would: no handler, no flush."""
    os.killpg(os.getpgid(0), signal.SIGKILL)


def poison(word: bytes) -> None:
    """Every mail with this word kills the process that works it, as a bug in a C library would."""
    work_message = worker.work_message

    def deadly(job: Job, office: Office) -> Settlement:
        if word in job.raw:
            os.kill(os.getpid(), signal.SIGSEGV)
        return work_message(job, office)

    worker.work_message = deadly  # type: ignore[attr-defined]


def set_trap(point: str) -> None:
    """Wrap the call so that the process dies before or after it did something."""
    os.environ[TRAP] = point
    if point.startswith("poison:"):
        poison(point.removeprefix("poison:").encode())
        return
    call, _, moment = point.rpartition(":")
    owner, method = CALLS[call]
    original: Callable[..., Any] = getattr(owner, method)

    if method == "send":

        @functools.wraps(original)
        async def deadly_async(*arguments: Any, **named: Any) -> Any:
            if moment == "before":
                die()
            await original(*arguments, **named)
            die()

        setattr(owner, method, deadly_async)
        return

    @functools.wraps(original)
    def deadly(*arguments: Any, **named: Any) -> Any:
        if moment == "before" and not is_idle(method, arguments):
            die()
        result = original(*arguments, **named)
        if result or method not in ("claim", "receive"):
            die()
        return result

    setattr(owner, method, deadly)


def is_idle(method: str, arguments: tuple[Any, ...]) -> bool:
    """A claim that may find nothing is no step yet: dying before the very first would never get further."""
    if method != "claim":
        return False
    seen = getattr(arguments[0], "calls_seen", 0)
    arguments[0].calls_seen = seen + 1
    return seen < 3


if __name__ == "__mp_main__" and TRAP in os.environ:
    set_trap(os.environ[TRAP])

if __name__ == "__main__":
    set_trap(sys.argv.pop(1))
    main()
