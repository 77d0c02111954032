"""Opening an IMAP session: connect, secure, log in; each step bounded in time, each failure told apart."""

import contextlib
import socket
from dataclasses import dataclass

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import LoginError

from bot.errors import ConfigurationError, MailboxUnavailable
from bot.wire.security import Credentials, Mechanism, Security, tls_context


@dataclass(frozen=True, kw_only=True, slots=True)
class ImapServer:
    """Where the mailbox is and how to reach it; times in seconds, never endless."""

    host: str
    port: int
    security: Security
    ca_file: str | None = None
    connect_timeout: float = 15.0
    read_timeout: float = 60.0

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def connect(server: ImapServer) -> IMAPClient:
    """A connection that is encrypted if it should be, not yet logged in. Raises the libraries' exceptions."""
    context = tls_context(server.ca_file) if server.security is not Security.NONE else None
    client = IMAPClient(
        server.host,
        port=server.port,
        ssl=server.security is Security.TLS,
        ssl_context=context,
        timeout=SocketTimeout(connect=server.connect_timeout, read=server.read_timeout),
    )
    client.normalise_times = False
    _tune(client.socket())
    if server.security is Security.STARTTLS:
        try:
            if not client.has_capability("STARTTLS"):
                raise MailboxUnavailable(f"{server} does not offer STARTTLS, so we do not log in")
            client.starttls(context)
        except BaseException:
            hang_up(client)
            raise
    return client


def _tune(connection: socket.socket) -> None:
    """No waiting for acknowledgements, and word from the kernel when the other side is gone for good."""
    # imaplib sends a literal and its line end apart; each APPEND would wait 40 ms for a delayed ACK.
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # In IDLE nobody speaks for minutes: a router that forgot us is noticed in two of them.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 20), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, option):  # Linux has them all
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)


def log_in(client: IMAPClient, credentials: Credentials) -> None:
    """Log in, and once more with a renewed token if the cached one was refused."""
    secret = credentials.secret()
    try:
        _authenticate(client, credentials, secret)
    except LoginError:
        if credentials.mechanism is Mechanism.PASSWORD:
            raise
        credentials.renew(secret)
        _authenticate(client, credentials, credentials.secret())
    # What was offered before the login may differ from what is offered now (RFC 9051 §6.2.2).
    client._cached_capabilities = None


def _authenticate(client: IMAPClient, credentials: Credentials, secret: str) -> None:
    user = credentials.username
    if any(character in user + secret for character in "\r\n\0"):
        raise ConfigurationError("The mailbox's user name or password holds a line break")
    if credentials.mechanism is Mechanism.XOAUTH2:
        client.oauth2_login(user, secret)
    elif credentials.mechanism is Mechanism.OAUTHBEARER:
        client.oauthbearer_login(user, secret)
    elif client.has_capability("AUTH=PLAIN"):
        # SASL PLAIN carries any character (RFC 4616 §2); imaplib's LOGIN is ASCII only, its user unquoted.
        client.plain_login(user, secret)
    elif client.has_capability("LOGINDISABLED"):
        # Then LOGIN must not be said (RFC 9051 §6.2.3): the password would be on the wire for nothing.
        raise LoginError("it takes no password on this connection (LOGINDISABLED)")
    else:
        client.login('"' + user.replace("\\", "\\\\").replace('"', '\\"') + '"', secret)


def hang_up(client: IMAPClient) -> None:
    """Close the socket without a word; whatever it answers."""
    with contextlib.suppress(Exception):
        client.shutdown()
    with contextlib.suppress(Exception):
        client.socket().close()
