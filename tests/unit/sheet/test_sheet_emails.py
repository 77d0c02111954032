"""The address in a cell."""

import pytest

from bot.sheet.emails import holds_address, is_address, read_email


@pytest.mark.parametrize(
    ("cell", "address"),
    [
        ("jane@acme.com", "jane@acme.com"),
        ("Jane@Acme.COM", "jane@acme.com"),
        ("Jane Doe <jane@acme.com>", "jane@acme.com"),
        ('"Doe, Jane" <jane@acme.com>;', "jane@acme.com"),
        ("<mailto:jane@acme.com>", "jane@acme.com"),
        ("mailto:jane%2Bx@acme.com?subject=hi", "jane+x@acme.com"),
        ("„jane@acme.com“", "jane@acme.com"),
        ("jane@acme.com.,;", "jane@acme.com"),
        ("ｊａｎｅ＠ａｃｍｅ．ｃｏｍ", "jane@acme.com"),
        ("jane\u200b@acme.com", "jane@acme.com"),
        ("jane@acme.com <mailto:jane@acme.com>", "jane@acme.com"),
        ("o'brien+tag@sub.acme.co.uk", "o'brien+tag@sub.acme.co.uk"),
        ("jörg@müller.de", "jörg@müller.de"),
        ("jane@host.test", "jane@host.test"),
        ("jane@corp.local", "jane@corp.local"),
    ],
)
def test_one_address_is_taken_out_of_its_wrapping(cell, address):
    assert read_email(cell).address == address


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        ("jane.doe@yourcompany", "no ending"),
        ("a@acme.com, b@acme.com", "more than one address"),
        ("Jane <a@acme.com> <b@acme.com>", "more than one address"),
        ("jane@@acme.com", "more than one @"),
        ("jane doe@acme.com", "space inside"),
        ("@acme.com", "nothing before"),
        ("jane@", "nothing after"),
        ("020 7946 0018", "phone"),
        ("to follow", "no @"),
        ("#N/A", "the error #N/A"),
        ("jane..doe@acme.com", "a dot too many"),
        ("x" * 70 + "@acme.com", "too long"),
        ("a@b," * 1_000_000, "more than one address"),
    ],
)
def test_what_is_no_address_is_refused_with_the_reason_in_words(cell, fault):
    read = read_email(cell)
    assert read.address == ""
    assert fault in read.fault


def test_every_change_to_an_address_is_told():
    assert read_email("jane@acme.com").repairs == ()
    assert len(read_email("<mailto:Jane@acme.com>,").repairs) == 3


def test_an_address_read_once_reads_the_same_again():
    for cell in ("Jane <J@X.com>", "mailto:a@b.co", "ünal@müller.de"):
        address = read_email(cell).address
        assert read_email(address).address == address


def test_syntax_alone_decides():
    assert is_address("a@b.museum")
    assert not is_address("a@b.1")
    assert not is_address("a@-b.com")
    assert holds_address("Jane <a@b.com>")
    assert not holds_address("write to a@b.com please")
