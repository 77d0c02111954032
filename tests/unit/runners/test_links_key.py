"""The key of one-time links is made once, whole, and kept to its owner."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.runners.links import load_key


def test_bots_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    path = tmp_path / "links.key"
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: load_key(path), range(32)))
    assert len(keys) == 1
    assert [entry.name for entry in tmp_path.iterdir()] == ["links.key"]
    assert os.stat(path).st_mode & 0o777 == 0o600


def test_a_key_that_cannot_be_made_or_read_is_told_by_its_path(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"links\.key_file .*nowhere"):
        load_key(tmp_path / "nowhere" / "links.key")
    (tmp_path / "links.key").write_text("short")
    with pytest.raises(ConfigurationError, match=r"links\.key"):
        load_key(tmp_path / "links.key")
