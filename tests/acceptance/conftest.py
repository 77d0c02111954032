"""Fixtures of the acceptance tests: the same scenes on the embedded pair with SQLite, and on real servers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.nursery import Nursery
from tests.acceptance.scene import Scene, real
from tests.wire.conftest import certificates as certificates
from tests.wire.conftest import servers as servers
from tests.wire.servers import Servers


@pytest.fixture
def database(request: pytest.FixtureRequest, servers: Servers, tmp_path: Path) -> str:
    """SQLite beside the embedded pair, PostgreSQL beside Dovecot and Postfix."""
    if real(servers):
        url: str = request.getfixturevalue("postgres_url")
        return url
    return f"sqlite:///{tmp_path}/rollcall.db"


@pytest.fixture
def nursery(nursery_of_all: Nursery) -> Iterator[Nursery]:
    """Where the bots of a test come from that is in a hurry also on real servers; none outlives the test."""
    yield nursery_of_all
    nursery_of_all.clear()


@pytest.fixture
def scene(servers: Servers, database: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Scene]:
    """Servers and a configuration; nothing runs yet.

    Beside the embedded pair its bots are forks of one process that has read in the program; on real servers
    each starts as on the command line.
    """
    nursery = None if real(servers) else request.getfixturevalue("nursery_of_all")
    made = Scene(servers=servers, database=database, folder=tmp_path, nursery=nursery)
    made.configure()
    yield made
    made.end()
