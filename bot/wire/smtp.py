"""The way out: hands composed mails to the SMTP server over a few connections that are kept open."""

import asyncio
import contextlib
import ssl
import time
from collections.abc import Sequence

from aiosmtplib import SMTP, SMTPException

from bot.errors import ConfigurationError
from bot.ports import CheckLine, Delivery
from bot.wire.checks import failed
from bot.wire.security import Credentials, Security, refuse_clear_text, tls_context
from bot.wire.smtp_check import check_server
from bot.wire.smtp_errors import ConnectionGone
from bot.wire.smtp_session import (
    GOODBYE_SECONDS,
    SmtpServer,
    hang_up,
    name_of_this_machine,
    open_session,
    say_goodbye,
)
from bot.wire.smtp_transaction import Envelope, make_envelope, transmit

# Many servers hang up on a silent client after one to five minutes.
_KEEP_SECONDS = 45.0


class SmtpMailer:
    """`ports.Mailer` over aiosmtplib; nothing connects before the first `send()` or `check()`.

    At most `connections` sessions are open; they are reused, the latest used first. `credentials` is None
    for a server that takes our mail by our network address.
    """

    def __init__(
        self,
        host: str,
        port: int,
        credentials: Credentials | None,
        *,
        security: str = "tls",
        ca_file: str | None = None,
        connections: int = 4,
        timeout: float = 60.0,
        data_timeout: float = 600.0,
        our_name: str = "",
    ) -> None:
        self.server = SmtpServer(
            host=host,
            port=port,
            security=Security(security),
            ca_file=ca_file,
            timeout=timeout,
            data_timeout=data_timeout,
        )
        if credentials is not None:
            refuse_clear_text(self.server.security, host, "smtp")
        self._credentials = credentials
        self._our_name = our_name
        self._context: ssl.SSLContext | None = None
        self._slots = asyncio.Semaphore(connections)
        self._idle: list[tuple[float, SMTP]] = []

    async def send(self, sender: str, recipients: Sequence[str], raw: bytes) -> Delivery:
        """Hand one mail over; '' as sender is the null path. Safe to call from several tasks at once.

        A kept connection that turns out to be closed is replaced, once: nothing was handed over on it.
        """
        envelope = make_envelope(sender, recipients, raw)
        async with self._slots:
            kept = await self._kept()
            if kept is not None:
                with contextlib.suppress(ConnectionGone):
                    return await self._send_over(kept, envelope)
            return await self._send_over(await self._open(), envelope)

    async def _send_over(self, client: SMTP, envelope: Envelope) -> Delivery:
        """One transaction; the session is kept if the server still wants it afterwards."""
        clean, transport = False, client.transport
        try:
            delivery = await transmit(client, envelope, self.server)
            clean = True
            return delivery
        finally:
            if clean or await self._reset(client):
                self._idle.append((time.monotonic(), client))
            else:
                hang_up(client, transport)

    async def _reset(self, client: SMTP) -> bool:
        """Whether the session can be used for another mail after this one failed."""
        task = asyncio.current_task()
        if not client.is_connected or (task is not None and task.cancelling()):
            return False
        with contextlib.suppress(SMTPException, OSError):
            await client.rset(timeout=min(self.server.timeout, GOODBYE_SECONDS))
            return True
        return False

    async def _kept(self) -> SMTP | None:
        """A session from an earlier mail, if one is still open; stale ones are let go."""
        while self._idle:
            since, client = self._idle.pop()
            if client.is_connected and time.monotonic() - since < _KEEP_SECONDS:
                return client
            await say_goodbye(client, self.server.timeout)
        return None

    async def _open(self) -> SMTP:
        if not self._our_name:
            self._our_name = await asyncio.to_thread(name_of_this_machine)
        return await open_session(self.server, self._tls(), self._credentials, self._our_name)

    def _tls(self) -> ssl.SSLContext | None:
        if self.server.security is Security.NONE:
            return None
        if self._context is None:
            self._context = tls_context(self.server.ca_file)
        return self._context

    async def check(self, sender: str = "") -> Sequence[CheckLine]:
        """Connect, secure, log in and ask whether `sender` may send, and say how it went; no mail is sent."""
        our_name = self._our_name or await asyncio.to_thread(name_of_this_machine)
        try:
            context = self._tls()
        except ConfigurationError as error:
            return [failed("SMTP encryption", error, "Give the path of a PEM file as smtp.ca_file.")]
        return await check_server(self.server, context, self._credentials, our_name, sender)

    async def close(self) -> None:
        """QUIT every open connection."""
        kept, self._idle = self._idle, []
        await asyncio.gather(*(say_goodbye(client, self.server.timeout) for _, client in kept))
