"""Writes a first configuration, commented, from the answers that `rollcall init` was given."""

import json
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """What a first configuration needs to know; ports of 0 follow from the security."""

    address: str
    imap_host: str
    smtp_host: str
    site_name: str
    login_url: str
    customer: str
    customer_domains: tuple[str, ...] = ()
    customer_senders: tuple[str, ...] = ()
    username: str = ""
    imap_port: int = 0
    imap_security: str = "tls"
    smtp_port: int = 0
    smtp_security: str = "starttls"
    ca_file: str = ""
    password_file: str = ""
    oauth: str = ""
    tenant: str = ""
    client_id: str = ""
    secret_file: str = ""
    authserv_id: str = ""
    trust: str = ""
    portal_url: str = ""
    database: str = ""


def write_config(answers: Answers) -> str:
    """The text of config.toml."""
    parts = [
        _head(answers),
        _site(answers),
        _mailbox(answers),
        _smtp(answers),
        _verification(answers),
        _customer(answers),
        _portal(answers),
    ]
    return "\n".join("\n".join(part) + "\n" for part in parts)


def quoted(text: str) -> str:
    """A TOML basic string; JSON escapes the same way, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(texts: tuple[str, ...]) -> str:
    return f"[{', '.join(map(quoted, texts))}]"


def _head(answers: Answers) -> Iterator[str]:
    yield "# Rollcall's configuration, written by `rollcall init`. config.example.toml explains every key"
    yield "# there is; `rollcall check` tries it, `rollcall check --probe` learns the trust anchor."
    yield ""
    yield "# The ledger: SQLite for one bot, PostgreSQL where several share the work."
    yield f"database = {quoted(answers.database or 'sqlite:///rollcall.db')}"


def _site(answers: Answers) -> Iterator[str]:
    yield "[site]"
    yield "# What learners and customers know the platform as, and where learners log in."
    yield f"name = {quoted(answers.site_name)}"
    yield f"login_url = {quoted(answers.login_url)}"


def _mailbox(answers: Answers) -> Iterator[str]:
    yield "# The support mailbox: watched by IMAP, and what replies are sent from."
    yield "[[mailboxes]]"
    yield f"address = {quoted(answers.address)}"
    yield '# The first run takes only mail that is "new"; or "unread", or "all".'
    yield 'first_run = "new"'
    yield ""
    yield "[mailboxes.imap]"
    yield from _login(answers, answers.imap_host, answers.imap_port, answers.imap_security)
    yield from _oauth("mailboxes.imap", answers)


def _smtp(answers: Answers) -> Iterator[str]:
    yield "# The way out."
    yield "[smtp]"
    yield from _login(answers, answers.smtp_host, answers.smtp_port, answers.smtp_security)
    yield from _oauth("smtp", answers)


def _login(answers: Answers, host: str, port: int, security: str) -> Iterator[str]:
    yield f"host = {quoted(host)}"
    if port:
        yield f"port = {port}"
    yield f"security = {quoted(security)}"
    yield f"username = {quoted(answers.username or answers.address)}"
    if answers.ca_file:
        yield f"ca_file = {quoted(answers.ca_file)}"
    if not answers.oauth:
        yield "# A file that only the service can read and that holds nothing but the password."
        yield f"password_file = {quoted(answers.password_file)}"


def _oauth(table: str, answers: Answers) -> Iterator[str]:
    if not answers.oauth:
        return
    yield ""
    yield f"[{table}.oauth]"
    yield f"provider = {quoted(answers.oauth)}"
    if answers.oauth == "gmail":
        yield "# The key of a service account that may act for the mailbox."
        yield f"service_account_file = {quoted(answers.secret_file)}"
        return
    yield f"tenant = {quoted(answers.tenant)}"
    yield f"client_id = {quoted(answers.client_id)}"
    yield f"client_secret_file = {quoted(answers.secret_file)}"
    yield "# When the secret ends, as the provider shows it: `rollcall check` and the metrics warn in time."
    yield "# secret_expires = 2027-11-01"


def _verification(answers: Answers) -> Iterator[str]:
    yield "# Whose word on a sender is believed. Without a name here every mail is held for the staff;"
    yield "# `rollcall check --probe` finds the name that your server writes."
    yield "[verification]"
    yield 'mode = "required"'
    if answers.trust:
        yield f"trust = {quoted(answers.trust)}"
    elif answers.authserv_id:
        yield f"authserv_id = [{quoted(answers.authserv_id)}]"
    else:
        yield '# authserv_id = ["mx.yourcompany.example"]'


def _customer(answers: Answers) -> Iterator[str]:
    yield "# Who may upload: every address of these domains, and these addresses. Repeat the table for each."
    yield "[[customers]]"
    yield f"name = {quoted(answers.customer)}"
    if answers.customer_domains:
        yield f"domains = {_list(answers.customer_domains)}"
    if answers.customer_senders:
        yield f"senders = {_list(answers.customer_senders)}"


def _portal(answers: Answers) -> Iterator[str]:
    if not answers.portal_url:
        yield "# The pages behind the one-time links in notices; without them nobody gets to a password."
        yield "# [portal]"
        yield '# public_url = "https://learn.yourcompany.example"'
        return
    yield "# The pages behind the one-time links in notices, reached through your TLS proxy."
    yield "[portal]"
    yield f"public_url = {quoted(answers.portal_url)}"
