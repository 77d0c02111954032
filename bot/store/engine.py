"""Opens the ledger's database: pragmas, one way to begin a transaction, one translation of errors."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    Insert,
    Table,
    Update,
    create_engine,
    event,
    extract,
    func,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, NoSuchModuleError, OperationalError

from bot.errors import ConfigurationError, LedgerInUse, LedgerUnavailable

Clock = Callable[[], float]
ASK_CLOCK_EVERY = 60.0


class Database:
    """The ledger's database. `clock` gives epoch seconds, by default those of a server that several machines
    share, so that their leases end at one time; `owner` is the name under which leases are held."""

    def __init__(
        self, url: str, *, owner: str, lease_seconds: float = 30.0, clock: Clock | None = None
    ) -> None:
        self.engine = open_engine(url, idle_seconds=lease_seconds)
        self.owner = owner
        self.lease_seconds = lease_seconds
        self._statements: dict[
            tuple[Insert | Update, tuple[str, ...]], tuple[str, tuple[int, ...] | None]
        ] = {}
        self.clock = clock or (time.time if self.is_sqlite else SharedClock(self.engine))

    @property
    def is_sqlite(self) -> bool:
        """True where transactions take the one writer's lock at their beginning."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One read-write transaction: all of it or nothing; raises LedgerUnavailable."""
        with _translated(), self.engine.begin() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection

    @contextmanager
    def step(self) -> Iterator[Connection]:
        """A `write` of which nobody outside has heard yet: it outlives a kill, but SQLite waits for no disk.

        A power cut may take it back, with all that came after it: the next `write` brings the whole log to
        the disk. PostgreSQL waits: the crash of a server would take a claim back while its bot works on.
        """
        if not self.is_sqlite:
            with self.write() as connection:
                yield connection
            return
        with _translated(), self.engine.connect() as connection:
            driver: Any = connection.connection.dbapi_connection
            driver.execute("PRAGMA synchronous=NORMAL")
            try:
                with connection.begin():
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
                    yield connection
            finally:
                # The pool's connections all wait for the disk.
                driver.execute("PRAGMA synchronous=FULL")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view; raises LedgerUnavailable."""
        with _translated(), self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN")
            yield connection

    def insert_new(self, table: Table) -> "postgresql.Insert | SqliteInsert":
        """INSERT … ON CONFLICT DO NOTHING: what is there already stays."""
        return _insert_new(table, sqlite=self.is_sqlite)

    def execute_many(
        self,
        connection: Connection,
        statement: Insert | Update,
        parameters: Sequence[str],
        rows: Sequence[tuple[Any, ...]],
    ) -> None:
        """One statement for many rows, given as tuples of these parameters, in the driver's own loop.

        The statement is one made once and kept: what it compiles to is remembered. SQLAlchemy makes a
        dictionary of every row and a list of that, which takes longer than the writing.
        """
        if not rows:
            return
        words, places = self._compiled(statement, tuple(parameters))
        if places is not None:
            rows = [tuple(row[place] for place in places) for row in rows]
        connection.exec_driver_sql(words, list(rows))

    def _compiled(
        self, statement: Insert | Update, parameters: tuple[str, ...]
    ) -> tuple[str, tuple[int, ...] | None]:
        """The statement in the driver's words, and where it wants the parameters if in another order."""
        known = self._statements.get((statement, parameters))
        if known is None:
            compiled = statement.compile(dialect=self.engine.dialect, column_keys=list(parameters))
            order = tuple(compiled.positiontup or ())
            places = None if order == parameters else tuple(map(parameters.index, order))
            known = self._statements[statement, parameters] = (str(compiled), places)
        return known

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


# Making a statement takes SQLAlchemy longer than running it: what every message needs is made once.
@cache
def _insert_new(table: Table, *, sqlite: bool) -> "postgresql.Insert | SqliteInsert":
    return (sqlite_insert(table) if sqlite else postgresql.insert(table)).on_conflict_do_nothing()


