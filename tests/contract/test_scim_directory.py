"""The directory contract over SCIM: on scim2-server as a process of its own, and on servers that are odd."""

from collections.abc import Iterator
from typing import Any

import pytest

from bot.directories.scim import ScimDirectory
from tests.contract.directory_suite import DirectoryContract, OpenDirectory
from tests.platforms.scim2_process import TOKEN as REAL_TOKEN
from tests.platforms.scim2_process import run_scim2_server
from tests.platforms.scim_server import TOKEN, ScimServer

ODD: dict[str, dict[str, Any]] = {
    "plain": {},
    "bulk": {"bulk": 20},
    "small bulk": {"bulk": 1000, "bulk_bytes": 1500},
    "bulk that skips": {"bulk": 20, "bulk_skips": 2},
    "bulk that is silent": {"bulk": 20, "bulk_silent": 2},
    "bulk without locations": {"bulk": 20, "bulk_locations": False, "bulk_status": "code"},
    "bulk with numbers": {"bulk": 20, "bulk_status": "number"},
    "bulk that is not there": {"bulk": 20, "bulk_broken": 501},
    "no word on itself": {"config": "missing"},
    "a web page on itself": {"config": "html", "patches": False},
    "odd words on itself": {"config": "odd"},
    "no search": {"search": False},
    "filters names only": {"filters": "names"},
    "filters one at a time": {"filters": "one", "search": False},
    "refuses filters": {"filters": "refused", "page": 7},
    "has no filters": {"filters": "none", "page": 7},
    "ignores filters": {"filters": "ignored", "page": 7},
    "duplicates as 409 alone": {"duplicate": (409, "")},
    "duplicates as 400": {"duplicate": (400, "")},
    "answers without bodies": {"bodiless": True},
    "upserts": {"upserts": True},
    "strict on addresses": {"strict": "emails", "needs_formatted": True, "filters": "none"},
    "strict on everything": {"strict": "all", "bulk": 20},
    "forgets our mark": {"forgets": True},
}


def opener(url: str, token: str, **options: int) -> Iterator[OpenDirectory]:
    opened: list[ScimDirectory] = []

    def open_directory() -> ScimDirectory:
        opened.append(ScimDirectory(url, token, **options))
        return opened[-1]

    yield open_directory
    for directory in opened:
        directory.close()


@pytest.fixture(scope="module")
def real_server() -> Iterator[str]:
    with run_scim2_server() as url:
        yield url


class TestRealScimServer(DirectoryContract):
    @pytest.fixture
    def open_directory(self, real_server: str) -> Iterator[OpenDirectory]:
        yield from opener(real_server, REAL_TOKEN)


@pytest.fixture(scope="module", params=ODD)
def odd_server(request: pytest.FixtureRequest) -> Iterator[ScimServer]:
    with ScimServer(**ODD[request.param]) as server:
        for number in range(12):
            server.add(f"someone{number}@elsewhere.example")
        yield server


class TestOddScimServer(DirectoryContract):
    @pytest.fixture
    def open_directory(self, odd_server: ScimServer) -> Iterator[OpenDirectory]:
        # More learners than a batch are then a few, on each of so many servers.
        yield from opener(odd_server.base_url, TOKEN, batch_size=20)
