"""What every test may ask for: the fixtures of the real servers (nothing starts before it is asked for)."""

import gc
import os
from collections.abc import Iterator

import pytest

from tests.acceptance.nursery import Nursery

pytest_plugins = ["tests.servers.fixtures"]


# While thousands of tests are collected hardly anything becomes garbage: looking for it would only take time.
gc.disable()


def pytest_collection_finish() -> None:
    """They stay to the end: who collects garbage need not look through them again."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def nursery_of_all() -> Iterator[Nursery]:
    """One process that has read in the program, for every scene of this run."""
    with Nursery(os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))) as made:
        yield made
