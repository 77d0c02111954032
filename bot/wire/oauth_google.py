"""Tokens for Gmail: a service account that acts for the mailbox, or a refresh token from its owner."""

import contextlib
import datetime as dt
import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from bot.errors import ConfigurationError
from bot.wire.security import TokenRefused, TokenUnavailable
from bot.wire.tokens import Token

try:
    import requests
    from google.auth.exceptions import GoogleAuthError, RefreshError, TransportError
    from google.auth.transport.requests import Request
    from google.oauth2 import credentials, service_account
except ModuleNotFoundError as error:
    raise ConfigurationError(
        f"OAuth2 for Gmail needs the extra `gmail` ({error.name} is missing): pip install 'rollcall[gmail]'"
    ) from error

SCOPE = "https://mail.google.com/"
GOOGLE_TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105  an address
TIMEOUT_SECONDS = 20.0

# google-auth is only half typed.
_SERVICE_ACCOUNT: Any = service_account.Credentials
_OWNER: Any = credentials.Credentials


class ServiceAccountTokens:
    """Fetches tokens with a service account's key; the domain's administrator lets it act for `mailbox`."""

    def __init__(self, key_file: str, mailbox: str) -> None:
        self._key_file = key_file
        self._mailbox = mailbox

    def __call__(self) -> Token:
        """A new token (RFC 7523 §2.1). Raises `TokenRefused`, `TokenUnavailable`, `ConfigurationError`."""
        try:
            account = _SERVICE_ACCOUNT.from_service_account_file(
                self._key_file, scopes=[SCOPE], subject=self._mailbox
            )
        except (OSError, ValueError, GoogleAuthError) as error:
            raise ConfigurationError(f"service_account_file {self._key_file}: {error}") from error
        return _refresh(account)


class RefreshedTokens:
    """Fetches tokens with a refresh token kept in a file, which is rewritten when the provider renews it.

    The file is JSON with `client_id`, `client_secret`, `refresh_token` and, for others than Google,
    `token_uri`; other keys are kept as they are.
    """

    def __init__(self, token_file: str) -> None:
        self._path = Path(token_file)

    def __call__(self) -> Token:
        """A new token (RFC 6749 §6). Raises `TokenRefused`, `TokenUnavailable`, `ConfigurationError`."""
        with self._alone():
            return self._exchange()

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """One at a time on this machine: logins may share the file, and a renewed token ends the old."""
        try:
            folder = os.open(self._path.parent, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise ConfigurationError(f"refresh_token_file {self._path}: {error.strerror}") from error
        try:
            # Some network file systems have no such locks; then there is one bot as a rule.
            with contextlib.suppress(OSError):
                fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)

    def _exchange(self) -> Token:
        try:
            kept: dict[str, Any] = json.loads(self._path.read_text(encoding="utf-8"))
            owner = _OWNER(
                token=None,
                refresh_token=kept["refresh_token"],
                token_uri=kept.get("token_uri") or GOOGLE_TOKEN_URI,
                client_id=kept["client_id"],
                client_secret=kept["client_secret"],
            )
        except KeyError as error:
            raise ConfigurationError(f"refresh_token_file {self._path}: {error} is missing") from error
        except (OSError, ValueError, TypeError) as error:
            raise ConfigurationError(f"refresh_token_file {self._path}: {error}") from error
        try:
            token = _refresh(owner)
        except TokenRefused as error:
            raise TokenRefused(
                f"{str(error).rstrip('.')}. Authorise the mailbox anew and put the new refresh token into "
                f"{self._path}; no restart is needed"
            ) from error
        if owner.refresh_token != kept["refresh_token"]:
            self._keep({**kept, "refresh_token": owner.refresh_token})
        return token

    def _keep(self, content: dict[str, Any]) -> None:
        """Replace the file in one step: the old refresh token may be worth nothing any more."""
        try:
            number, name = tempfile.mkstemp(dir=self._path.parent, prefix=self._path.name, suffix=".new")
            with os.fdopen(number, "w", encoding="utf-8") as new:
                json.dump(content, new, indent=2)
                new.flush()
                os.fsync(new.fileno())
            os.replace(name, self._path)
        except OSError as error:
            raise ConfigurationError(
                f"refresh_token_file {self._path}: the provider renewed the token, and it cannot be written "
                f"({error.strerror}); the folder must be writable, and you may have to authorise again"
            ) from error


def _refresh(credential: Any) -> Token:
    """Ask the token service; `credential` afterwards holds what it answered."""
    with requests.Session() as session:
        try:
            credential.refresh(partial(Request(session), timeout=TIMEOUT_SECONDS))
        except TransportError as error:
            raise TokenUnavailable(f"The token service cannot be reached: {error}") from error
        except RefreshError as error:
            words = str(error.args[0]) if error.args else "no reason given"
            if error.retryable:
                raise TokenUnavailable(f"The token service is in trouble: {words}") from error
            raise TokenRefused(f"The token service issues no token: {words}") from error
    # google-auth keeps the end as UTC without saying so.
    end = credential.expiry.replace(tzinfo=dt.UTC) if credential.expiry else None
    lifetime = (end - dt.datetime.now(dt.UTC)).total_seconds() if end else 0.0
    return Token(value=credential.token, lifetime=max(0.0, lifetime))
