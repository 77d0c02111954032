"""What the portal's sign-in page asks the embedded directories: accounts by name, and when they were used."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, select, update
from sqlalchemy.exc import OperationalError

from bot.directories.accounts_table import accounts
from bot.errors import DirectoryUnavailable
from bot.values.address import identity_key
from bot.values.portal import SignInRecord


class EmbeddedSignIns:
    """`ports.portal.SignIns` over the embedded directories of these names; `clock` gives epoch seconds."""

    def __init__(self, engine: Engine, *, names: Sequence[str], clock: Callable[[], float]) -> None:
        self._engine = engine
        self._names = tuple(names)
        self._clock = clock

    def by_username(self, username: str) -> Sequence[SignInRecord]:
        with _translated(), self._engine.connect() as connection:
            rows = connection.execute(
                select(accounts).where(
                    accounts.c.directory.in_(self._names), accounts.c.key == identity_key(username)
                )
            )
            return tuple(_record(row) for row in rows)

    def by_account(self, directory: str, account: str) -> SignInRecord | None:
        if directory not in self._names or not account.isdecimal():
            return None
        with _translated(), self._engine.connect() as connection:
            row = connection.execute(
                select(accounts).where(accounts.c.directory == directory, accounts.c.id == int(account))
            ).first()
        return _record(row) if row else None

    def signed_in(self, directory: str, account: str) -> None:
        with _translated(), self._engine.begin() as connection:
            connection.execute(
                update(accounts)
                .where(accounts.c.directory == directory, accounts.c.id == int(account))
                .values(last_login=self._clock())
            )


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        raise DirectoryUnavailable(f"the database does not serve: {error.orig}") from error


def _record(row: Any) -> SignInRecord:
    return SignInRecord(
        directory=row.directory,
        account=str(row.id),
        username=row.username,
        first_name=row.first_name,
        last_name=row.last_name,
        password_hash=row.password_hash,
        epoch=row.session_epoch,
        active=row.active,
    )