class SharedClock:
    """Epoch seconds of the database server: machines whose clocks differ, or jump, agree on leases."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._ahead = 0.0
        self._asked = -ASK_CLOCK_EVERY

    def __call__(self) -> float:
        if time.monotonic() - self._asked > ASK_CLOCK_EVERY:
            self._ask()
        return time.monotonic() + self._ahead

    def _ask(self) -> None:
        with _translated(), self._engine.connect() as connection:
            before = time.monotonic()
            server = connection.execute(select(extract("epoch", func.clock_timestamp()))).scalar_one()
            after = time.monotonic()
        self._ahead, self._asked = float(server) - (before + after) / 2, after


def open_engine(url: str, *, idle_seconds: float = 30.0) -> Engine:
    """An engine for a `sqlite:///` or `postgresql+psycopg://` URL; nothing is connected yet.

    A PostgreSQL server ends a transaction in which nothing was said for `idle_seconds`: the locks of a node
    whose network was cut must not outlast its lease.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            engine = create_engine(parsed, connect_args={"timeout": 30}, pool_size=16, max_overflow=16)
            event.listen(engine, "connect", _prepare_sqlite)
            return engine
        if parsed.get_backend_name() == "postgresql":
            engine = create_engine(
                parsed.set(drivername="postgresql+psycopg"),
                connect_args={"connect_timeout": 10, "keepalives_idle": 10, "keepalives_interval": 5},
                pool_pre_ping=True,
                pool_size=16,
                max_overflow=16,
                pool_timeout=30,
                paramstyle="format",
            )
            event.listen(engine, "connect", partial(_prepare_postgres, idle_seconds=idle_seconds))
            return engine
    except (ArgumentError, NoSuchModuleError) as error:
        raise ConfigurationError(f"database: {error}") from None
    except ModuleNotFoundError:
        raise ConfigurationError(
            "database: PostgreSQL needs the extra: pip install 'rollcall[postgres]'"
        ) from None
    raise ConfigurationError("database: must begin with sqlite:/// or postgresql+psycopg://")


def _prepare_postgres(connection: Any, _record: object, *, idle_seconds: float) -> None:
    connection.execute(f"SET idle_in_transaction_session_timeout = {max(1, round(idle_seconds * 1000))}")
    connection.commit()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """WAL keeps readers out of the writer's way; FULL makes a commit outlive a power cut."""
    # The driver's own BEGIN would start transactions as readers: we say BEGIN IMMEDIATE ourselves.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "busy_timeout=30000",
        "foreign_keys=ON",
        "cache_size=-16000",
        "temp_store=MEMORY",
        "secure_delete=FAST",
    ):
        connection.execute(f"PRAGMA {pragma}")


@contextmanager
def _translated() -> Iterator[None]:
    """The one place where the database's exceptions become ours."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise LedgerUnavailable(f"the database does not serve: {_first_line(error)}") from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise LedgerUnavailable(f"the database went away: {_first_line(error)}") from error
        raise


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().partition("\n")[0]


class FileLock:
    """Keeps a second bot off the same SQLite ledger; the kernel drops it when the process dies."""

    def __init__(self, url: str) -> None:
        database = make_url(url).database
        self._path = Path(f"{database}.lock") if database and database != ":memory:" else None
        self._handle: int | None = None

    def acquire(self) -> None:
        """Take the lock or raise LedgerInUse."""
        if self._path is None:
            return
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise ConfigurationError(f"{self._path}: {error.strerror}") from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            pid = os.read(handle, 20).decode("ascii", "replace").strip() or "unknown"
            os.close(handle)
            raise LedgerInUse(
                f"another Rollcall (pid {pid}) already serves this ledger ({self._path}); "
                "stop it first, or use PostgreSQL to run several"
            ) from None
        os.truncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        self._handle = handle

    def release(self) -> None:
        """Give it back."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
