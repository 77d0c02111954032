"""How much an event of the log matters, told by the end of its name; and what is told of an error."""

import logging
import traceback
from collections.abc import Callable
from enum import IntEnum

# Ends of names; everything else is as it should be.
WARNINGS = (
    "trouble",
    "refused",
    "unavailable",
    "postponed",
    "lost",
    "missed",
    "deferred",
    "waits",
    "crashed",
    "warning",
)
ERRORS = ("failed", "error")


class Weight(IntEnum):
    """How much an event matters, in the numbers of the standard library's logging."""

    INFO = 20  # as it should be
    WARNING = 30  # mends itself, or waits
    ERROR = 40  # something is broken


def weight_of(event: str) -> Weight:
    """The weight of an event, by its name."""
    if event.endswith(ERRORS):
        return Weight.ERROR
    return Weight.WARNING if event.endswith(WARNINGS) else Weight.INFO


def lines_of(error: BaseException) -> list[str]:
    """Where an error came through, without the values of variables: no mail's content gets out by it."""
    return [
        f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
    ]


def is_above_info(event: str) -> bool:
    """Whether a person may want to know."""
    return weight_of(event) > Weight.INFO


class LibraryHandler(logging.Handler):
    """Warnings of libraries, as events of ours."""

    def __init__(self, log: Callable[..., None]) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        event = "library_error" if record.levelno >= logging.ERROR else "library_warning"
        error = record.exc_info[1] if record.exc_info else None
        self._log(event, library=record.name, words=record.getMessage()[:300], exception=error)
