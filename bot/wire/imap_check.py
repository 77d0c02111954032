"""What `rollcall check` says of the mailbox: each step tried in order, each failure with its mend."""

import datetime as dt
import socket
import ssl
from collections.abc import Iterator, Sequence

from imapclient import IMAPClient

from bot.errors import ConfigurationError, LoginRefused, MailboxRefused, MailboxUnavailable
from bot.ports import CheckLine, Health
from bot.wire.imap_errors import translated
from bot.wire.imap_folders import missing_folders, read_names
from bot.wire.imap_session import ImapServer, connect, hang_up, log_in
from bot.wire.security import Credentials, Mechanism, Security, tls_trouble

_WARN_DAYS = 14


def check_mailbox(
    server: ImapServer, credentials: Credentials, folders: Sequence[str], *, poll_seconds: float
) -> list[CheckLine]:
    """Connection, TLS, login, capabilities and folders, as far as it gets; nothing is changed."""
    client: IMAPClient | None = None
    lines: list[CheckLine] = []
    try:
        with translated("connecting", str(server), _nothing):
            client = connect(server)
        lines.append(_ok("IMAP connection", f"{server} answers"))
        lines.append(check_certificate("IMAP encryption", client.socket(), server.security))
        with translated("logging in", str(server), _nothing):
            log_in(client, credentials)
        lines.append(_ok("IMAP login", f"logged in as {credentials.username}"))
        with translated("looking round", str(server), _nothing):
            lines.extend(_capabilities(client, poll_seconds))
            lines.extend(_folders(client, folders))
    except LoginRefused as error:
        lines.append(_failed("IMAP login", error, login_mend(credentials, "imap")))
    except MailboxUnavailable as error:
        lines.append(_failed("IMAP connection", error, connection_mend(error, "imap")))
    except (MailboxRefused, ConfigurationError) as error:
        lines.append(_failed("IMAP mailbox", error, "Read the server's words above; its log tells more."))
    finally:
        if client is not None:
            hang_up(client)
    return lines


def check_certificate(subject: str, sock: object, security: Security) -> CheckLine:
    """How the line is protected, and a warning when the server's certificate runs out within two weeks."""
    if security is Security.NONE or not isinstance(sock, ssl.SSLSocket | ssl.SSLObject):
        return CheckLine(
            subject=subject,
            health=Health.WARNING,
            detail="not encrypted",
            mend='Fine on this machine only; otherwise set security = "tls".',
        )
    not_after = (sock.getpeercert() or {}).get("notAfter")
    version = sock.version() or "TLS"
    if not isinstance(not_after, str):
        return _ok(subject, version)
    until = dt.datetime.fromtimestamp(ssl.cert_time_to_seconds(not_after), dt.UTC)
    days = (until - dt.datetime.now(dt.UTC)).days
    if days < _WARN_DAYS:
        return CheckLine(
            subject=subject,
            health=Health.WARNING,
            detail=f"{version}, but the server's certificate runs out in {days} days ({until:%d %B %Y})",
            mend="Renew the mail server's certificate.",
        )
    return _ok(subject, f"{version}, certificate valid until {until:%d %B %Y}")


def connection_mend(error: BaseException, key: str) -> str:
    """What to do about a connection that failed, by its cause."""
    if tls_trouble(error) is not None:
        return (
            f"Use the host name that the certificate was made for as {key}.host, give a private "
            f"authority's file as {key}.ca_file, or renew the certificate."
        )
    cause = error.__cause__
    while cause is not None:
        if isinstance(cause, socket.gaierror):
            return f"The name cannot be resolved: check {key}.host and this machine's DNS."
        if isinstance(cause, ConnectionRefusedError):
            return f"Nothing listens there: check {key}.host and {key}.port, and that the server runs."
        if isinstance(cause, TimeoutError):
            return f"Check {key}.host, {key}.port, {key}.security and the firewalls between."
        cause = cause.__cause__
    return f"Check {key}.host, {key}.port and {key}.security, then the server's log."


def login_mend(credentials: Credentials, key: str) -> str:
    """What to do about a refused login, by the way we log in."""
    if credentials.mechanism is Mechanism.PASSWORD:
        return (
            f"Check {key}.username and the password. Many providers want an app password, or have "
            f"switched passwords off for {key.upper()}: then set up OAuth2."
        )
    return (
        f"The token was issued, but the mailbox does not accept it: check that {key}.username is the "
        f"mailbox's address and that the application was granted access to this very mailbox."
    )


def _capabilities(client: IMAPClient, poll_seconds: float) -> Iterator[CheckLine]:
    wanted = {
        "IDLE": f"no IDLE: new mail is noticed within {poll_seconds:g} seconds instead of at once",
        "MOVE": "no MOVE: messages are copied and then deleted",
        "UIDPLUS": "no UIDPLUS: copied messages stay behind, marked as deleted",
    }
    lacking = [words for name, words in wanted.items() if not client.has_capability(name)]
    if client.has_capability("MOVE"):
        lacking = [words for words in lacking if "UIDPLUS" not in words]
    if not lacking:
        yield _ok("IMAP capabilities", "IDLE and MOVE are offered")
        return
    yield CheckLine(
        subject="IMAP capabilities",
        health=Health.WARNING,
        detail="; ".join(lacking),
        mend="It works; a newer or differently configured server would do better.",
    )


def _folders(client: IMAPClient, folders: Sequence[str]) -> Iterator[CheckLine]:
    client.select_folder("INBOX")
    missing = missing_folders(folders, client.list_folders(), read_names(client))
    if missing:
        words = ", ".join(missing)
        yield _ok("IMAP folders", f"INBOX can be written to; to be made at the first run: {words}")
    else:
        yield _ok("IMAP folders", "INBOX can be written to; all of ours are there")


def _nothing() -> None:
    """`translated` closes nothing here: the check hangs up at its end."""


def _ok(subject: str, detail: str) -> CheckLine:
    return CheckLine(subject=subject, health=Health.OK, detail=detail)


def _failed(subject: str, error: Exception, mend: str) -> CheckLine:
    return CheckLine(subject=subject, health=Health.FAILED, detail=str(error), mend=mend)
