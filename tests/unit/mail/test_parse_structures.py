"""A sheet is found in every structure in which mailers send one."""

import hashlib
import json
from pathlib import Path

import pytest

from bot.mail.parse import parse_message

MIME = Path(__file__).parents[3] / "fixtures" / "mime"
EXPECTED = json.loads((MIME / "expected.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_every_file_of_a_structure_is_found_with_its_name_and_its_owner(name: str) -> None:
    message = parse_message((MIME / name).read_bytes())

    found = [
        {"name": file.name, "owner": file.owner.value, "sha256": hashlib.sha256(file.content).hexdigest()}
        for file in message.attachments
    ]

    assert found == EXPECTED[name]


@pytest.mark.parametrize("name", sorted(set(EXPECTED) - {"05-root-part.eml", "11-uuencode.eml"}))
def test_the_words_beside_the_sheet_are_the_senders_own(name: str) -> None:
    message = parse_message((MIME / name).read_bytes())

    assert "Please upload these" in message.texts[0].text
    assert message.texts[0].owner.value == "own"


def test_a_uuencoded_file_leaves_only_the_words_behind() -> None:
    message = parse_message((MIME / "11-uuencode.eml").read_bytes())

    assert message.texts[0].text.strip() == "Here it is."


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_plain_and_html_are_twins_only_in_an_alternative(name: str) -> None:
    message = parse_message((MIME / name).read_bytes())

    assert message.alternatives is (name[:2] in {"03", "04"})
