"""Each exception of imapclient and its ground becomes the one of ours that says what to do."""

import imaplib
import socket
import ssl

import pytest
from imapclient.exceptions import LoginError, ProtocolError

from bot.errors import DirectoryUnavailable, LoginRefused, MailboxRefused, MailboxUnavailable
from bot.wire.imap_errors import response_code, translated


def translate(error: Exception) -> tuple[Exception, bool]:
    """What comes out of the translator, and whether the connection was given up."""
    dropped: list[bool] = []
    with pytest.raises(Exception) as caught, translated("testing", "mx:993", lambda: dropped.append(True)):
        raise error
    return caught.value, bool(dropped)


@pytest.mark.parametrize(
    "error",
    [
        imaplib.IMAP4.abort("socket error: EOF"),
        ConnectionResetError("reset"),
        socket.gaierror("no such name"),
        TimeoutError("timed out"),
        ssl.SSLEOFError(8, "EOF occurred"),
        ValueError("unexpected message list format"),
    ],
)
def test_a_lost_connection_is_unavailable_and_given_up(error: Exception) -> None:
    ours, dropped = translate(error)
    assert isinstance(ours, MailboxUnavailable)
    assert dropped


@pytest.mark.parametrize("code", ["UNAVAILABLE", "INUSE", "LIMIT", "OVERQUOTA", "SERVERBUG"])
def test_a_temporary_no_is_unavailable_and_keeps_the_connection(code: str) -> None:
    ours, dropped = translate(imaplib.IMAP4.error(f"append failed: [{code}] sorry"))
    assert isinstance(ours, MailboxUnavailable)
    assert not dropped


@pytest.mark.parametrize(
    "words",
    ["append failed: [NOPERM] no", "select failed: Mailbox doesn't exist", "SEARCH command error: BAD ['?']"],
)
def test_any_other_no_is_refused(words: str) -> None:
    ours, dropped = translate(imaplib.IMAP4.error(words))
    assert isinstance(ours, MailboxRefused)
    assert not dropped


def test_a_code_in_the_middle_of_the_words_is_only_words() -> None:
    ours, _ = translate(imaplib.IMAP4.error("select failed: folder [UNAVAILABLE] is not there"))
    assert isinstance(ours, MailboxRefused)


def test_a_line_over_imaplibs_limit_leaves_the_connection_out_of_step() -> None:
    ours, dropped = translate(imaplib.IMAP4.error("got more than 1000000 bytes"))
    assert isinstance(ours, MailboxRefused)
    assert dropped


def test_a_refused_login_is_told_from_one_that_never_got_an_answer() -> None:
    assert isinstance(translate(LoginError("b'[AUTHENTICATIONFAILED] wrong'"))[0], LoginRefused)
    assert isinstance(translate(LoginError("b'[UNAVAILABLE] later'"))[0], MailboxUnavailable)
    dressed_up = LoginError("command: LOGIN => socket error: EOF")
    dressed_up.__context__ = imaplib.IMAP4.abort("socket error: EOF")  # as imapclient raises it
    assert isinstance(translate(dressed_up)[0], MailboxUnavailable)


def test_a_mailbox_that_may_only_be_read_is_refused() -> None:
    ours, dropped = translate(imaplib.IMAP4.readonly("INBOX is not writable"))
    assert isinstance(ours, MailboxRefused)
    assert not dropped


def test_an_answer_against_the_protocol_is_refused() -> None:
    assert isinstance(translate(ProtocolError("invalid message ID"))[0], MailboxRefused)


def test_a_token_that_cannot_be_had_now_is_unavailable() -> None:
    ours, dropped = translate(DirectoryUnavailable("the token service is down", retry_after=7))
    assert isinstance(ours, MailboxUnavailable)
    assert ours.retry_after == 7
    assert dropped


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("copy failed: [TRYCREATE] no such folder", "TRYCREATE"),
        ("b'[AUTHENTICATIONFAILED] no'", "AUTHENTICATIONFAILED"),
        ("[LIMIT] too many", "LIMIT"),
        ("create failed: it says [ALREADYEXISTS]", ""),
        ("", ""),
    ],
)
def test_the_response_code_is_read_only_where_it_stands_first(words: str, code: str) -> None:
    assert response_code(imaplib.IMAP4.error(words)) == code
