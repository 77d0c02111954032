"""A real HTTP server on the loopback, in threads, whose pages are functions and whose faults are scripted."""

import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass(kw_only=True)
class Request:
    """One request as it came in; header names are in lower case."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass(kw_only=True)
class Reply:
    """What goes back. `drip` sends one byte per so many seconds; `drip_head` the headers likewise."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    drip: float = 0.0
    drip_head: float = 0.0


class Hang:
    """A fault: no answer until the client has gone; `after` the request was carried out, or instead of it."""

    def __init__(self, *, after: bool) -> None:
        self.after = after


class Drop:
    """A fault: the connection is closed without an answer, `after` the request was carried out or instead."""

    def __init__(self, *, after: bool) -> None:
        self.after = after


Fault = Hang | Drop | Reply | None


class LoopbackServer:
    """Serves `answer(request)` until the `with` block ends.

    `faults` are used up one a request; `pick_fault` is asked when there are none. `requests` keeps them all.
    """

    def __init__(self, answer: Callable[[Request], Reply]) -> None:
        self.answer = answer
        self.faults: deque[Fault] = deque()
        self.pick_fault: Callable[[Request], Fault] = lambda _request: None
        self.requests: list[Request] = []
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _fault(self, request: Request) -> Fault:
        with self._lock:
            return self.faults.popleft() if self.faults else self.pick_fault(request)

    def _carry_out(self, request: Request) -> Reply:
        # One at a time: a fault between two requests must not depend on the scheduler.
        with self._lock:
            return self.answer(request)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def handle(self) -> None:
                with suppress(ConnectionError, TimeoutError):
                    super().handle()

            def handle_one_request(self) -> None:
                self.raw_requestline = self.rfile.readline(65_537)
                if not self.raw_requestline or not self.parse_request():
                    self.close_connection = True
                    return
                self.serve(self.take())

            def take(self) -> Request:
                path, _, query = self.path.partition("?")
                length = int(self.headers.get("Content-Length") or 0)
                content = self.rfile.read(length)
                if len(content) < length:
                    # The client went away while sending: no server carries out half a request.
                    raise ConnectionAbortedError("the request ended before its body did")
                return Request(
                    method=self.command,
                    path=path,
                    query=query,
                    headers={name.lower(): value for name, value in self.headers.items()},
                    body=content,
                )

            def serve(self, request: Request) -> None:
                server.requests.append(request)
                fault = server._fault(request)
                if isinstance(fault, Reply):
                    self.write(fault)
                    return
                if fault is None:
                    self.write(server._carry_out(request))
                    return
                if fault.after:
                    server._carry_out(request)
                if isinstance(fault, Hang):
                    self.wait_for_the_client_to_go()
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)

            def wait_for_the_client_to_go(self) -> None:
                self.connection.settimeout(0.05)
                while not server._stopping.is_set():
                    try:
                        if not self.connection.recv(1):
                            return
                    except TimeoutError:
                        continue

            def write(self, reply: Reply) -> None:
                headers = {"Content-Length": str(len(reply.body)), **reply.headers}
                lines = [f"HTTP/1.1 {reply.status} Scripted", *(f"{k}: {v}" for k, v in headers.items())]
                head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
                if not reply.drip and not reply.drip_head:
                    self.wfile.write(head + reply.body)
                    self.wfile.flush()
                    return
                self.dribble(head, reply.drip_head)
                self.dribble(reply.body, reply.drip)

            def dribble(self, data: bytes, pause: float) -> None:
                for byte in data if pause else ():
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    if server._stopping.wait(pause):
                        return
                if not pause:
                    self.wfile.write(data)
                    self.wfile.flush()

            def log_message(self, *_: Any) -> None:
                """Nothing on the console."""

        return Handler


def until(true: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Whether it came true within so many seconds."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if true():
            return True
        time.sleep(0.01)
    return true()
