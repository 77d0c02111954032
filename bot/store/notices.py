"""Notices of created learners, moved on set by set: held, queued, withheld, sent, bounced."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Float,
    Insert,
    Select,
    String,
    Update,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from bot.store.engine import Database
from bot.store.schema import import_rows, imports, notices, outbox
from bot.values.bounce import BounceKind
from bot.values.learner import NoticeState, Outcome
from bot.values.ledger import NoticeAction, NoticeCounts
from bot.values.outgoing import LetterKind
from bot.values.returned import ReturnedLetter

NOTICE_PRIORITY = 10
BEGINNING = {
    NoticeAction.QUEUE: NoticeState.QUEUED,
    NoticeAction.HOLD: NoticeState.HELD,
    NoticeAction.WITHHOLD: NoticeState.NOT_WANTED,
}
ORDER = {state: rank for rank, state in enumerate(NoticeState)}


class NoticeBook:
    """The notices inside a transaction of the ledger. `domain` ends the Message-IDs of notices."""

    def __init__(self, database: Database, *, domain: str) -> None:
        self._db = database
        self._domain = domain

    def apply(self, connection: Connection, action: NoticeAction, import_ids: Sequence[int]) -> None:
        """Carry out an order on every created learner of these imports; repeating it changes nothing."""
        for import_id in import_ids:
            self._ensure(connection, import_id, BEGINNING[action])
            if action is NoticeAction.QUEUE:
                self._queue(connection, import_id)
            elif action is NoticeAction.WITHHOLD:
                self._withhold(connection, import_id)

    def _ensure(self, connection: Connection, import_id: int, state: NoticeState) -> None:
        begun = {"of": import_id, "as": state.value, "at": self._db.clock()}
        connection.execute(_begin(self._db.insert_new(notices)), begun)

    def _queue(self, connection: Connection, import_id: int) -> None:
        connection.execute(
            update(notices)
            .where(
                notices.c.import_id == import_id,
                notices.c.state.in_((NoticeState.HELD, NoticeState.NOT_WANTED)),
            )
            .values(state=NoticeState.QUEUED, changed=self._db.clock())
        )
        connection.execute(
            self._db.insert_new(outbox).from_select(
                ["kind", "state", "message_id", "recipients", "import_id", "position", "priority", "created"],
                self._letters(import_id),
            )
        )
        connection.execute(
            update(outbox)
            .where(*_letters_of(import_id), outbox.c.state == "cancelled")
            .values(state="queued", next_attempt=0)
        )

    def _letters(self, import_id: int) -> Select[Any]:
        # The Message-ID is made here, once and for good: every attempt carries it.
        name = (
            literal("<notice.")
            + imports.c.reference
            + "."
            + cast(notices.c.position, String)
            + f"@{self._domain}>"
        )
        return (
            select(
                literal(LetterKind.NOTICE.value),
                literal("queued"),
                name,
                import_rows.c.email,
                notices.c.import_id,
                notices.c.position,
                literal(NOTICE_PRIORITY),
                literal(self._db.clock()),
            )
            .join(imports, imports.c.id == notices.c.import_id)
            .join(
                import_rows,
                (import_rows.c.import_id == notices.c.import_id)
                & (import_rows.c.position == notices.c.position),
            )
            .where(notices.c.import_id == import_id, notices.c.state == NoticeState.QUEUED)
        )

    def _withhold(self, connection: Connection, import_id: int) -> None:
        # Also those that a server has put off: greylisting alone must not let a notice slip out after a no.
        connection.execute(_cancel_letters(), {"of": import_id})
        connection.execute(_withhold(), {"of": import_id, "at": self._db.clock()})

    def move(
        self, connection: Connection, where: ColumnElement[bool], state: NoticeState, failure: str = ""
    ) -> int:
        """Move notices on, never backwards; returns how many moved."""
        earlier = [other for other, rank in ORDER.items() if rank < ORDER[state]]
        values: dict[str, Any] = {"state": state, "changed": self._db.clock()}
        if failure:
            values["failure"] = failure
        return connection.execute(
            update(notices).where(where, notices.c.state.in_(earlier)).values(**values)
        ).rowcount

    def move_each(
        self, connection: Connection, which: Sequence[tuple[int, int, str]], state: NoticeState
    ) -> None:
        """Move notices, given as (import, position, failure), on, never backwards."""
        if which:
            now = self._db.clock()
            rows = [
                {"of": import_id, "at": position, "now": now, "why": failure}
                for import_id, position, failure in which
            ]
            connection.execute(_moved(state), rows)

    def note_returned(self, connection: Connection, returned: Iterable[ReturnedLetter]) -> None:
        """Write down what came back for good; a word of doubt is kept with its time, a delay is none."""
        for item in returned:
            letter = item.letter
            one = (notices.c.import_id == letter.import_id) & (notices.c.position == letter.position)
            if letter.kind is not LetterKind.NOTICE:
                self._note_letter(connection, item)
            elif item.kind is BounceKind.HARD:
                self.move(connection, one, NoticeState.BOUNCED, item.words)
            elif item.kind is BounceKind.SOFT:
                connection.execute(
                    update(notices)
                    .where(one, notices.c.state == NoticeState.SENT, notices.c.doubted == 0)
                    .values(failure=item.words, doubted=self._db.clock())
                )

    def _note_letter(self, connection: Connection, item: ReturnedLetter) -> None:
        if item.kind is not BounceKind.DELAYED:
            connection.execute(
                update(outbox)
                .where(outbox.c.id == item.letter.id, outbox.c.state == "sent")
                .values(state="returned", failure=item.words)
            )

    def counts(self, connection: Connection, import_ids: Sequence[int]) -> NoticeCounts:
        """How many notices of these imports stand where; `sent` counts all that left the house."""
        rows = connection.execute(
            select(notices.c.state, func.count())
            .where(notices.c.import_id.in_(import_ids))
            .group_by(notices.c.state)
        )
        by_state = {NoticeState(row[0]): row[1] for row in rows}
        gone = (NoticeState.SENT, NoticeState.BOUNCED, NoticeState.OPENED, NoticeState.PASSWORD_SET)
        return NoticeCounts(
            held=by_state.get(NoticeState.HELD, 0),
            queued=by_state.get(NoticeState.QUEUED, 0),
            sent=sum(by_state.get(state, 0) for state in gone),
            not_wanted=by_state.get(NoticeState.NOT_WANTED, 0),
        )


def _letters_of(import_id: Any) -> tuple[ColumnElement[bool], ...]:
    # The position is for SQLite, which without it would go through the letters of all imports in that state.
    return outbox.c.import_id == import_id, outbox.c.position >= 0, outbox.c.kind == LetterKind.NOTICE.value


# Making a statement takes SQLAlchemy longer than running it: what every message needs is made once.
@cache
def _begin(new: Any) -> Insert:
    """A notice for each created learner of an import that has none yet; `new` inserts what is not there."""
    created = select(
        import_rows.c.import_id,
        import_rows.c.position,
        bindparam("as", type_=String),
        import_rows.c.key,
        bindparam("at", type_=Float),
    ).where(import_rows.c.import_id == bindparam("of"), import_rows.c.outcome == Outcome.CREATED)
    inserted: Insert = new.from_select(["import_id", "position", "state", "email", "changed"], created)
    return inserted


@cache
def _moved(state: NoticeState) -> Update:
    """One notice enters a state, with why it failed; one that is there or beyond stays as it is."""
    # Alternatives rather than a list: a list is written out anew for each row of many.
    earlier = or_(*(notices.c.state == other for other, rank in ORDER.items() if rank < ORDER[state]))
    return (
        update(notices)
        .where(
            notices.c.import_id == bindparam("of"),
            notices.c.position == bindparam("at"),
            earlier,
        )
        .values(
            state=state,
            changed=bindparam("now"),
            failure=case((bindparam("why") == "", notices.c.failure), else_=bindparam("why")),
        )
    )


@cache
def _cancel_letters() -> Update:
    return (
        update(outbox)
        .where(*_letters_of(bindparam("of")), outbox.c.state == "queued")
        .values(state="cancelled")
    )


@cache
def _withhold() -> Update:
    """What is held, and what is queued with its letter cancelled, is not wanted."""
    cancelled = select(outbox.c.position).where(*_letters_of(bindparam("of")), outbox.c.state == "cancelled")
    taken_back = (notices.c.state == NoticeState.QUEUED) & notices.c.position.in_(cancelled)
    return (
        update(notices)
        .where(notices.c.import_id == bindparam("of"), (notices.c.state == NoticeState.HELD) | taken_back)
        .values(state=NoticeState.NOT_WANTED, changed=bindparam("at"))
    )
