"""What `rollcall check` says of the configuration's choices: whom it believes, its words and secrets."""

import ipaddress
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from bot.ports import CheckLine, Health
from bot.reply.rehearsal import rehearse
from bot.reply.template_set import Templates
from bot.settings import Settings
from bot.values.customer import VerificationMode

WARN_DAYS = 30
EXAMPLE_NAME = re.compile(r"\.example(?![\w.-])", re.IGNORECASE)


def check_policy(settings: Settings) -> Iterator[CheckLine]:
    """Values nobody changed, trust anchor, templates, secrets that end, and who may see the status page."""
    yield from _left_from_the_example(settings)
    yield _trust(settings)
    yield from _templates(settings)
    yield from _secrets(settings, datetime.now(UTC).date())
    yield from _status_page(settings)


def _left_from_the_example(settings: Settings) -> Iterator[CheckLine]:
    """Names under .example exist nowhere: whoever left one there meant to write their own."""
    keys = [key for key, text in _texts(settings.model_dump()) if EXAMPLE_NAME.search(text)]
    if keys:
        yield CheckLine(
            subject="configuration",
            health=Health.WARNING,
            detail=f"still names of the example: {', '.join(keys)}",
            mend="Names that end in .example exist nowhere: write your own, or take the key out.",
        )


def _texts(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a configuration with its key; secrets are none."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, f"{key}.{name}" if key else name)
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from _texts(inner, f"{key}[{number}]")


def _trust(settings: Settings) -> CheckLine:
    verification = settings.verification
    subject = "sender verification"
    if verification.mode is VerificationMode.OFF:
        return CheckLine(
            subject=subject,
            health=Health.WARNING,
            detail="off: anybody who writes a customer's From is believed",
            mend='Set verification.mode = "required" unless no mail from outside can reach this mailbox.',
        )
    if verification.authserv_id or verification.trust == "topmost-without-id":
        anchor = ", ".join(verification.authserv_id) or "the topmost result without a name"
        return CheckLine(subject=subject, health=Health.OK, detail=f"{verification.mode.value}, by {anchor}")
    if verification.dkim:
        return CheckLine(
            subject=subject, health=Health.OK, detail=f"{verification.mode.value}, by our own DKIM check"
        )
    return CheckLine(
        subject=subject,
        health=Health.WARNING,
        detail="no trust anchor is configured: every mail will be held",
        mend="Set verification.authserv_id to the name your mail server writes in Authentication-Results "
        "(`rollcall check --probe` finds it), or verification.dkim = true.",
    )


def _templates(settings: Settings) -> Iterator[CheckLine]:
    """Every letter in every language and folder that a customer of ours gets."""
    base = Templates(folders=(settings.templates,) if settings.templates else ())
    ways = sorted({(customer.language, customer.templates) for customer in settings.customers})
    complaints: dict[str, None] = {}
    for language, folder in [("en", ""), *ways]:
        complaints |= dict.fromkeys(rehearse(base.speaking(language, folder)))
    for complaint in complaints:
        yield CheckLine(
            subject="templates",
            health=Health.FAILED,
            detail=complaint,
            mend="Mend that file, or take it away: the built-in words stand in for it.",
        )
    if not complaints:
        yield CheckLine(subject="templates", health=Health.OK, detail="every letter can be written")


def _secrets(settings: Settings, today: date) -> Iterator[CheckLine]:
    """OAuth secrets that end soon: when they do, mail stands still."""
    logins = [(f"mailboxes.{mailbox.name}.imap", mailbox.imap) for mailbox in settings.mailboxes]
    for key, login in [*logins, ("smtp", settings.smtp)]:
        ends = login.oauth.secret_expires if login.oauth else None
        if ends is None or (ends - today).days > WARN_DAYS:
            continue
        over = ends <= today
        yield CheckLine(
            subject=f"{key}.oauth",
            health=Health.FAILED if over else Health.WARNING,
            detail=f"the client secret {'ended' if over else 'ends'} on {ends}",
            mend="Make a new one with the provider, put it where client_secret_file says (no restart is "
            "needed), and set secret_expires to its end.",
        )


def _status_page(settings: Settings) -> Iterator[CheckLine]:
    host = settings.ops.listen.rpartition(":")[0].strip("[]")
    try:
        local = not settings.ops.listen or ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = host == "localhost"
    if not local:
        yield CheckLine(
            subject="status page",
            health=Health.WARNING,
            detail=f"everybody who reaches {settings.ops.listen} can see it",
            mend='Set ops.listen = "127.0.0.1:9108" unless a firewall guards it; it asks for no password.',
        )
