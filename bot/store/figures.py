"""What the pages and figures for operators ask the ledger: counts and ages, no people."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from bot.store.engine import Database
from bot.store.schema import import_rows, imports, leases, messages, notices, outbox
from bot.values.ledger import MessageState
from bot.values.outgoing import LetterKind

TOLD_IMPORTS = 60
COUNTED_IMPORTS = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportFigures:
    """One import: when its message arrived, how long until its reply left (seconds, 0: not yet), its rows."""

    reference: str
    received: float
    took: float
    state: str
    outcomes: dict[str, int] = field(default_factory=dict)


class Figures:
    """Read-only counts of the ledger."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def notices(self) -> dict[str, int]:
        """How many notices stand where, over all that is kept."""
        with self._db.read() as connection:
            rows = connection.execute(select(notices.c.state, func.count()).group_by(notices.c.state))
            return {row[0]: row[1] for row in rows}

    def leases_held(self) -> int:
        """Named leases and messages that this node holds now."""
        now, owner = self._db.clock(), self._db.owner
        named = select(func.count()).where(leases.c.owner == owner, leases.c.until > now)
        working = select(func.count()).where(
            messages.c.state == MessageState.WORKING,
            messages.c.lease_owner == owner,
            messages.c.lease_until > now,
        )
        with self._db.read() as connection:
            return int(connection.execute(named).scalar_one() + connection.execute(working).scalar_one())

    def imports(self) -> list[ImportFigures]:
        """The last imports, newest first; the rows of the newest dozen are counted."""
        reply = select(func.min(outbox.c.finished)).where(
            outbox.c.import_id == imports.c.id,
            outbox.c.position < 0,
            outbox.c.kind == LetterKind.REPLY,
            outbox.c.finished > 0,
        )
        query = (
            select(
                imports.c.id,
                imports.c.reference,
                imports.c.state,
                messages.c.received,
                reply.scalar_subquery().label("replied"),
            )
            .join(messages, messages.c.id == imports.c.message)
            .order_by(imports.c.id.desc())
            .limit(TOLD_IMPORTS)
        )
        with self._db.read() as connection:
            rows = connection.execute(query).all()
            counted = _outcomes(connection, [row.id for row in rows[:COUNTED_IMPORTS]])
        return [
            ImportFigures(
                reference=row.reference,
                received=row.received,
                took=max(0.001, row.replied - row.received) if row.replied else 0.0,
                state=row.state,
                outcomes=counted.get(row.id, {}),
            )
            for row in rows
        ]

    def outcomes(self, import_id: int) -> dict[str, int]:
        """How many rows of one import ended how."""
        with self._db.read() as connection:
            return _outcomes(connection, [import_id]).get(import_id, {})

    def arrivals(self, import_ids: Collection[int]) -> dict[int, float]:
        """When the messages of these imports arrived, in epoch seconds."""
        if not import_ids:
            return {}
        query = (
            select(imports.c.id, messages.c.received)
            .join(messages, messages.c.id == imports.c.message)
            .where(imports.c.id.in_(import_ids))
        )
        with self._db.read() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}


def _outcomes(connection: Connection, import_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    rows = connection.execute(
        select(import_rows.c.import_id, import_rows.c.outcome, func.count())
        .where(import_rows.c.import_id.in_(list(import_ids)))
        .group_by(import_rows.c.import_id, import_rows.c.outcome)
        .order_by(import_rows.c.outcome)
    )
    for import_id, outcome, count in rows:
        found.setdefault(import_id, {})[outcome] = count
    return found
