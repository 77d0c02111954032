"""A scripted IMAP server for faults that no real server shows on demand; it speaks just enough to log in."""

import re
import socket
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

# A step of an answer: bytes go out as one packet ({tag} is replaced), a number is a pause in seconds, and
# CLOSE shuts the connection without a word.
CLOSE = None
Step = bytes | float | None

GREETING = b"* OK ready\r\n"
USUAL: Mapping[str, Sequence[Step]] = {
    "CAPABILITY": (b"* CAPABILITY IMAP4rev1 IDLE MOVE UIDPLUS\r\n{tag} OK done\r\n",),
    "LOGIN": (b"{tag} OK in\r\n",),
    "LIST": (b'* LIST (\\HasNoChildren) "/" INBOX\r\n{tag} OK listed\r\n',),
    "SELECT": (
        b"* 1 EXISTS\r\n* FLAGS (\\Seen \\Deleted)\r\n* OK [UIDVALIDITY 7] .\r\n* OK [UIDNEXT 2] .\r\n"
        b"{tag} OK [READ-WRITE] selected\r\n",
    ),
    "UID SEARCH": (b"* SEARCH 1\r\n{tag} OK found\r\n",),
    "IDLE": (b"+ idling\r\n",),
    "DONE": (b"{tag} OK idled\r\n",),
    "LOGOUT": (b"* BYE\r\n{tag} OK out\r\n", CLOSE),
}


class FakeImap:
    """Listens on loopback; `answers` replaces what it says to a command, `commands` lists what it heard."""

    def __init__(self, answers: Mapping[str, Sequence[Step]] | None = None, *, greeting: bytes = GREETING):
        self.answers: dict[str, Sequence[Step]] = {**USUAL, **(answers or {})}
        self.commands: list[str] = []
        self._greeting = greeting
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._clients: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for open_socket in [self._listener, *self._clients]:
            with suppress(OSError):
                open_socket.shutdown(socket.SHUT_RDWR)
            open_socket.close()
        for thread in self._threads:
            thread.join(5)

    def _start(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._clients.append(client)
                self._start(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError, ValueError), client.makefile("rb") as lines:
            client.sendall(self._greeting)
            tag = b""
            for line in lines:
                words = line.split()
                if not words:
                    continue
                if words[0].upper() != b"DONE":
                    tag, *words = words
                command = self._name(words)
                self.commands.append(command)
                if not self._play(client, self.answers.get(command, (b"{tag} OK done\r\n",)), tag):
                    return

    def _name(self, words: list[bytes]) -> str:
        """`UID SEARCH …` is UID SEARCH, `SELECT "INBOX"` is SELECT."""
        count = 2 if words[0].upper() == b"UID" else 1
        return b" ".join(words[:count]).decode().upper()

    def _play(self, client: socket.socket, steps: Sequence[Step], tag: bytes) -> bool:
        for step in steps:
            if step is CLOSE:
                client.shutdown(socket.SHUT_RDWR)
                return False
            if isinstance(step, bytes):
                client.sendall(re.sub(rb"\{tag\}", tag, step))
            else:
                time.sleep(step)
        return True
