"""The real process with OAuth2: tokens end while it waits, refresh tokens rotate or are revoked."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.nursery import Nursery
from tests.acceptance.scene import Scene, a_message, a_sheet, learners, wait_for
from tests.servers.certificates import Certificates
from tests.wire.servers import SUPPORT, EmbeddedServers
from tests.wire.token_server import CLIENT, SECRET, TokenServer


@pytest.fixture
def tokens() -> Iterator[TokenServer]:
    """A token service whose every refresh token is good once only."""
    with TokenServer() as server:
        server.rotate = True
        yield server


@pytest.fixture
def servers(certificates: Certificates, tokens: TokenServer) -> Iterator[EmbeddedServers]:
    """Mail servers that take the newest token and no other."""
    embedded = EmbeddedServers(certificates)
    tokens.on_issue = lambda token: embedded.mail.accounts.tokens.update({SUPPORT: token})
    yield embedded
    embedded.stop()


@pytest.fixture
def token_file(tokens: TokenServer, tmp_path: Path) -> Path:
    path = tmp_path / "gmail-token"
    kept = {"client_id": CLIENT, "client_secret": SECRET, "refresh_token": tokens.refresh_token}
    path.write_text(json.dumps(kept | {"token_uri": f"{tokens.url}/token"}))
    return path


@pytest.fixture
def office(
    servers: EmbeddedServers, token_file: Path, tmp_path: Path, nursery_of_all: Nursery
) -> Iterator[Scene]:
    """IMAP and SMTP log in with tokens of one file."""
    database = f"sqlite:///{tmp_path}/rollcall.db"
    made = Scene(servers=servers, database=database, folder=tmp_path, nursery=nursery_of_all)
    made.configure()
    oauth = {"provider": "gmail", "refresh_token_file": str(token_file)}
    mailbox, smtp = made.settings["mailboxes"][0], made.settings["smtp"]
    for login in (mailbox["imap"], smtp):
        del login["password"]
        login["oauth"] = oauth
    made.configure(mailboxes=[mailbox], smtp=smtp)
    yield made
    made.end()


def an_upload(name: str) -> dict[str, list[tuple[str, bytes]]]:
    return {"sheets": [(f"{name}.xlsx", a_sheet(learners(name)))]}


def test_a_token_that_ends_while_it_waits_is_replaced(
    office: Scene, servers: EmbeddedServers, tokens: TokenServer, token_file: Path
) -> None:
    office.start()
    office.reply_to(office.send(a_message(**an_upload("ann"))))
    office.wait_until_at_rest(1)
    issued = tokens.issued
    # As providers do it: what was issued is worth nothing any more, and open sessions are ended.
    servers.mail.accounts.tokens.clear()
    servers.mail.drop_connections()
    office.reply_to(office.send(a_message(**an_upload("bob"))))
    assert tokens.issued > issued
    assert json.loads(token_file.read_text())["refresh_token"] == tokens.refresh_token
    assert '"refused"' not in office.log()


def test_a_revoked_token_is_told_with_what_to_do_and_a_new_one_mends_it(
    office: Scene, servers: EmbeddedServers, tokens: TokenServer, token_file: Path
) -> None:
    tokens.refusal = (400, {"error": "invalid_grant", "error_description": "Token has been revoked."})
    process = office.start()
    wait_for(lambda: "mailbox_trouble" in office.log(), "the trouble in the log")
    wanted = f"has been revoked. Authorise the mailbox anew and put the new refresh token into {token_file}"
    assert wanted in office.log()
    standing = wait_for(
        lambda: found if "revoked" in (found := office.command("status", code=None)) else "", "the status"
    )
    assert wanted in standing
    checked = [json.loads(line) for line in office.command("check", "--json", code=2).splitlines()]
    failed = [line for line in checked if line["health"] == "failed"]
    assert [line["subject"] for line in failed] == ["IMAP login", "SMTP login"]
    assert all("revoked" in line["detail"] and ".oauth" in line["mend"] for line in failed)
    assert office.stop(process) == 0
    tokens.refusal, tokens.refresh_token = None, "refresh-new"
    token_file.write_text(json.dumps(json.loads(token_file.read_text()) | {"refresh_token": "refresh-new"}))
    office.start()
    office.reply_to(office.send(a_message(**an_upload("ann"))))
