"""A letter becomes bytes that every mail program reads as it was meant."""

import email
import email.policy
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import DeliveryRefused
from bot.mail.compose import can_be_sent_to, compose_letter, make_message_id, needs_smtputf8, thread_of
from bot.values.message import Address, Message
from bot.values.outgoing import Letter, OutgoingFile

OUTLOOK_ID = "<" + "A" * 40 + "." + "b" * 70 + "@AM9PR08MB0000.eurprd08.prod.outlook.com>"
LETTER = Letter(
    message_id="<reply.RC-7F3K2Q.1@example.com>",
    sender=Address(name="YourCompany Support", email="support@example.com"),
    to=(Address(name="Dana", email="dana@example.com"),),
    subject="Re: New starters",
    text="Hi Dana,\n\nAll is well.\n",
    html="<p>Hi Dana,</p><p>All is well.</p>",
    date=datetime(2026, 11, 30, 9, 15, tzinfo=UTC),
)
SHEET = OutgoingFile(
    name="March - to fix.xlsx",
    content=b"PK\x03\x04" + bytes(range(256)),
    content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)


def sent(**changes):
    return email.message_from_bytes(compose_letter(replace(LETTER, **changes)), policy=email.policy.default)


def structure(message):
    if not message.is_multipart():
        return message.get_content_type()
    return message.get_content_type(), [structure(part) for part in message.iter_parts()]


def test_a_reply_carries_what_tells_people_and_machines_what_it_is() -> None:
    message = sent(in_reply_to="<1@example.com>", references=("<0@example.com>", "<1@example.com>"))
    assert dict(message.items()) == {
        "From": "YourCompany Support <support@example.com>",
        "To": "Dana <dana@example.com>",
        "Subject": "Re: New starters",
        "Date": "Mon, 30 Nov 2026 09:15:00 +0000",
        "Message-ID": "<reply.RC-7F3K2Q.1@example.com>",
        "In-Reply-To": "<1@example.com>",
        "References": "<0@example.com> <1@example.com>",
        "Auto-Submitted": "auto-replied",
        "X-Auto-Response-Suppress": "All",
        "MIME-Version": "1.0",
        "Content-Type": message["Content-Type"],
    }
    assert "Precedence" not in message


def test_words_and_files_stand_where_mail_programs_look_for_them() -> None:
    assert structure(sent(html="")) == "text/plain"
    assert structure(sent()) == ("multipart/alternative", ["text/plain", "text/html"])
    both = ("multipart/alternative", ["text/plain", "text/html"])
    assert structure(sent(files=(SHEET,))) == ("multipart/mixed", [both, SHEET.content_type])
    assert structure(sent(html="", files=(SHEET,))) == ("multipart/mixed", ["text/plain", SHEET.content_type])


def test_what_is_read_is_what_was_written() -> None:
    text = "Grüße an 李, naïve 👩‍🏫\n\n  indented \n" + "long " * 500 + "\n.\nFrom here\n"
    message = sent(text=text, html=f"<p>{'x' * 5000} é</p>", files=(SHEET,))
    body = message.get_body(("plain",))
    assert body.get_content().replace("\r\n", "\n") == text
    assert "x" * 5000 + " é" in message.get_body(("html",)).get_content()
    (file,) = message.iter_attachments()
    assert file.get_content() == SHEET.content
    assert file.get_filename() == SHEET.name


def test_a_letter_tried_again_is_the_same_to_the_byte() -> None:
    letter = replace(LETTER, files=(SHEET, SHEET))
    assert compose_letter(letter) == compose_letter(replace(letter))
    other = compose_letter(replace(letter, message_id="<reply.RC-7F3K2Q.2@example.com>"))
    assert re.findall(rb'boundary="([^"]+)"', other) != re.findall(
        rb'boundary="([^"]+)"', compose_letter(letter)
    )


def test_a_long_identifier_keeps_the_thread() -> None:
    raw = compose_letter(replace(LETTER, in_reply_to=OUTLOOK_ID, references=("<0@x.example>", OUTLOOK_ID)))
    assert b"In-Reply-To: " + OUTLOOK_ID.encode() + b"\r\n" in raw
    assert b"References: <0@x.example>\r\n " + OUTLOOK_ID.encode() + b"\r\n" in raw
    assert b"=?" not in raw.split(b"\r\n\r\n")[0]


def test_a_long_chain_keeps_its_first_and_its_last() -> None:
    chain = tuple(f"<{n}@x.example>" for n in range(100))
    kept = str(sent(references=chain)["References"]).split()
    assert kept == [chain[0], *chain[-20:]]


