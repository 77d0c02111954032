"""The scene of portal tests: the embedded servers and SQLite, whatever else is installed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.nursery import Nursery
from tests.acceptance.scene import Scene
from tests.servers.certificates import Certificates
from tests.wire.portal_scene import GOOD, PortalScene
from tests.wire.servers import EmbeddedServers


@pytest.fixture
def portal_scene(certificates: Certificates, tmp_path: Path, nursery_of_all: Nursery) -> Iterator[Scene]:
    """Servers and an empty folder; nothing runs yet."""
    servers = EmbeddedServers(certificates)
    database = f"sqlite:///{tmp_path}/rollcall.db"
    made = Scene(servers=servers, database=database, folder=tmp_path, nursery=nursery_of_all)
    yield made
    made.end()
    servers.stop()


@pytest.fixture(scope="module")
def module_portal(
    certificates: Certificates, tmp_path_factory: pytest.TempPathFactory, nursery_of_all: Nursery
) -> Iterator[PortalScene]:
    """A running portal for all tests of a file that leave it as it was: Ann is invited, Bob is in."""
    folder = tmp_path_factory.mktemp("portal")
    servers = EmbeddedServers(certificates)
    database = f"sqlite:///{folder}/rollcall.db"
    made = Scene(servers=servers, database=database, folder=folder, nursery=nursery_of_all)
    try:
        portal = PortalScene(made)
        portal.links = dict(zip(("ann", "bob"), portal.invite("ann", "bob"), strict=True))
        with portal.visitor() as bob:
            bob.open(portal.links["bob"])
            bob.submit(password=GOOD, repeated=GOOD)
        yield portal
    finally:
        made.end()
        servers.stop()
