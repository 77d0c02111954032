"""The scene of portal tests: the embedded servers and SQLite, whatever else is installed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.scene import Scene
from tests.servers.certificates import Certificates
from tests.wire.portal_scene import GOOD, PortalScene
from tests.wire.servers import EmbeddedServers


@pytest.fixture
def portal_scene(certificates: Certificates, tmp_path: Path) -> Iterator[Scene]:
    """Servers and an empty folder; nothing runs yet."""
    servers = EmbeddedServers(certificates)
    made = Scene(servers=servers, database=f"sqlite:///{tmp_path}/rollcall.db", folder=tmp_path)
    yield made
    made.end()
    servers.stop()


@pytest.fixture(scope="module")
def module_portal(
    certificates: Certificates, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PortalScene]:
    """A running portal for all tests of a file that leave it as it was: Ann is invited, Bob is in."""
    folder = tmp_path_factory.mktemp("portal")
    servers = EmbeddedServers(certificates)
    made = Scene(servers=servers, database=f"sqlite:///{folder}/rollcall.db", folder=folder)
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
