"""What is to be done in the mailboxes: written with the decision, done later, as often as it takes."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, Update, and_, bindparam, func, select, update

from bot.store.engine import Database
from bot.store.schema import chores, messages, outbox
from bot.values.ledger import PORTAL_FOLDER, Chore, ChoreKind, DueChore, MessageState, Place


class ChoreStore:
    """`ports.Chores` on a database. Only the holder of a mailbox's lease claims its chores."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def claim(self, mailbox: str, limit: int) -> list[DueChore]:
        now = self._db.clock()
        # A mail is moved only once its end is on the disk, which was settled by a step.
        with self._db.write() as connection:
            rows = connection.execute(_due(), {"in": mailbox, "now": now, "at_most": limit}).all()
            if rows:
                connection.execute(_tried(), [{"chore": row.id} for row in rows])
        return [_due_chore(row) for row in rows]

    def done(self, done: Sequence[DueChore]) -> None:
        if not done:
            return
        with self._db.write() as connection:
            connection.execute(_ended(), [{"chore": item.id} for item in done])
            moved = [
                {"of": item.message, "from": place.folder, "under": place.uid, "to": item.chore.folder}
                for item in done
                if item.chore.kind is ChoreKind.MOVE and item.message and (place := item.chore.place)
            ]
            if moved:
                connection.execute(_filed(), moved)
            for item in done:
                if item.chore.kind is ChoreKind.NOTE and item.message:
                    connection.execute(_ticket_filed(item))

    def deferred(self, chore: DueChore, why: str, delay: float) -> None:
        with self._db.write() as connection:
            connection.execute(
                update(chores)
                .where(chores.c.id == chore.id)
                .values(next_attempt=self._db.clock() + delay, failure=why)
            )

    def pending(self, mailbox: str) -> int:
        """How many chores of a mailbox are still to be done."""
        with self._db.read() as connection:
            return connection.execute(
                select(func.count())
                .select_from(chores)
                .where(chores.c.mailbox == mailbox, chores.c.state == "due")
            ).scalar_one()


# Making a statement takes SQLAlchemy longer than running it: what every message needs is made once.
@cache
def _due() -> Select[Any]:
    """The chores of a mailbox that are due, each with the letter that it copies."""
    return (
        select(chores, outbox.c.body.label("letter"))
        .outerjoin(outbox, and_(chores.c.outbox == outbox.c.id, chores.c.outbox > 0))
        .where(
            chores.c.mailbox == bindparam("in"),
            chores.c.state == "due",
            chores.c.next_attempt <= bindparam("now"),
        )
        .order_by(chores.c.id)
        .limit(bindparam("at_most"))
    )


@cache
def _tried() -> Update:
    return update(chores).where(chores.c.id == bindparam("chore")).values(attempts=chores.c.attempts + 1)


@cache
def _ended() -> Update:
    done = {"state": "done", "body": None, "failure": ""}
    return update(chores).where(chores.c.id == bindparam("chore")).values(done)


@cache
def _filed() -> Update:
    """A message lies in a folder. Its UID there is not known: 0 means "find it by its Message-ID"."""
    return (
        update(messages)
        .where(
            messages.c.id == bindparam("of"),
            messages.c.folder == bindparam("from"),
            messages.c.uid == bindparam("under"),
        )
        .values(filed=True, folder=bindparam("to"), uid=0, uidvalidity=0)
    )


def _ticket_filed(item: DueChore) -> Update:
    """A ticket of the portal lies in a folder now, like a mail that was moved; other notes match none."""
    return (
        update(messages)
        .where(
            messages.c.id == item.message,
            messages.c.message_id == item.chore.message_id,
            messages.c.folder == PORTAL_FOLDER,
            messages.c.state.in_((MessageState.ANSWERED, MessageState.HELD, MessageState.SET_ASIDE)),
        )
        .values(filed=True, folder=item.chore.folder, uid=0, uidvalidity=0)
    )


def _due_chore(row: Any) -> DueChore:
    place = None
    if row.source_folder:
        place = Place(mailbox=row.mailbox, folder=row.source_folder, uidvalidity=row.uidvalidity, uid=row.uid)
    return DueChore(
        id=row.id,
        chore=Chore(
            kind=ChoreKind(row.kind),
            folder=row.folder,
            place=place,
            mailbox=row.mailbox,
            body=row.body or row.letter or b"",
            message_id=row.message_id,
        ),
        attempts=row.attempts + 1,
        message=row.message,
    )
