"""The directory contract on a Moodle: the recorded-shape one, and a live one where its address is given."""

import os
from collections.abc import Iterator

import pytest

from bot.directories.moodle import MoodleDirectory
from tests.contract.directory_suite import DirectoryContract, OpenDirectory
from tests.platforms.moodle_server import TOKEN, MoodleServer

LIVE_URL = os.environ.get("ROLLCALL_TEST_MOODLE_URL", "")
LIVE_TOKEN = os.environ.get("ROLLCALL_TEST_MOODLE_TOKEN", "")


def opener(url: str, token: str) -> Iterator[OpenDirectory]:
    opened: list[MoodleDirectory] = []

    def open_directory() -> MoodleDirectory:
        opened.append(MoodleDirectory(url, token))
        return opened[-1]

    yield open_directory
    for directory in opened:
        directory.close()


@pytest.fixture(scope="module")
def moodle() -> Iterator[MoodleServer]:
    with MoodleServer() as server:
        yield server


class TestMoodle(DirectoryContract):
    @pytest.fixture
    def open_directory(self, moodle: MoodleServer) -> Iterator[OpenDirectory]:
        yield from opener(moodle.url, TOKEN)


if LIVE_URL:

    class TestLiveMoodle(DirectoryContract):
        @pytest.fixture
        def open_directory(self) -> Iterator[OpenDirectory]:
            yield from opener(LIVE_URL, LIVE_TOKEN)
