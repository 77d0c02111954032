"""Names, kinds and encodings of files, and the files inside other files."""

import base64

import pytest

from bot.mail.kinds import FileKind, sniff_kind
from bot.mail.names import clean_name
from bot.mail.parse import parse_message
from bot.mail.tnef import open_tnef
from bot.mail.transfer import decode_base64
from bot.values.message import Attachment, Message
from fixtures.mime.build import XLSX, winmail

HEAD = "From: Dana <dana@acme.example>\r\nSubject: Hi\r\nMIME-Version: 1.0\r\n"


def read(rest: str) -> Message:
    return parse_message((HEAD + rest).encode("utf-8"))


def only_file(rest: str) -> Attachment:
    (found,) = read(rest).attachments
    return found


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("list.xlsx", "list.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\list.xlsx", "list.xlsx"),
        ("..", "attachment-1.xlsx"),
        ("", "attachment-1.xlsx"),
        ("\x00\x1b[31mred\r\n.csv", "[31mred.csv"),
        ("\u202evsc.exe", "vsc.exe"),
        (".hidden.csv", "hidden.csv"),
        ("a<b>:c?.csv", "a_b__c_.csv"),
        ("x" * 300 + ".xlsx", "x" * 250 + ".xlsx"),
        ("é" * 300 + ".xlsx", "é" * 125 + ".xlsx"),
    ],
)
def test_a_name_is_bare_and_safe(name: str, clean: str) -> None:
    assert clean_name(name, "attachment-1.xlsx") == clean


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (XLSX, FileKind.WORKBOOK),
        (b"PK\x03\x04word/document.xml", FileKind.ZIP),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", FileKind.OLE),
        (b"%PDF-1.7", FileKind.PDF),
        (b"First,Last,Email\nA,B,c@d.e\n", FileKind.COLUMNS),
        ("First\tLast\nA\tB\n".encode("utf-16"), FileKind.COLUMNS),
        (b"<html><table><tr><td>x</td></tr></table></html>", FileKind.HTML_TABLE),
        (b"Dear all,\nplease find attached.\nDana\n", FileKind.TEXT),
        (b"\x00\x01\x02", FileKind.OTHER),
        (b"", FileKind.TEXT),
    ],
)
def test_content_tells_the_kind(content: bytes, kind: FileKind) -> None:
    assert sniff_kind(content) is kind


@pytest.mark.parametrize(
    "damaged",
    [
        lambda code: code.replace(b"\n", b"\r\n"),
        lambda code: code.replace(b"\n", b"\n\n"),
        lambda code: code.replace(b"\n", b" \n "),
        lambda code: code.replace(b"\n", b"!\n"),
        lambda code: code.rstrip(b"=\n"),
        lambda code: code + b"\n____________\nstaff mailing list\nstaff@acme.example\n",
        lambda code: code + b"\n-- \nThis mail was scanned\n",
        lambda code: code.replace(b"\n", b""),
    ],
)
def test_damaged_base64_gives_the_same_bytes(damaged) -> None:  # type: ignore[no-untyped-def]
    assert decode_base64(damaged(base64.encodebytes(XLSX))) == XLSX


def test_base64_in_padded_pieces_is_put_together() -> None:
    assert decode_base64(b"YQ==\nYmM=\nZGVm\n") == b"abcdef"


def test_what_is_declared_base64_and_is_none_stays_as_it_is() -> None:
    rows = b"First,Last,Email\r\nAda,Lovelace,ada@acme.example\r\n"

    assert decode_base64(rows) == rows


def test_base64_that_nobody_declared_is_recognised_by_its_first_bytes() -> None:
    code = base64.encodebytes(XLSX).decode()

    assert only_file(f"Content-Type: application/octet-stream; name=a.xlsx\r\n\r\n{code}").content == XLSX


def test_an_enclosed_message_in_base64_is_opened() -> None:
    inner = "From: mark@acme.example\r\nContent-Type: text/csv; name=in.csv\r\n\r\na,b\r\n"
    code = base64.encodebytes(inner.encode()).decode()
    found = only_file(f"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n{code}")

    assert (found.name, found.owner.value) == ("in.csv", "forwarded")


def test_the_same_file_under_two_names_is_two_files() -> None:
    parts = "".join(f"--b\r\nContent-Type: text/csv; name={n}.csv\r\n\r\na,b\r\n" for n in ("x", "y", "x"))

    assert [
        file.name
        for file in read(f"Content-Type: multipart/mixed; boundary=b\r\n\r\n{parts}--b--").attachments
    ] == [
        "x.csv",
        "y.csv",
    ]


def test_the_senders_own_copy_counts_for_more_than_the_forwarded_one() -> None:
    own = "Content-Type: text/csv; name=x.csv\r\n\r\na,b"
    inner = f"Content-Type: message/rfc822\r\n\r\nFrom: m@x.example\r\n{own}"
    found = only_file(
        f"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n{inner}\r\n--b\r\n{own}\r\n--b--"
    )

    assert found.owner.value == "own"


def test_a_table_in_an_html_mail_is_no_file() -> None:
    message = read("Content-Type: text/html\r\n\r\n<table><tr><td>Yes</td></tr></table>")

    assert not message.attachments
    assert message.texts[0].kind == "html"


def test_a_body_that_is_given_a_name_is_still_the_body() -> None:
    message = read("Content-Type: text/plain; name=message.txt\r\n\r\nPlease upload, and notify them.")

    assert not message.attachments
    assert message.texts


def test_signatures_and_picture_mails_are_not_files_anybody_attached() -> None:
    parts = (
        "--b\r\nContent-Type: text/plain\r\n\r\nHi\r\n--b\r\n"
        "Content-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\nabc\r\n"
        "--b\r\nContent-Type: image/png\r\nContent-ID: <logo>\r\n\r\n\x89PNG\r\n--b--"
    )
    files = read(f"Content-Type: multipart/mixed; boundary=b\r\n\r\n{parts}").attachments

    assert all(file.inline for file in files)


def test_winmail_dat_gives_its_files_back() -> None:
    opened = open_tnef(winmail("Neue Schüler.xlsx", XLSX))

    assert opened is not None
    assert opened.files == (("Neue Schüler.xlsx", XLSX),)


@pytest.mark.parametrize(
    "content", [b"", b"\x78\x9f\x3e\x22", b"no tnef at all", winmail("a.xlsx", XLSX)[:60]]
)
def test_a_broken_winmail_dat_is_told_apart(content: bytes) -> None:
    opened = open_tnef(content)

    assert opened is None or opened.files == ()


def test_a_winmail_dat_that_counts_to_four_thousand_million_is_given_up_in_time() -> None:
    def thing(level: int, kind: int, data: bytes) -> bytes:
        return bytes([level]) + kind.to_bytes(4, "little") + len(data).to_bytes(4, "little") + data + b"\0\0"

    endless = b"\xff\xff\xff\xff" + b"\x02\x10\x01\x30" + b"\xff\xff\xff\xff"
    bomb = b"\x78\x9f\x3e\x22\x01\x00" + thing(2, 0x00069002, bytes(14)) + thing(2, 0x00069005, endless)
    message = parse_message(
        HEAD.encode() + b"Content-Type: application/ms-tnef; name=winmail.dat\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(bomb)
    )

    assert len(message.attachments) <= 1
