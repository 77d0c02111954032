"""What stands beside the mail servers, in a thread: fault switch, unreliable ports, false origins, DNS."""

import asyncio
import contextlib
import ssl
import threading
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable
from typing import Any, cast

from tests.servers.cable import break_off
from tests.servers.certificates import Certificates
from tests.servers.daemons import HOST
from tests.servers.faults import Faults
from tests.servers.zone import Zone

Handler = Callable[[StreamReader, StreamWriter], Awaitable[None]]


class Sidecar:
    """Small loopback servers on one event loop; every method may be called from the tests' thread."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="sidecar", daemon=True)
        self._servers: list[asyncio.Server] = []
        self._datagrams: list[asyncio.DatagramTransport] = []
        self._connections: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Close every port and connection and end the thread."""
        if not self._thread.is_alive():
            return
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def serve_policy(self) -> int:
        """Postfix's questions about each mail (its policy delegation protocol); returns the port."""
        return self._listen(self._answer_policy)

    def serve_unreliable(self, protocol: str, backend: int, certificates: Certificates) -> int:
        """TLS in front of a clear-text port, where answers can be lost; returns the port."""
        context = _server_context(certificates.server, certificates.server_key)
        return self._listen(self._relay(protocol, backend), tls=context)

    def serve_mistrusted(self, backend: int, certificates: Certificates) -> int:
        """TLS in front of a clear-text port, with a certificate that no client should accept."""
        context = _server_context(certificates.stranger, certificates.stranger_key)
        return self._listen(self._relay("", backend), tls=context)

    def serve_origin(self, address: str, backend: int) -> int:
        """Connections go on to `backend` as if they came from `address` (the PROXY protocol)."""
        greeting = f"PROXY TCP4 {address} 127.0.0.1 40000 25\r\n".encode()
        return self._listen(self._relay("", backend, greeting))

    def serve_zone(self, zone: Zone, address: str) -> None:
        """Be the name server of a zone on port 53 of a loopback address, by UDP and TCP."""

        async def bind() -> None:
            transport, _ = await self._loop.create_datagram_endpoint(
                lambda: _ZoneByDatagram(zone), local_addr=(address, 53)
            )
            self._datagrams.append(transport)

        self._call(bind())
        self._listen(_zone_by_stream(zone), address=address, port=53)

    def _listen(
        self, handler: Handler, *, address: str = HOST, port: int = 0, tls: ssl.SSLContext | None = None
    ) -> int:
        async def serve(reader: StreamReader, writer: StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._connections.add(task)
            try:
                # A peer that goes away in the middle is what these ports are for.
                with contextlib.suppress(OSError, EOFError):
                    await handler(reader, writer)
            finally:
                self._connections.discard(task)
                writer.close()

        server = self._call(asyncio.start_server(serve, address, port, ssl=tls, limit=1 << 20))
        self._servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    def _call(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        for transport in self._datagrams:
            transport.close()
        tasks = list(self._connections)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.05)  # transports close a turn of the loop later

    async def _answer_policy(self, reader: StreamReader, writer: StreamWriter) -> None:
        while True:
            block = (await reader.readuntil(b"\n\n")).decode("utf-8", "replace")
            question = {key: value for key, _, value in (line.partition("=") for line in block.splitlines())}
            writer.write(f"action={await self.faults.policy_reply(question)}\n\n".encode())

    def _relay(self, protocol: str, backend: int, greeting: bytes = b"") -> Handler:
        """Pass everything on both ways, until a lost answer is due."""

        async def handler(reader: StreamReader, writer: StreamWriter) -> None:
            up_reader, up_writer = await asyncio.open_connection(HOST, backend, limit=1 << 20)
            up_writer.write(greeting)
            losing = asyncio.Event()
            ways = (
                asyncio.ensure_future(self._to_server(protocol, reader, up_writer, losing)),
                asyncio.ensure_future(_to_client(up_reader, writer, losing)),
            )
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
                up_writer.close()

        return handler

    async def _to_server(
        self, protocol: str, reader: StreamReader, up: StreamWriter, losing: asyncio.Event
    ) -> None:
        line = b""
        while block := await reader.read(65536):
            line = (line + block)[-4096:]
            if not losing.is_set() and self.faults.loses(protocol, line):
                losing.set()
            if block.endswith(b"\n"):
                line = b""
            up.write(block)
            await up.drain()


async def _to_client(up: StreamReader, writer: StreamWriter, losing: asyncio.Event) -> None:
    while block := await up.read(65536):
        # 354 and "+ " only invite the client to go on; the answer comes after them.
        if losing.is_set() and not block.startswith((b"354", b"+ ")):
            break_off(writer)
            return
        writer.write(block)
        await writer.drain()


class _ZoneByDatagram(asyncio.DatagramProtocol):
    def __init__(self, zone: Zone) -> None:
        self._zone = zone

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._transport.sendto(self._zone.answer(data), addr)


def _zone_by_stream(zone: Zone) -> Handler:
    async def handler(reader: StreamReader, writer: StreamWriter) -> None:
        while True:
            size = int.from_bytes(await reader.readexactly(2), "big")
            answer = zone.answer(await reader.readexactly(size))
            writer.write(len(answer).to_bytes(2, "big") + answer)

    return handler


def _server_context(certificate: Any, key: Any) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context
