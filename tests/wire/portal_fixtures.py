"""The scene of portal tests: the embedded servers and SQLite, whatever else is installed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.scene import Scene
from tests.servers.certificates import Certificates
from tests.wire.servers import EmbeddedServers


@pytest.fixture
def portal_scene(certificates: Certificates, tmp_path: Path) -> Iterator[Scene]:
    """Servers and an empty folder; nothing runs yet."""
    servers = EmbeddedServers(certificates)
    made = Scene(servers=servers, database=f"sqlite:///{tmp_path}/rollcall.db", folder=tmp_path)
    yield made
    made.end()
    servers.stop()
