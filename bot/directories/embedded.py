"""The embedded directory: accounts in our own database, at the database's speed, nothing to install."""

from collections.abc import Callable, Sequence

from argon2 import PasswordHasher
from sqlalchemy import Engine, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.directories.accounts_table import accounts
from bot.directories.outcomes import in_order, refused, taken
from bot.errors import DirectoryRefused
from bot.ports import CheckLine, Health
from bot.values.address import identity_key
from bot.values.customer import Customer
from bot.values.learner import Account, CreateResult, Learner

CHUNK = 900
LONGEST_NAME = 255
LONGEST_KEY = 400


class EmbeddedDirectory:
    """`ports.Directory` over an SQLAlchemy engine; `clock` gives epoch seconds."""

    batch_size = 5_000
    serial = False

    def __init__(self, engine: Engine, *, name: str, clock: Callable[[], float]) -> None:
        self.name = name
        self._engine = engine
        self._clock = clock
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
        keys = list(dict.fromkeys(identity_key(email) for email in emails))
        found: dict[str, Account] = {}
        with self._engine.connect() as connection:
            for start in range(0, len(keys), CHUNK):
                rows = connection.execute(
                    select(
                        accounts.c.id, accounts.c.username, accounts.c.email, accounts.c.key, accounts.c.stamp
                    ).where(
                        accounts.c.directory == self.name, accounts.c.key.in_(keys[start : start + CHUNK])
                    )
                )
                for row in rows:
                    found[row.key] = Account(
                        id=str(row.id), username=row.username, email=row.email, key=row.key, stamp=row.stamp
                    )
        return found

    def create(self, learners: Sequence[Learner], stamp: str) -> list[CreateResult]:
        if not learners:
            return []
        dialect = sqlite if self._engine.dialect.name == "sqlite" else postgresql
        now = self._clock()
        rows = [
            {
                "directory": self.name,
                "key": learner.key,
                "username": learner.email,
                "email": learner.email,
                "first_name": learner.first_name,
                "last_name": learner.last_name,
                "stamp": stamp,
                "created": now,
            }
            for learner in learners
            if not _refusal(learner)
        ]
        with self._engine.begin() as connection:
            if dialect is sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            if rows:
                connection.execute(dialect.insert(accounts).on_conflict_do_nothing(), rows)
        # A row that the unique index refused belongs to somebody else, unless it carries our own stamp.
        found = self.find([str(row["email"]) for row in rows])
        results = {
            learner.key: refused(learner, reason)
            if (reason := _refusal(learner))
            else taken(learner, found[learner.key], stamp)
            for learner in learners
        }
        return in_order(learners, results)

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


def _refusal(learner: Learner) -> str:
    """What the table will not hold, in words; '' where all is well."""
    if max(len(learner.first_name), len(learner.last_name)) > LONGEST_NAME:
        return f"a name of over {LONGEST_NAME} characters"
    if len(learner.key) > LONGEST_KEY:
        return f"an address of over {LONGEST_KEY} characters"
    return ""
