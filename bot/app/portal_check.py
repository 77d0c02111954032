"""What `rollcall check` says of the links in notices: safe, and leading to pages that answer."""

import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx

from bot.ports import CheckLine, Health
from bot.settings import Settings
from bot.wire.security import is_loopback

PATIENCE = 5.0
CLOCK_APART = 120.0


def check_links(settings: Settings) -> Iterator[CheckLine]:
    """Where the one-time links lead, whether that is over TLS, and whether somebody answers there."""
    url = settings.links.url or (settings.portal.public_url if settings.portal else "")
    if not url:
        yield CheckLine(
            subject="links in notices",
            health=Health.WARNING,
            detail="no [portal] and no links.url",
            mend="Add [portal], so that the one-time links in notices lead somewhere.",
        )
        return
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        yield _line(Health.FAILED, f"{url} is no web address", "Begin portal.public_url with https://.")
        return
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        yield _line(
            Health.FAILED,
            f"{url} is not encrypted",
            "Use https in portal.public_url (or links.url): whoever reads the link on its way gets in.",
        )
        return
    yield _line(Health.OK, url)
    if settings.portal:
        yield from _reach(url)


def _reach(url: str) -> Iterator[CheckLine]:
    mend = (
        "Check the name, the proxy in front of [portal] and its certificate. Where only this machine cannot "
        "reach the public address, that is no harm."
    )
    try:
        answer = httpx.get(url, timeout=PATIENCE, follow_redirects=False)
    except (httpx.HTTPError, OSError, ValueError) as error:
        words = str(error) or type(error).__name__
        yield _line(Health.WARNING, f"{url} cannot be reached: {words}", mend, subject="portal")
        return
    if answer.status_code >= 500:
        yield _line(
            Health.WARNING,
            f"{url} answers {answer.status_code}",
            "The proxy is there, but not the portal behind it: is the service running, on portal.listen?",
            subject="portal",
        )
    else:
        yield _line(Health.OK, f"{url} answers", subject="portal")
    yield from compare_clocks(answer.headers.get("date", ""), time.time(), url)


def compare_clocks(date: str, now: float, url: str) -> Iterator[CheckLine]:
    """What the Date of an answer (RFC 9110 §6.6.1) says of our clock; nothing where they agree."""
    try:
        apart = now - parsedate_to_datetime(date).timestamp()
    except ValueError:
        return
    if abs(apart) > CLOCK_APART:
        fast = "ahead of" if apart > 0 else "behind"
        yield _line(
            Health.FAILED,
            f"this machine's clock is {abs(apart):,.0f} seconds {fast} that of {url}",
            "Let NTP set the clocks of both: links, questions and certificates live by them.",
            subject="clock",
        )


def _line(health: Health, detail: str, mend: str = "", *, subject: str = "links in notices") -> CheckLine:
    return CheckLine(subject=subject, health=health, detail=detail, mend=mend)
