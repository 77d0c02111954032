"""Access tokens in place of passwords: asked for at every connect, kept until shortly before they expire."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.errors import ConfigurationError
from bot.wire.security import Credentials, Mechanism

# A token is replaced this long before its end: a login that begins with it must still finish.
MARGIN_SECONDS = 300.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """A bearer token and how many seconds it is good for from now on."""

    value: str
    lifetime: float


class TokenKeeper:
    """Gives a token that is good now, fetching one only when the last is nearly over.

    `fetch` raises `TokenRefused`, `TokenUnavailable` or `ConfigurationError`. `clock` counts seconds and
    never goes back, so a corrected wall clock changes nothing.
    """

    def __init__(self, fetch: Callable[[], Token], clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._good_until = 0.0

    def __call__(self) -> str:
        """The token; several threads may ask at once, and one of them fetches."""
        with self._lock:
            if not self._token or self._clock() >= self._good_until:
                asked = self._clock()
                token = self._fetch()
                self._token = token.value
                self._good_until = asked + token.lifetime - min(MARGIN_SECONDS, token.lifetime / 2)
            return self._token

    def forget(self) -> None:
        """The mail server did not take it: the next call fetches a new one."""
        with self._lock:
            self._token = ""


def token_credentials(
    *,
    provider: str,
    username: str,
    tenant: str = "",
    client_id: str = "",
    client_secret: Callable[[], str] = str,
    service_account_file: str = "",
    refresh_token_file: str = "",
) -> Credentials:
    """Credentials for `provider` "m365" or "gmail", from the keys of an `oauth` table.

    `client_secret` is asked for each token, so that a changed secret needs no restart.
    """
    keeper = TokenKeeper(
        _fetcher(
            provider, username, tenant, client_id, client_secret, service_account_file, refresh_token_file
        )
    )
    return Credentials(username=username, secret=keeper, mechanism=Mechanism.XOAUTH2, renew=keeper.forget)


def _fetcher(
    provider: str,
    username: str,
    tenant: str,
    client_id: str,
    client_secret: Callable[[], str],
    service_account_file: str,
    refresh_token_file: str,
) -> Callable[[], Token]:
    # The providers' libraries are extras, and slow to import: only the one in use is loaded.
    if provider == "m365":
        if not (tenant and client_id):
            raise ConfigurationError("oauth: Microsoft 365 needs `tenant`, `client_id` and `client_secret`")
        from bot.wire.oauth_microsoft import MicrosoftTokens

        return MicrosoftTokens(tenant, client_id, client_secret)
    if provider != "gmail":
        raise ConfigurationError(f'oauth.provider = {provider!r}: it is "m365" or "gmail"')
    from bot.wire.oauth_google import RefreshedTokens, ServiceAccountTokens

    if service_account_file:
        return ServiceAccountTokens(service_account_file, username)
    if refresh_token_file:
        return RefreshedTokens(refresh_token_file)
    raise ConfigurationError("oauth: Gmail needs `service_account_file` or `refresh_token_file`")
