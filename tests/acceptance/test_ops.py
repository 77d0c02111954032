"""`rollcall check` on set-ups that are broken in one place: that place is named, with the way to mend it."""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot.cli import rollcall
from bot.demo.mailserver import EmbeddedMail
from bot.errors import ConfigurationError
from tests.acceptance.broken import (
    Change,
    broken_template,
    certified,
    imap,
    key_of_the_links,
    locked_smtp,
    missing_password_file,
    moodle,
    plain_smtp,
    portal_that_says,
    schema,
    scim_that_says,
    scripted_imap,
    smtp,
    whole,
)
from tests.acceptance.scene import to_toml
from tests.fake_imap import FakeImap
from tests.platforms.moodle_server import MAY_CREATE
from tests.servers.certificates import Certificates
from tests.wire.servers import SUPPORT, server_context


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


NO_FOLDER_RIGHTS = {
    "CAPABILITY": b"* CAPABILITY IMAP4rev1 IDLE MOVE ACL\r\n{tag} OK done\r\n",
    "MYRIGHTS": b"* MYRIGHTS INBOX lr\r\n{tag} OK done\r\n",
}
LOGIN_DISABLED = {
    "CAPABILITY": b"* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\n{tag} OK done\r\n",
}
# What is broken, the line that names it, and words of it.
BROKEN: dict[str, tuple[Change, str, str]] = {
    "wrong host": (imap(host="no-such-host.invalid"), "IMAP connection", "imap.host"),
    "wrong host of smtp": (smtp(host="no-such-host.invalid"), "SMTP connection", "smtp.host"),
    "closed port": (imap(port=1), "IMAP connection", "imap.port"),
    "closed port of smtp": (smtp(port=1), "SMTP connection", "smtp.port"),
    "unknown authority": (imap(ca_file=""), "IMAP connection", "imap.ca_file"),
    "unknown authority of smtp": (smtp(ca_file=""), "SMTP connection", "smtp.ca_file"),
    "expired certificate": (certified("imap", days=-1), "IMAP connection", "certificate has expired"),
    "expired certificate of smtp": (certified("smtp", days=-1), "SMTP connection", "certificate has expired"),
    "certificate for another name": (
        certified("imap", host="mx.elsewhere.test"),
        "IMAP connection",
        "not valid for '127.0.0.1'",
    ),
    "certificate of smtp for another name": (
        certified("smtp", host="mx.elsewhere.test"),
        "SMTP connection",
        "not valid for '127.0.0.1'",
    ),
    "wrong password": (imap(password="wrong"), "IMAP login", "password"),
    "wrong password of smtp": (smtp(password="wrong"), "SMTP login", "password"),
    "login not in clear": (scripted_imap(**LOGIN_DISABLED), "IMAP login", "imap.security"),
    "no rights on folders": (scripted_imap(**NO_FOLDER_RIGHTS), "IMAP folders", "INBOX: no right to mark"),
    "no starttls": (plain_smtp(security="starttls"), "SMTP connection", "STARTTLS"),
    "no login in clear": (locked_smtp, "SMTP login", "smtp.security"),
    "may not send as the mailbox": (
        plain_smtp(lambda pair: pair.smtp_fault(553, "5.7.1 Sender not owned", command="MAIL")),
        "SMTP sender",
        "send as that address",
    ),
    "password in the clear": (
        smtp(host="mail.yourcompany.test", security="none"),
        "SMTP",
        "would send the password",
    ),
    "missing password file": (missing_password_file, "SMTP", "password_file"),
    "wrong token of scim": (scim_that_says(401), "scim", "token"),
    "wrong token of moodle": (moodle(token="wrong"), "moodle: site", "token"),
    "missing capability of moodle": (
        moodle(lambda server: server.site.capabilities.discard(MAY_CREATE)),
        "moodle: creating accounts",
        "moodle/user:create",
    ),
    "unknown kind of directory": (
        whole(directories=[{"name": "embedded", "kind": "nonesuch"}]),
        "directory embedded",
        'no connector is called "nonesuch"',
    ),
    "no folder for the ledger": (
        lambda data, folder: data.update(database=f"sqlite:///{folder}/absent/rollcall.db"),
        "disk",
        "is not there",
    ),
    "read-only folder": (whole(database="sqlite:////proc/rollcall.db"), "disk", "/proc cannot be written"),
    "newer schema": (schema("9999"), "database", "Install the newer Rollcall"),
    "postgresql down": (
        whole(
            database="postgresql+psycopg://rollcall@127.0.0.1:1/rollcall", links={"key_file": "/dev/null/x"}
        ),
        "database",
        "127.0.0.1",
    ),
    "key of the links is none": (key_of_the_links("not hexadecimal"), "key of the links", "links.key_file"),
    "key of the links cannot be read": (
        lambda data, folder: data["links"].update(key_file=str(folder)),
        "key of the links",
        "cannot be read",
    ),
    "broken template": (broken_template, "templates", "no_such_fact"),
    "portal without encryption": (
        whole(links={}, portal={"public_url": "http://learn.yourcompany.test"}),
        "links in notices",
        "https",
    ),
    "clock off": (portal_that_says(200, Date="Mon, 01 Jan 2024 00:00:00 GMT"), "clock", "NTP"),
}
# What works for now, or may work for others: told, with exit code 0.
DOUBTFUL: dict[str, tuple[Change, str, str]] = {
    "older schema": (schema("0000"), "database", "rollcall db upgrade"),
    "key of the links for everybody": (key_of_the_links("ab" * 32, 0o644), "key of the links", "chmod o="),
    "portal behind a proxy is away": (portal_that_says(502), "portal", "portal.listen"),
    "portal not reachable": (
        whole(links={}, portal={"public_url": "https://no-such-host.invalid"}),
        "portal",
        "cannot be reached",
    ),
    "certificate ends soon": (certified("imap", days=5), "IMAP encryption", "Renew"),
    "left from the example": (
        whole(site={"name": "Learning", "login_url": "https://learn.yourcompany.example/login"}),
        "configuration",
        "site.login_url",
    ),
}


