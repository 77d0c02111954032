"""What a day came to, counted for the staff's digest."""

from typing import Any

from sqlalchemy import Connection, Select, func, select

from bot.store.engine import Database
from bot.store.schema import import_rows, imports, messages, notices, outbox, questions
from bot.values.learner import NoticeState, Outcome
from bot.values.ledger import ImportState, MessageState, QuestionKind, QuestionState
from bot.values.records import DayFigures, Waiting

LISTED = 200


class RecordStore:
    """`ports.Records` on a database."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def was_written(self, message_id: str) -> bool:
        with self._db.read() as connection:
            found = connection.execute(select(outbox.c.id).where(outbox.c.message_id == message_id)).first()
        return found is not None

    def day(self, since: float, until: float) -> DayFigures:
        with self._db.read() as connection:
            outcomes = self._outcomes(connection, since, until)
            return DayFigures(
                uploads=_one(
                    connection,
                    _count(imports).where(*_finished(since, until)),
                ),
                outcomes=outcomes,
                notices_sent=self._notices(connection, since, until, lost=False),
                notices_bounced=self._notices(connection, since, until, lost=True),
                open_questions=_one(
                    connection,
                    _count(questions).where(
                        questions.c.state == QuestionState.OPEN, questions.c.kind == QuestionKind.NOTIFY
                    ),
                ),
                waiting=_one(connection, _count(messages).where(messages.c.state == MessageState.WAITING)),
                held=self._waiting(connection, MessageState.HELD),
                problems=self._waiting(connection, MessageState.SET_ASIDE),
            )

    def _outcomes(self, connection: Connection, since: float, until: float) -> dict[Outcome, int]:
        rows = connection.execute(
            select(import_rows.c.outcome, func.count())
            .join(imports, imports.c.id == import_rows.c.import_id)
            .where(*_finished(since, until))
            .group_by(import_rows.c.outcome)
        )
        return {Outcome(row[0]): row[1] for row in rows}

    def _notices(self, connection: Connection, since: float, until: float, *, lost: bool) -> int:
        states = [NoticeState.BOUNCED]
        if not lost:
            states = [NoticeState.SENT, NoticeState.OPENED, NoticeState.PASSWORD_SET, NoticeState.BOUNCED]
        return _one(
            connection,
            select(func.count())
            .select_from(notices)
            .join(
                outbox,
                (outbox.c.import_id == notices.c.import_id) & (outbox.c.position == notices.c.position),
            )
            .where(notices.c.state.in_(states), outbox.c.finished > since, outbox.c.finished <= until),
        )

    def _waiting(self, connection: Connection, state: MessageState) -> tuple[Waiting, ...]:
        rows = connection.execute(
            select(messages).where(messages.c.state == state).order_by(messages.c.id.desc()).limit(LISTED)
        )
        return tuple(
            Waiting(
                message=row.id,
                sender=row.sender,
                subject=row.subject,
                reason=row.reason,
                received=row.received,
            )
            for row in rows
        )


def _finished(since: float, until: float) -> tuple[Any, Any, Any]:
    return imports.c.state == ImportState.DONE, imports.c.finished > since, imports.c.finished <= until


def _count(table: Any) -> Select[Any]:
    return select(func.count()).select_from(table)


def _one(connection: Connection, query: Select[Any]) -> int:
    return int(connection.execute(query).scalar_one())
