"""The collector is tuned where many values are made: in the service, and in a preview of many files."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.app.collector import ALLOCATIONS
from bot.cli import rollcall


@pytest.fixture(autouse=True)
def _collector_as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def test_a_preview_looks_for_cycles_less_often(tmp_path: Path) -> None:
    sheet = tmp_path / "learners.csv"
    sheet.write_text("First Name,Last Name,Email address\nAda,Byron,ada@learners.example\n")
    assert CliRunner().invoke(rollcall, ["preview", "--json", str(sheet)]).exit_code == 0
    assert gc.get_threshold()[0] == ALLOCATIONS
