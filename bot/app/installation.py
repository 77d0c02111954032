"""What `rollcall check` can say without a connection: the configuration and this machine."""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.engine import make_url

from bot.ports import CheckLine, Health
from bot.settings import Settings
from bot.values.customer import VerificationMode

LOW_DISK = 1024 * 1024 * 1024
EARLIEST_CLOCK = 1_767_225_600.0


def check_installation(settings: Settings) -> Iterator[CheckLine]:
    """Trust anchor, links, disk and clock."""
    yield _trust(settings)
    yield _links(settings)
    yield from _disk(settings)
    if time.time() < EARLIEST_CLOCK:
        yield CheckLine(
            subject="clock",
            health=Health.FAILED,
            detail="this machine's clock is years behind",
            mend="Set the clock (NTP): links and questions live by it.",
        )


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
        mend="Set verification.authserv_id to the name your mail server writes in Authentication-Results, "
        "or verification.dkim = true.",
    )


def _links(settings: Settings) -> CheckLine:
    if settings.portal or settings.links.url:
        url = settings.links.url or (settings.portal.public_url if settings.portal else "")
        secure = url.startswith("https://")
        return CheckLine(
            subject="links in notices",
            health=Health.OK if secure else Health.WARNING,
            detail=url,
            mend="" if secure else "Use https in portal.public_url: the link lets its reader in.",
        )
    return CheckLine(
        subject="links in notices",
        health=Health.WARNING,
        detail="no [portal] and no links.url",
        mend="Add [portal], so that the one-time links in notices lead somewhere.",
    )


def _disk(settings: Settings) -> Iterator[CheckLine]:
    if not settings.is_sqlite:
        return
    folder = Path(make_url(settings.database).database or ".").resolve().parent
    if not os.access(folder, os.W_OK):
        yield CheckLine(
            subject="disk",
            health=Health.FAILED,
            detail=f"{folder} cannot be written",
            mend="Make the folder and give it to the service's user.",
        )
        return
    free = shutil.disk_usage(folder).free
    low = free < LOW_DISK
    yield CheckLine(
        subject="disk",
        health=Health.WARNING if low else Health.OK,
        detail=f"{free // 1024 // 1024:,} MB free",
        mend=f"Free some space under {folder}." if low else "",
    )
