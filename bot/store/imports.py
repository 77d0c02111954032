"""Imports row by row, with the journal by which a crash finds its way."""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, Text, Update, bindparam, cast, select, update

from bot.store.engine import Database
from bot.store.import_values import ROW_COLUMNS, columns_of, import_record, import_row
from bot.store.messages import MessageStore
from bot.store.schema import import_rows, imports
from bot.values.learner import ImportRow, Learner, OpenRow, Outcome
from bot.values.ledger import ImportRecord, ImportState, Job, Journal, NewImport

ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"
LOOKUP_CHUNK = 500


class ImportStore:
    """`ports.Imports` on a database."""

    def __init__(self, database: Database, messages: MessageStore) -> None:
        self._db = database
        self._messages = messages

    def of_job(self, job: Job) -> ImportRecord | None:
        with self._db.read() as connection:
            row = connection.execute(_of_job(), {"job": job.id, "in_run": job.run}).first()
        return import_record(row) if row else None

    def begin(self, job: Job, new: NewImport, thread: int) -> ImportRecord:
        with self._db.step() as connection:
            self._messages.guard(connection, job, crashes=0, witnessed=0)
            now = self._db.clock()
            reference = self._free_reference(connection)
            import_id = connection.execute(
                _INSERT_IMPORT,
                {
                    "reference": reference,
                    "message": job.id,
                    "run": job.run,
                    "thread": thread,
                    "customer": new.customer,
                    "directory": new.directory,
                    "state": ImportState.RUNNING,
                    "dry_run": new.dry_run,
                    "answer": new.preference.answer,
                    "evidence": new.preference.evidence,
                    "answer_where": new.preference.where,
                    "from_thread": new.from_thread,
                    "source": new.source,
                    "started": now,
                },
            ).inserted_primary_key
            assert import_id is not None
            if new.rows:
                self._db.execute_many(
                    connection,
                    _INSERT_ROWS,
                    ROW_COLUMNS,
                    [columns_of(import_id[0], row) for row in new.rows],
                )
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
            if connection.execute(_by_reference(), {"called": reference}).first() is None:
                return reference

    def rows(self, import_id: int) -> list[ImportRow]:
        with self._db.read() as connection:
            found = connection.execute(_rows_of(), {"of": import_id})
            return [import_row(row) for row in found]

    def unfinished(self, import_id: int, limit: int, after: int = -1) -> tuple[list[OpenRow], list[OpenRow]]:
        with self._db.read() as connection:
            found = connection.execute(
                _unfinished(), {"of": import_id, "beyond": after, "at_most": limit}
            ).all()
        rows: dict[str, list[OpenRow]] = {Journal.PLANNED.value: [], Journal.CREATING.value: []}
        for journal, position, first_name, last_name, email, key in found:
            learner = Learner(first_name=first_name, last_name=last_name, email=email, key=key)
            rows[journal].append(OpenRow(position=position, learner=learner))
        return rows[Journal.PLANNED.value], rows[Journal.CREATING.value]

    def journal_creating(self, job: Job, import_id: int, positions: Sequence[int]) -> None:
        runs = [(import_id, first, last, Journal.CREATING.value) for first, last in _runs(positions)]
        with self._db.write() as connection:
            self._messages.guard(connection, job, crashes=0, witnessed=0)
            self._db.execute_many(connection, _stage(), ("of", "first", "last", "stage"), runs)

    def journal_outcomes(
        self, job: Job, import_id: int, outcomes: Sequence[tuple[int, Outcome, str, str]]
    ) -> None:
        done = Journal.DONE.value
        alone: list[tuple[Any, ...]] = []
        in_line: list[tuple[Any, ...]] = []
        for first, last in lines_of(outcomes):
            position, outcome, detail, account = outcomes[first]
            became = (done, outcome.value, detail)
            if last == first:
                alone.append((*became, account, import_id, position))
            else:
                ahead = int(account) - position
                in_line.append((*became, ahead, import_id, position, position + last - first))
        with self._db.step() as connection:
            self._messages.guard(connection, job, crashes=0, witnessed=0)
            for statement, parameters, rows in (
                (_outcome(), ("stage", "became", "because", "in_account", "of", "at"), alone),
                (_outcomes(), ("stage", "became", "because", "ahead", "of", "first", "last"), in_line),
            ):
                self._db.execute_many(connection, statement, parameters, rows)

    def by_reference(self, reference: str) -> ImportRecord | None:
        """The import of that reference."""
        with self._db.read() as connection:
            row = connection.execute(_by_reference(), {"called": reference}).first()
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


