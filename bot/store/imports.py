"""Imports row by row, with the journal by which a crash finds its way."""

import secrets
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from bot.store.engine import Database
from bot.store.messages import MessageStore
from bot.store.schema import import_rows, imports
from bot.values.learner import ImportRow, Outcome
from bot.values.ledger import ImportRecord, ImportState, Job, Journal, NewImport
from bot.values.request import Answer, Preference

ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"
REPAIR_SEPARATOR = "\x1f"
LOOKUP_CHUNK = 500


class ImportStore:
    """`ports.Imports` on a database."""

    def __init__(self, database: Database, messages: MessageStore) -> None:
        self._db = database
        self._messages = messages

    def of_job(self, job: Job) -> ImportRecord | None:
        with self._db.read() as connection:
            row = connection.execute(
                select(imports).where(imports.c.message == job.id, imports.c.run == job.run)
            ).first()
        return import_record(row) if row else None

    def begin(self, job: Job, new: NewImport, thread: int) -> ImportRecord:
        with self._db.write() as connection:
            self._messages.guard(connection, job, crashes=0, witnessed=0)
            now = self._db.clock()
            reference = self._free_reference(connection)
            import_id = connection.execute(
                imports.insert().values(
                    reference=reference,
                    message=job.id,
                    run=job.run,
                    thread=thread,
                    customer=new.customer,
                    directory=new.directory,
                    state=ImportState.RUNNING,
                    dry_run=new.dry_run,
                    answer=new.preference.answer,
                    evidence=new.preference.evidence,
                    answer_where=new.preference.where,
                    from_thread=new.from_thread,
                    source=new.source,
                    started=now,
                )
            ).inserted_primary_key
            assert import_id is not None
            if new.rows:
                connection.execute(import_rows.insert(), [_columns(import_id[0], row) for row in new.rows])
        return ImportRecord(
            id=import_id[0],
            reference=reference,
            message=job.id,
            run=job.run,
            thread=thread,
            customer=new.customer,
            directory=new.directory,
            state=ImportState.RUNNING,
            dry_run=new.dry_run,
            preference=new.preference,
            from_thread=new.from_thread,
            source=new.source,
            started=now,
        )

    def _free_reference(self, connection: Connection) -> str:
        """A short name that people can read out: no vowels, no letters that look like digits."""
        while True:
            reference = "RC-" + "".join(secrets.choice(ALPHABET) for _ in range(6))
            taken = select(imports.c.id).where(imports.c.reference == reference)
            if connection.execute(taken).first() is None:
                return reference

    def rows(self, import_id: int) -> list[ImportRow]:
        with self._db.read() as connection:
            found = connection.execute(
                select(import_rows)
                .where(import_rows.c.import_id == import_id)
                .order_by(import_rows.c.position)
            )
            return [import_row(row) for row in found]

    def unfinished(self, import_id: int, limit: int) -> tuple[list[ImportRow], list[ImportRow]]:
        with self._db.read() as connection:
            creating = self._in_journal(connection, import_id, Journal.CREATING, limit)
            planned = self._in_journal(connection, import_id, Journal.PLANNED, limit - len(creating))
        return planned, creating

    def _in_journal(
        self, connection: Connection, import_id: int, journal: Journal, limit: int
    ) -> list[ImportRow]:
        if limit <= 0:
            return []
        found = connection.execute(
            select(import_rows)
            .where(import_rows.c.import_id == import_id, import_rows.c.journal == journal)
            .order_by(import_rows.c.position)
            .limit(limit)
        )
        return [import_row(row) for row in found]

    def journal_creating(self, job: Job, import_id: int, positions: Sequence[int]) -> None:
        with self._db.write() as connection:
            self._messages.guard(connection, job, crashes=0, witnessed=0)
            _each_position(connection, import_id, positions, {"journal": Journal.CREATING})

    def journal_outcomes(
        self, job: Job, import_id: int, outcomes: Sequence[tuple[int, Outcome, str, str]]
    ) -> None:
        statement = (
            update(import_rows)
            .where(import_rows.c.import_id == import_id, import_rows.c.position == bindparam("at"))
            .values(
                journal=Journal.DONE,
                outcome=bindparam("became"),
                detail=bindparam("because"),
                account=bindparam("in_account"),
            )
        )
        with self._db.write() as connection:
            self._messages.guard(connection, job, crashes=0, witnessed=0)
            if outcomes:
                connection.execute(
                    statement,
                    [
                        {"at": position, "became": outcome, "because": detail, "in_account": account}
                        for position, outcome, detail, account in outcomes
                    ],
                )

    def by_reference(self, reference: str) -> ImportRecord | None:
        """The import of that reference."""
        with self._db.read() as connection:
            row = connection.execute(select(imports).where(imports.c.reference == reference)).first()
        return import_record(row) if row else None

    def created_accounts(self, import_id: int) -> list[tuple[str, str]]:
        """(address, account id) of every account that an import created."""
        with self._db.read() as connection:
            rows = connection.execute(
                select(import_rows.c.email, import_rows.c.account).where(
                    import_rows.c.import_id == import_id, import_rows.c.outcome == Outcome.CREATED
                )
            )
            return [(row.email, row.account) for row in rows]

    def created_before(self, keys: Sequence[str], customer: str) -> dict[str, str]:
        found: dict[str, str] = {}
        with self._db.read() as connection:
            for chunk in _chunks(keys, LOOKUP_CHUNK):
                rows = connection.execute(
                    select(import_rows.c.key, imports.c.reference)
                    .join(imports, imports.c.id == import_rows.c.import_id)
                    .where(
                        import_rows.c.key.in_(chunk),
                        import_rows.c.outcome == Outcome.CREATED,
                        imports.c.customer == customer,
                    )
                )
                found.update({row.key: row.reference for row in rows})
        return found


