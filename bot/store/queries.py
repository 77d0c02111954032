"""What people ask the ledger: how things stand, what came lately, and all about one of it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from bot.store.engine import Database
from bot.store.import_values import import_record, import_row
from bot.store.schema import (
    chores,
    import_rows,
    imports,
    messages,
    nodes,
    notices,
    outbox,
    questions,
)
from bot.values.learner import ImportRow
from bot.values.ledger import ImportRecord, MessageState, QuestionState


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerStatus:
    """Counts and ages (seconds) of everything that is under way; `trouble` lists what waits and why."""

    messages: dict[str, int]
    outbox_waiting: int
    outbox_oldest: float
    outbox_failed: int
    chores_due: int
    questions_open: int
    nodes: tuple[tuple[str, str, str, float], ...]
    trouble: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerEntry:
    """One message as `list` and `show` tell it; `reference` is its import's, or M and its number."""

    id: int
    reference: str
    received: float
    finished: float
    sender: str
    subject: str
    state: MessageState
    reason: str
    run: int
    tries: int
    crashes: int
    mailbox: str
    folder: str
    message_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterLine:
    """A letter of an import as `show` tells it."""

    kind: str
    state: str
    message_id: str
    recipients: str
    attempts: int
    failure: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportDetails:
    """An import with its rows, letters and the state of each notice by position."""

    record: ImportRecord
    rows: tuple[ImportRow, ...]
    notices: dict[int, tuple[str, str]]
    letters: tuple[LetterLine, ...]


class Queries:
    """Read-only views of the ledger."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def status(self) -> LedgerStatus:
        """How things stand, from indexes alone: the cost does not grow with what is done."""
        with self._db.read() as connection:
            waiting = connection.execute(
                select(func.count(), func.min(outbox.c.created)).where(
                    outbox.c.state.in_(("queued", "sending"))
                )
            ).one()
            return LedgerStatus(
                messages=self._open_messages(connection),
                outbox_waiting=waiting[0],
                outbox_oldest=self._db.clock() - waiting[1] if waiting[0] else 0.0,
                outbox_failed=_count(connection, outbox, outbox.c.state == "failed"),
                chores_due=_count(connection, chores, chores.c.state == "due"),
                questions_open=_count(connection, questions, questions.c.state == QuestionState.OPEN),
                nodes=tuple(
                    (row.name, row.version, row.status, row.seen)
                    for row in connection.execute(select(nodes).order_by(nodes.c.name))
                ),
                trouble=self._trouble(connection),
            )

    def _open_messages(self, connection: Connection) -> dict[str, int]:
        told = [state for state in MessageState if not state.is_final]
        told += [MessageState.HELD, MessageState.SET_ASIDE]
        rows = connection.execute(
            select(messages.c.state, func.count())
            .where(messages.c.state.in_(told))
            .group_by(messages.c.state)
        )
        return {row[0]: row[1] for row in rows}

    def _trouble(self, connection: Connection) -> tuple[str, ...]:
        waits = connection.execute(
            select(messages.c.id, messages.c.reason)
            .where(
                messages.c.finished == 0,
                messages.c.state != MessageState.WORKING,
                messages.c.reason != "",
            )
            .order_by(messages.c.id)
            .limit(10)
        )
        letters = connection.execute(
            select(outbox.c.kind, outbox.c.failure)
            .where(outbox.c.state == "queued", outbox.c.failure != "")
            .order_by(outbox.c.id)
            .limit(10)
        )
        refused = connection.execute(
            select(chores.c.kind, chores.c.folder, chores.c.failure)
            .where(chores.c.state == "due", chores.c.failure != "")
            .limit(10)
        )
        lines = [f"message M{row.id} waits: {row.reason}" for row in waits]
        lines += [f"a {row.kind} letter waits: {row.failure}" for row in letters]
        lines += [f"{row.kind} to {row.folder} waits: {row.failure}" for row in refused]
        return tuple(dict.fromkeys(lines))

    def latest(self, limit: int, *, states: tuple[MessageState, ...] = ()) -> list[LedgerEntry]:
        """The last messages, newest first."""
        query = _entries().order_by(messages.c.id.desc()).limit(limit)
        if states:
            query = query.where(messages.c.state.in_(states))
        with self._db.read() as connection:
            return [_entry(row) for row in connection.execute(query)]

    def find(self, reference: str) -> LedgerEntry | None:
        """A message by RC-…, by M and its number, or by its Message-ID."""
        name = reference.strip()
        if name.upper().startswith("RC-"):
            condition = imports.c.reference == name.upper()
        elif name[:1] in "Mm" and name[1:].isdigit():
            condition = messages.c.id == int(name[1:])
        else:
            condition = messages.c.message_id == name
        with self._db.read() as connection:
            row = connection.execute(_entries().where(condition).order_by(imports.c.id.desc())).first()
        return _entry(row) if row else None

    def raw(self, message: int) -> bytes | None:
        """The compressed bytes of a message, while they are kept."""
        with self._db.read() as connection:
            return connection.execute(select(messages.c.raw).where(messages.c.id == message)).scalar()

    def imports_of(self, message: int) -> list[ImportDetails]:
        """Every import that a message led to, oldest first."""
        with self._db.read() as connection:
            records = connection.execute(
                select(imports).where(imports.c.message == message).order_by(imports.c.id)
            ).all()
            return [self._details(connection, import_record(row)) for row in records]

    def _details(self, connection: Connection, record: ImportRecord) -> ImportDetails:
        rows = connection.execute(
            select(import_rows).where(import_rows.c.import_id == record.id).order_by(import_rows.c.position)
        )
        states = connection.execute(
            select(notices.c.position, notices.c.state, notices.c.failure).where(
                notices.c.import_id == record.id
            )
        )
        letters = connection.execute(
            select(outbox).where(outbox.c.import_id == record.id, outbox.c.position < 0).order_by(outbox.c.id)
        )
        return ImportDetails(
            record=record,
            rows=tuple(import_row(row) for row in rows),
            notices={row.position: (row.state, row.failure) for row in states},
            letters=tuple(
                LetterLine(
                    kind=row.kind,
                    state=row.state,
                    message_id=row.message_id,
                    recipients=row.recipients.replace("\n", ", "),
                    attempts=row.attempts,
                    failure=row.failure,
                )
                for row in letters
            ),
        )


def _count(connection: Connection, table: Any, condition: Any) -> int:
    return connection.execute(select(func.count()).select_from(table).where(condition)).scalar_one()


def _entries() -> Select[Any]:
    return select(messages, imports.c.reference).outerjoin(
        imports, (imports.c.message == messages.c.id) & (imports.c.run == messages.c.run)
    )


def _entry(row: Row[Any]) -> LedgerEntry:
    return LedgerEntry(
        id=row.id,
        reference=row.reference or f"M{row.id}",
        received=row.received,
        finished=row.finished,
        sender=row.sender,
        subject=row.subject,
        state=MessageState(row.state),
        reason=row.reason,
        run=row.run,
        tries=row.tries,
        crashes=row.crashes,
        mailbox=row.mailbox,
        folder=row.folder,
        message_id=row.message_id,
    )
