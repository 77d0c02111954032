"""`rollcall check` on set-ups that are broken in one place: that place is named, with the way to mend it."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot.cli import rollcall
from bot.demo.mailserver import EmbeddedMail
from bot.errors import ConfigurationError
from bot.store.engine import Database
from bot.store.upgrade import upgrade
from tests.acceptance.scene import to_toml
from tests.fake_imap import FakeImap
from tests.servers.certificates import Certificates
from tests.wire.servers import SUPPORT, server_context

Change = Callable[[dict[str, Any], Path], object]


@pytest.fixture
def mail(certificates: Certificates) -> Iterator[EmbeddedMail]:
    context = server_context(certificates.server, certificates.server_key)
    with EmbeddedMail({SUPPORT: "secret"}, tls=context) as pair:
        yield pair


@pytest.fixture
def sound(mail: EmbeddedMail, certificates: Certificates, tmp_path: Path) -> dict[str, Any]:
    """A configuration in which nothing is wrong."""
    login = {"host": mail.host, "security": "tls", "username": SUPPORT, "password": "secret"}
    login["ca_file"] = str(certificates.authority)
    return {
        "database": f"sqlite:///{tmp_path}/rollcall.db",
        "site": {"name": "Learning", "login_url": "https://learn.yourcompany.test/login"},
        "mailboxes": [{"address": SUPPORT, "imap": login | {"port": mail.imap_port, "timeout": 5}}],
        "smtp": login | {"port": mail.smtp_port, "timeout": 5},
        "verification": {"authserv_id": [mail.authserv_id]},
        "customers": [{"name": "Customer Ltd", "domains": ["customer.test"]}],
        "links": {"url": "https://learn.yourcompany.test"},
    }


def check(settings: dict[str, Any], folder: Path, *more: str) -> tuple[int, list[dict[str, str]], str]:
    """Exit code, lines and errors of `rollcall check --json`."""
    path = folder / "config.toml"
    path.write_text(to_toml(settings), encoding="utf-8")
    try:
        done = CliRunner().invoke(
            rollcall, ["check", "--json", "--config", str(path), *more], catch_exceptions=False
        )
    except ConfigurationError as error:  # what main() prints
        return 2, [], str(error)
    return done.exit_code, [json.loads(line) for line in done.stdout.splitlines()], ""


@contextmanager
def web_server(status: int, **headers: str) -> Iterator[str]:
    """Answers everything the same way."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response_only(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_GET

        def log_message(self, *_: Any) -> None:
            """Nothing on the console."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def imap(**changes: object) -> Change:
    return lambda data, folder: data["mailboxes"][0]["imap"].update(changes)


def smtp(**changes: object) -> Change:
    return lambda data, folder: data["smtp"].update(changes)


def whole(**changes: object) -> Change:
    return lambda data, folder: data.update(changes)


def missing_password_file(data: dict[str, Any], folder: Path) -> None:
    del data["smtp"]["password"]
    data["smtp"]["password_file"] = str(folder / "absent")


def newer_schema(data: dict[str, Any], folder: Path) -> None:
    database = Database(data["database"], owner="test")
    upgrade(database)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.close()


def key_without_meaning(data: dict[str, Any], folder: Path) -> None:
    (folder / "links.key").write_text("not hexadecimal")
    data["links"]["key_file"] = str(folder / "links.key")


def broken_template(data: dict[str, Any], folder: Path) -> None:
    (folder / "words").mkdir()
    (folder / "words" / "results.txt.j2").write_text("{{ facts.no_such_fact }}")
    data["templates"] = str(folder / "words")


BROKEN: dict[str, tuple[Change, str, str]] = {
    "wrong password": (imap(password="wrong"), "IMAP login", "password"),
    "wrong password of smtp": (smtp(password="wrong"), "SMTP login", "password"),
    "closed port": (imap(port=1), "IMAP connection", "imap.port"),
    "closed port of smtp": (smtp(port=1), "SMTP connection", "smtp.port"),
    "unknown host": (imap(host="no-such-host.invalid"), "IMAP connection", "imap.host"),
    "bad certificate": (imap(ca_file=""), "IMAP connection", "certificate"),
    "password in the clear": (
        smtp(host="mail.yourcompany.test", security="none"),
        "SMTP",
        "would send the password",
    ),
    "missing password file": (missing_password_file, "SMTP", "password_file"),
    "no folder for the ledger": (
        lambda data, folder: data.update(database=f"sqlite:///{folder}/absent/rollcall.db"),
        "disk",
        "is not there",
    ),
    "newer schema": (newer_schema, "database", "newer"),
    "postgresql down": (
        whole(
            database="postgresql+psycopg://rollcall@127.0.0.1:1/rollcall", links={"key_file": "/dev/null/x"}
        ),
        "database",
        "127.0.0.1",
    ),
    "key of the links is none": (key_without_meaning, "key of the links", "links.key_file"),
    "broken template": (broken_template, "templates", "no_such_fact"),
    "portal without encryption": (
        lambda data, folder: data.update(links={}, portal={"public_url": "http://learn.yourcompany.test"}),
        "links in notices",
        "https",
    ),
    "unknown kind of directory": (
        whole(directories=[{"name": "embedded", "kind": "nonesuch"}]),
        "directory embedded",
        'no connector is called "nonesuch"',
    ),
}


@pytest.mark.parametrize(("change", "subject", "words"), BROKEN.values(), ids=BROKEN.keys())
def test_what_is_broken_is_named_with_its_mend(
    sound: dict[str, Any], tmp_path: Path, change: Change, subject: str, words: str
) -> None:
    change(sound, tmp_path)
    code, lines, _ = check(sound, tmp_path)
    failed = [line for line in lines if line["health"] == "failed"]
    named = [line for line in failed if line["subject"].startswith(subject)]
    assert code == 2
    assert named, lines
    assert words.lower() in f"{named[0]['detail']} {named[0]['mend']}".lower()
    assert all(line["mend"] for line in failed)
    # What is whole is not blamed: beside the broken part at most what hangs on it fails.
    assert {line["subject"] for line in failed} <= {named[0]["subject"], "key of the links"}


def test_nothing_is_wrong_with_a_sound_set_up(sound: dict[str, Any], tmp_path: Path) -> None:
    code, lines, _ = check(sound, tmp_path)
    assert code == 0
    assert [line for line in lines if line["health"] != "ok"] == []
    assert not (tmp_path / "rollcall.db").exists(), "a check makes nothing"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (whole(databse="x"), "databse: is not a key of Rollcall"),
        (whole(site={"name": "x"}), "site.login_url: is missing"),
        (imap(oauth={"provider": "m365"}), "Microsoft 365 needs"),
    ],
)
def test_a_mistake_in_the_file_is_named_by_its_key(
    sound: dict[str, Any], tmp_path: Path, change: Change, words: str
) -> None:
    change(sound, tmp_path)
    code, _, errors = check(sound, tmp_path)
    assert code == 2
    assert words in errors


def test_a_wrong_token_of_a_directory_is_named(sound: dict[str, Any], tmp_path: Path) -> None:
    with web_server(401) as url:
        sound["directories"] = [{"name": "embedded", "kind": "scim", "url": url, "token": "wrong"}]
        code, lines, _ = check(sound, tmp_path)
    (failed,) = [line for line in lines if line["health"] == "failed"]
    assert code == 2
    assert "scim" in failed["subject"]
    assert "token" in f"{failed['detail']} {failed['mend']}"
    assert "wrong" not in json.dumps(lines), "the token itself is not told"


def test_a_clock_that_is_off_is_seen_by_the_date_of_an_answer(sound: dict[str, Any], tmp_path: Path) -> None:
    with web_server(200, Date="Mon, 01 Jan 2024 00:00:00 GMT") as url:
        sound |= {"links": {}, "portal": {"public_url": url}}
        code, lines, _ = check(sound, tmp_path)
    (failed,) = [line for line in lines if line["health"] == "failed"]
    assert (code, failed["subject"]) == (2, "clock")
    assert "NTP" in failed["mend"]


def test_a_portal_that_is_not_there_behind_its_proxy_is_a_warning(
    sound: dict[str, Any], tmp_path: Path
) -> None:
    with web_server(502) as url:
        sound |= {"links": {}, "portal": {"public_url": url}}
        code, lines, _ = check(sound, tmp_path)
    (warning,) = [line for line in lines if line["health"] == "warning"]
    assert code == 0
    assert "502" in warning["detail"]
    assert "portal.listen" in warning["mend"]


def test_the_probe_finds_the_anchor_and_that_forgeries_stay(sound: dict[str, Any], tmp_path: Path) -> None:
    sound["verification"] = {"authserv_id": ["mx.elsewhere.test"]}
    code, lines, _ = check(sound, tmp_path, "--probe")
    found = {line["subject"]: line for line in lines}
    assert code == 2
    assert found["probe: delivery"]["health"] == "ok"
    assert 'authserv_id = ["mx.yourcompany.test"]' in found["trust anchor"]["mend"]
    # The embedded server stamps, but removes nothing; the name that is trusted wrongly is forged too.
    assert found["forged results"]["health"] == "failed"
    assert "mx.elsewhere.test, mx.yourcompany.test" in found["forged results"]["detail"]


def test_the_probe_leaves_the_inbox_as_it_was(
    sound: dict[str, Any], mail: EmbeddedMail, tmp_path: Path
) -> None:
    check(sound, tmp_path, "--probe")
    assert mail.messages(SUPPORT) == []
    assert len(mail.messages(SUPPORT, "Rollcall/Done")) == 2


def test_the_probe_names_a_folder_that_cannot_be_made(sound: dict[str, Any], tmp_path: Path) -> None:
    with FakeImap({"CREATE": (b"{tag} NO [NOPERM] not allowed\r\n",)}) as server:
        login = sound["mailboxes"][0]["imap"]
        login |= {"port": server.port, "security": "none"}
        code, lines, _ = check(sound, tmp_path, "--probe")
    (failed,) = [line for line in lines if line["health"] == "failed"]
    assert (code, failed["subject"]) == (2, "probe: folders")
    assert "mailboxes.folders" in failed["mend"]


def test_what_init_writes_passes_the_check(
    mail: EmbeddedMail, certificates: Certificates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("password").write_text("secret\n")
    answers = {
        "address": SUPPORT,
        "imap_host": mail.host,
        "imap_port": mail.imap_port,
        "smtp_host": mail.host,
        "smtp_port": mail.smtp_port,
        "smtp_security": "tls",
        "ca_file": str(certificates.authority),
        "password_file": "password",
        "authserv_id": mail.authserv_id,
        "customer_domains": ["customer.test"],
    }
    Path("answers.toml").write_text(to_toml(answers))
    made = CliRunner().invoke(rollcall, ["init", "--no-input", "--answers", "answers.toml"])
    assert made.exit_code == 0, made.output
    tried = CliRunner().invoke(rollcall, ["check", "--json"])
    lines = [json.loads(line) for line in tried.stdout.splitlines()]
    # Without a portal the links in notices lead nowhere yet: init has a comment on it.
    assert [line["subject"] for line in lines if line["health"] != "ok"] == ["links in notices"]
    assert tried.exit_code == 0
