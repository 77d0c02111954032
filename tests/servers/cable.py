"""A cable between one client and one server that a test may cut or clog: a machine's loss of its network."""

import asyncio
import contextlib
import socket
import struct
import threading
from asyncio import StreamReader, StreamWriter
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, TypeVar

from tests.servers.daemons import HOST

Result = TypeVar("Result")
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Cable:
    """A loopback port in front of a server's; use it as a context manager and give the client `port`.

    Each node of a test gets cables of its own, so that one loses the network while others keep it.
    """

    port: int

    def __init__(self, backend: int) -> None:
        self._backend = backend
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="cable", daemon=True)
        self._flowing = asyncio.Event()
        self._whole = True
        self._writers: set[StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def __enter__(self) -> "Cable":
        self._thread.start()
        self._flowing.set()
        self._server = self._do(asyncio.start_server(self._serve, HOST, 0))
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def cut(self) -> None:
        """Every connection is reset, and new ones are too, until `mend`."""
        self._whole = False
        self._do(self._reset())

    def clog(self) -> None:
        """Connections stay, new ones open, and not a byte comes through until `mend`."""
        self._loop.call_soon_threadsafe(self._flowing.clear)

    def mend(self) -> None:
        """All is well again; what was held back comes through."""
        self._whole = True
        self._loop.call_soon_threadsafe(self._flowing.set)

    def _do(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        try:
            if not self._whole:
                return
            with contextlib.suppress(OSError):  # the server is down: so it looks to the client
                up_reader, up_writer = await asyncio.open_connection(HOST, self._backend)
                self._writers.add(up_writer)
                await asyncio.gather(self._pass_on(reader, up_writer), self._pass_on(up_reader, writer))
        finally:
            self._tasks.discard(task)
            break_off(writer)

    async def _pass_on(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            while block := await reader.read(65536):
                await self._flowing.wait()
                writer.write(block)
                await writer.drain()
        finally:
            writer.close()
            self._writers.discard(writer)

    async def _reset(self) -> None:
        for writer in list(self._writers):
            break_off(writer)
        self._writers.clear()

    async def _close(self) -> None:
        self._server.close()
        await self._reset()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def break_off(writer: StreamWriter) -> None:
    """Break a connection without the goodbye of TCP, as a pulled plug does sooner or later."""
    with contextlib.suppress(OSError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    writer.transport.abort()
