"""Visitors of the portal: who is signed in, and how often somebody has tried something lately."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, select, update

from bot.store.engine import Database
from bot.store.schema import sessions, throttles
from bot.values.portal import Closed, Session, Turnstile

HOUR = 3600.0


class SessionStore:
    """`ports.portal.Sessions` on a database."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def open(self, digest: str, session: Session) -> None:
        with self._db.write() as connection:
            connection.execute(
                sessions.insert().values(
                    digest=digest,
                    directory=session.directory,
                    account=session.account,
                    epoch=session.epoch,
                    created=self._db.clock(),
                    expires=session.expires,
                )
            )

    def find(self, digest: str) -> Session | None:
        with self._db.read() as connection:
            row = connection.execute(
                select(sessions).where(sessions.c.digest == digest, sessions.c.expires > self._db.clock())
            ).first()
        if row is None:
            return None
        return Session(directory=row.directory, account=row.account, epoch=row.epoch, expires=row.expires)

    def close(self, digest: str) -> None:
        with self._db.write() as connection:
            connection.execute(delete(sessions).where(sessions.c.digest == digest))


class ThrottleStore:
    """`ports.portal.Throttles` on a database: one number a key."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def admit(self, turnstiles: Sequence[Turnstile]) -> Closed | None:
        with self._db.write() as connection:
            return self.admit_in(connection, turnstiles)

    def admit_in(self, connection: Connection, turnstiles: Sequence[Turnstile]) -> Closed | None:
        """`admit` as part of a transaction."""
        now = self._db.clock()
        # In one order everywhere, lest two visitors wait for each other's rows.
        keys = sorted(turnstile.key for turnstile in turnstiles)
        connection.execute(self._db.insert_new(throttles), [{"key": key, "full_at": 0.0} for key in keys])
        known = connection.execute(
            select(throttles).where(throttles.c.key.in_(keys)).order_by(throttles.c.key).with_for_update()
        )
        full_at = {row.key: row.full_at for row in known}
        found = {one.key: one.rate.admit(full_at[one.key], now) for one in turnstiles}
        key, (wait, _) = max(found.items(), key=lambda item: item[1][0])
        if wait:
            return Closed(seconds=wait, key=key)
        for key in keys:
            connection.execute(update(throttles).where(throttles.c.key == key).values(full_at=found[key][1]))
        return None

    def give_back(self, turnstiles: Sequence[Turnstile]) -> None:
        with self._db.write() as connection:
            for turnstile in turnstiles:
                connection.execute(
                    update(throttles)
                    .where(throttles.c.key == turnstile.key)
                    .values(full_at=throttles.c.full_at - turnstile.rate.seconds)
                )

    def tidy(self) -> None:
        """Forget sessions that have expired and counts that no longer count."""
        now = self._db.clock()
        with self._db.write() as connection:
            connection.execute(delete(sessions).where(sessions.c.expires < now))
            connection.execute(delete(throttles).where(throttles.c.full_at < now - HOUR))
