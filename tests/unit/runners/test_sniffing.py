"""Whether a file that a command was given is a mail or a sheet."""

import pytest

from bot.runners.sniffing import looks_like_mail

ARCHIVE = b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\n"


@pytest.mark.parametrize(
    ("content", "name", "mail"),
    [
        (b"From: dana@acme.test\r\nSubject: New starters\r\n\r\nHello", "saved", True),
        (b"Subject: New starters\r\n" + ARCHIVE, "saved", True),
        (ARCHIVE, "list.xls", False),
        (ARCHIVE, "list.eml", True),
        (b"First name,Last name,Email\r\n", "list.csv", False),
    ],
)
def test_a_mail_is_known_by_two_fields_of_its_own_and_a_web_archive_is_none(content, name, mail):
    assert looks_like_mail(content, name) is mail
