"""The end of a job: everything it decided, written in one transaction under its fence."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, Update, bindparam, select, update

from bot.store.engine import Database
from bot.store.messages import MessageStore
from bot.store.notices import NoticeBook
from bot.store.schema import chores, imports, outbox, questions, thread_messages, threads
from bot.values.ledger import (
    Chore,
    ImportState,
    Job,
    MessageState,
    NoticeAction,
    NoticeOrder,
    Outgoing,
    Question,
    QuestionState,
    Settlement,
)
from bot.values.request import Preference

# What is not ours is not kept: only its fingerprint stays.
NOT_KEPT = (MessageState.LEFT, MessageState.IGNORED)
LETTER_PRIORITY = 0


class Settler:
    """Commits a `Settlement`; also the pieces that end a question without a message."""

    def __init__(self, database: Database, messages_: MessageStore, notice_book: NoticeBook) -> None:
        self._db = database
        self._messages = messages_
        self._notices = notice_book

    def settle(self, job: Job, settlement: Settlement) -> None:
        """End the job; raises LeaseLost, and then nothing was written.

        Whoever sends a letter or does a chore of it brings it to the disk first, by claiming that.
        """
        now = self._db.clock()
        with self._db.step() as connection:
            self._end_message(connection, job, settlement)
            if settlement.finish_import:
                ended = {"import": settlement.finish_import, "as": settlement.finish_as, "at": now}
                connection.execute(_finish_import(), ended)
            if settlement.thread:
                self._update_thread(connection, settlement)
            if settlement.notices:
                self.order_notices(connection, settlement.notices, settlement.thread)
            self._notices.note_returned(connection, settlement.returned)
            self.post(connection, settlement.letters, settlement.thread)
            self.list_chores(connection, settlement.chores, job.id)
            if settlement.release_message:
                self._messages.release_in(connection, settlement.release_message, "sender")

    def say(self, job: Job, letters: Sequence[Outgoing]) -> None:
        """Send a word while the job goes on or waits; the same Message-ID is sent once."""
        with self._db.write() as connection:
            self._messages.guard(connection, job, crashes=0, witnessed=0)
            for letter in letters:
                thread = select(imports.c.thread).where(imports.c.id == letter.import_id)
                self.post(connection, [letter], connection.execute(thread).scalar() or 0)

    def take_back(self, job: Job, thread: int) -> None:
        """Withhold the thread's notices now, before anything is said of how many were still at hand."""
        with self._db.write() as connection:
            self._messages.guard(connection, job, crashes=0, witnessed=0)
            self.order_notices(connection, NoticeOrder(action=NoticeAction.WITHHOLD), thread)

    def _end_message(self, connection: Connection, job: Job, settlement: Settlement) -> None:
        values = {
            "state": settlement.state,
            "reason": settlement.reason,
            "finished": self._db.clock(),
            "lease_owner": None,
            "lease_until": 0,
            "crashes": 0,
            "waiting_since": 0,
        }
        if settlement.state in NOT_KEPT:
            values["raw"] = None
        self._messages.guard(connection, job, **values)

    def _update_thread(self, connection: Connection, settlement: Settlement) -> None:
        thread = settlement.thread
        self.know_thread(connection, thread, settlement.thread_ids)
        if settlement.close_question:
            self._end_questions(connection, thread, settlement.close_question)
        if settlement.answer:
            self._note_answer(connection, thread, settlement.answer)
        if settlement.told_staff:
            connection.execute(update(threads).where(threads.c.id == thread).values(told_staff=True))
        if settlement.ask:
            self._ask(connection, thread, settlement.ask)

    def know_thread(self, connection: Connection, thread: int, message_ids: Iterable[str]) -> None:
        """Mails that refer to these Message-IDs belong to the thread."""
        rows = [{"message_id": key[:255], "thread_id": thread} for key in dict.fromkeys(message_ids) if key]
        if rows:
            connection.execute(self._db.insert_new(thread_messages), rows)

    def _end_questions(self, connection: Connection, thread: int, state: QuestionState) -> None:
        connection.execute(_end_questions(), {"in_thread": thread, "as": state})

    def _note_answer(self, connection: Connection, thread: int, preference: Preference) -> None:
        kept = {"is": thread, "said": preference.answer, "words": preference.evidence}
        connection.execute(_keep_answer(), kept)

    def _ask(self, connection: Connection, thread: int, question: Question) -> None:
        # One open question a thread: a newer one takes the older one's place.
        self._end_questions(connection, thread, QuestionState.CLOSED)
        connection.execute(
            questions.insert().values(
                thread=thread,
                kind=question.kind,
                state=QuestionState.OPEN,
                import_id=question.import_id,
                message=question.message,
                asked=self._db.clock(),
                remind_at=question.remind_at,
                close_at=question.close_at,
            )
        )

    def order_notices(self, connection: Connection, order: NoticeOrder, thread: int) -> None:
        """Carry out an order on one import, or on every finished one of the thread."""
        ids: Sequence[int] = [order.import_id]
        if not order.import_id:
            ids = list(connection.execute(_finished_imports(), {"in_thread": thread}).scalars())
        self._notices.apply(connection, order.action, ids)

    def post_letters(self, letters: Sequence[Outgoing]) -> None:
        """Send letters that belong to no job; one that is there already stays as it is."""
        with self._db.write() as connection:
            self.post(connection, letters, 0)

    def post(self, connection: Connection, letters: Sequence[Outgoing], thread: int) -> None:
        """Put letters into the outbox; one that is there already stays as it is."""
        now = self._db.clock()
        rows = [
            {
                "kind": letter.kind.value,
                "state": "queued",
                "message_id": letter.message_id,
                "sender": letter.sender,
                "recipients": "\n".join(letter.recipients),
                "body": letter.body,
                "mailbox": letter.mailbox,
                "import_id": letter.import_id,
                "position": -1,
                "counted_for": letter.counted_for,
                "thread": thread,
                "priority": LETTER_PRIORITY,
                "next_attempt": letter.not_before,
                "created": now,
            }
            for letter in letters
        ]
        if rows:
            connection.execute(self._db.insert_new(outbox), rows)
            if thread:
                self.know_thread(connection, thread, [letter.message_id for letter in letters])

    def list_chores(self, connection: Connection, wanted: Sequence[Chore], message: int) -> None:
        """What is to be done in the mailboxes because of this."""
        for chore in wanted:
            place = chore.place
            connection.execute(
                _INSERT_CHORE,
                {
                    "mailbox": place.mailbox if place else chore.mailbox,
                    "kind": chore.kind,
                    "state": "due",
                    "folder": chore.folder,
                    "body": chore.body or None,
                    "message_id": chore.message_id,
                    "message": message,
                    "source_folder": place.folder if place else "",
                    "uidvalidity": place.uidvalidity if place else 0,
                    "uid": place.uid if place else 0,
                },
            )


# Making a statement takes SQLAlchemy longer than running it: what every message needs is made once.
_INSERT_CHORE = chores.insert()


@cache
def _finish_import() -> Update:
    return (
        update(imports)
        .where(imports.c.id == bindparam("import"))
        .values(state=bindparam("as"), finished=bindparam("at"))
    )


@cache
def _end_questions() -> Update:
    return (
        update(questions)
        .where(questions.c.thread == bindparam("in_thread"), questions.c.state == QuestionState.OPEN)
        .values(state=bindparam("as"))
    )


@cache
def _keep_answer() -> Update:
    return (
        update(threads)
        .where(threads.c.id == bindparam("is"))
        .values(answer=bindparam("said"), evidence=bindparam("words"))
    )


@cache
def _finished_imports() -> Select[Any]:
    return select(imports.c.id).where(
        imports.c.thread == bindparam("in_thread"), imports.c.state == ImportState.DONE
    )
