"""OAuth2 from the token service to a login that works: tokens that end, are revoked, renewed and refused."""

import json
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.demo.mailserver import EmbeddedMail
from bot.errors import ConfigurationError, DeliveryDeferred, LoginRefused, MailboxUnavailable
from bot.ports import Delivery, Health
from bot.wire.imap import ImapMailbox
from bot.wire.oauth_google import RefreshedTokens, ServiceAccountTokens
from bot.wire.oauth_microsoft import MicrosoftTokens
from bot.wire.security import Credentials, Mechanism, TokenRefused, TokenUnavailable
from bot.wire.smtp import SmtpMailer
from bot.wire.tokens import Token, TokenKeeper
from tests.servers.certificates import Certificates
from tests.wire.servers import SUPPORT, server_context
from tests.wire.token_server import CLIENT, SECRET, TokenServer

MAIL = b"From: support@yourcompany.test\r\nSubject: x\r\n\r\nx\r\n"


@pytest.fixture
def tokens(certificates: Certificates) -> Iterator[TokenServer]:
    """A token service over TLS, as Microsoft's library insists on."""
    with TokenServer(server_context(certificates.server, certificates.server_key)) as server:
        yield server


@pytest.fixture
def plain_tokens() -> Iterator[TokenServer]:
    with TokenServer() as server:
        yield server


@pytest.fixture
def mail(tokens: TokenServer) -> Iterator[EmbeddedMail]:
    """A pair that takes the newest token of the service and no other."""
    with EmbeddedMail({SUPPORT: "unused"}) as pair:
        tokens.on_issue = lambda token: pair.accounts.tokens.update({SUPPORT: token})
        yield pair


@pytest.fixture
def microsoft(
    tokens: TokenServer, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., MicrosoftTokens]:
    # These win over the CA file that requests is given.
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)

    def fetcher(tenant: str = "tenant-1", secret: str = SECRET) -> MicrosoftTokens:
        return MicrosoftTokens(
            tenant, CLIENT, lambda: secret, login_host=tokens.url, ca_file=str(certificates.authority)
        )

    return fetcher


def credentials(fetch: Callable[[], Token], mechanism: Mechanism = Mechanism.XOAUTH2) -> Credentials:
    keeper = TokenKeeper(fetch)
    return Credentials(username=SUPPORT, secret=keeper, mechanism=mechanism, renew=keeper.forget)


def a_box(mail: EmbeddedMail, login: Credentials) -> ImapMailbox:
    return ImapMailbox(mail.host, mail.imap_port, login, security="none")


# --- logging in with tokens


@pytest.mark.parametrize("mechanism", [Mechanism.XOAUTH2, Mechanism.OAUTHBEARER])
async def test_one_token_opens_the_mailbox_and_the_way_out(
    mail: EmbeddedMail, tokens: TokenServer, microsoft: Callable[..., MicrosoftTokens], mechanism: Mechanism
) -> None:
    login = credentials(microsoft(), mechanism)
    box = a_box(mail, login)
    box.connect()
    assert box.select("INBOX").exists == 0
    out = SmtpMailer(mail.host, mail.smtp_port, login, security="none")
    assert await out.send(SUPPORT, [SUPPORT], MAIL) == Delivery()
    assert tokens.issued == 1
    assert tokens.asked[0]["scope"].startswith("https://outlook.office365.com/.default")
    assert [line.health for line in box.check(())][2] is Health.OK
    await out.close()
    box.close()


async def test_a_token_revoked_while_we_wait_is_replaced_at_the_next_connect(
    mail: EmbeddedMail, tokens: TokenServer, microsoft: Callable[..., MicrosoftTokens]
) -> None:
    login = credentials(microsoft())
    box = a_box(mail, login)
    box.connect()
    box.select("INBOX")
    box.uids_after(0)
    mail.accounts.tokens.clear()
    mail.drop_connections()
    with pytest.raises(MailboxUnavailable):
        box.wait(5.0)
    box.connect()
    assert tokens.issued == 2
    mail.accounts.tokens.clear()
    out = SmtpMailer(mail.host, mail.smtp_port, login, security="none")
    assert await out.send(SUPPORT, [SUPPORT], MAIL) == Delivery()
    assert tokens.issued == 3
    await out.close()
    box.close()


