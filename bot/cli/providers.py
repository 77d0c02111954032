"""Who hosts a mailbox, by its address: known domains first, then the mail servers of the domain."""

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Provider:
    """A mail provider as providers.toml tells it."""

    key: str
    name: str
    imap: str
    smtp: str
    security: str = "tls"
    domains: tuple[str, ...] = ()
    mx: tuple[str, ...] = ()
    oauth: str = ""
    authserv_id: str = ""
    trust: str = ""
    note: str = ""


@cache
def providers() -> dict[str, Provider]:
    """Every known provider by its key."""
    text = Path(__file__).with_name("providers.toml").read_text(encoding="utf-8")
    found: dict[str, Provider] = {}
    for key, table in tomllib.loads(text).items():
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in table.items()
        }
        found[key] = Provider(key=key, **values)
    return found


def find_provider(address: str, look_up: Callable[[str], Sequence[str]]) -> Provider | None:
    """The provider of an address; `look_up` gives the names of a domain's mail servers."""
    domain = address.rpartition("@")[2].lower().rstrip(".")
    for provider in providers().values():
        if any(_within(domain, known) for known in provider.domains):
            return provider
    servers = [name.lower().rstrip(".") for name in look_up(domain)]
    for provider in providers().values():
        if any(_within(server, ending) for server in servers for ending in provider.mx):
            return provider
    return None


def _within(name: str, ending: str) -> bool:
    return name == ending or name.endswith(f".{ending}")


def mail_servers(domain: str) -> list[str]:
    """The MX names of a domain, the preferred first (RFC 5321 §5.1); empty where DNS cannot be asked."""
    try:
        # dnspython comes with the extra `dkim`; without it only the known domains are recognised.
        from dns import exception, resolver
    except ModuleNotFoundError:
        return []
    try:
        found = resolver.resolve(domain, "MX", lifetime=4.0)
    except (exception.DNSException, OSError, ValueError):
        return []
    return [str(record.exchange) for record in sorted(found, key=lambda record: int(record.preference))]
