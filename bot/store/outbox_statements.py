"""The outbox's statements. Making one takes SQLAlchemy longer than running it: each is made once."""

from functools import cache
from typing import Any

from sqlalchemy import Select, Update, and_, bindparam, func, select, update
from sqlalchemy.sql.elements import ColumnElement

from bot.store.schema import import_rows, imports, outbox
from bot.values.outgoing import LetterKind


def written(*which: ColumnElement[bool]) -> Select[Any]:
    """How many letters were written since a time."""
    return select(func.count()).select_from(outbox).where(outbox.c.created > bindparam("since"), *which)


@cache
def abandoned() -> Select[Any]:
    """The letters whose sender has fallen silent."""
    return (
        select(outbox)
        .where(outbox.c.state == "sending", outbox.c.lease_until <= bindparam("now"))
        .order_by(outbox.c.priority, outbox.c.id)
        .limit(bindparam("at_most"))
        .with_for_update(skip_locked=True)
    )


@cache
def due() -> Select[Any]:
    """The letters to send next, in the order of an index: no long queue is gone through for a few of it."""
    return (
        select(outbox)
        .where(outbox.c.state == "queued", outbox.c.next_attempt <= bindparam("now"))
        .order_by(outbox.c.priority, outbox.c.next_attempt, outbox.c.id)
        .limit(bindparam("at_most"))
        .with_for_update(skip_locked=True)
    )


@cache
def taken() -> Update:
    """A letter is being sent, once more, by an owner until a time."""
    return (
        update(outbox)
        .where(outbox.c.id == bindparam("letter"))
        .values(
            state="sending",
            attempts=outbox.c.attempts + 1,
            lease_owner=bindparam("owner"),
            lease_until=bindparam("until"),
        )
    )


@cache
def open_still() -> Select[Any]:
    """Which of these letters have not come to their end yet."""
    among = outbox.c.id.in_(bindparam("letters", expanding=True))
    return select(outbox.c.id).where(among, outbox.c.state.not_in(("sent", "failed"))).with_for_update()


@cache
def ended() -> Update:
    """A letter came to its end."""
    return (
        update(outbox)
        .where(outbox.c.id == bindparam("letter"))
        .values(
            state=bindparam("end"),
            finished=bindparam("now"),
            lease_owner=None,
            lease_until=0,
            failure=bindparam("why"),
        )
    )


@cache
def addressees() -> Select[Any]:
    """The rows of imports that notices go to, each with its letter."""
    row_of = and_(outbox.c.import_id == import_rows.c.import_id, outbox.c.position == import_rows.c.position)
    return (
        select(import_rows, imports.c.customer, imports.c.directory, outbox.c.id.label("letter"))
        .join(outbox, row_of)
        .join(imports, imports.c.id == import_rows.c.import_id)
        .where(outbox.c.id.in_(bindparam("letters", expanding=True)))
    )


@cache
def replies_to() -> Select[Any]:
    """How many letters but questions were written to an address since a time."""
    return written(outbox.c.counted_for == bindparam("to"), outbox.c.kind != LetterKind.QUESTION)


@cache
def replies_in() -> Select[Any]:
    """How many replies were written in a thread since a time."""
    return written(outbox.c.thread == bindparam("in_thread"), outbox.c.kind == LetterKind.REPLY)
