"""The SMTP half of the embedded pair: a submission service that also plays the receiving mail exchanger."""

import asyncio
import base64
import email.utils
import logging
import re
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from email.policy import compat32
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from bot.demo.accounts import Accounts

AUTHSERV_ID = "mx.yourcompany.test"

_NULL_PATH = "<>"  # what aiosmtpd gives for it; '' it takes for "no MAIL yet"

_ADDRESS = re.compile(r"[^\s<>,;:\"()]+@[^\s<>,;:\"()]+")

Store = Callable[[str, bytes], Awaitable[None]]


@dataclass(slots=True)
class Fault:
    """An answer to give `times` times instead of the right one: at RCPT for a recipient, at DATA else."""

    code: int
    text: str
    times: int
    command: str
    recipient: str | None = None

    def strikes(self, command: str, recipient: str | None = None) -> bool:
        """Whether it is this command's turn; counts down."""
        if self.times <= 0 or command != self.command or self.recipient not in {None, recipient}:
            return False
        self.times -= 1
        return True


class SmtpHalf:
    """The server and its aiosmtpd handler; every method runs in the pair's event loop."""

    def __init__(self, accounts: Accounts, store: Store, *, auth_over_tls_only: bool) -> None:
        self._accounts = accounts
        self._store = store
        self._auth_over_tls_only = auth_over_tls_only
        self._sessions: set[_Protocol] = set()
        self._server: asyncio.Server | None = None
        self.faults: list[Fault] = []
        self.acks_to_lose = 0
        self.connections = 0
        self.size_limit = 64 * 1024 * 1024

    async def start(self, tls: ssl.SSLContext | None, starttls: ssl.SSLContext | None) -> int:
        """Listen on a free loopback port, which is returned."""
        # It warns of an attribute of its own at every login.
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: self._session(starttls), "127.0.0.1", 0, ssl=tls)
        return int(self._server.sockets[0].getsockname()[1])

    def _session(self, starttls: ssl.SSLContext | None) -> "_Protocol":
        self.connections += 1
        session = _Protocol(
            self,
            hostname=AUTHSERV_ID,
            ident="Rollcall demo",
            enable_SMTPUTF8=True,
            data_size_limit=self.size_limit,
            tls_context=starttls,
            auth_require_tls=self._auth_over_tls_only,
            authenticator=self._authenticate,
        )
        session.sessions = self._sessions
        return session

    def drop_connections(self) -> None:
        """Cut every connection, in the middle of whatever it does."""
        for session in list(self._sessions):
            session.cut()

    async def stop(self) -> None:
        """Close the port and every connection."""
        if self._server is not None:
            self._server.close()
        self.drop_connections()

    # --- aiosmtpd's hooks

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        if isinstance(data, LoginPassword) and not self._accounts.refuse_smtp_logins:
            address = data.login.decode("utf-8", "replace")
            if self._accounts.has_password(address, data.password.decode("utf-8", "replace")):
                return AuthResult(success=True, auth_data=address)
        return AuthResult(success=False, handled=False, message="535 5.7.8 Authentication failed")

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:
        """A bearer token, as Google and Microsoft take it."""
        said = await self._sasl_response(server, args)
        fields = dict(part.split("=", 1) for part in said.split("\x01") if "=" in part)
        return self._check_token(fields.get("user", ""), fields.get("auth", ""))

    async def auth_OAUTHBEARER(self, server: SMTP, args: list[str]) -> AuthResult:
        """A bearer token, as RFC 7628 §3.1 writes it."""
        said = await self._sasl_response(server, args)
        header, _, rest = said.partition("\x01")
        address = header.removeprefix("n,a=").rstrip(",")
        return self._check_token(address, rest.strip("\x01").removeprefix("auth="))

    async def _sasl_response(self, server: SMTP, args: list[str]) -> str:
        said = await server.challenge_auth("") if len(args) < 2 else base64.b64decode(args[1])
        return said.decode("utf-8", "replace") if isinstance(said, bytes) else ""

    def _check_token(self, address: str, authorization: str) -> AuthResult:
        token = authorization.removeprefix("Bearer ")
        if not self._accounts.refuse_smtp_logins and self._accounts.has_token(address, token):
            return AuthResult(success=True, auth_data=address)
        return AuthResult(success=False, handled=False, message="535 5.7.8 Token not accepted")

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Only who has logged in may send, and only under the own address (or the null path)."""
        if (fault := self._fault("MAIL")) is not None:
            return fault
        if not session.authenticated:
            return "530 5.7.0 Authentication required"
        if address != _NULL_PATH and _without_tag(address.lower()) != session.auth_data:
            return "553 5.7.1 Sender address rejected: not owned by user"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Everybody has a mailbox here, made at the first mail."""
        if (fault := self._fault("RCPT", address)) is not None:
            return fault
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: "_Protocol", session: Session, envelope: Envelope) -> str:
        """File it, and say so, unless a fault was asked for."""
        if (fault := self._fault("DATA")) is not None:
            return fault
        raw = envelope.original_content or b""
        sender = (envelope.mail_from or "").removeprefix(_NULL_PATH)
        await self.deliver(raw, sender, envelope.rcpt_tos, session.auth_data)
        if self.acks_to_lose > 0:
            self.acks_to_lose -= 1
            server.cut()
        return "250 2.0.0 OK: filed"

    def _fault(self, command: str, recipient: str | None = None) -> str | None:
        for fault in self.faults:
            if fault.strikes(command, recipient):
                return f"{fault.code} {fault.text}"
        return None

    async def deliver(self, raw: bytes, sender: str, recipients: Sequence[str], account: str | None) -> None:
        """File a mail for every recipient, stamped as a receiving server does; `account` sent it, if any."""
        for recipient in recipients:
            await self._store(recipient, stamped(raw, sender, recipient, account))


