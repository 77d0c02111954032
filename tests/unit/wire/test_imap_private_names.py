"""The private names of imapclient and imaplib that the wire leans on; a new version must pass this first."""

import imaplib
import importlib.metadata
import inspect
import io
import ssl
from typing import Any

import pytest
from imapclient import IMAPClient

from bot.wire import imap_wait


def test_the_major_version_is_the_one_that_was_read() -> None:
    assert importlib.metadata.version("imapclient").startswith("4.")


@pytest.mark.parametrize("name", ["_command", "_get_response", "send", "select", "shutdown"])
def test_imaplib_still_has_what_idle_uses(name: str) -> None:
    assert callable(getattr(imaplib.IMAP4, name))


def test_imaplib_still_keeps_its_answers_where_we_look() -> None:
    source = inspect.getsource(imaplib.IMAP4)
    for name in ("self.tagged_commands", "self.untagged_responses", "self.sock"):
        assert name in source
    assert "makefile('rb')" in source or "_readbuf" in source


def test_a_continuation_is_none_and_anything_else_a_line() -> None:
    imap = a_session(b"* 2 EXISTS\r\n+ idling\r\n")
    assert imap._get_response() == b"* 2 EXISTS"
    assert imap._get_response() is None
    assert imap.untagged_responses["EXISTS"] == [b"2"]


def test_imapclient_still_caches_capabilities_under_the_name_we_clear() -> None:
    assert "self._cached_capabilities = None" in inspect.getsource(IMAPClient.__init__)
    assert "self._imap = " in inspect.getsource(IMAPClient.__init__)


def test_idle_is_a_known_command() -> None:
    assert "SELECTED" in imaplib.Commands["IDLE"]


def test_a_tls_layer_without_whole_records_counts_as_empty() -> None:
    class Half:
        def peek(self, _: int) -> bytes:
            raise ssl.SSLWantReadError

    class Session:
        sock = FakeSocket()
        file = Half()

    assert imap_wait._buffered(Session()) is False
    assert Session.sock.timeouts == [0.0, 60.0]


class FakeSocket:
    """Only what is asked of it here."""

    def __init__(self) -> None:
        self.timeouts: list[float] = []

    def gettimeout(self) -> float:
        return 60.0

    def setblocking(self, flag: bool) -> None:
        assert flag is False
        self.timeouts.append(0.0)

    def settimeout(self, seconds: float) -> None:
        self.timeouts.append(seconds)


def a_session(said: bytes) -> Any:
    """An imaplib session that reads these bytes."""

    class Recorded(imaplib.IMAP4):
        def open(self, host: str = "", port: int = 0, timeout: float | None = None) -> None:
            self.file = io.BytesIO(b"* OK hello\r\n")

        def _get_capabilities(self) -> None:
            self.capabilities = ("IMAP4REV1",)

        def shutdown(self) -> None:
            self.file.close()

    session = Recorded()
    session.file = io.BytesIO(said)
    return session
