"""Serves the operators' pages in threads of their own: they answer even where the rest hangs."""

import asyncio
import socket
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from bot.errors import ConfigurationError
from bot.ops.pages import Answer

PATIENCE = 10.0
SAFETY = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class OpsServer:
    """Listens at once; raises ConfigurationError where it can't. `answer` may be called by many threads."""

    def __init__(self, listen: str, answer: Callable[[str], Answer], *, log: Callable[..., None]) -> None:
        host, port = split_listen(listen)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        kind = type("Server", (ThreadingHTTPServer,), {"address_family": family, "daemon_threads": True})
        try:
            self._server: ThreadingHTTPServer = kind((host, port), _handler(answer, log))
        except OSError as error:
            raise ConfigurationError(
                f"ops.listen {listen}: {error.strerror or error}; each bot of a machine needs its own"
            ) from None
        self.port: int = self._server.server_address[1]

    async def companion(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set."""
        thread = Thread(target=self._server.serve_forever, args=(0.1,), name="ops", daemon=True)
        thread.start()
        try:
            await stop.wait()
        finally:
            await asyncio.to_thread(self._server.shutdown)
            self.close()

    def close(self) -> None:
        """Stop listening."""
        self._server.server_close()


def split_listen(listen: str) -> tuple[str, int]:
    """'127.0.0.1:9108' or '[::1]:9108' as host and port; raises ConfigurationError."""
    host, colon, port = listen.rpartition(":")
    if not colon or not port.isdigit() or int(port) > 65535:
        raise ConfigurationError(f"ops.listen {listen!r}: must be an address and a port: 127.0.0.1:9108")
    return host.strip("[]") or "127.0.0.1", int(port)


def _handler(answer: Callable[[str], Answer], log: Callable[..., None]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = PATIENCE
        server_version, sys_version = "Rollcall", ""

        def do_GET(self) -> None:
            self._reply(with_body=True)

        def do_HEAD(self) -> None:
            self._reply(with_body=False)

        def _reply(self, *, with_body: bool) -> None:
            try:
                found = answer(self.path)
            except Exception as error:  # noqa: BLE001  around one request: log, answer, go on
                log("ops_page_failed", exception=error)
                found = Answer(status=500, content_type="text/plain", body=b"See the log.\n")
            self.send_response(found.status)
            for name, value in SAFETY.items():
                self.send_header(name, value)
            self.send_header("Content-Type", found.content_type)
            self.send_header("Content-Length", str(len(found.body)))
            self.end_headers()
            if with_body:
                self.wfile.write(found.body)

        def log_message(self, format: str, *args: Any) -> None:
            """Requests are not logged."""

    return Handler
