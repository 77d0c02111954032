"""`rollcall init` writes a configuration that can be read, whoever the provider is; never over another."""

import os
import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import rollcall
from bot.cli.first_config import quoted
from bot.cli.providers import find_provider, providers
from bot.settings import load_settings
from bot.settings.tables import Security

ENOUGH = ("--no-input", "--customer-domains", "customer.test")
OAUTH = ("--tenant", "t", "--client-id", "c")


@pytest.fixture(autouse=True)
def _no_dns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.cli.init.mail_servers", lambda domain: [])


def init(file: Path, *words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(rollcall, ["init", str(file), *words], input=typed)


@pytest.mark.parametrize("provider", [*providers(), "other"])
def test_what_is_written_can_be_read_for_every_provider(tmp_path: Path, provider: str) -> None:
    file = tmp_path / "config.toml"
    done = init(file, *ENOUGH, *OAUTH, "--address", "support@school.test", "--provider", provider)
    assert done.exit_code == 0, done.output
    settings = load_settings(file)
    known = providers().get(provider)
    assert settings.mailboxes[0].imap.host == (known.imap if known else "imap.school.test")
    assert settings.smtp.security is Security(known.security if known else "starttls")
    assert stat.S_IMODE(file.stat().st_mode) & 0o007 == 0


@pytest.mark.parametrize(
    ("address", "servers", "key"),
    [
        ("a@gmail.com", [], "gmail"),
        ("a@school.onmicrosoft.com", [], "m365"),
        ("a@school.test", ["school-test.mail.protection.outlook.com."], "m365"),
        ("a@school.test", ["alt1.aspmx.l.google.com.", "aspmx.l.google.com."], "gmail"),
        ("a@school.test", ["mx00.ionos.de."], "ionos"),
        ("a@school.test", ["in1-smtp.messagingengine.com"], "fastmail"),
        ("a@school.test", ["mx.notgoogle.com"], None),
        ("a@school.test", [], None),
    ],
)
def test_the_provider_is_known_by_the_address(address: str, servers: list[str], key: str | None) -> None:
    found = find_provider(address, lambda domain: servers)
    assert (found.key if found else None) == key


def test_nothing_is_written_over_without_force(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("mine")
    words = (*ENOUGH, "--address", "support@school.test")
    assert init(file, *words).exit_code == 1
    assert file.read_text() == "mine"
    assert init(file, *words, "--force").exit_code == 0
    assert list(tmp_path.iterdir()) == [file]


def test_it_asks_and_makes_the_password_file_for_its_owner_alone(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    typed = [
        "nonsense",
        "support@school.test",
        "",
        "mail.school.test",
        "",
        "tls",
        str(secret),
        'p"w',
        'The "Best" School',
        "",
        "",
        "customer.test, other.test",
        "https://learn.school.test",
    ]
    done = init(tmp_path / "config.toml", typed="\n".join(typed) + "\n")
    assert done.exit_code == 0, done.output
    assert 'p"w' not in done.output
    settings = load_settings(tmp_path / "config.toml")
    assert settings.smtp.host == "mail.school.test"
    assert settings.smtp.security is Security.TLS
    assert settings.site.name == 'The "Best" School'
    assert settings.customers[0].domains == ("customer.test", "other.test")
    assert settings.portal is not None
    assert settings.smtp.secret() == 'p"w'
    assert stat.S_IMODE(os.stat(secret).st_mode) == 0o600


def test_answers_may_come_from_a_file_and_options_win(tmp_path: Path) -> None:
    answers = tmp_path / "answers.toml"
    answers.write_text('address = "a@gmail.com"\ncustomer_domains = ["x.test"]\nsite_name = "One"\n')
    file = tmp_path / "config.toml"
    done = init(file, "--no-input", "--answers", str(answers), "--site-name", "Two")
    assert done.exit_code == 0, done.output
    settings = load_settings(file)
    assert settings.site.name == "Two"
    assert settings.verification.authserv_id == ("mx.google.com",)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--no-input",), "--address"),
        (("--no-input", "--address", "support@school.test"), "--customer-domains"),
        (("--no-input", "--address", "support"), "support@company.example"),
        ((*ENOUGH, "--address", "a@b.test", "--login-url", "learn.test"), "https://"),
    ],
)
def test_what_is_missing_or_wrong_is_named_by_its_option(
    tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    done = init(tmp_path / "config.toml", *words)
    assert done.exit_code == 2
    assert told in done.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ['a"b\\c', "new\nline", "ä € 😀", "\x7f\x00", "'''"])
def test_any_text_is_a_toml_string(text: str) -> None:
    parsed: dict[str, Any] = tomllib.loads(f"x = {quoted(text)}")
    assert parsed["x"] == text
