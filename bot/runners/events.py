"""How much an event of the log matters, told by the end of its name."""

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


def is_above_info(event: str) -> bool:
    """Whether a person may want to know."""
    return weight_of(event) > Weight.INFO
