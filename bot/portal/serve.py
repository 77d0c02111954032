"""Serves the portal as part of the process: one listener, no signal handlers, and no line a request logged.

Paths hold one-time tokens, so there is no access log: the proxy in front of us should leave them out too.
"""

import asyncio
import contextlib
import socket
from collections.abc import Iterator, Sequence

import uvicorn
from starlette.types import ASGIApp

from bot.errors import ConfigurationError

STOP_WITHIN = 5
CONNECTIONS = 500


def split_listen(listen: str) -> tuple[str, int]:
    """'127.0.0.1:8080' or '[::1]:8080' as host and port; raises ConfigurationError."""
    host, colon, port = listen.rpartition(":")
    if not colon or not port.isdigit() or int(port) > 65535:
        raise ConfigurationError(f"portal.listen {listen!r}: must be an address and a port: 127.0.0.1:8080")
    return host.strip("[]") or "127.0.0.1", int(port)


def open_socket(listen: str) -> socket.socket:
    """The listening socket; raises ConfigurationError, before anything else has begun."""
    host, port = split_listen(listen)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        raise ConfigurationError(f"portal.listen {listen}: {error.strerror or error}") from None


class PortalServer(uvicorn.Server):
    """uvicorn, inside a process that has its own way with signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them to the service."""
        yield


def make_server(app: ASGIApp, *, trusted_proxies: Sequence[str]) -> PortalServer:
    """The server. Of a client's address only that is believed which trusted proxies forward."""
    return PortalServer(
        uvicorn.Config(
            app,
            proxy_headers=bool(trusted_proxies),
            forwarded_allow_ips=list(trusted_proxies),
            access_log=False,
            log_config=None,
            log_level="critical",
            lifespan="off",
            ws="none",
            server_header=False,
            limit_concurrency=CONNECTIONS,
            timeout_keep_alive=10,
            timeout_graceful_shutdown=STOP_WITHIN,
        )
    )


async def serve(server: PortalServer, listener: socket.socket, stop: asyncio.Event) -> None:
    """Serve on an open socket until `stop` is set; answers under way are finished first."""
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        server.should_exit = True
        await serving
