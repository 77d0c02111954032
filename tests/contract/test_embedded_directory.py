"""The embedded directory keeps the contract of every directory."""

from collections.abc import Callable, Iterator

import pytest

from bot.directories.embedded import EmbeddedDirectory
from bot.ports import Directory
from bot.store.engine import Database
from bot.store.upgrade import upgrade
from tests.contract.directory_suite import DirectoryContract
from tests.contract.ledger_builders import Clock


class TestEmbedded(DirectoryContract):
    """On every database."""

    @pytest.fixture
    def open_directory(self, database_url: str, clock: Clock) -> Iterator[Callable[[], Directory]]:
        database = Database(database_url, owner="test", clock=clock)
        upgrade(database)
        yield lambda: EmbeddedDirectory(database.engine, name="embedded", clock=clock, step=database.step)
        database.close()