def told_about(
    health: str, settings: dict[str, Any], folder: Path, change: Change
) -> tuple[int, list[dict[str, str]]]:
    """Exit code of a check after a change, and its lines of this health."""
    with ExitStack() as stack:
        change_lasts = change(settings, folder)
        if isinstance(change_lasts, AbstractContextManager):
            stack.enter_context(change_lasts)
        code, lines, _ = check(settings, folder)
    assert "Traceback" not in json.dumps(lines)
    assert all(line["mend"] for line in lines if line["health"] != "ok")
    assert all("\n" not in line["detail"] + line["mend"] for line in lines)
    return code, [line for line in lines if line["health"] == health]


@pytest.mark.parametrize(("change", "subject", "words"), BROKEN.values(), ids=BROKEN.keys())
def test_what_is_broken_is_named_with_its_mend(
    sound: dict[str, Any], tmp_path: Path, change: Change, subject: str, words: str
) -> None:
    code, failed = told_about("failed", sound, tmp_path, change)
    named = [line for line in failed if line["subject"].startswith(subject)]
    assert code == 2
    assert named, failed
    assert words.lower() in f"{named[0]['detail']} {named[0]['mend']}".lower()
    # What is whole is not blamed: beside the broken part at most what hangs on it fails.
    assert {line["subject"] for line in failed} <= {named[0]["subject"], "key of the links"}


@pytest.mark.parametrize(("change", "subject", "words"), DOUBTFUL.values(), ids=DOUBTFUL.keys())
def test_what_is_doubtful_is_a_warning(
    sound: dict[str, Any], tmp_path: Path, change: Change, subject: str, words: str
) -> None:
    code, warned = told_about("warning", sound, tmp_path, change)
    (line,) = warned
    assert (code, line["subject"]) == (0, subject)
    assert words.lower() in f"{line['detail']} {line['mend']}".lower()


def test_nothing_is_wrong_with_a_sound_set_up(sound: dict[str, Any], tmp_path: Path) -> None:
    code, lines, _ = check(sound, tmp_path)
    assert code == 0
    assert [line for line in lines if line["health"] != "ok"] == []
    assert not (tmp_path / "rollcall.db").exists(), "a check makes nothing"


def test_its_last_line_says_how_it_stands(sound: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    last = []
    for change in ({}, {"verification": {}}, {"verification": {}, "database": "sqlite:////proc/rollcall.db"}):
        path.write_text(to_toml(sound | change), encoding="utf-8")
        done = CliRunner().invoke(rollcall, ["check", "--config", str(path)], catch_exceptions=False)
        last.append(done.stdout.splitlines()[-1])
    assert last == ["all well", "all well, with 1 warning", "1 failed, 1 warning: mend and check again"]


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


def test_the_token_itself_is_not_told(sound: dict[str, Any], tmp_path: Path) -> None:
    _, failed = told_about("failed", sound, tmp_path, scim_that_says(401, token="hunter2"))
    assert "hunter2" not in json.dumps(failed)


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
