"""From the keys of an `oauth` table to credentials that a mail server takes."""

from collections.abc import Callable

from bot.errors import ConfigurationError
from bot.wire.security import Credentials, Mechanism
from bot.wire.tokens import Token, TokenKeeper


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
