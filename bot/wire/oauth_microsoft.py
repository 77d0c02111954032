"""Tokens for Microsoft 365: the application itself logs in, with client credentials (RFC 6749 §4.4)."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.errors import ConfigurationError
from bot.wire.security import TokenRefused, TokenUnavailable
from bot.wire.tokens import Token

try:
    import msal
    import requests
except ModuleNotFoundError as error:
    raise ConfigurationError(
        f"OAuth2 for Microsoft 365 needs the extra `m365` ({error.name} is missing): "
        "pip install 'rollcall[m365]'"
    ) from error

LOGIN_HOST = "https://login.microsoftonline.com"
# One scope serves IMAP and SMTP; what it allows is granted to the application per mailbox.
SCOPE = "https://outlook.office365.com/.default"
TIMEOUT_SECONDS = 20.0

# RFC 6749 §5.2 knows none for trouble of its own; these are Microsoft's.
_TEMPORARY = frozenset({"temporarily_unavailable", "server_error", "service_unavailable"})


class MicrosoftTokens:
    """Fetches a token for one application of one tenant; `login_host` and `ca_file` only for tests."""

    def __init__(
        self,
        tenant: str,
        client_id: str,
        client_secret: Callable[[], str],
        *,
        login_host: str = LOGIN_HOST,
        ca_file: str | None = None,
    ) -> None:
        self._tenant = tenant
        self._client_id = client_id
        self._client_secret = client_secret
        self._login_host = login_host
        self._ca_file = ca_file

    def __call__(self) -> Token:
        """A new token. Raises `TokenRefused`, `TokenUnavailable`."""
        try:
            answer = self._ask()
        except (requests.RequestException, msal.exceptions.MsalError) as error:
            raise TokenUnavailable(f"Microsoft's token service cannot be used now: {error}") from error
        except ValueError as error:  # msal has it for an unknown tenant, and for answers that are not JSON
            raise self._discovery_failed(error) from error
        if isinstance(answer.get("access_token"), str):
            return Token(value=answer["access_token"], lifetime=float(answer.get("expires_in", 0)))
        raise _refusal(answer)

    def _ask(self) -> Mapping[str, Any]:
        # A new application each time: msal's own cache would give a refused token again.
        application = msal.ConfidentialClientApplication(
            self._client_id,
            client_credential=self._client_secret(),
            authority=f"{self._login_host}/{self._tenant}",
            instance_discovery=None if self._login_host == LOGIN_HOST else False,
            verify=self._ca_file or True,
            timeout=TIMEOUT_SECONDS,
        )
        answer: Mapping[str, Any] = application.acquire_token_for_client(scopes=[SCOPE])
        return answer

    def _discovery_failed(self, error: ValueError) -> Exception:
        if "tenant" in str(error).lower():
            return TokenRefused(f"Microsoft knows no tenant {self._tenant!r}")
        return TokenUnavailable(f"Microsoft's token service gave no usable answer: {error}")


def _refusal(answer: Mapping[str, Any]) -> Exception:
    code = str(answer.get("error", "no error code"))
    # The first line tells; trace ids and time stamps follow.
    words = str(answer.get("error_description", "")).split("\r\n")[0].split("\n")[0]
    if code in _TEMPORARY:
        return TokenUnavailable(f"Microsoft's token service is in trouble: {code}: {words}")
    return TokenRefused(f"Microsoft issues no token: {code}: {words}")
