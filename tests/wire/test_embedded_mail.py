"""The embedded pair behaves as the demo and the tests of others rely on."""

import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator

import authres
import pytest

from bot.demo.mailserver import EmbeddedMail
from tests.pace import seconds
from tests.wire.servers import CUSTOMER, SUPPORT, a_mail

PASSWORDS = {SUPPORT: "s", CUSTOMER: "c"}


@pytest.fixture
def embedded_mail() -> Iterator[EmbeddedMail]:
    """A running pair with two accounts."""
    with EmbeddedMail(PASSWORDS) as mail:
        yield mail


def log_in(mail: EmbeddedMail, user: str) -> smtplib.SMTP:
    client = smtplib.SMTP(mail.host, mail.smtp_port, timeout=5)
    client.login(user, PASSWORDS[user])
    return client


def verdicts(raw: bytes) -> dict[str, str]:
    """Method and result of the topmost Authentication-Results."""
    field = raw.split(b"Authentication-Results: ", 1)[1].split(b"\r\nFrom", 1)[0].replace(b"\r\n\t", b" ")
    parsed = authres.AuthenticationResultsHeader.parse_value(field.decode())
    assert parsed.authserv_id == EmbeddedMail.authserv_id
    return {result.method: result.result for result in parsed.results}


def test_it_starts_quickly_and_stops_with_clients_connected() -> None:
    started = time.perf_counter()
    mail = EmbeddedMail(PASSWORDS)
    mail.start()
    assert time.perf_counter() - started < seconds(0.6)
    client = log_in(mail, CUSTOMER)
    stopping = time.perf_counter()
    mail.stop()
    assert time.perf_counter() - stopping < seconds(1.0)
    client.close()


def test_mail_of_an_account_under_its_own_name_passes(embedded_mail: EmbeddedMail) -> None:
    with log_in(embedded_mail, CUSTOMER) as client:
        client.sendmail(CUSTOMER, [SUPPORT], a_mail())
    (raw,) = embedded_mail.messages(SUPPORT)
    assert verdicts(raw) == {"spf": "pass", "dmarc": "pass"}
    assert raw.startswith(f"Return-Path: <{CUSTOMER}>\r\nReceived: ".encode())
    assert raw.endswith(a_mail())


@pytest.mark.parametrize(
    "forged",
    [
        b"From: boss@customer.test\r\n",
        b"From: customer1@customer.test\r\nFrom: boss@customer.test\r\n",
        b"From: customer1@customer.test, boss@customer.test\r\n",
        b"From: customer1@customer.test <boss@customer.test>\r\n",
        b"",
    ],
)
def test_mail_under_another_name_fails(embedded_mail: EmbeddedMail, forged: bytes) -> None:
    with log_in(embedded_mail, CUSTOMER) as client:
        client.sendmail(CUSTOMER, [SUPPORT], forged + b"Subject: x\r\n\r\nx\r\n")
    (raw,) = embedded_mail.messages(SUPPORT)
    assert b"spf=pass" in raw
    assert b"dmarc=fail" in raw
    assert b"dmarc=pass" not in raw


def test_mail_from_the_world_has_no_proof(embedded_mail: EmbeddedMail) -> None:
    embedded_mail.deliver(a_mail(), CUSTOMER, [SUPPORT], authenticated=False)
    (raw,) = embedded_mail.messages(SUPPORT)
    assert verdicts(raw) == {"spf": "none", "dmarc": "fail"}


def test_only_who_has_logged_in_may_send_and_only_as_itself(embedded_mail: EmbeddedMail) -> None:
    with smtplib.SMTP(embedded_mail.host, embedded_mail.smtp_port, timeout=5) as client:
        with pytest.raises(smtplib.SMTPSenderRefused, match="Authentication required"):
            client.sendmail(CUSTOMER, [SUPPORT], a_mail())
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login(CUSTOMER, "wrong")
    with log_in(embedded_mail, CUSTOMER) as client:
        with pytest.raises(smtplib.SMTPSenderRefused, match="not owned by user"):
            client.sendmail(SUPPORT, [SUPPORT], a_mail())
        client.sendmail("customer1+bounces@customer.test", [SUPPORT], a_mail())


def test_everybody_has_a_mailbox_and_its_letter_case_does_not_matter(embedded_mail: EmbeddedMail) -> None:
    embedded_mail.deliver(a_mail(), CUSTOMER, ["New.Learner@Customer.test"])
    assert len(embedded_mail.messages("new.learner@customer.test")) == 1
    assert embedded_mail.messages("nobody@customer.test") == []
    assert embedded_mail.messages(SUPPORT, "No such folder") == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        bytes(range(256)) * 10,
        b"X: " + b"y" * 1_000_000 + b"\r\n\r\n",
        b"Content-Type: message/rfc822\r\n\r\n" * 500 + b"Subject: the innermost\r\n\r\n",
    ],
    ids=["nothing", "binary", "a header of a megabyte", "500 levels deep"],
)
def test_any_bytes_can_be_delivered(embedded_mail: EmbeddedMail, raw: bytes) -> None:
    embedded_mail.deliver(raw, CUSTOMER, [SUPPORT], authenticated=False)
    assert embedded_mail.messages(SUPPORT)[0].endswith(raw)


def test_a_refused_imap_login_is_told_and_can_be_taken_back(embedded_mail: EmbeddedMail) -> None:
    embedded_mail.refuse_imap_logins = True
    assert embedded_mail.refuse_imap_logins
    embedded_mail.refuse_imap_logins = False
    assert not embedded_mail.refuse_imap_logins


@pytest.mark.parametrize("package", ["pymap", "aiosmtpd"])
def test_without_its_extra_it_names_the_extra(package: str) -> None:
    script = f"import sys; sys.modules['{package}'] = None; import bot.demo.mailserver"
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=30
    )
    assert "bot.errors.ConfigurationError" in run.stderr
    assert "pip install 'rollcall[demo]'" in run.stderr
