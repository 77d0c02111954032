"""What the checks of both mail servers have in common: the certificate, and the mends by cause."""

import datetime as dt
import socket
import ssl

from bot.ports import CheckLine, Health
from bot.wire.security import Credentials, Mechanism, TokenRefused
from bot.wire.troubles import causes, tls_trouble

_WARN_DAYS = 14


def ok(subject: str, detail: str) -> CheckLine:
    """Something that works."""
    return CheckLine(subject=subject, health=Health.OK, detail=detail)


def failed(subject: str, error: Exception, mend: str) -> CheckLine:
    """Something that does not, in the error's words."""
    return CheckLine(subject=subject, health=Health.FAILED, detail=str(error), mend=mend)


def check_certificate(subject: str, sock: object) -> CheckLine:
    """How the line is protected, and a warning when the server's certificate runs out within two weeks."""
    if not isinstance(sock, ssl.SSLSocket | ssl.SSLObject):
        return CheckLine(
            subject=subject,
            health=Health.WARNING,
            detail="not encrypted",
            mend='Fine on this machine only; otherwise set security = "tls".',
        )
    not_after = (sock.getpeercert() or {}).get("notAfter")
    version = sock.version() or "TLS"
    if not isinstance(not_after, str):
        return ok(subject, version)
    until = dt.datetime.fromtimestamp(ssl.cert_time_to_seconds(not_after), dt.UTC)
    days = (until - dt.datetime.now(dt.UTC)).days
    if days < _WARN_DAYS:
        return CheckLine(
            subject=subject,
            health=Health.WARNING,
            detail=f"{version}, but the server's certificate runs out in {days} days ({until:%d %B %Y})",
            mend="Renew the mail server's certificate.",
        )
    return ok(subject, f"{version}, certificate valid until {until:%d %B %Y}")


def connection_mend(error: BaseException, key: str) -> str:
    """What to do about a connection that failed, by its cause."""
    if tls_trouble(error) is not None:
        return (
            f"Use the host name that the certificate was made for as {key}.host, give a private "
            f"authority's file as {key}.ca_file, or renew the certificate."
        )
    for cause in causes(error):
        if isinstance(cause, socket.gaierror):
            return f"Check {key}.host for a typing error, and this machine's DNS."
        if isinstance(cause, ConnectionRefusedError):
            return f"Check {key}.host and {key}.port, and that the server runs."
        if isinstance(cause, TimeoutError):
            return f"Check {key}.host, {key}.port, {key}.security and the firewalls between."
    return f"Check {key}.host, {key}.port and {key}.security, then the server's log."


def login_mend(
    credentials: Credentials | None, key: str, error: BaseException, *, in_clear: bool = False
) -> str:
    """What to do about a refused login, by the way we log in and by who refused."""
    if isinstance(error, TokenRefused):
        return (
            f"The mail server was not even asked: check {key}.oauth (tenant, client id and secret, or key or "
            f"token file) with the provider. Secrets expire, and this machine's clock must be right."
        )
    if credentials is None or credentials.mechanism is Mechanism.PASSWORD:
        first = (
            f"This connection is not encrypted, and many servers take no password on such: set "
            f'{key}.security to "tls" or "starttls". '
        )
        return (first if in_clear else "") + (
            f"Check {key}.username and the password. Many providers want an app password, or have "
            f"switched passwords off for {key.upper()}: then set up OAuth2."
        )
    return (
        f"The token was issued, but the mailbox does not accept it: check that {key}.username is the "
        f"mailbox's address and that the application was granted access to this very mailbox."
    )
