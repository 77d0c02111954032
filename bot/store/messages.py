"""Work on messages: the lease on each, and the way a job is given back."""

import zlib
from typing import Any

from sqlalchemy import Connection, Row, case, exists, select, update

from bot.errors import LeaseLost
from bot.store.arrivals import OPEN_STATES, ArrivalBook
from bot.store.schema import messages
from bot.values.ledger import Job, MessageState, Place


class MessageStore(ArrivalBook):
    """`ports.Messages` on a database: intake, and work under leases."""

    def claim(self) -> Job | None:
        now = self._db.clock()
        with self._db.write() as connection:
            row = connection.execute(_due_query(now)).first()
            if row is None:
                return None
            crashed = row.state == MessageState.WORKING
            connection.execute(
                update(messages)
                .where(messages.c.id == row.id)
                .values(
                    state=MessageState.WORKING,
                    fence=row.fence + 1,
                    crashes=row.crashes + crashed,
                    lease_owner=self._db.owner,
                    lease_until=now + self._db.lease_seconds,
                )
            )
        return _job(row, fence=row.fence + 1, crashes=row.crashes + crashed)

    def abandon_own(self) -> int:
        """At start, on a ledger that only we serve: what the last process was working on is free again."""
        with self._db.write() as connection:
            return connection.execute(
                update(messages).where(messages.c.state == MessageState.WORKING).values(lease_until=0)
            ).rowcount

    def heartbeat(self, job: Job) -> None:
        with self._db.write() as connection:
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
                tries=messages.c.tries + 1,
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
        result = connection.execute(
            update(messages)
            .where(
                messages.c.id == job.id,
                messages.c.fence == job.fence,
                messages.c.state == MessageState.WORKING,
            )
            .values(**changes)
        )
        if result.rowcount != 1:
            raise LeaseLost(f"message {job.id} is worked on by somebody else now")


def _due_query(now: float) -> Any:
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
            due <= now,
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