@pytest.mark.parametrize(
    "hostile",
    [
        "a\r\nBcc: evil@evil.example",
        "a\nBcc: evil@evil.example",
        "a\rBcc: evil@evil.example",
        "a\x0bBcc: evil\x0cx",
        "a\x85Bcc: evil\u2028x",
        "=?utf-8?q?a=0D=0ABcc:_evil@evil.example?=",
        "=?utf-8?b?DQpCY2M6IGV2aWw=?=",
        "\ud800",
        "\u202egnp.exe",
    ],
)
def test_no_header_can_be_begun_from_outside(hostile) -> None:
    raw = compose_letter(
        replace(
            LETTER,
            sender=Address(name=hostile, email="support@example.com"),
            to=(Address(name=hostile, email="dana@example.com"),),
            reply_to=Address(name=hostile, email="r@example.com"),
            subject=hostile,
            in_reply_to=hostile,
            references=(hostile, f"<{hostile}@x>"),
            files=(replace(SHEET, name=hostile, content_type=hostile),),
            extra_headers=(("X-Rollcall-Import", hostile),),
        )
    )
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert "Bcc" not in message
    assert message["To"].addresses[0].addr_spec == "dana@example.com"
    assert len(message["To"].addresses) == 1
    assert "\u202e" not in str(message["Subject"])
    for line in raw.split(b"\r\n"):
        assert not line.startswith(b"Bcc")
        assert b"\n" not in line
        assert b"\r" not in line


@pytest.mark.parametrize(
    "subject",
    [
        "Re: Neue Lernende für März",
        "Re: 新員工名單",
        "Re: 👩‍🏫 " * 20,
        "x" * 240,
        "word " * 60,
        "=?utf-8?q?not_encoded?=",
        'quotes "and" \\ back',
        "",
    ],
)
def test_a_subject_arrives_as_it_was_written(subject) -> None:
    message = sent(subject=subject)
    assert str(message["Subject"] or "") == subject.strip()


@pytest.mark.parametrize(
    "name",
    [
        "Dana",
        "Doe, Dana",
        'Dana "D" O\'Neil, PhD',
        "Däna (Ops)",
        "李 小龍",
        "a@b.example",
        "x" * 300,
        "é" * 300,
        "\\",
    ],
)
def test_a_display_name_arrives_as_it_was_written_and_stays_one_mailbox(name) -> None:
    message = sent(to=(Address(name=name, email="dana@example.com"), Address(name=name, email="e@x.example")))
    assert [one.addr_spec for one in message["To"].addresses] == ["dana@example.com", "e@x.example"]
    # The library's own parser puts a blank between encoded words, which RFC 2047 §6.2 takes out.
    shown = message["To"].addresses[0].display_name
    assert shown.replace(" ", "") == name[:100].replace(" ", "")
    assert shown == name or len(name) > 100


@pytest.mark.parametrize(
    "name",
    [
        "plain.xlsx",
        "März – «neu».xlsx",
        'a "quoted" \\ name; x=y.xlsx',
        "新" * 80 + ".xlsx",
        "it's 100%.xlsx",
        "=?utf-8?q?x?=.xlsx",
        "a  b.xlsx",
    ],
)
def test_a_file_name_arrives_as_it_was_written(name) -> None:
    (file,) = sent(files=(replace(SHEET, name=name),)).iter_attachments()
    assert file.get_filename() == " ".join(name.split())
    assert file.get_content_disposition() == "attachment"


@pytest.mark.parametrize(
    "kind", ["message/rfc822", "multipart/mixed", "nonsense", "", "text/html; x=y\r\nB: c"]
)
def test_a_file_is_never_more_than_a_file(kind) -> None:
    (file,) = sent(files=(replace(SHEET, content_type=kind),)).iter_attachments()
    expected = "text/html" if kind.startswith("text/html") else "application/octet-stream"
    assert file.get_content_type() == expected
    assert file.get_payload(decode=True) == SHEET.content


def test_a_foreign_domain_is_written_in_a_labels() -> None:
    message = sent(to=(Address(name="", email="dana@bücher.example"),))
    assert str(message["To"]) == "dana@xn--bcher-kva.example"
    assert not needs_smtputf8(replace(LETTER, to=(Address(name="", email="dana@bücher.example"),)))


def test_a_foreign_local_part_needs_smtputf8_and_is_written_as_it_is() -> None:
    letter = replace(LETTER, cc=(Address(name="José", email="josé@example.com"),))
    assert needs_smtputf8(letter)
    assert "<josé@example.com>".encode() in compose_letter(letter)
    assert not needs_smtputf8(LETTER)
    assert needs_smtputf8(replace(LETTER, reply_to=Address(name="", email="é@example.com")))


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "@example.com",
        "a@",
        "a b@example.com",
        "a@exa mple.com",
        "a@b@example.com",
        "a,b@example.com",
        "<a@example.com>",
        "a@example.com>,<b@evil.example",
        "a..b@example.com",
        "a\r\nb@example.com",
        "x" * 65 + "@example.com",
        "a@" + "x" * 260,
        "a\u202e@example.com",
    ],
)
def test_what_is_no_address_is_refused_in_words(address) -> None:
    assert not can_be_sent_to(address)
    with pytest.raises(DeliveryRefused, match="not an address"):
        compose_letter(replace(LETTER, to=(Address(name="", email=address),)))


