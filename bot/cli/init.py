"""`init`: writes a first configuration, by asking or from flags."""

import os
import tomllib
from pathlib import Path
from typing import Any

import click

from bot.cli.asker import Asker
from bot.cli.first_config import Answers, write_config
from bot.cli.providers import Provider, find_provider, mail_servers, providers
from bot.cli.screen_text import one_line
from bot.errors import ConfigurationError
from bot.settings import load_settings

SECRET = "$CREDENTIALS_DIRECTORY/secret_mailbox"  # noqa: S105  a path
OAUTH_SECRET = {"m365": "$CREDENTIALS_DIRECTORY/secret_m365", "gmail": "$CREDENTIALS_DIRECTORY/secret_google"}
PORT = click.IntRange(1, 65535)
SECURITY = ("tls", "starttls", "none")
# What is asked by flag or by file and nowhere else: the usual needs none of it.
UNASKED = ("username", "imap_port", "smtp_port", "ca_file", "authserv_id", "trust", "database")


@click.command()
@click.argument("file", type=click.Path(path_type=Path), default=Path("config.toml"))
@click.option("-f", "--force", is_flag=True, help="Write over a file that is there already.")
@click.option(
    "--answers",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help='Answers from a TOML file: the options below as keys (address = "…").',
)
@click.option("--no-input", is_flag=True, help="Ask nothing: what is not given stands at its default.")
@click.option("--address", help="The support mailbox's address.")
@click.option(
    "--provider",
    type=click.Choice([*providers(), "other"]),
    metavar="NAME",
    help=f"Who hosts the mailbox: {', '.join(providers())}, other.",
)
@click.option("--imap-host", help="The IMAP server.")
@click.option("--imap-port", type=PORT, metavar="PORT", help="Its port, where it is not the usual one.")
@click.option("--imap-security", type=click.Choice(SECURITY), help="tls from the first byte, or starttls.")
@click.option("--smtp-host", help="The SMTP server.")
@click.option("--smtp-port", type=PORT, metavar="PORT", help="Its port, where it is not the usual one.")
@click.option("--smtp-security", type=click.Choice(SECURITY), help="The same for SMTP.")
@click.option("--username", help="The login, where it is not the address.")
@click.option("--ca-file", help="An authority of your own that signed the servers' certificates.")
@click.option(
    "--oauth",
    type=click.Choice(["", "m365", "gmail"]),
    metavar="PROVIDER",
    help="OAuth2 in place of a password: m365 or gmail.",
)
@click.option("--tenant", help="OAuth2 with Microsoft 365: the tenant.")
@click.option("--client-id", help="OAuth2 with Microsoft 365: the application.")
@click.option("--secret-file", help="OAuth2: the file with the secret or the service account's key.")
@click.option("--password-file", help="The file that holds the mailbox's password.")
@click.option("--site-name", help="What learners know the platform as.")
@click.option("--login-url", help="Where learners log in.")
@click.option("--customer", help="The name of the first customer.")
@click.option("--customer-domains", help="Its mail domains, with commas between them.")
@click.option("--customer-senders", help="Single addresses of it that may upload.")
@click.option("--portal-url", help="Where learners reach the portal; empty for none.")
@click.option("--authserv-id", help="The name in Authentication-Results; `rollcall check --probe` finds it.")
@click.option(
    "--trust",
    type=click.Choice(["", "topmost-without-id"]),
    metavar="HOW",
    help="topmost-without-id for Microsoft 365, which writes no name.",
)
@click.option("--database", help="Where the ledger lies.")
def init(file: Path, force: bool, answers: Path | None, no_input: bool, **given: Any) -> None:
    """Write a first configuration to FILE (config.toml), by asking. Nothing is connected.

    The provider is recognised by the address. Every answer can be given as an option; with --no-input nothing
    is asked. Then `rollcall check` tries it.
    """
    if file.exists() and not force:
        raise click.ClickException(f"{file} is there already; --force writes over it")
    known = (_from_file(answers) if answers else {}) | {
        key: value for key, value in given.items() if value is not None
    }
    made = _answers(Asker(known, silent=no_input))
    _write(file, write_config(made))
    try:
        load_settings(file)
    except ConfigurationError as error:
        raise click.ClickException(f"wrote {file}, but it needs a hand:\n{error}") from None
    click.echo(f"wrote {file}\nNow try it: rollcall check --config {file} --probe")


