"""What every test may ask for: the fixtures of the real servers (nothing starts before it is asked for)."""

import gc
import os
from collections.abc import Iterator

# As the network has it, which comes too late here: openpyxl reads numpy in before it, and threads of a matrix
# product that wait for each other are most of what such a product costs on a machine that has other work.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

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
