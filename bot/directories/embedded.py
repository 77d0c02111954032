"""The embedded directory: accounts in our own database, at the database's speed, nothing to install."""

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import Connection, Engine, Select, Text, and_, bindparam, case, cast, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.elements import ColumnElement

from bot.directories.accounts_table import accounts
from bot.directories.outcomes import in_order, refused, taken
from bot.errors import DirectoryRefused
from bot.ports import CheckLine, Health
from bot.values.address import identity_key
from bot.values.customer import Customer
from bot.values.learner import Account, CreateResult, CreateStatus, Learner

Step = Callable[[], AbstractContextManager[Connection]]

CHUNK = 5_000
INSERTED = ("directory", "key", "username", "email", "first_name", "last_name", "stamp", "created")
LONGEST_NAME = 255
LONGEST_KEY = 400


class EmbeddedDirectory:
    """`ports.Directory` over the ledger's own database: an SQLAlchemy engine, and the `step` by which what
    nobody outside has heard of yet is written into it; `clock` gives epoch seconds."""

    batch_size = 10_000
    serial = False

    def __init__(self, engine: Engine, *, name: str, clock: Callable[[], float], step: Step) -> None:
        self.name = name
        self._engine = engine
        self._step = step
        self._clock = clock
        is_sqlite = engine.dialect.name == "sqlite"
        statement = (sqlite.insert if is_sqlite else postgresql.insert)(accounts).on_conflict_do_nothing()
        # Compiled once: with each chunk it took longer than writing the rows of a usual sheet.
        self._insert_new = str(statement.compile(dialect=engine.dialect, column_keys=INSERTED))
        self._among = _among(sqlite=is_sqlite)
        self._hasher = PasswordHasher()

    def check(self) -> Sequence[CheckLine]:
        with self._engine.connect() as connection:
            count = connection.execute(
                select(func.count()).select_from(accounts).where(accounts.c.directory == self.name)
            ).scalar_one()
        return (
            CheckLine(
                subject=f"directory {self.name}",
                health=Health.OK,
                detail=f"embedded, {count} account{'' if count == 1 else 's'}",
            ),
        )

    def find(self, emails: Sequence[str]) -> dict[str, Account]:
        return self._by_key(list({identity_key(email) for email in emails}))

    def _by_key(self, keys: Sequence[str]) -> dict[str, Account]:
        found: dict[str, Account] = {}
        with self._engine.connect() as connection:
            for start in range(0, len(keys), CHUNK):
                wanted = {"in": self.name, "keys": json.dumps(keys[start : start + CHUNK])}
                for number, username, email, key, stamp in connection.execute(self._among, wanted):
                    found[key] = Account(id=str(number), username=username, email=email, key=key, stamp=stamp)
        return found

    def create(self, learners: Sequence[Learner], stamp: str) -> list[CreateResult]:
        if not learners:
            return []
        results = {
            learner.key: refused(learner, reason) for learner in learners if (reason := _refusal(learner))
        }
        acceptable = [learner for learner in learners if learner.key not in results]
        made = self._insert(acceptable, stamp)
        if len(made) == len(learners):
            # The usual sheet: everybody is new, and nobody stands there twice.
            return [_created(learner, made[learner.key], stamp) for learner in learners]
        # A row that the unique index refused belongs to somebody else, unless it carries our own stamp.
        found = self._by_key([learner.key for learner in acceptable if learner.key not in made])
        for learner in acceptable:
            if number := made.get(learner.key):
                results[learner.key] = _created(learner, number, stamp)
            else:
                results[learner.key] = taken(learner, found[learner.key], stamp)
        return in_order(learners, results)

    def _insert(self, learners: Sequence[Learner], stamp: str) -> dict[str, int]:
        """Insert those that are new; their ids by key."""
        if not learners:
            return {}
        now = self._clock()
        rows = [
            (
                self.name,
                learner.key,
                learner.email,
                learner.email,
                learner.first_name,
                learner.last_name,
                stamp,
                now,
            )
            for learner in learners
        ]
        # A power cut takes new accounts back only with all that the ledger wrote after them.
        with self._step() as connection:
            last = connection.execute(_last()).scalar_one()
            connection.exec_driver_sql(self._insert_new, rows)
            # Ids only grow, so those beyond the last are of this transaction or of another's beside it.
            of_ours = {"last": last, "in": self.name, "as": stamp}
            count, first, final = connection.execute(_bounds(), of_ours).one()
            if count == len(learners) and final == first + count - 1:
                # All are new, and nobody's stand between them: they were numbered in their order.
                return {learner.key: first + place for place, learner in enumerate(learners)}
            return {row.key: row.id for row in connection.execute(_new(), of_ours)}

    def for_customer(self, customer: Customer) -> "EmbeddedDirectory":
        return self

    def adopt(self, accounts: Sequence[Account]) -> None:
        """Nothing belongs to a new account here besides its row."""

    def set_password(self, account_id: str, password: str) -> None:
        with self._engine.begin() as connection:
            changed = connection.execute(
                update(accounts)
                .where(accounts.c.id == int(account_id), accounts.c.directory == self.name)
                .values(password_hash=self._hasher.hash(password), session_epoch=accounts.c.session_epoch + 1)
            ).rowcount
        if not changed:
            raise DirectoryRefused("there is no such account")

    def deactivate(self, account_id: str) -> bool:
        with self._engine.begin() as connection:
            changed = connection.execute(
                update(accounts)
                .where(
                    accounts.c.id == int(account_id),
                    accounts.c.directory == self.name,
                    accounts.c.last_login == 0,
                    accounts.c.password_hash == "",
                )
                .values(active=False)
            ).rowcount
        return changed == 1

    def close(self) -> None:
        """Nothing of its own to let go of: the engine is the ledger's."""


