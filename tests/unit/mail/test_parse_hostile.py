"""Whatever the bytes are, they end in a message or in `MessageUnreadable`, within five seconds."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import MessageUnreadable
from bot.mail.bounce import read_bounce
from bot.mail.newest import read_newest
from bot.mail.parse import content_digest, parse_message, read_envelope
from bot.request.automation import find_sign
from bot.request.preference import read_preference
from bot.request.sender import judge_sender
from bot.request.wishes import read_wishes
from bot.values.customer import Customer, TrustPolicy
from bot.values.message import Message, MessageLimits
from bot.values.request import Verified
from fixtures.automatic.bounces import BOUNCES
from fixtures.automatic.machines import MACHINES
from fixtures.forged.table import FORGED
from tests.pace import seconds

FIXTURES = Path(__file__).parents[3] / "fixtures" / "mime"
HEAD = (
    b"From: Dana <dana@acme.example>\r\nTo: support@yourcompany.example\r\nSubject: Hi\r\n"
    b"Date: Mon, 2 Nov 2026 10:00:00 +0000\r\nMessage-ID: <a@b>\r\nMIME-Version: 1.0\r\n"
)
MIXED = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
MILLION = 1_000_000
# Elsewhere it is some ten thousand pieces: enough that work in Python which grows with their square takes too
# long. Fields and encoded words are as many as a mail can hold, for they are joined and searched in C.
SECONDS = 5.0
# The two slowest fixtures would be all that the flips do.
SMALL = [path.read_bytes() for path in sorted(FIXTURES.glob("*.eml")) if not path.name.startswith("18")]
SEEDS = [*SMALL, *(one.mail.raw for one in BOUNCES), *(one.raw for one in (*MACHINES, *FORGED))]
CUSTOMERS = (Customer(name="Acme", senders=frozenset({"dana@acme.example"})),)


def nested(levels: int) -> bytes:
    opened = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(levels)
    )
    return HEAD + opened + b"Content-Type: text/plain\r\n\r\nhi\r\n"


def many_parts(count: int) -> bytes:
    part = b"--b\r\nContent-Type: text/csv; name=a%d.csv\r\n\r\na,b\r\nc,%d\r\n"
    return HEAD + MIXED + b"".join(part % (n, n) for n in range(count)) + b"--b--\r\n"


def of_type(kind: bytes, body: bytes) -> bytes:
    return HEAD + b"Content-Type: " + kind + b"\r\n\r\n" + body


HOSTILE: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "a million NULs": lambda: b"\0" * MILLION,
    "every byte, a thousand times": lambda: bytes(range(256)) * 4000,
    "a subject of a million characters": lambda: b"Subject: " + b"a" * MILLION + b"\r\n" + HEAD + b"\r\nhi",
    "a subject of encoded words": lambda: (
        b"Subject: " + b"=?utf-8?q?a?= " * 70_000 + b"\r\n" + HEAD + b"\r\n"
    ),
    "a million characters of From": lambda: b"From: " + b"a@b.c," * 160_000 + b"\r\n\r\nhi",
    "open brackets in From": lambda: b"From: " + b"(" * MILLION + b"\r\n\r\nhi",
    "a header section of a megabyte": lambda: HEAD + b"a: b\r\n" * 160_000 + b"\r\nhi",
    "ten thousand Received": lambda: b"Received: from a by b; x\r\n" * 10_000 + HEAD + b"\r\nhi",
    "ten thousand parts": lambda: many_parts(10_000),
    "nested two thousand deep": lambda: nested(2000),
    "nested nine hundred deep": lambda: nested(900),
    "nested and long": lambda: nested(300) + b"x\r\n" * 300_000,
    "messages in messages": lambda: (
        HEAD + b"Content-Type: message/rfc822\r\n\r\nFrom: a@b.c\r\n" * 2000 + b"\r\nhi"
    ),
    "no boundary": lambda: of_type(b"multipart/mixed", b"--x\r\nContent-Type: text/plain\r\n\r\nhi\r\n"),
    "no boundaries, nested": lambda: of_type(
        b"multipart/mixed", b"--x\r\nContent-Type: multipart/mixed\r\n\r\n" * 3000
    ),
    "no last boundary": lambda: many_parts(10)[:-7],
    "parameters without end": lambda: of_type(b'multipart/mixed; a="' + b";" * 200_000, b"hi"),
    "parameters without end, in parts": lambda: (
        HEAD + MIXED + (b'--b\r\nContent-Type: multipart/x; a="' + b";" * 8000 + b"\r\n\r\nhi\r\n") * 500
    ),
    "names in pieces": lambda: of_type(
        b"text/csv; " + b"; ".join(b"name*%d*=utf-8''%%" % n for n in range(50)), b"a,b"
    ),
    "an unknown charset": lambda: of_type(b"text/plain; charset=x-unknown", b"h\xe9"),
    "a charset that takes long": lambda: of_type(b"text/plain; charset=punycode", b"a9" * MILLION),
    "a charset that is none": lambda: of_type(b"text/plain; charset=undefined", b"hi"),
    "a charset that unpacks": lambda: of_type(b"text/plain; charset=zlib", b"hi"),
    "eight-bit junk in fields": lambda: b"Subject: \xff\xfe\x80\r\nFrom: \xe9 <\xff@\xfe>\r\n\r\nhi",
    "uuencoded files that never end": lambda: of_type(b"text/plain", b"begin 644 x\r\n" * 40_000),
    "signed texts that never end": lambda: of_type(
        b"text/plain", b"-----BEGIN PGP SIGNED MESSAGE-----\r\n" * 15_000
    ),
    "base64 of padding": lambda: of_type(
        b"text/csv\r\nContent-Transfer-Encoding: base64", b"YQ==\r\n" * 80_000
    ),
    "quoted-printable of nothing but signs": lambda: of_type(
        b"text/plain\r\nContent-Transfer-Encoding: quoted-printable", b"=" * MILLION
    ),
    "ten million lines": lambda: of_type(b"text/plain", b"\n" * 10_000_000),
    "style sheets that never end": lambda: of_type(b"text/html", b"<style" * 50_000),
    "two megabytes of References": lambda: b"References: " + b"<a@b> " * 350_000 + b"\r\n" + HEAD + b"\r\nhi",
    "thousands of charsets": lambda: (
        b"Subject: " + b"".join(b"=?x-%d?q?=%02x?= " % (n, n % 256) for n in range(20_000)) + b"\r\n" + HEAD
    ),
    "a name in thousands of pieces": lambda: of_type(
        b"text/csv;" + b"".join(b"\r\n name*%d*=%%41;" % n for n in range(20_000)), b"a,b"
    ),
    "a piece of a name beyond counting": lambda: of_type(
        b"text/csv; name*" + b"9" * 40 + b"*=a; name*0*=utf-8''x; name*1*=%ZZ%", b"a,b"
    ),
    "an empty boundary": lambda: of_type(b'multipart/mixed; boundary=""', b"--\r\n\r\nhi\r\n" * 20_000),
    "a boundary that is a pattern": lambda: of_type(
        b'multipart/mixed; boundary="(a+)+$"', b"--(a+)+$\r\n\r\n" + b"a" * MILLION
    ),
    "three thousand renderings": lambda: of_type(
        b"multipart/alternative; boundary=b", b"--b\r\nContent-Type: text/html\r\n\r\n<p>yes\r\n" * 3000
    ),
    "a report on ten thousand": lambda: of_type(
        b"multipart/report; report-type=delivery-status; boundary=b",
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        + b"Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n" * 10_000,
    ),
    "a bounce of nothing but dots": lambda: (
        b"From: MAILER-DAEMON@a.example\r\nSubject: failure notice\r\n\r\na@" + b"b." * 200_000
    ),
    "lone carriage returns": lambda: (HEAD + b"\r\n").replace(b"\r\n", b"\r") + b"yes\r" * 60_000,
    "half characters": lambda: of_type(b"text/plain; charset=utf-16", b"\xd8\x00" * 300_001 + b"a"),
    "shifts without end": lambda: of_type(b"text/plain; charset=iso-2022-jp", b"\x1b$B" * 300_000),
    "away over and over": lambda: of_type(b"text/plain", b"i am currently " * 100_000),
    "blank quotes": lambda: of_type(b"text/plain", b"> \r\n" * 200_000),
}


def go_the_whole_way(raw: bytes) -> Message | None:
    """All that is done with a message but for its files; None where it is no message."""
    envelope = read_envelope(raw)
    assert envelope.message_id.startswith("<")
    assert len(content_digest(raw)) == 64
    try:
        message = parse_message(raw)
    except MessageUnreadable:
        return None
    find_sign(message, own_addresses=frozenset(), own_message_ids=lambda _: False)
    read_bounce(message)
    policy = TrustPolicy(authserv_ids=frozenset({"mx.yourcompany.example"}), topmost_without_id=True)
    judge_sender(message, policy, CUSTOMERS)
    spoken = read_newest(message)
    read_wishes(spoken, [file.name for file in message.attachments])
    read_preference(spoken, asked=True)
    return message


def is_clean(message: Message) -> bool:
    """No text holds what a database or a terminal would choke on."""
    texts = [message.subject, message.message_id, *(value for pair in message.headers for value in pair)]
    texts += [part.text for part in message.texts] + [file.name for file in message.attachments]
    if message.sender:
        texts += [message.sender.email, message.sender.name]
    "".join(texts).encode("utf-8")
    names = [file.name for file in message.attachments]
    of_one_line = [message.subject, *(value for _, value in message.headers), *names]
    return not any(char in text for text in of_one_line for char in "\r\n\0")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bytes_end_in_a_decision_within_five_seconds(name: str) -> None:
    raw = HOSTILE[name]()
    started = time.process_time()

    message = go_the_whole_way(raw)

    assert time.process_time() - started < seconds(SECONDS)
    assert message is None or is_clean(message)


@settings(max_examples=70, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_flipped_bytes_never_raise(data: st.DataObject) -> None:
    raw = bytearray(data.draw(st.sampled_from(SEEDS)))
    for _ in range(data.draw(st.integers(1, 8))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))

    message = go_the_whole_way(bytes(raw))

    assert message is None or is_clean(message)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_messages_cut_off_anywhere_never_raise(data: st.DataObject) -> None:
    raw = data.draw(st.sampled_from(SEEDS))

    message = go_the_whole_way(raw[: data.draw(st.integers(0, len(raw)))])

    assert message is None or is_clean(message)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=2000))
def test_any_bytes_behind_a_header_never_raise(body: bytes) -> None:
    assert go_the_whole_way(HEAD + MIXED + b"--b\r\n" + body) is not None


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=500))
def test_any_bytes_as_authentication_results_prove_nothing(value: bytes) -> None:
    one_line = value.replace(b"\n", b" ").replace(b"\r", b" ")
    field = b"Authentication-Results: mx.yourcompany.example; " + one_line
    policy = TrustPolicy(authserv_ids=frozenset({"mx.yourcompany.example"}))

    sender = judge_sender(parse_message(field + b"\r\n" + HEAD + b"\r\nhi"), policy, CUSTOMERS)

    assert sender.verified is Verified.NO


def test_a_message_over_the_limit_is_refused_as_a_whole() -> None:
    with pytest.raises(MessageUnreadable):
        parse_message(HEAD + b"\r\n" + b"x" * 1000, MessageLimits(bytes=1000))


def test_what_was_left_out_is_told() -> None:
    few = parse_message(many_parts(10), MessageLimits(attachments=3))

    assert len(few.attachments) == 3
    assert any("attachments" in defect for defect in few.defects)
