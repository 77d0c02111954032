"""Makes the edges: mailboxes, the way out, directories. Nothing connects here."""

import os

from bot.app.ledger import Ledger
from bot.directories import make_directory
from bot.directories.embedded import EmbeddedDirectory
from bot.ports import Directory
from bot.settings import Settings
from bot.settings.tables import DirectorySettings, Login, MailboxSettings
from bot.store.engine import Database
from bot.wire.imap import ImapMailbox
from bot.wire.oauth import token_credentials
from bot.wire.security import Credentials
from bot.wire.smtp import SmtpMailer

DEFAULT_PORTS = {"imap": {"tls": 993}, "smtp": {"tls": 465, "starttls": 587, "none": 25}}


def make_directories(settings: Settings, ledger: Ledger) -> dict[str, Directory]:
    """Every configured directory by name."""
    return {entry.name: open_one_directory(entry, ledger.database) for entry in settings.directories}


def open_one_directory(entry: DirectorySettings, database: Database) -> Directory:
    """One configured directory; raises ConfigurationError where its kind or options are wrong."""
    if entry.kind == "embedded":
        return EmbeddedDirectory(database.engine, name=entry.name, clock=database.clock, step=database.step)
    return make_directory(entry)


def credentials(login: Login) -> Credentials:
    """How to log in, by password or OAuth2; secrets are read when they are needed."""
    oauth = login.oauth
    if oauth is None:
        return Credentials(username=login.username, secret=login.secret)
    return token_credentials(
        provider=oauth.provider,
        username=login.username,
        tenant=oauth.tenant,
        client_id=oauth.client_id,
        client_secret=oauth.secret,
        service_account_file=os.path.expandvars(oauth.service_account_file),
        refresh_token_file=os.path.expandvars(oauth.refresh_token_file),
    )


def port_of(login: Login, protocol: str) -> int:
    """The configured port, or the usual one for the kind of security."""
    return login.port or DEFAULT_PORTS[protocol].get(login.security.value, 143)


def make_mailbox(settings: MailboxSettings) -> ImapMailbox:
    """The IMAP edge of one mailbox; nothing is connected yet."""
    login = settings.imap
    return ImapMailbox(
        login.host,
        port_of(login, "imap"),
        credentials(login),
        security=login.security.value,
        ca_file=login.ca_file or None,
        connect_timeout=min(login.timeout, 15.0),
        read_timeout=login.timeout,
        poll_seconds=settings.poll_seconds,
        use_idle=settings.idle,
    )


def make_mailer(settings: Settings) -> SmtpMailer:
    """The SMTP edge; nothing is connected yet."""
    smtp = settings.smtp
    return SmtpMailer(
        smtp.host,
        port_of(smtp, "smtp"),
        credentials(smtp) if smtp.username else None,
        security=smtp.security.value,
        ca_file=smtp.ca_file or None,
        connections=smtp.connections,
        timeout=smtp.timeout,
    )
