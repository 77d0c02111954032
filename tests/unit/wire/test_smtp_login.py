"""One login attempt with the best mechanism offered, and none where the offer does not suit."""

from typing import Any

import pytest
from aiosmtplib import SMTPAuthenticationError

from bot.errors import ConfigurationError, DeliveryDeferred
from bot.wire.security import Credentials, Mechanism
from bot.wire.smtp_session import log_in


class Client:
    """Records how we log in; `refusals` are given first."""

    def __init__(self, *offered: str, refusals: int = 0) -> None:
        self.server_auth_methods = list(offered)
        self.tried: list[tuple[str, str]] = []
        self._refusals = refusals

    def __getattr__(self, name: str) -> Any:
        async def attempt(user: str, secret: str) -> None:
            self.tried.append((name, secret))
            if len(self.tried) <= self._refusals:
                raise SMTPAuthenticationError(535, "no")

        return attempt


def a_login(
    mechanism: Mechanism = Mechanism.PASSWORD, *, secret: str = "s1"
) -> tuple[Credentials, list[str]]:
    renewed: list[str] = []
    login = Credentials(
        username="u",
        secret=lambda: secret + "".join(renewed),
        mechanism=mechanism,
        renew=lambda _refused: renewed.append("+"),
    )
    return login, renewed


@pytest.mark.parametrize(
    ("offered", "method"),
    [
        (("cram-md5", "login", "plain"), "auth_plain"),
        (("login", "cram-md5"), "auth_login"),
        (("cram-md5",), "auth_crammd5"),
        (("plain", "xoauth2"), "auth_plain"),
    ],
)
async def test_a_password_is_tried_once_with_the_best_mechanism(
    offered: tuple[str, ...], method: str
) -> None:
    client = Client(*offered)
    await log_in(client, a_login()[0], "mx")  # type: ignore[arg-type]
    assert client.tried == [(method, "s1")]


async def test_a_refused_password_is_not_tried_again() -> None:
    client = Client("plain", "login", refusals=9)
    with pytest.raises(SMTPAuthenticationError):
        await log_in(client, a_login()[0], "mx")  # type: ignore[arg-type]
    assert len(client.tried) == 1


async def test_a_refused_token_is_renewed_once() -> None:
    client = Client("xoauth2", refusals=1)
    login, renewed = a_login(Mechanism.XOAUTH2)
    await log_in(client, login, "mx")  # type: ignore[arg-type]
    assert client.tried == [("auth_xoauth2", "s1"), ("auth_xoauth2", "s1+")]
    client = Client("xoauth2", refusals=9)
    with pytest.raises(SMTPAuthenticationError):
        await log_in(client, login, "mx")  # type: ignore[arg-type]
    assert len(client.tried) == 2
    assert renewed == ["+", "+"]


@pytest.mark.parametrize("offered", [(), ("gssapi", "ntlm")])
async def test_no_mechanism_that_suits_puts_the_mail_off(offered: tuple[str, ...]) -> None:
    with pytest.raises(DeliveryDeferred, match="login"):
        await log_in(Client(*offered), a_login()[0], "mx")  # type: ignore[arg-type]


async def test_a_secret_with_a_line_break_is_never_sent() -> None:
    client = Client("plain")
    with pytest.raises(ConfigurationError, match="line break"):
        await log_in(client, a_login(secret="s\r\nMAIL FROM:<>")[0], "mx")  # type: ignore[arg-type]
    assert client.tried == []
