"""From the `oauth` table of the configuration to a login: every key arrives, and what lacks is named."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.app.edges import credentials
from bot.errors import ConfigurationError
from bot.settings.tables import Login
from bot.wire.imap import ImapMailbox
from bot.wire.security import Mechanism
from bot.wire.tokens import Token
from tests.unit.settings_builders import a_configuration
from tests.wire.servers import SUPPORT
from tests.wire.token_server import CLIENT, SECRET, TokenServer

M365: dict[str, Any] = {"provider": "m365", "tenant": "tenant-1", "client_id": CLIENT}


@pytest.fixture
def tokens() -> Iterator[TokenServer]:
    with TokenServer() as server:
        yield server


def a_login(**oauth: Any) -> Login:
    return Login(host="imap.test", username=SUPPORT, oauth=oauth)


def test_a_refresh_token_opens_the_mailbox(
    tokens: TokenServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = {"client_id": CLIENT, "client_secret": SECRET, "refresh_token": "refresh-0"}
    (tmp_path / "gmail").write_text(json.dumps(kept | {"token_uri": f"{tokens.url}/token"}))
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    made = credentials(a_login(provider="gmail", refresh_token_file="$CREDENTIALS_DIRECTORY/gmail"))
    assert (made.username, made.mechanism, made.secret()) == (SUPPORT, Mechanism.XOAUTH2, "token-1")
    made.renew("token-1")
    assert made.secret() == "token-2"


def test_the_keys_of_microsoft_arrive_and_a_changed_secret_needs_no_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, str, str]] = []

    class Recorder:
        def __init__(self, tenant: str, client_id: str, client_secret: Any) -> None:
            self.keys = (tenant, client_id, client_secret)

        def __call__(self) -> Token:
            tenant, client_id, secret = self.keys
            told.append((tenant, client_id, secret()))
            return Token(value="token", lifetime=3600)

    monkeypatch.setattr("bot.wire.oauth_microsoft.MicrosoftTokens", Recorder)
    secret = tmp_path / "m365"
    secret.write_text("first\n")
    made = credentials(a_login(**M365, client_secret_file=str(secret)))
    refused = made.secret()
    secret.write_text("second\n")
    made.renew(refused)
    made.secret()
    assert told == [("tenant-1", CLIENT, "first"), ("tenant-1", CLIENT, "second")]


@pytest.mark.parametrize(
    ("oauth", "words"),
    [
        ({"provider": "m365", "tenant": "t"}, "Microsoft 365 needs `client_id`, `client_secret_file` too"),
        ({"provider": "gmail"}, "Gmail needs either `service_account_file` or `refresh_token_file`"),
        ({"provider": "yahoo"}, "'m365' or 'gmail'"),
    ],
)
def test_what_lacks_is_named_before_anything_connects(oauth: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=r"mailboxes\[0\].imap.oauth") as error:
        a_configuration(imap={"host": "imap.test", "username": SUPPORT, "oauth": oauth})
    assert words in str(error.value)


def test_a_password_beside_oauth_is_a_mistake() -> None:
    login = {"host": "x", "username": SUPPORT, "password": "p", "oauth": M365 | {"client_secret": "s"}}
    with pytest.raises(ConfigurationError, match="not both"):
        a_configuration(imap=login)


def test_a_missing_secret_file_is_told_by_check_with_its_key(tmp_path: Path) -> None:
    made = credentials(a_login(**M365, client_secret_file=str(tmp_path / "absent")))
    box = ImapMailbox("127.0.0.1", 1, made, security="none")
    with pytest.raises(ConfigurationError, match="client_secret_file"):
        made.secret()
    assert box.check(())
