"""Opening an SMTP session: connect, secure, log in; credentials never cross a network in the clear."""

import asyncio
import base64
import contextlib
import socket
import ssl
from dataclasses import dataclass

from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPException

from bot.errors import ConfigurationError, DeliveryDeferred
from bot.wire.security import Credentials, Mechanism, Security
from bot.wire.smtp_errors import connecting

# How long we wait for the answer to a courtesy.
GOODBYE_SECONDS = 3.0


@dataclass(frozen=True, kw_only=True, slots=True)
class SmtpServer:
    """Where mail is handed in and how to reach it; times in seconds, never endless.

    `data_timeout` is for the answer to a whole mail: a server may take ten minutes over the final dot, and
    giving up earlier makes copies (RFC 5321 §4.5.3.2.6).
    """

    host: str
    port: int
    security: Security
    ca_file: str | None = None
    timeout: float = 60.0
    data_timeout: float = 600.0

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


async def open_session(
    server: SmtpServer, context: ssl.SSLContext | None, credentials: Credentials | None, our_name: str
) -> SMTP:
    """A session ready for MAIL. Raises `DeliveryDeferred`, `LoginRefused`, `ConfigurationError`."""
    client = await connect(server, context, our_name)
    try:
        with connecting(str(server)):
            if credentials is not None:
                await log_in(client, credentials, str(server))
    except BaseException:
        hang_up(client, client.transport)
        raise
    return client


async def say_goodbye(client: SMTP, patience: float) -> None:
    """QUIT politely where somebody still listens, for up to `patience` seconds, then close."""
    transport = client.transport
    with contextlib.suppress(SMTPException, OSError):
        if client.is_connected:
            await client.quit(timeout=min(patience, GOODBYE_SECONDS))
    hang_up(client, transport)


def hang_up(client: SMTP, transport: asyncio.BaseTransport | None) -> None:
    """Let go at once: a TLS connection that is only closed waits half a minute for the other's good-bye."""
    client.close()
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()


async def connect(server: SmtpServer, context: ssl.SSLContext | None, our_name: str) -> SMTP:
    """A session that is encrypted if it should be and has said EHLO, but has not logged in."""
    client = SMTP(
        hostname=server.host,
        port=server.port,
        timeout=server.timeout,
        use_tls=server.security is Security.TLS,
        start_tls=server.security is Security.STARTTLS,
        tls_context=context,
        local_hostname=our_name,
    )
    with connecting(str(server)):
        await client.connect()
        await client._ehlo_or_helo_if_needed()
    return client


async def log_in(client: SMTP, credentials: Credentials, server: str) -> None:
    """AUTH with the one best mechanism; with a renewed token once more, if the cached one was refused."""
    if not client.server_auth_methods:
        raise DeliveryDeferred(f"{server} offers no login (AUTH) on this connection")
    secret = await asyncio.to_thread(credentials.secret)
    try:
        await _authenticate(client, credentials, secret, server)
    except SMTPAuthenticationError as error:
        if credentials.mechanism is Mechanism.PASSWORD or error.code < 500:
            raise
        credentials.renew(secret)
        await _authenticate(client, credentials, await asyncio.to_thread(credentials.secret), server)


async def _authenticate(client: SMTP, credentials: Credentials, secret: str, server: str) -> None:
    offered, user = set(client.server_auth_methods), credentials.username
    if any(character in user + secret for character in "\r\n\0"):
        raise ConfigurationError("The SMTP user name or password holds a line break")
    # One attempt with one mechanism: trying them all in turn locks accounts.
    if credentials.mechanism is Mechanism.OAUTHBEARER and "oauthbearer" in offered:
        await _oauthbearer(client, user, secret)
    elif credentials.mechanism is not Mechanism.PASSWORD:
        await client.auth_xoauth2(user, secret)
    elif "plain" in offered:
        await client.auth_plain(user, secret)
    elif "login" in offered:
        await client.auth_login(user, secret)
    elif "cram-md5" in offered:
        await client.auth_crammd5(user, secret)
    else:
        raise DeliveryDeferred(f"{server} offers no login that we know, only {', '.join(sorted(offered))}")


async def _oauthbearer(client: SMTP, user: str, token: str) -> None:
    """AUTH OAUTHBEARER (RFC 7628 §3.1); a refusal comes as a challenge that wants an answer (§3.2.3)."""
    name = user.replace("=", "=3D").replace(",", "=2C")
    payload = base64.b64encode(f"n,a={name},\x01auth=Bearer {token}\x01\x01".encode())
    response = await client.execute_command(b"AUTH", b"OAUTHBEARER", payload)
    if response.code == 334:
        response = await client.execute_command(base64.b64encode(b"\x01"))
    if response.code != 235:
        raise SMTPAuthenticationError(response.code, response.message)


def name_of_this_machine() -> str:
    """What we call ourselves in EHLO: a full name if there is one, else an address literal."""
    name = socket.getfqdn()
    plain = name.isascii() and name.replace("-", "").replace(".", "").isalnum()
    return name if plain and "." in name else "[127.0.0.1]"
