"""A token is fetched when it is needed, kept while it is good, and replaced before it ends."""

import threading

import pytest

from bot.errors import ConfigurationError
from bot.wire.oauth import token_credentials
from bot.wire.security import Mechanism, TokenUnavailable
from bot.wire.tokens import MARGIN_SECONDS, Token, TokenKeeper


class Service:
    """Counts what it issues; `now` is the clock."""

    def __init__(self, lifetime: float = 3600.0) -> None:
        self.lifetime = lifetime
        self.issued = 0
        self.now = 1000.0

    def fetch(self) -> Token:
        self.issued += 1
        return Token(value=f"token-{self.issued}", lifetime=self.lifetime)

    def keeper(self) -> TokenKeeper:
        return TokenKeeper(self.fetch, clock=lambda: self.now)


def test_a_token_is_kept_until_shortly_before_its_end() -> None:
    service = Service()
    keeper = service.keeper()
    assert [keeper(), keeper()] == ["token-1", "token-1"]
    service.now += 3600 - MARGIN_SECONDS - 1
    assert keeper() == "token-1"
    service.now += 1
    assert keeper() == "token-2"


@pytest.mark.parametrize("lifetime", [1.0, 60.0, 599.0])
def test_a_short_token_is_used_for_half_its_life(lifetime: float) -> None:
    service = Service(lifetime)
    keeper = service.keeper()
    keeper()
    service.now += lifetime / 2 - 0.1
    keeper()
    assert service.issued == 1
    service.now += 0.1
    keeper()
    assert service.issued == 2


def test_a_refused_token_is_forgotten() -> None:
    keeper = Service().keeper()
    assert keeper() == "token-1"
    keeper.forget("token-1")
    assert keeper() == "token-2"


def test_sessions_refused_together_share_one_new_token() -> None:
    service = Service()
    keeper = service.keeper()
    refused = [keeper(), keeper()]
    for token in refused:
        keeper.forget(token)
        assert keeper() == "token-2"
    assert service.issued == 2


def test_a_failed_fetch_leaves_nothing_behind() -> None:
    service = Service()
    answers = [TokenUnavailable("down"), Token(value="good", lifetime=3600)]

    def fetch() -> Token:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    keeper = TokenKeeper(fetch, clock=lambda: service.now)
    with pytest.raises(TokenUnavailable):
        keeper()
    assert keeper() == "good"


def test_threads_that_ask_at_once_cause_one_fetch() -> None:
    service = Service()
    keeper = service.keeper()
    threads = [threading.Thread(target=keeper) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert service.issued == 1


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        ({"provider": "m365"}, "tenant"),
        ({"provider": "m365", "tenant": "t"}, "client_id"),
        ({"provider": "gmail"}, "service_account_file"),
        ({"provider": "yahoo"}, "m365"),
    ],
)
def test_a_missing_key_is_named(keys: dict[str, str], wanted: str) -> None:
    with pytest.raises(ConfigurationError, match=wanted):
        token_credentials(username="support@x.test", **keys)


def test_tokens_log_in_by_xoauth2_and_nothing_is_fetched_beforehand() -> None:
    credentials = token_credentials(provider="m365", username="s@x.test", tenant="t", client_id="c")
    assert credentials.mechanism is Mechanism.XOAUTH2