def import_record(row: Any) -> ImportRecord:
    """A row of `imports` as a value."""
    return ImportRecord(
        id=row.id,
        reference=row.reference,
        message=row.message,
        run=row.run,
        thread=row.thread,
        customer=row.customer,
        directory=row.directory,
        state=ImportState(row.state),
        dry_run=row.dry_run,
        preference=Preference(answer=Answer(row.answer), evidence=row.evidence, where=row.answer_where),
        from_thread=row.from_thread,
        source=row.source,
        started=row.started,
    )


def import_row(row: Any) -> ImportRow:
    """A row of `import_rows` as a value."""
    return ImportRow(
        position=row.position,
        file=row.file,
        sheet=row.sheet,
        number=row.number,
        first_name=row.first_name,
        last_name=row.last_name,
        email=row.email,
        key=row.key,
        outcome=Outcome(row.outcome),
        reason=row.reason,
        detail=row.detail,
        hint=row.hint,
        repairs=tuple(row.repairs.split(REPAIR_SEPARATOR)) if row.repairs else (),
    )


def _columns(import_id: int, row: ImportRow) -> dict[str, Any]:
    return {
        "import_id": import_id,
        "position": row.position,
        "file": row.file,
        "sheet": row.sheet,
        "number": row.number,
        "first_name": row.first_name,
        "last_name": row.last_name,
        "email": row.email,
        "key": row.key,
        "outcome": row.outcome.value,
        "reason": row.reason,
        "detail": row.detail,
        "hint": row.hint,
        "repairs": REPAIR_SEPARATOR.join(row.repairs),
        "journal": (Journal.PLANNED if row.outcome is Outcome.PENDING else Journal.DONE).value,
    }


def _each_position(
    connection: Connection, import_id: int, positions: Sequence[int], values: dict[str, Any]
) -> None:
    if positions:
        connection.execute(
            update(import_rows)
            .where(import_rows.c.import_id == import_id, import_rows.c.position == bindparam("at"))
            .values(**values),
            [{"at": position} for position in positions],
        )


def _chunks(items: Sequence[str], size: int) -> Iterator[list[str]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
