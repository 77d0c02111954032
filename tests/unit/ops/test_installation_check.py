"""What `rollcall check` says of this machine: a disk that takes nothing more, and a good folder."""

import errno
import os
from pathlib import Path

import pytest

from bot.app.installation import check_installation
from bot.ports import Health
from tests.unit.settings_builders import a_configuration


def disk_line(folder: Path) -> tuple[Health, str, str]:
    settings = a_configuration(database=f"sqlite:///{folder}/rollcall.db")
    (line,) = [line for line in check_installation(settings) if line.subject == "disk"]
    return line.health, line.detail, line.mend


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    health, detail, mend = disk_line(tmp_path)
    assert health is Health.FAILED
    assert detail == f"{tmp_path} cannot be written: No space left on device"
    assert "with room" in mend


def test_what_was_tried_leaves_no_trace(tmp_path: Path) -> None:
    assert disk_line(tmp_path)[0] is not Health.FAILED
    assert list(tmp_path.iterdir()) == []
