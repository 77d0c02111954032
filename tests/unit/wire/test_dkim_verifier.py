"""Our own DKIM check: what it believes, what it refuses, and what it cannot know."""

import base64
from functools import cache

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.errors import Temporary
from bot.wire.dkim import DkimVerifier

MAIL = (
    b"From: Dana <dana@acme.example>\r\nTo: support@yourcompany.example\r\nSubject: New starters\r\n"
    b"Date: Mon, 2 Nov 2026 10:00:00 +0000\r\nMessage-ID: <m1@acme.example>\r\n\r\nPlease upload.\r\n"
)
FIELDS = [b"from", b"to", b"subject", b"date", b"message-id"]


@cache
def key(bits: int = 1024) -> tuple[bytes, bytes]:
    """A private key as PEM, and the TXT record of its public half."""
    made = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    pem = made.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = made.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return pem, b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)


def signed(
    mail: bytes = MAIL, *, domain: bytes = b"acme.example", fields: list[bytes] = FIELDS, length: bool = False
) -> bytes:
    return dkim.sign(mail, b"s1", domain, key()[0], include_headers=fields, length=length) + mail


def verifier() -> DkimVerifier:
    return DkimVerifier(lambda name, timeout: key()[1] if name.startswith("s1._domainkey.") else None)


def test_a_signature_that_holds_names_its_domain() -> None:
    assert verifier().signing_domains(signed()) == ("acme.example",)


def test_two_signatures_name_both_domains() -> None:
    twice = signed(signed(domain=b"relay.example"))

    assert verifier().signing_domains(twice) == ("acme.example", "relay.example")


def test_a_changed_body_proves_nothing() -> None:
    assert verifier().signing_domains(signed().replace(b"Please", b"Do not")) == ()


def test_a_changed_subject_proves_nothing() -> None:
    assert verifier().signing_domains(signed().replace(b"New starters", b"Old starters")) == ()


def test_a_second_subject_before_the_signed_one_is_refused() -> None:
    assert verifier().signing_domains(b"Subject: Pay me\r\n" + signed()) == ()


def test_a_second_from_before_the_signed_one_is_refused() -> None:
    assert verifier().signing_domains(b"From: ceo@acme.example\r\n" + signed()) == ()


def test_a_length_that_lets_text_be_added_is_refused() -> None:
    with_length = signed(length=True)

    assert b"l=" in with_length.partition(b"From:")[0]
    assert verifier().signing_domains(with_length) == ()


@pytest.mark.parametrize("left_out", [b"subject", b"date"])
def test_a_signature_that_leaves_out_what_people_read_is_refused(left_out: bytes) -> None:
    fields = [field for field in FIELDS if field != left_out]

    assert verifier().signing_domains(signed(fields=fields)) == ()


def test_a_mail_without_a_signature_names_nobody() -> None:
    assert verifier().signing_domains(MAIL) == ()


def test_a_key_that_is_not_published_proves_nothing() -> None:
    assert DkimVerifier(lambda name, timeout: None).signing_domains(signed()) == ()


def test_dns_that_does_not_answer_is_tried_again_later() -> None:
    def silent(name: str, timeout: float) -> bytes | None:
        raise Temporary("no answer")

    with pytest.raises(Temporary):
        DkimVerifier(silent).signing_domains(signed())


def test_every_question_to_dns_has_an_end() -> None:
    asked: list[float] = []

    def resolve(name: str, timeout: float) -> bytes | None:
        asked.append(timeout)
        return key()[1]

    DkimVerifier(resolve, dns_seconds=2.0).signing_domains(signed())

    assert asked
    assert max(asked) <= 2.0


@pytest.mark.parametrize(
    "record",
    [
        b"",
        b"p=",
        b"v=DKIM1; p=!!!",
        b"v=DKIM2; p=abc",
        b"\xff\xfe",
        b"v=DKIM1; k=unknown; p=YWJj",
        b"a=b" * 500,
    ],
)
def test_a_broken_key_proves_nothing_and_raises_nothing(record: bytes) -> None:
    assert DkimVerifier(lambda name, timeout: record).signing_domains(signed()) == ()


@pytest.mark.parametrize(
    "signature",
    [
        b"",
        b"v=1",
        b"v=1; a=rsa-sha256; d=acme.example; s=s1; h=from:subject:date; bh=x; b=x",
        b"v=1; a=rsa-md5; c=x/y; d=acme.example; s=s1; h=from:subject:date; bh=eA==; b=eA==",
        b"v=1; d=acme.example; d=evil.example; h=from:subject:date",
        b"v=1; a=rsa-sha256; d=\xff; s=\xff; h=from:subject:date; bh=eA==; b=eA==",
        b"=;=;=" * 100,
    ],
)
def test_a_broken_signature_proves_nothing_and_raises_nothing(signature: bytes) -> None:
    assert verifier().signing_domains(b"DKIM-Signature: " + signature + b"\r\n" + MAIL) == ()