async def test_a_good_token_without_access_to_the_mailbox_is_told_as_such(
    mail: EmbeddedMail, tokens: TokenServer, microsoft: Callable[..., MicrosoftTokens]
) -> None:
    tokens.on_issue = lambda token: None
    box = a_box(mail, credentials(microsoft()))
    with pytest.raises(LoginRefused) as refused:
        box.connect()
    assert not isinstance(refused.value, TokenRefused)
    assert "granted access to this very mailbox" in box.check(())[-1].mend
    out = SmtpMailer(mail.host, mail.smtp_port, credentials(microsoft()), security="none")
    with pytest.raises(LoginRefused, match="Token not accepted"):
        await out.send(SUPPORT, [SUPPORT], MAIL)


async def test_a_refused_client_secret_is_told_apart_and_the_mail_server_left_in_peace(
    mail: EmbeddedMail, microsoft: Callable[..., MicrosoftTokens]
) -> None:
    login = credentials(microsoft(secret="expired"))
    box = a_box(mail, login)
    with pytest.raises(TokenRefused, match="AADSTS7000215"):
        box.connect()
    line = box.check(())[-1]
    assert line.subject == "IMAP login"
    assert "imap.oauth" in line.mend
    out = SmtpMailer(mail.host, mail.smtp_port, login, security="none")
    with pytest.raises(TokenRefused):
        await out.send(SUPPORT, [SUPPORT], MAIL)
    assert "smtp.oauth" in (await out.check())[-1].mend


async def test_a_token_service_in_trouble_means_later(
    mail: EmbeddedMail, tokens: TokenServer, microsoft: Callable[..., MicrosoftTokens]
) -> None:
    tokens.refusal = (400, {"error": "temporarily_unavailable", "error_description": "AADSTS90033"})
    login = credentials(microsoft())
    with pytest.raises(MailboxUnavailable, match="AADSTS90033"):
        a_box(mail, login).connect()
    out = SmtpMailer(mail.host, mail.smtp_port, login, security="none")
    with pytest.raises(DeliveryDeferred, match="AADSTS90033"):
        await out.send(SUPPORT, [SUPPORT], MAIL)


# --- Microsoft's token service


def test_an_unknown_tenant_is_refused(microsoft: Callable[..., MicrosoftTokens]) -> None:
    with pytest.raises(TokenRefused, match="unknown-tenant"):
        microsoft(tenant="unknown-tenant")()


def test_a_token_service_that_cannot_be_reached_means_later() -> None:
    with pytest.raises(TokenUnavailable, match="cannot be used now"):
        MicrosoftTokens("t", CLIENT, lambda: SECRET, login_host="https://127.0.0.1:1")()


@pytest.mark.parametrize("body", ["<html>Bad gateway</html>", "{}"])
def test_an_answer_that_is_no_token_means_later(
    tokens: TokenServer, microsoft: Callable[..., MicrosoftTokens], body: str
) -> None:
    tokens.refusal = (502, body)
    with pytest.raises(TokenUnavailable):
        microsoft()()


# --- Google's token service


@pytest.fixture
def key_file(tmp_path: Path, plain_tokens: TokenServer) -> Path:
    """A service account's key, made for this test."""
    key = tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", str(key)],
        check=True,
        capture_output=True,
    )
    path = tmp_path / "account.json"
    path.write_text(
        json.dumps(
            {
                "type": "service_account",
                "client_email": "bot@project.iam.gserviceaccount.com",
                "private_key_id": "1",
                "private_key": key.read_text(),
                "token_uri": f"{plain_tokens.url}/token",
            }
        )
    )
    return path


def test_a_service_account_acts_for_the_mailbox(plain_tokens: TokenServer, key_file: Path) -> None:
    token = ServiceAccountTokens(str(key_file), SUPPORT)()
    assert token.value == "token-1"
    assert 3500 < token.lifetime <= 3600
    assert plain_tokens.asked[0]["sub"] == SUPPORT
    assert plain_tokens.asked[0]["scope"] == "https://mail.google.com/"


