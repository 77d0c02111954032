"""No secret crosses a network in the clear, and TLS trouble is told in plain words."""

import ssl
from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.wire.imap import ImapMailbox
from bot.wire.security import Credentials, Security, is_loopback, tls_context
from bot.wire.smtp import SmtpMailer
from bot.wire.troubles import connection_trouble, tls_trouble

ME = Credentials(username="me", secret=lambda: "secret")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.", "127.0.0.1", "127.8.9.1", "::1", "[::1]"])
def test_this_machine_is_known_by_its_names(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["mail.example.org", "10.0.0.1", "localhost.evil.example", "0.0.0.0", ""])
def test_no_other_machine_is_taken_for_this_one(host: str) -> None:
    assert not is_loopback(host)


def test_a_password_in_the_clear_is_refused_before_anything_connects() -> None:
    with pytest.raises(ConfigurationError, match=r"imap\.security"):
        ImapMailbox("mail.example.org", 143, ME, security="none")
    with pytest.raises(ConfigurationError, match=r"smtp\.security"):
        SmtpMailer("mail.example.org", 25, ME, security="none")
    SmtpMailer("mail.example.org", 25, None, security="none")
    ImapMailbox("127.0.0.1", 143, ME, security="none")


def test_an_unknown_security_word_is_refused() -> None:
    with pytest.raises(ValueError, match="ssl"):
        Security("ssl")


def test_a_ca_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"missing\.pem"):
        tls_context(str(tmp_path / "missing.pem"))
    broken = tmp_path / "broken.pem"
    broken.write_text("not a certificate")
    with pytest.raises(ConfigurationError, match=r"broken\.pem"):
        tls_context(str(broken))


def test_tls_checks_the_certificate_and_the_name() -> None:
    context = tls_context(None)
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED


def test_trouble_is_found_however_deep_it_was_wrapped() -> None:
    cause = ssl.SSLCertVerificationError(1, "x")
    cause.verify_message = "certificate has expired"
    outer = OSError("wrapped")
    outer.__cause__ = cause
    assert tls_trouble(outer) == "its certificate is not accepted: certificate has expired"
    assert connection_trouble(outer, "mx:993") == (
        "The mail server mx:993 cannot be trusted: its certificate is not accepted: certificate has expired"
    )
    assert tls_trouble(ValueError("x")) is None
    assert connection_trouble(ConnectionResetError("x"), "mx:993") is None


def test_errors_that_cause_each_other_end_the_search() -> None:
    first, second = ValueError("1"), ValueError("2")
    first.__cause__, second.__cause__ = second, first
    assert connection_trouble(first, "mx:993") is None