@pytest.mark.parametrize(
    "address", ["o'neil+tag@example.com", "a&b@example.com", "x@localhost", "a_b-c.d@sub.example.co.uk"]
)
def test_odd_but_good_addresses_are_taken(address) -> None:
    assert can_be_sent_to(address)
    assert sent(to=(Address(name="", email=address),))["To"].addresses[0].addr_spec == address


def test_a_mail_to_nobody_is_refused() -> None:
    with pytest.raises(DeliveryRefused):
        compose_letter(replace(LETTER, to=()))


def test_a_notice_asks_for_no_answer_but_a_bounce() -> None:
    message = sent(auto_submitted="auto-generated")
    assert message["Auto-Submitted"] == "auto-generated"
    suppressed = message["X-Auto-Response-Suppress"].split(", ")
    assert "OOF" in suppressed
    assert "NDR" not in suppressed
    assert "All" not in suppressed


def test_extra_headers_go_along_and_a_bad_name_is_our_own_mistake() -> None:
    message = sent(extra_headers=(("X-Rollcall-Import", "RC-7F3K2Q"), ("X-Empty", "")))
    assert message["X-Rollcall-Import"] == "RC-7F3K2Q"
    assert "X-Empty" not in message
    with pytest.raises(ValueError, match="header field name"):
        compose_letter(replace(LETTER, extra_headers=(("X Bad:", "x"),)))
    with pytest.raises(ValueError, match="message identifier"):
        compose_letter(replace(LETTER, message_id="not one"))


def test_the_envelope_s_date_is_left_out_where_there_is_none() -> None:
    assert "Date" not in sent(date=None)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.text(max_size=120), st.text(max_size=120), st.text(max_size=500))
def test_any_words_make_a_mail_that_can_be_read_back(subject, name, file_name, text) -> None:
    letter = replace(
        LETTER,
        subject=subject,
        to=(Address(name=name, email="dana@example.com"),),
        text=text,
        html=text,
        files=(replace(SHEET, name=file_name),),
    )
    raw = compose_letter(letter)
    assert raw == compose_letter(letter)
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert raw.isascii()
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert [one.addr_spec for one in message["To"].addresses] == ["dana@example.com"]
    assert [part.get_payload(decode=True) for part in message.iter_attachments()] == [SHEET.content]
    assert not message.defects


def test_a_message_id_is_made_from_what_the_mail_is() -> None:
    assert make_message_id("reply.RC-7F3K2Q.1", "example.com") == "<reply.RC-7F3K2Q.1@example.com>"
    assert (
        make_message_id("reply.RC-7F3K2Q.1", "bücher.example") == "<reply.RC-7F3K2Q.1@xn--bcher-kva.example>"
    )


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=150), st.text(max_size=150), st.text(max_size=40))
def test_any_seed_makes_a_valid_identifier_and_two_seeds_never_meet(seed, other, domain) -> None:
    made = make_message_id(seed, domain)
    assert re.fullmatch(r"<[A-Za-z0-9_+=-]+(\.[A-Za-z0-9_+=-]+)*@[A-Za-z0-9.-]+>", made)
    assert made == make_message_id(seed, domain)
    assert (made == make_message_id(other, domain)) == (seed == other)


def a_message(**changes):
    facts = {
        "message_id": "<now@x.example>",
        "subject": "New",
        "sender": Address(name="", email="dana@example.com"),
        "from_count": 1,
    }
    return Message(**{**facts, **changes})


def test_an_answer_joins_the_thread_it_answers() -> None:
    assert thread_of(a_message()) == ("<now@x.example>", ("<now@x.example>",))
    chain = ("<a@x.example>", "<b@x.example>")
    assert thread_of(a_message(references=chain)) == ("<now@x.example>", (*chain, "<now@x.example>"))


def test_without_references_a_single_in_reply_to_is_the_chain() -> None:
    one = a_message(in_reply_to=("<a@x.example>",))
    assert thread_of(one)[1] == ("<a@x.example>", "<now@x.example>")
    two = a_message(in_reply_to=("<a@x.example>", "<b@x.example>"))
    assert thread_of(two)[1] == ("<now@x.example>",)


def test_what_is_no_identifier_is_left_out_of_the_thread() -> None:
    odd = a_message(
        references=("<a@x.example>", "broken", "<a b@x>", "<é@x>", "<a@x.example>", "<now@x.example>")
    )
    assert thread_of(odd)[1] == ("<a@x.example>", "<now@x.example>")
    assert thread_of(a_message(message_id="")) == ("", ())


def test_a_message_without_an_identifier_of_its_own_is_not_pointed_to() -> None:
    made = a_message(headers=(("From", "dana@example.com"),), references=("<a@x.example>",))
    assert thread_of(made) == ("", ("<a@x.example>",))
    own = a_message(headers=(("MESSAGE-ID", "<now@x.example>"),))
    assert thread_of(own)[0] == "<now@x.example>"


def test_an_endless_chain_is_capped() -> None:
    chain = tuple(f"<{n}@x.example>" for n in range(500))
    references = thread_of(a_message(references=chain))[1]
    assert len(references) == 21
    assert references[0] == "<0@x.example>"
    assert references[-1] == "<now@x.example>"
