"""How many rows ended how: the numbers of a reply, which always add up."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from bot.values.learner import ImportRow, Outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """How many rows ended how; the outcomes always add up to `rows`."""

    rows: int = 0
    created: int = 0
    would_create: int = 0
    existing: int = 0
    duplicate: int = 0
    invalid: int = 0
    failed: int = 0
    pending: int = 0

    @property
    def learners(self) -> int:
        """Rows that are not a repetition of an earlier one."""
        return self.rows - self.duplicate

    @property
    def fresh(self) -> int:
        """Learners that are new: created now or, in a dry run, to be created."""
        return self.created + self.would_create


def count(rows: Iterable[ImportRow]) -> Counts:
    """How many rows ended how."""
    tally = Counter(row.outcome for row in rows)
    return Counts(rows=tally.total(), **{outcome.value: tally[outcome] for outcome in Outcome})
