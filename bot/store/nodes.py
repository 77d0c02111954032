"""The processes that share a ledger: who lives, and who holds which named lease."""

import threading

from sqlalchemy import delete, or_, update

from bot.store.engine import Database
from bot.store.schema import leases, nodes


class NodeStore:
    """`ports.Nodes` on a database; a lease not prolonged in time is anybody's."""

    def __init__(self, database: Database, *, version: str) -> None:
        self._db = database
        self._version = version
        self._turns: set[str] = set()
        self._turns_lock = threading.Lock()

    def hold(self, name: str) -> bool:
        now = self._db.clock()
        with self._db.write() as connection:
            connection.execute(self._db.insert_new(leases), {"name": name, "owner": "", "until": 0})
            result = connection.execute(
                update(leases)
                .where(
                    leases.c.name == name,
                    or_(leases.c.owner == self._db.owner, leases.c.owner == "", leases.c.until <= now),
                )
                .values(owner=self._db.owner, until=now + self._db.lease_seconds)
            )
        return result.rowcount == 1

    def let_go(self, name: str) -> None:
        with self._db.write() as connection:
            connection.execute(
                update(leases)
                .where(leases.c.name == name, leases.c.owner == self._db.owner)
                .values(owner="", until=0)
            )

    def take_turn(self, name: str) -> bool:
        with self._turns_lock:
            if name in self._turns or not self.hold(name):
                return False
            self._turns.add(name)
            return True

    def end_turn(self, name: str) -> None:
        with self._turns_lock:
            self._turns.discard(name)
            self.let_go(name)

    def beat(self, status: str) -> None:
        now = self._db.clock()
        with self._db.write() as connection:
            connection.execute(
                self._db.insert_new(nodes),
                {
                    "name": self._db.owner,
                    "version": self._version,
                    "status": status,
                    "started": now,
                    "seen": now,
                },
            )
            connection.execute(
                update(nodes).where(nodes.c.name == self._db.owner).values(status=status, seen=now)
            )

    def leave(self) -> None:
        with self._db.write() as connection:
            connection.execute(
                update(leases).where(leases.c.owner == self._db.owner).values(owner="", until=0)
            )
            connection.execute(delete(nodes).where(nodes.c.name == self._db.owner))

    def abandon_all(self) -> None:
        """At start, on a ledger that only we serve: whatever an earlier process held is free."""
        with self._db.write() as connection:
            connection.execute(update(leases).values(owner="", until=0))
            connection.execute(delete(nodes))
