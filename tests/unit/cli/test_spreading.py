"""Many files are previewed on all cores: the same objects in the same order, whatever becomes of one."""

import os
import signal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.cli import preview, spreading

# Python 3.12 warns of every fork beside threads, and a test runner has some.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
FILES = sorted((Path(__file__).parents[3] / "fixtures").rglob("*.eml"))[:24]


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreading, "processors", lambda: 2)


@pytest.fixture(scope="module")
def one_by_one() -> list[dict[str, Any]]:
    with preview.open_previewer(None) as preview_one:
        return [preview_one(file) for file in FILES]


def test_many_files_are_read_in_order_by_several_processes(one_by_one: list[dict[str, Any]]) -> None:
    assert list(spreading.spread(FILES, partial(preview.open_previewer, None))) == one_by_one


def test_a_killed_process_loses_no_file(
    one_by_one: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    me, read = os.getpid(), preview.preview_file

    def dies_of(file: Path, assessor: Any) -> dict[str, Any]:
        if file == FILES[12] and os.getpid() != me:
            (tmp_path / "killed").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return read(file, assessor)

    monkeypatch.setattr(preview, "preview_file", dies_of)
    monkeypatch.setattr(preview, "SPREAD_FROM", 1)
    assert list(preview.preview_files(FILES, None)) == one_by_one
    assert (tmp_path / "killed").exists()


def test_on_one_core_there_is_nothing_to_spread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreading, "processors", lambda: 1)
    assert list(spreading.spread(FILES, partial(preview.open_previewer, None))) == []
