"""Mails as real programs write them, each with the words its sender says now."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bot.mail.newest import read_newest
from bot.mail.parse import parse_message
from bot.values.request import Segment, SegmentKind, Spoken

CORPUS = Path(__file__).parents[3] / "fixtures" / "newest"
MAILS = sorted(CORPUS.glob("*.eml"))


def read(mail: Path) -> tuple[Spoken, dict[str, Any]]:
    expected = json.loads(mail.with_suffix(".json").read_text(encoding="utf-8"))
    return read_newest(parse_message(mail.read_bytes())), expected


def of_kind(spoken: Spoken, kind: SegmentKind) -> list[Segment]:
    return [segment for segment in spoken.readings[0] if segment.kind is kind]


def bare(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def test_the_corpus_is_there() -> None:
    assert len(MAILS) >= 80


@pytest.mark.parametrize("mail", MAILS, ids=lambda mail: mail.stem)
def test_the_newest_words_are_found(mail: Path) -> None:
    spoken, expected = read(mail)
    assert bare(spoken.newest_text) == bare(expected["newest_text"])
    assert len(spoken.readings) == expected["readings"]


@pytest.mark.parametrize("mail", MAILS, ids=lambda mail: mail.stem)
def test_answers_are_connected_with_what_they_answer(mail: Path) -> None:
    spoken, expected = read(mail)
    if "forms" in expected:
        found = [[segment.question, segment.text] for segment in of_kind(spoken, SegmentKind.FORM)]
        assert found == expected["forms"]
    inline = of_kind(spoken, SegmentKind.INLINE)
    assert len(inline) == len(expected.get("inline", []))
    for segment, (question, text) in zip(inline, expected.get("inline", []), strict=True):
        assert question in bare(segment.question)
        assert bare(segment.text) == text


@pytest.mark.parametrize("mail", MAILS, ids=lambda mail: mail.stem)
def test_forwarded_and_quoted_words_are_kept_apart(mail: Path) -> None:
    spoken, expected = read(mail)
    forwarded = of_kind(spoken, SegmentKind.FORWARDED)
    assert bool(forwarded) == ("forwarded" in expected)
    if forwarded:
        assert expected["forwarded"] in bare(forwarded[0].text)
        assert expected["forwarded"] in bare(spoken.forwarded)
    assert expected.get("quoted", "") in bare(spoken.quoted)
    subjects = [segment.text for segment in of_kind(spoken, SegmentKind.SUBJECT)]
    if "subject" in expected:
        assert subjects == [expected["subject"]]
