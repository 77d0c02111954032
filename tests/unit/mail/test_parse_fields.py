"""What is read from a header section, and how the same message is known again."""

from datetime import UTC, datetime

import pytest

from bot.errors import MessageUnreadable
from bot.mail.parse import content_digest, fingerprint, parse_message, read_envelope
from bot.values.message import Address, Message

PLAIN = (
    b"Received: from a by b; Mon, 2 Nov 2026 10:00:01 +0000\r\nFrom: Dana <dana@acme.example>\r\n"
    b"To: support@yourcompany.example\r\nSubject: Hi\r\nDate: Mon, 2 Nov 2026 10:00:00 +0100\r\n"
    b"Message-ID: <a@b>\r\n\r\nHello.\r\n"
)


def with_from(value: str) -> Message:
    return parse_message(f"From: {value}\r\nSubject: Hi\r\n\r\nHello".encode())


@pytest.mark.parametrize(
    ("value", "sender"),
    [
        ("Dana@Acme.example", Address(name="", email="dana@acme.example")),
        ('"Doe, Dana" <dana@acme.example>', Address(name="Doe, Dana", email="dana@acme.example")),
        ("Doe, Dana <dana@acme.example>", Address(name="Dana", email="dana@acme.example")),
        ("=?utf-8?Q?D=C3=A1na?= <dana@acme.example>", Address(name="Dána", email="dana@acme.example")),
        ("Dána <dana@acme.example>", Address(name="Dána", email="dana@acme.example")),
        ("good@x.example <evil@y.example>", Address(name="good@x.example", email="evil@y.example")),
        ('"good@x.example" <evil@y.example>', Address(name="good@x.example", email="evil@y.example")),
        ("a@x.example, b@y.example", None),
        ("<a@x.example> <b@y.example>", None),
        ("undisclosed:;", None),
        ("MAILER-DAEMON", None),
        ("", None),
    ],
)
def test_the_sender_is_the_one_mailbox_of_from(value: str, sender: Address | None) -> None:
    message = with_from(value)

    assert message.sender == sender
    assert (message.from_count == 1) is (sender is not None)


def test_a_name_in_windows_1252_does_not_hide_the_address() -> None:
    message = parse_message(b"From: Jos\xe9 <jose@acme.example>\r\n\r\nHi")

    assert message.sender == Address(name="José", email="jose@acme.example")


def test_a_second_from_is_counted_wherever_it_hides() -> None:
    filler = b"X-Filler: " + b"a" * 300_000 + b"\r\n"
    hidden = parse_message(b"From: dana@acme.example\r\n" + filler + b"From: eve@evil.example\r\n\r\nHi")

    assert hidden.from_count == 2
    assert hidden.sender is None


def test_a_from_with_a_blank_before_its_colon_counts_too() -> None:
    assert parse_message(b"From : dana@acme.example\r\nFrom: eve@evil.example\r\n\r\nHi").from_count == 2


def test_encoded_words_in_authentication_results_stay_as_they_are() -> None:
    value = "mx; spf=pass smtp.mailfrom==?utf-8?q?x=3B_dmarc=3Dpass?="
    message = parse_message(f"Authentication-Results: {value}\r\nFrom: a@b.example\r\n\r\nHi".encode())

    assert message.header_values("authentication-results") == (value,)


def test_a_folded_subject_is_one_line_and_decoded() -> None:
    message = parse_message(b"Subject: =?utf-8?q?Neue?=\r\n =?utf-8?q?_Sch=C3=BCler?=\r\n\tplus\r\n\r\nHi")

    assert message.subject == "Neue Schüler plus"


def test_a_line_break_inside_an_encoded_word_cannot_make_a_line() -> None:
    message = parse_message(b"Subject: =?utf-8?q?Hi=0D=0ABcc:_x@y.example?=\r\n\r\nHi")

    assert message.subject == "Hi Bcc: x@y.example"


@pytest.mark.parametrize(
    "before",
    [b"From dana@acme.example Mon Nov  2 10:00:00 2026\r\n", b">From dana\r\n", b"\r\n\r\n", b"\xef\xbb\xbf"],
)
def test_what_mailbox_files_put_before_the_header_is_passed_over(before: bytes) -> None:
    assert parse_message(before + PLAIN).subject == "Hi"


def test_lines_that_are_no_fields_do_not_end_the_header() -> None:
    message = parse_message(b"From: dana@acme.example\r\nthis is no field\r\nSubject: Hi\r\n\r\nHello")

    assert message.subject == "Hi"
    assert message.texts[0].text == "Hello"
    assert message.defects


def test_a_body_without_a_blank_line_before_it_is_read_all_the_same() -> None:
    message = parse_message(b"From: dana@acme.example\r\nSubject: Hi\r\nHello there, all.\r\nBye.")

    assert message.subject == "Hi"
    assert message.texts[0].text.startswith("Hello there, all.\nBye.")


def test_dates_are_in_utc() -> None:
    assert parse_message(PLAIN).date == datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def test_a_long_thread_keeps_its_first_and_its_latest_identifiers() -> None:
    chain = " ".join(f"<{n}@x.example>" for n in range(500))
    references = parse_message(f"References: {chain}\r\nFrom: a@b.example\r\n\r\nHi".encode()).references

    assert references[0] == "<0@x.example>"
    assert references[-1] == "<499@x.example>"
    assert len(references) == 100


def test_the_envelope_says_what_the_message_says() -> None:
    envelope, message = read_envelope(PLAIN), parse_message(PLAIN)

    assert envelope.message_id == message.message_id == "<a@b>"
    assert envelope.sender == "dana@acme.example"
    assert envelope.subject == "Hi"
    assert envelope.date == message.date


def test_a_message_without_an_identifier_gets_one_from_its_bytes() -> None:
    raw = b"From: a@b.example\r\n\r\nHi"

    assert read_envelope(raw).message_id == parse_message(raw).message_id
    assert read_envelope(raw).message_id == f"<{fingerprint(raw)[:32]}@no-message-id.invalid>"


def test_a_second_delivered_copy_is_the_same_content() -> None:
    copy = b"Return-Path: <dana@acme.example>\r\nReceived: from c by d; x\r\nX-Spam: no\r\n" + PLAIN

    assert fingerprint(copy) != fingerprint(PLAIN)
    assert content_digest(copy) == content_digest(PLAIN)
    assert content_digest(PLAIN.replace(b"\r\n", b"\n")) == content_digest(PLAIN)


@pytest.mark.parametrize(
    "change", [(b"Hello", b"Hallo"), (b"Subject: Hi", b"Subject: Ho"), (b"dana@", b"eve@")]
)
def test_another_content_is_another_digest(change: tuple[bytes, bytes]) -> None:
    assert content_digest(PLAIN.replace(*change)) != content_digest(PLAIN)


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\n", b"hello", b"\0\0\0", b"PK\x03\x04not a mail"])
def test_what_is_no_mail_is_refused(raw: bytes) -> None:
    with pytest.raises(MessageUnreadable):
        parse_message(raw)
    assert read_envelope(raw).sender == ""
