"""Waiting for news: an alarm that other threads can ring, and IDLE used as an alarm only.

What IDLE reports is never trusted: the caller searches after every wake. imapclient's own `idle()` raises on
data before the `+`, `idle_check()` misses a line that came in one packet with the `+`, breaks on one split
over packets and returns [] for ever on a closed socket; so the few lines below talk to imaplib directly.
The private names they lean on are checked by `tests/unit/wire/test_imap_private_names.py`.
"""

import contextlib
import select
import socket
import ssl
import weakref
from typing import Any

from bot.errors import MailboxUnavailable


class Alarm:
    """Rings from any thread, wakes the one that waits, now or at its next wait (a self-pipe)."""

    def __init__(self) -> None:
        self._ear, self._bell = socket.socketpair()
        self._ear.setblocking(False)
        self._bell.setblocking(False)
        # It lives as long as the mailbox, which may connect again after every close.
        weakref.finalize(self, _close, self._ear, self._bell)

    def fileno(self) -> int:
        """For poll()."""
        return self._ear.fileno()

    def ring(self) -> None:
        """Wake the waiter; a full pipe or a closed one is already as good as rung."""
        with contextlib.suppress(OSError):
            self._bell.send(b"!")

    def heard(self) -> bool:
        """Whether it was rung since the last question."""
        rung = False
        with contextlib.suppress(OSError):
            while self._ear.recv(4096):
                rung = True
        return rung

    def sleep(self, seconds: float) -> bool:
        """Sleep until rung (True) or until the time is up (False)."""
        _poll([self.fileno()], seconds)
        return self.heard()


def _close(*sockets: socket.socket) -> None:
    for end in sockets:
        end.close()


def _poll(descriptors: list[int], seconds: float) -> bool:
    poller = select.poll()
    for descriptor in descriptors:
        poller.register(descriptor, select.POLLIN)
    return bool(poller.poll(max(0.0, seconds) * 1000))


def idle(imap: Any, alarm: Alarm, seconds: float) -> bool:
    """IDLE once, for up to `seconds`, on an `imaplib.IMAP4` with a folder selected (RFC 2177 §3).

    True where the server had something to say other than a keep-alive, or the alarm rang. Raises what
    imaplib raises for a lost connection.
    """
    tag = imap._command("IDLE")
    said = _lines_before_continuation(imap, tag)
    if not any(map(_is_news, said)):
        _wait_for_anything(imap, alarm, seconds)
    rung = alarm.heard()
    imap.send(b"DONE\r\n")
    while imap.tagged_commands[tag] is None:
        said.append(imap._get_response())
    del imap.tagged_commands[tag]
    return rung or any(map(_is_news, said))


def _lines_before_continuation(imap: Any, tag: bytes) -> list[bytes]:
    """Read until the `+`; untagged lines may come first, and are news like any other."""
    said: list[bytes] = []
    while (line := imap._get_response()) is not None:
        if imap.tagged_commands[tag] is not None:
            del imap.tagged_commands[tag]
            raise MailboxUnavailable(f"The mail server offers IDLE but refuses it: {line!r}")
        said.append(line)
    return said


def _wait_for_anything(imap: Any, alarm: Alarm, seconds: float) -> None:
    """Return when the server sent bytes (or closed), the alarm rang, or the time is up."""
    if not _buffered(imap):
        _poll([imap.sock.fileno(), alarm.fileno()], seconds)


def _buffered(imap: Any) -> bool:
    """Whether bytes wait where poll() can't see them: in the file buffer or in the TLS layer.

    A line that came in one packet with the `+` was read from the socket together with it.
    """
    timeout = imap.sock.gettimeout()
    imap.sock.setblocking(False)
    try:
        return bool(imap.file.peek(1))
    except (ssl.SSLWantReadError, BlockingIOError):
        return False
    finally:
        imap.sock.settimeout(timeout)


def _is_news(line: bytes | None) -> bool:
    """Keep-alives such as Dovecot's `* OK Still here` are no news; anything else may be."""
    return line is not None and line.startswith(b"* ") and not line.upper().startswith((b"* OK", b"* BYE"))
