"""Work on messages: the lease on each, and the way a job is given back."""

import zlib
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, Update, bindparam, case, exists, select, update

from bot.errors import LeaseLost
from bot.store.arrivals import OPEN_STATES, ArrivalBook
from bot.store.schema import messages
from bot.values.ledger import Job, MessageState, Place


class MessageStore(ArrivalBook):
    """`ports.Messages` on a database: intake, and work under leases."""

    def claim(self) -> Job | None:
        now = self._db.clock()
        with self._db.step() as connection:
            row = connection.execute(_oldest_due(), {"now": now}).first()
            if row is None:
                return None
            crashed = row.state == MessageState.WORKING
            connection.execute(
                _claimed(),
                {
                    "job": row.id,
                    "new_fence": row.fence + 1,
                    "new_crashes": row.crashes + crashed,
                    "owner": self._db.owner,
                    "until": now + self._db.lease_seconds,
                },
            )
        return _job(row, fence=row.fence + 1, crashes=row.crashes + crashed)

    def abandon_own(self) -> int:
        """At start, on a ledger that only we serve: what the last process was working on is free again."""
        with self._db.write() as connection:
            return connection.execute(
                update(messages).where(messages.c.state == MessageState.WORKING).values(lease_until=0)
            ).rowcount

    def heartbeat(self, job: Job) -> None:
        with self._db.step() as connection:
            self.guard(connection, job, lease_until=self._db.clock() + self._db.lease_seconds)

    def postpone(self, job: Job, reason: str, delay: float, *, waiting: bool) -> None:
        now = self._db.clock()
        with self._db.write() as connection:
            self.guard(
                connection,
                job,
                state=MessageState.WAITING if waiting else MessageState.RECEIVED,
                reason=reason,
                next_attempt=now + delay,
                tries=job.tries + 1,
                waiting_since=job.waiting_since or now,
                lease_owner=None,
                lease_until=0,
            )

    def failed(self, job: Job, reason: str, delay: float) -> None:
        with self._db.write() as connection:
            self.guard(
                connection,
                job,
                state=MessageState.RECEIVED,
                reason=reason,
                next_attempt=self._db.clock() + delay,
                crashes=job.crashes + 1,
                witnessed=job.witnessed + 1,
                lease_owner=None,
                lease_until=0,
            )

    def guard(self, connection: Connection, job: Job, **changes: Any) -> None:
        """Change the message only while our fence holds; raises LeaseLost."""
        values = {f"new_{name}": value for name, value in changes.items()}
        result = connection.execute(_guarded(tuple(changes)), {"job": job.id, "under": job.fence, **values})
        if result.rowcount != 1:
            raise LeaseLost(f"message {job.id} is worked on by somebody else now")


# Making a statement takes SQLAlchemy longer than running it: what every message needs is made once.
@cache
def _claimed() -> Update:
    """The message belongs to an owner, under a new fence, until a time."""
    return (
        update(messages)
        .where(messages.c.id == bindparam("job"))
        .values(
            state=MessageState.WORKING,
            fence=bindparam("new_fence"),
            crashes=bindparam("new_crashes"),
            lease_owner=bindparam("owner"),
            lease_until=bindparam("until"),
        )
    )


@cache
def _guarded(columns: tuple[str, ...]) -> Update:
    """These columns of a message that is worked on under our fence."""
    return (
        update(messages)
        .where(
            messages.c.id == bindparam("job"),
            messages.c.fence == bindparam("under"),
            messages.c.state == MessageState.WORKING,
        )
        .values({name: bindparam(f"new_{name}") for name in columns})
    )


@cache
def _oldest_due() -> Select[Any]:
    """The oldest message that is due and has no earlier open one of the same sender before it."""
    earlier = messages.alias("earlier")
    # One expression rather than two alternatives: they would be looked up apart and sorted, mails and all.
    due = case(
        (messages.c.state == MessageState.WORKING, messages.c.lease_until), else_=messages.c.next_attempt
    )
    return (
        select(messages)
        .where(
            messages.c.finished == 0,
            due <= bindparam("now"),
            ~exists().where(
                earlier.c.sender == messages.c.sender,
                earlier.c.id < messages.c.id,
                earlier.c.state.in_(OPEN_STATES),
            ),
        )
        .order_by(messages.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _job(row: Row[Any], *, fence: int, crashes: int) -> Job:
    return Job(
        id=row.id,
        fence=fence,
        run=row.run,
        place=Place(mailbox=row.mailbox, folder=row.folder, uidvalidity=row.uidvalidity, uid=row.uid),
        raw=zlib.decompress(row.raw) if row.raw else b"",
        message_id=row.message_id,
        fingerprint=row.fingerprint,
        digest=row.digest,
        sender=row.sender,
        received=row.received,
        size=row.size,
        crashes=crashes,
        witnessed=row.witnessed,
        release=row.release,
        too_large=row.too_large,
        tries=row.tries,
        waiting_since=row.waiting_since,
    )