def _answers(asker: Asker) -> Answers:
    address = asker.need("address", "The support mailbox's address", fault=_address_fault)
    domain = address.rpartition("@")[2]
    provider = _provider(asker, address)
    security = provider.security if provider else "starttls"
    values: dict[str, Any] = {
        "address": address,
        "imap_host": asker.need("imap_host", "IMAP server", provider.imap if provider else f"imap.{domain}"),
        "smtp_host": asker.need("smtp_host", "SMTP server", provider.smtp if provider else f"smtp.{domain}"),
    }
    for key, usual in (("imap_security", "tls"), ("smtp_security", security)):
        asked = usual if provider else asker.ask(key, f"{key[:4].upper()} security", usual, choices=SECURITY)
        values[key] = asker.known.get(key, asked)
    values |= _secrets(asker, provider)
    values |= {key: asker.known[key] for key in UNASKED if asker.known.get(key)}
    if provider and not values.get("authserv_id"):
        values |= {"authserv_id": provider.authserv_id, "trust": values.get("trust", provider.trust)}
    return Answers(**values, **_people(asker, domain))


def _provider(asker: Asker, address: str) -> Provider | None:
    named = asker.known.get("provider", "")
    if named:
        return providers().get(named)
    if "imap_host" in asker.known and "smtp_host" in asker.known:
        return None
    found = find_provider(address, mail_servers)
    if found:
        click.echo(f"{one_line(address)} is with {found.name}. {found.note}".rstrip(), err=True)
    return found


def _secrets(asker: Asker, provider: Provider | None) -> dict[str, str]:
    oauth = asker.known.get("oauth", provider.oauth if provider else "")
    if oauth:
        values = {"oauth": oauth, "secret_file": OAUTH_SECRET[oauth]}
        if oauth == "m365":
            values["tenant"] = asker.need("tenant", "The directory (tenant) id")
            values["client_id"] = asker.need("client_id", "The application (client) id")
        values["secret_file"] = asker.need("secret_file", "The secret's file", values["secret_file"])
        return values
    path = asker.need("password_file", "The password's file", SECRET)
    asker.make_password(path)
    return {"password_file": path}


def _people(asker: Asker, domain: str) -> dict[str, Any]:
    return {
        "site_name": asker.need("site_name", "What learners know the platform as", "Learning"),
        "login_url": asker.need(
            "login_url", "Where learners log in", f"https://learn.{domain}/login", _url_fault
        ),
        "customer": asker.need("customer", "Your first customer's name", "First customer"),
        "customer_senders": _names(asker.known.get("customer_senders", "")),
        "customer_domains": _names(
            asker.known.get("customer_domains", "")
            if asker.known.get("customer_senders")
            else asker.need("customer_domains", "Its mail domains (with commas between them)")
        ),
        "portal_url": asker.ask("portal_url", "Where learners will reach the portal (empty: none)"),
    }


def _names(text: str | list[str]) -> tuple[str, ...]:
    parts = text if isinstance(text, list) else text.split(",")
    return tuple(part.strip().lstrip("@") for part in parts if part.strip())


def _address_fault(text: str) -> str:
    local, at, domain = text.rpartition("@")
    return (
        ""
        if local and at and "." in domain and " " not in text
        else "an address reads support@company.example"
    )


def _url_fault(text: str) -> str:
    return "" if text.startswith(("https://", "http://")) else "a web address begins with https://"


def _from_file(path: Path) -> dict[str, Any]:
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise click.ClickException(f"{path}: {error}") from None
    allowed = set(Answers.__slots__) | {"provider"}
    if strange := sorted(set(found) - allowed):
        raise click.ClickException(f"{path}: {strange[0]} is not an answer; see rollcall init --help")
    return found


def _write(file: Path, text: str) -> None:
    """Whole or not at all; it names customers, so others on the machine need not read it."""
    new = file.with_name(f".{file.name}.new")
    try:
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
        new.replace(file)
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from None
