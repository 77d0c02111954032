"""How to reach an IMAP and an SMTP server in a test, whichever servers they are."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class MailUser:
    """One user of both servers: how it logs in and the address its mail comes to."""

    address: str
    login: str
    password: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MailPair:
    """An IMAP and an SMTP server with the same users; the security words are those of the settings.

    `users` holds "support", the mailbox that Rollcall watches, and "customer1" and up, who write to it.
    `ca_file` is the authority to trust, '' where nothing is encrypted.
    """

    imap_host: str
    imap_port: int
    imap_security: str
    smtp_host: str
    smtp_port: int
    smtp_security: str
    ca_file: str
    users: Mapping[str, MailUser]
