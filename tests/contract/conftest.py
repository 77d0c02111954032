"""The ledger contract runs on every database: SQLite everywhere, PostgreSQL where the servers are."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.store.engine import Database
from bot.store.upgrade import upgrade
from tests.contract.conversation_builders import Desk
from tests.contract.ledger_builders import Clock, Node

MakeNode = Callable[..., Node]
OpenDesk = Callable[..., Desk]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without a schema."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ledger.db"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(scope="session")
def upgraded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty ledger of SQLite that has its schema: a copy is made sooner than a schema."""
    path = Path(tmp_path_factory.mktemp("upgraded") / "ledger.db")
    database = Database(f"sqlite:///{path}", owner="test")
    upgrade(database)
    database.close()
    return path


@pytest.fixture
def database_url(empty_database_url: str, upgraded_file: Path) -> str:
    """A database for a ledger; in SQLite it has its schema already."""
    if empty_database_url.startswith("sqlite:///"):
        shutil.copy(upgraded_file, empty_database_url.removeprefix("sqlite:///"))
    return empty_database_url


@pytest.fixture
def make_node(database_url: str, clock: Clock) -> Iterator[MakeNode]:
    """Makes nodes (processes, as the ledger sees them) that share one database."""
    opened: list[Database] = []

    def make(owner: str = "node-a", **options: float) -> Node:
        database = Database(database_url, owner=owner, clock=clock, **options)  # type: ignore[arg-type]
        opened.append(database)
        return Node(database, clock)

    yield make
    for database in opened:
        database.close()


@pytest.fixture
def node(make_node: MakeNode) -> Node:
    return make_node()


@pytest.fixture
def open_desk(database_url: str, tmp_path: Path, clock: Clock) -> Iterator[OpenDesk]:
    opened: list[Desk] = []

    def make(**changes: Any) -> Desk:
        opened.append(Desk(database=database_url, folder=tmp_path, clock=clock, changes=changes))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


@pytest.fixture
def desk(open_desk: OpenDesk) -> Desk:
    return open_desk()
