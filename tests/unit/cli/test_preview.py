"""`preview` owes one object for each file, also where reading one goes wrong in a way nobody foresaw."""

import json
from pathlib import Path
from typing import cast

from bot.cli.preview import preview_file
from bot.runners.assessing import Assessor


class BrokenAssessor:
    """One that fails on every message."""

    def assess(self, *_: object) -> None:
        raise IndexError("list index out of range")


def test_an_error_nobody_foresaw_leaves_the_mail_to_people(tmp_path: Path) -> None:
    file = tmp_path / "mail.eml"
    file.write_bytes(b"From: a@b.example\r\nSubject: Hi\r\n\r\nHello.\r\n")

    found = preview_file(file, cast(Assessor, BrokenAssessor()))

    assert found["decision"] == "leave"
    assert found["reason"] == "reading it failed: IndexError: list index out of range"
    assert json.dumps(found)
