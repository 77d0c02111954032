"""The clock on the wire under `directories.http`: no exchange outlasts its deadline, however slowly it drips.

A read time-out alone starts anew with every byte; a server that drips one byte a second would hold a worker
for ever, in the headers as well as in the body. So every read and write is cut to what is left.
"""

import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx

_WRITE_CHUNK = 65_536
_LEAST = 0.001  # seconds; a time-out of 0 would mean "do not block" to a socket


class Deadline:
    """When the exchange of the calling thread has to be over; `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._mine = threading.local()

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Bound all that the calling thread reads and writes inside the block."""
        self._mine.ends = self._clock() + seconds
        try:
            yield
        finally:
            self._mine.ends = None

    def left(self, timeout: float | None) -> float | None:
        """`timeout` cut to what is left; raises `TimeoutError` when nothing is."""
        ends: float | None = getattr(self._mine, "ends", None)
        if ends is None:
            return timeout
        remaining = ends - self._clock()
        if remaining <= 0:
            raise TimeoutError
        return max(_LEAST, remaining if timeout is None else min(timeout, remaining))


class _Stream(httpcore.NetworkStream):
    """A connection whose every step is cut to the deadline."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            return self._inner.read(max_bytes, timeout=self._deadline.left(timeout))
        except TimeoutError as error:
            raise httpcore.ReadTimeout("the deadline of the whole exchange has passed") from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        try:
            for start in range(0, len(buffer), _WRITE_CHUNK):
                part = buffer[start : start + _WRITE_CHUNK]
                self._inner.write(part, timeout=self._deadline.left(timeout))
        except TimeoutError as error:
            raise httpcore.WriteTimeout("the deadline of the whole exchange has passed") from error

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        try:
            left = self._deadline.left(timeout)
            return _Stream(self._inner.start_tls(ssl_context, server_hostname, left), self._deadline)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout("the deadline of the whole exchange has passed") from error

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """The ordinary sockets of httpcore, each on the deadline."""

    def __init__(self, deadline: Deadline) -> None:
        self._sockets = httpcore.SyncBackend()
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        inner = self._sockets.connect_tcp(
            host, port, self._deadline.left(timeout), local_address, socket_options
        )
        return _Stream(inner, self._deadline)


class DeadlineTransport(httpx.HTTPTransport):
    """httpx's own transport over sockets that keep the deadline; `proxy` is an http:// proxy's URL or ''."""

    def __init__(self, deadline: Deadline, context: ssl.SSLContext, *, proxy: str = "") -> None:
        super().__init__(verify=context)
        self._pool.close()
        backend = _Backend(deadline)
        # httpx has no public way to name the sockets of its pool; httpcore, which it is made of, has.
        self._pool = (
            httpcore.HTTPProxy(proxy, ssl_context=context, network_backend=backend)
            if proxy
            else httpcore.ConnectionPool(ssl_context=context, network_backend=backend)
        )