# Making a statement takes SQLAlchemy longer than running it: what every import needs is made once.
@cache
def _among(*, sqlite: bool) -> Select[Any]:
    """A directory's accounts under these keys: one JSON parameter, as an IN list of thousands takes longer
    to write than to look up."""
    keys = bindparam("keys", type_=Text)
    if sqlite:
        rows = func.json_each(keys).table_valued("value")
    else:
        rows = func.jsonb_array_elements_text(cast(keys, postgresql.JSONB)).table_valued("value")
    return select(
        accounts.c.id, accounts.c.username, accounts.c.email, accounts.c.key, accounts.c.stamp
    ).where(accounts.c.directory == bindparam("in"), accounts.c.key.in_(select(rows.c.value)))


@cache
def _last() -> Select[Any]:
    return select(func.coalesce(func.max(accounts.c.id), 0))


@cache
def _bounds() -> Select[int, int, int]:
    """How many accounts beyond the last one are ours, with the first and the last of them."""
    return select(func.count(_our_id()), func.min(_our_id()), func.max(_our_id())).where(_beyond())


@cache
def _new() -> Select[Any]:
    """Each of them."""
    return select(accounts.c.key, accounts.c.id).where(_beyond(), _our_id().is_not(None))


def _beyond() -> ColumnElement[bool]:
    # By that alone: with the directory SQLite would go through every account in it.
    return accounts.c.id > bindparam("last")


def _our_id() -> ColumnElement[int]:
    is_ours = and_(accounts.c.directory == bindparam("in"), accounts.c.stamp == bindparam("as"))
    return case((is_ours, accounts.c.id))


def _created(learner: Learner, number: int, stamp: str) -> CreateResult:
    account = Account(
        id=str(number), username=learner.email, email=learner.email, key=learner.key, stamp=stamp
    )
    return CreateResult(key=learner.key, status=CreateStatus.CREATED, account=account)


def _refusal(learner: Learner) -> str:
    """What the table will not hold, in words; '' where all is well."""
    if max(len(learner.first_name), len(learner.last_name)) > LONGEST_NAME:
        return f"a name of over {LONGEST_NAME} characters"
    if len(learner.key) > LONGEST_KEY:
        return f"an address of over {LONGEST_KEY} characters"
    return ""
