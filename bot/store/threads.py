"""Conversations: which mail belongs to which thread, what was asked there and what was answered."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, or_, select, update

from bot.store.engine import Database
from bot.store.import_values import import_record
from bot.store.notices import NoticeBook
from bot.store.schema import imports, messages, outbox, questions, thread_messages, threads
from bot.store.settle import Settler
from bot.values.ledger import (
    AskedQuestion,
    NoticeAction,
    NoticeCounts,
    NoticeOrder,
    Outgoing,
    QuestionKind,
    QuestionState,
    Thread,
)
from bot.values.message import Address
from bot.values.request import Answer


class ThreadStore:
    """`ports.Threads` on a database."""

    def __init__(self, database: Database, settler: Settler, notice_book: NoticeBook) -> None:
        self._db = database
        self._settler = settler
        self._notices = notice_book

    def find(self, message_ids: Iterable[str], references: Iterable[str] = ()) -> Thread | None:
        keys = [key[:255] for key in message_ids][:200]
        with self._db.read() as connection:
            thread = connection.execute(_thread_named(), {"names": keys}).scalar()
            if thread is None:
                thread = connection.execute(
                    select(imports.c.thread).where(imports.c.reference.in_(list(references)[:20])).limit(1)
                ).scalar()
            return self._load(connection, thread) if thread is not None else None

    def get(self, thread: int) -> Thread | None:
        with self._db.read() as connection:
            return self._load(connection, thread)

    def _load(self, connection: Connection, thread: int) -> Thread | None:
        row = connection.execute(_thread(), {"is": thread}).first()
        if row is None:
            return None
        asked = connection.execute(_last_question(), {"in_thread": thread}).first()
        found = connection.execute(_imports_of(), {"in_thread": thread})
        return Thread(
            id=row.id,
            customer=row.customer,
            answer=Answer(row.answer),
            evidence=row.evidence,
            question=_question(asked) if asked else None,
            imports=tuple(import_record(item) for item in found),
            told_staff=row.told_staff,
        )

    def open(self, customer: str, message_ids: Iterable[str]) -> int:
        keys = list(message_ids)
        with self._db.step() as connection:
            names = [key[:255] for key in keys[:200]]
            known = connection.execute(_thread_of(), {"names": names, "of": customer}).scalar()
            if known is not None:
                return int(known)
            opened = {"customer": customer, "opened": self._db.clock()}
            created = connection.execute(_INSERT_THREAD, opened).inserted_primary_key
            assert created is not None
            self._settler.know_thread(connection, created[0], keys)
            return int(created[0])

    def notice_counts(self, thread: int, import_id: int = 0) -> NoticeCounts:
        with self._db.read() as connection:
            ids: Sequence[int] = [import_id]
            if not import_id:
                ids = list(
                    connection.execute(select(imports.c.id).where(imports.c.thread == thread)).scalars()
                )
            return self._notices.counts(connection, ids)

    def recipient(self, thread: int) -> tuple[Address, str, str, str, int] | None:
        """(address, subject, Message-ID to reply to, mailbox, import) for later news in a thread."""
        with self._db.read() as connection:
            row = connection.execute(
                select(
                    messages.c.sender,
                    messages.c.subject,
                    messages.c.mailbox,
                    imports.c.id,
                    messages.c.message_id,
                )
                .join(imports, imports.c.message == messages.c.id)
                .where(imports.c.thread == thread)
                .order_by(imports.c.id.desc())
                .limit(1)
            ).first()
            if row is None:
                return None
            last = connection.execute(
                select(outbox.c.message_id)
                .where(outbox.c.thread == thread, outbox.c.kind != "notice")
                .order_by(outbox.c.id.desc())
                .limit(1)
            ).scalar()
        return Address(name="", email=row.sender), row.subject, last or row.message_id, row.mailbox, row.id

    def questions_due(self, limit: int) -> list[AskedQuestion]:
        now = self._db.clock()
        with self._db.read() as connection:
            rows = connection.execute(
                select(questions)
                .where(
                    questions.c.state == QuestionState.OPEN,
                    or_(
                        (questions.c.remind_at > 0)
                        & (questions.c.remind_at <= now)
                        & (questions.c.reminded == 0),
                        (questions.c.close_at > 0) & (questions.c.close_at <= now),
                    ),
                )
                .order_by(questions.c.id)
                .limit(limit)
            )
            return [_question(row) for row in rows]

    def remind(self, question: AskedQuestion, letters: Sequence[Outgoing]) -> None:
        with self._db.write() as connection:
            changed = connection.execute(
                update(questions)
                .where(
                    questions.c.id == question.id,
                    questions.c.state == QuestionState.OPEN,
                    questions.c.reminded == 0,
                )
                .values(reminded=self._db.clock())
            ).rowcount
            if changed:
                self._settler.post(connection, letters, question.thread)

    def close(self, question: AskedQuestion, letters: Sequence[Outgoing]) -> None:
        with self._db.write() as connection:
            changed = connection.execute(
                update(questions)
                .where(questions.c.id == question.id, questions.c.state == QuestionState.OPEN)
                .values(state=QuestionState.CLOSED)
            ).rowcount
            if changed:
                order = NoticeOrder(action=NoticeAction.WITHHOLD)
                self._settler.order_notices(connection, order, question.thread)
                self._settler.post(connection, letters, question.thread)


# Making a statement takes SQLAlchemy longer than running it: what every message needs is made once.
_INSERT_THREAD = threads.insert()


@cache
def _thread() -> Select[Any]:
    return select(threads).where(threads.c.id == bindparam("is"))


@cache
def _thread_named() -> Select[Any]:
    """The newest thread to which one of these Message-IDs belongs."""
    return (
        select(thread_messages.c.thread_id)
        .where(thread_messages.c.message_id.in_(bindparam("names", expanding=True)))
        .order_by(thread_messages.c.thread_id.desc())
        .limit(1)
    )


@cache
def _thread_of() -> Select[Any]:
    """A customer's thread to which one of these Message-IDs belongs."""
    return (
        select(thread_messages.c.thread_id)
        .join(threads, threads.c.id == thread_messages.c.thread_id)
        .where(
            thread_messages.c.message_id.in_(bindparam("names", expanding=True)),
            threads.c.customer == bindparam("of"),
        )
        .limit(1)
    )


@cache
def _last_question() -> Select[Any]:
    return (
        select(questions)
        .where(questions.c.thread == bindparam("in_thread"))
        .order_by(questions.c.id.desc())
        .limit(1)
    )


@cache
def _imports_of() -> Select[Any]:
    return select(imports).where(imports.c.thread == bindparam("in_thread")).order_by(imports.c.id)


def _question(row: Any) -> AskedQuestion:
    return AskedQuestion(
        id=row.id,
        thread=row.thread,
        kind=QuestionKind(row.kind),
        state=QuestionState(row.state),
        import_id=row.import_id,
        message=row.message,
        asked=row.asked,
        reminded=row.reminded,
        close_at=row.close_at,
    )