class _Protocol(SMTP):
    """One client's connection, which can be cut."""

    sessions: "set[_Protocol]"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.sessions.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        self.sessions.discard(self)
        super().connection_lost(error)
        self._abort(self._original_transport)

    def cut(self) -> None:
        """Close it without a word."""
        self._abort(self.transport)
        self._abort(self._original_transport)

    @staticmethod
    def _abort(transport: asyncio.BaseTransport | None) -> None:
        """After STARTTLS there are two of them, and the lower one would wait for a good-bye."""
        if isinstance(transport, asyncio.Transport):
            transport.abort()


def stamped(raw: bytes, sender: str, recipient: str, account: str | None) -> bytes:
    """The mail with Return-Path, Received and Authentication-Results on top (RFC 5321 §4.4, RFC 8601 §2).

    SPF passes when an account sent it; DMARC passes when From names that account and no other address.
    """
    message = BytesHeaderParser(policy=compat32).parsebytes(raw)
    fields = [str(value) for value in message.get_all("From", [])]
    # Every address in sight, in display names too: which one a reader shows as the author is up to it.
    named = {found.lower() for field in fields for found in _ADDRESS.findall(field)}
    domain = next(iter(named), "").rpartition("@")[2] or "unknown.invalid"
    spf = "pass" if account else "none"
    dmarc = "pass" if account and len(fields) == 1 and named == {account.lower()} else "fail"
    head = (
        f"Return-Path: <{sender}>\r\n"
        f"Received: from client ([127.0.0.1]) by {AUTHSERV_ID} with ESMTP{'A' if account else ''}\r\n"
        f"\tfor <{recipient}>; {email.utils.formatdate()}\r\n"
        f"Authentication-Results: {AUTHSERV_ID};\r\n"
        f"\tspf={spf} smtp.mailfrom={sender or account or 'postmaster@' + domain};\r\n"
        f"\tdmarc={dmarc} header.from={domain}\r\n"
    )
    return head.encode() + raw


def _without_tag(address: str) -> str:
    """'support+rc-1@x' is support@x too, as on many servers."""
    local, at, domain = address.rpartition("@")
    return local.partition("+")[0] + at + domain
