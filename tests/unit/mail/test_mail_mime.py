"""The parts of an outgoing mail, read back by the standard library."""

from email import message_from_bytes, policy

import pytest

from bot.mail.mime import file_part, multipart, text_part, write_part
from bot.mail.written import Ready

TEXTS = (
    "",
    "one line",
    "two\nlines\n",
    "a space at the end \nand a tab\t\n",
    ".\n..\n--\n--=_b--\nFrom the start\n",
    "x" * 75 + " \n" + "é" * 200,
    "mixed\r\nline\rends",
    "a = b, =3D, €, 𝄞\n",
)


@pytest.mark.parametrize("text", TEXTS)
def test_words_come_back_as_they_were_in_lines_of_at_most_76(text: str) -> None:
    part = text_part(text, "plain")
    read = message_from_bytes(write_part((), part), policy=policy.default)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").splitlines()
    assert read.get_content().splitlines() == lines
    encoded = part.body.split(b"\r\n")
    assert max(map(len, encoded)) <= 76
    assert not any(line.endswith((b" ", b"\t")) for line in encoded)
    assert b"\r" not in part.body.replace(b"\r\n", b"")


def test_files_stand_beside_the_two_renderings() -> None:
    words = multipart("alternative", [text_part("Hello", "plain"), text_part("<p>Hello", "html")], "=_b")
    file = file_part(bytes(range(256)) * 9, "application/pdf", Ready('attachment; filename="a.pdf"'))
    raw = write_part([("Subject", Ready("x"))], multipart("mixed", [words, file], "=_a"))
    read = message_from_bytes(raw, policy=policy.default)
    assert [part.get_content_type() for part in read.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "application/pdf",
    ]
    assert not any(part.defects for part in read.walk())
    (attached,) = read.iter_attachments()
    assert attached.get_content() == bytes(range(256)) * 9
