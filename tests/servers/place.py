"""What the parts of a mail lab agree on: who lives there, where its files lie, on which ports it listens."""

import pwd
from dataclasses import dataclass
from pathlib import Path

from tests.servers.certificates import Certificates

DOMAINS = ("yourcompany.test", "customer.test", "example.test")
USERS = {
    "support": "support@yourcompany.test",
    "customer1": "customer1@customer.test",
    "customer2": "customer2@customer.test",
    "customer3": "customer3@customer.test",
}
MX = "mx.yourcompany.test"


@dataclass(frozen=True, kw_only=True, slots=True)
class LabOptions:
    """What kind of mail server the lab plays.

    `auth` adds real DKIM, SPF and DMARC with a DNS zone of its own; `format` is Dovecot's (maildir, sdbox,
    mdbox); `capability` advertises only these words, as an old server would; `size_limit` is in bytes;
    `strict_sender` lets a user send only as itself.
    """

    auth: bool = False
    format: str = "maildir"
    separator: str = "/"
    inbox_prefix: str = ""
    capability: str = ""
    max_connections: int = 100
    size_limit: int = 25 * 1024 * 1024
    strict_sender: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """One lab: its directory (readable by the servers' users), its ports by name and its secrets."""

    directory: Path
    options: LabOptions
    certificates: Certificates
    ports: dict[str, int]
    resolver: str = ""  # the address whose port 53 answers for the zone, with `auth`

    @property
    def log(self) -> Path:
        return self.directory / "log"

    def etc(self, *names: str) -> Path:
        return self.directory.joinpath("etc", *names)


@dataclass(kw_only=True, slots=True)
class Login:
    """How one user logs in, and how many bytes its mailboxes may hold (None: any number)."""

    password: str
    quota: int | None = None


def ids_of(user: str) -> tuple[int, int]:
    """(uid, gid) of a system user."""
    entry = pwd.getpwnam(user)
    return entry.pw_uid, entry.pw_gid
