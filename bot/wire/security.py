"""How a connection of ours is protected, and who we say we are: shared by the IMAP and the SMTP edge."""

import ipaddress
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.errors import ConfigurationError, LoginRefused, Temporary
from bot.settings.tables import Security as Security


class Mechanism(StrEnum):
    """How we log in."""

    PASSWORD = "password"  # noqa: S105  LOGIN or SASL PLAIN
    XOAUTH2 = "xoauth2"  # a bearer token, as Google and Microsoft take it
    OAUTHBEARER = "oauthbearer"  # a bearer token, as RFC 7628 writes it


class TokenRefused(LoginRefused):
    """The token service knows us and says no, or does not know us; the mail server was never asked."""


class TokenUnavailable(Temporary):
    """The token service cannot be reached, or is in trouble itself."""


def no_renewal(_refused: str) -> None:
    """What `Credentials.renew` does for a password: there is nothing to renew."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Credentials:
    """A user name and the way to its secret: `secret()` gives the password or the access token.

    It is asked at every connect and may block, raise `LoginRefused` or any `Temporary`. `renew(secret)` makes
    it forget the secret a server refused, if that is still what it would give.
    """

    username: str
    secret: Callable[[], str]
    mechanism: Mechanism = Mechanism.PASSWORD
    renew: Callable[[str], None] = no_renewal


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine without any doubt (RFC 6761 §6.3)."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


def refuse_clear_text(security: Security, host: str, key: str) -> None:
    """Raise `ConfigurationError` where a secret would cross a network in the clear."""
    if security is Security.NONE and not is_loopback(host):
        raise ConfigurationError(
            f'{key}.security = "none" would send the password to {host} in the clear. '
            f'Use "tls" or "starttls"; "none" is only for a server on this machine.'
        )


def tls_context(ca_file: str | None) -> ssl.SSLContext:
    """A context that checks certificate and host name, against `ca_file` where one is given."""
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(f"The CA file {ca_file} cannot be used: {error}") from error