def test_a_service_account_without_delegation_is_refused(plain_tokens: TokenServer, key_file: Path) -> None:
    plain_tokens.refusal = (
        401,
        {"error": "unauthorized_client", "error_description": "Client is unauthorized"},
    )
    with pytest.raises(TokenRefused, match="unauthorized_client"):
        ServiceAccountTokens(str(key_file), SUPPORT)()


@pytest.mark.parametrize("content", ["", "{}", "not json", '{"type": "service_account"}'])
def test_a_key_file_that_is_none_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "account.json"
    path.write_text(content)
    with pytest.raises(ConfigurationError, match=r"account\.json"):
        ServiceAccountTokens(str(path), SUPPORT)()
    with pytest.raises(ConfigurationError, match=r"missing\.json"):
        ServiceAccountTokens(str(tmp_path / "missing.json"), SUPPORT)()


@pytest.fixture
def refresh_file(tmp_path: Path, plain_tokens: TokenServer) -> Path:
    path = tmp_path / "kept" / "token.json"
    path.parent.mkdir()
    content = {"client_id": CLIENT, "client_secret": SECRET, "refresh_token": "refresh-0", "note": "mine"}
    path.write_text(json.dumps({**content, "token_uri": f"{plain_tokens.url}/token"}))
    return path


def test_a_refresh_token_is_exchanged_and_its_file_left_alone(
    plain_tokens: TokenServer, refresh_file: Path
) -> None:
    before = refresh_file.read_bytes()
    assert RefreshedTokens(str(refresh_file))().value == "token-1"
    assert refresh_file.read_bytes() == before


def test_a_renewed_refresh_token_is_kept_for_the_next_time(
    plain_tokens: TokenServer, refresh_file: Path
) -> None:
    plain_tokens.rotate = True
    fetch = RefreshedTokens(str(refresh_file))
    assert [fetch().value, fetch().value, RefreshedTokens(str(refresh_file))().value] == [
        "token-1",
        "token-2",
        "token-3",
    ]
    kept = json.loads(refresh_file.read_text())
    assert kept["refresh_token"] == "refresh-3"
    assert kept["note"] == "mine"
    assert refresh_file.stat().st_mode & 0o077 == 0
    assert list(refresh_file.parent.iterdir()) == [refresh_file]


def test_a_revoked_refresh_token_is_refused(plain_tokens: TokenServer, refresh_file: Path) -> None:
    plain_tokens.refresh_token = "another"
    plain_tokens.refusal = (400, {"error": "invalid_grant", "error_description": "Token has been revoked."})
    with pytest.raises(
        TokenRefused, match=r"revoked.*\. Authorise the mailbox anew .* into .*/kept/token\.json"
    ):
        RefreshedTokens(str(refresh_file))()


def test_two_logins_that_share_a_file_never_spend_one_refresh_token_twice(
    plain_tokens: TokenServer, refresh_file: Path
) -> None:
    plain_tokens.rotate = True
    with ThreadPoolExecutor(max_workers=6) as pool:
        logins = [RefreshedTokens(str(refresh_file)) for _ in range(6)]
        tokens = [token.value for token in pool.map(lambda fetch: fetch(), logins)]
    assert sorted(tokens) == [f"token-{number}" for number in range(1, 7)]
    spent = [form["refresh_token"] for form in plain_tokens.asked]
    assert len(spent) == len(set(spent)) == 6


@pytest.mark.parametrize("content", ["", "[]", '{"client_id": "c"}', '"x"'])
def test_a_token_file_that_is_none_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "token.json"
    path.write_text(content)
    with pytest.raises(ConfigurationError, match=r"token\.json"):
        RefreshedTokens(str(path))()


def test_google_that_cannot_be_reached_means_later(refresh_file: Path) -> None:
    content = json.loads(refresh_file.read_text())
    refresh_file.write_text(json.dumps({**content, "token_uri": "http://127.0.0.1:1/token"}))
    with pytest.raises(TokenUnavailable, match="cannot be reached"):
        RefreshedTokens(str(refresh_file))()