# Making a statement takes SQLAlchemy longer than running it: what every import needs is made once.
_INSERT_IMPORT = imports.insert()
_INSERT_ROWS = import_rows.insert()


@cache
def _of_job() -> Select[Any]:
    return select(imports).where(imports.c.message == bindparam("job"), imports.c.run == bindparam("in_run"))


@cache
def _by_reference() -> Select[Any]:
    return select(imports).where(imports.c.reference == bindparam("called"))


@cache
def _rows_of() -> Select[Any]:
    return (
        select(import_rows).where(import_rows.c.import_id == bindparam("of")).order_by(import_rows.c.position)
    )


@cache
def _unfinished() -> Select[Any]:
    table = import_rows.c
    return (
        select(table.journal, table.position, table.first_name, table.last_name, table.email, table.key)
        .where(
            table.import_id == bindparam("of"),
            table.position > bindparam("beyond"),
            table.journal.in_((Journal.PLANNED, Journal.CREATING)),
        )
        .order_by(table.position)
        .limit(bindparam("at_most"))
    )


@cache
def _stage() -> Update:
    """Neighbouring rows enter a stage of the journal."""
    return (
        update(import_rows)
        .where(
            import_rows.c.import_id == bindparam("of"),
            import_rows.c.position.between(bindparam("first"), bindparam("last")),
        )
        .values(journal=bindparam("stage"))
    )


@cache
def _outcome() -> Update:
    """One row has its outcome."""
    return (
        update(import_rows)
        .where(import_rows.c.import_id == bindparam("of"), import_rows.c.position == bindparam("at"))
        .values(
            journal=bindparam("stage"),
            outcome=bindparam("became"),
            detail=bindparam("because"),
            account=bindparam("in_account"),
        )
    )


@cache
def _outcomes() -> Update:
    """Neighbouring rows have one outcome, and accounts whose numbers grow as their positions do."""
    number = import_rows.c.position + bindparam("ahead", type_=BigInteger)
    return (
        update(import_rows)
        .where(
            import_rows.c.import_id == bindparam("of"),
            import_rows.c.position.between(bindparam("first"), bindparam("last")),
        )
        .values(
            journal=bindparam("stage"),
            outcome=bindparam("became"),
            detail=bindparam("because"),
            account=cast(number, Text),
        )
    )


def lines_of(outcomes: Sequence[tuple[int, Outcome, str, str]]) -> Iterator[tuple[int, int]]:
    """(first, last) of the outcomes that one statement can write: a directory that numbers its accounts gives
    the rows of a sheet numbers in a row."""
    first, expected = 0, None
    for index, (position, outcome, detail, account) in enumerate(outcomes):
        if index and (position, outcome, detail, account) != expected:
            yield first, index - 1
            first = index
        # A number with a leading zero, or of another script, would not come back as it was.
        is_plain = account.isascii() and account.isdecimal() and account[0] != "0" and len(account) < 19
        expected = (position + 1, outcome, detail, str(int(account) + 1)) if is_plain else None
    if outcomes:
        yield first, len(outcomes) - 1


def _runs(positions: Iterable[int]) -> list[tuple[int, int]]:
    """The positions as (first, last) of neighbours: where all rows are new, thousands are one pair."""
    runs: list[tuple[int, int]] = []
    for position in sorted(positions):
        if runs and runs[-1][1] == position - 1:
            runs[-1] = (runs[-1][0], position)
        else:
            runs.append((position, position))
    return runs


def _chunks(items: Sequence[str], size: int) -> Iterator[list[str]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
