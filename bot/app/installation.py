"""What `rollcall check` can say of this machine without a connection: folders, key, disk and clock."""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.engine import make_url

from bot.app.office import key_file
from bot.errors import ConfigurationError
from bot.ports import CheckLine, Health
from bot.runners.links import load_key
from bot.settings import Settings

LOW_DISK = 1024 * 1024 * 1024
EARLIEST_CLOCK = 1_767_225_600.0


def check_installation(settings: Settings) -> Iterator[CheckLine]:
    """Disk, the key of the links, and the clock."""
    yield from _disk(settings)
    yield from _key(settings)
    yield from check_clock(time.time())


def check_clock(now: float) -> Iterator[CheckLine]:
    """Nothing where the clock may be right; others compare it with the database's and the web's."""
    if now < EARLIEST_CLOCK:
        yield CheckLine(
            subject="clock",
            health=Health.FAILED,
            detail="this machine's clock is years behind",
            mend="Set the clock (NTP): links, questions and certificates live by it.",
        )


def _key(settings: Settings) -> Iterator[CheckLine]:
    """The key that one-time links are derived from: there and readable, or a place to make it in."""
    mend = "Give it to the service's account (mode 600). Every bot of one ledger needs the same."
    try:
        path = key_file(settings)
        if path.exists():
            load_key(path)
        elif not os.access(path.absolute().parent, os.W_OK):
            raise ConfigurationError(f"links.key_file {path}: its folder cannot be written")
    except (ConfigurationError, OSError) as error:
        yield CheckLine(subject="key of the links", health=Health.FAILED, detail=str(error), mend=mend)


def _disk(settings: Settings) -> Iterator[CheckLine]:
    if not settings.is_sqlite:
        return
    file = Path(make_url(settings.database).database or ".").absolute()
    folder = file.parent
    wrong = next((path for path in (file, folder) if path.exists() and not os.access(path, os.W_OK)), None)
    if wrong or not folder.is_dir():
        yield CheckLine(
            subject="disk",
            health=Health.FAILED,
            detail=f"{wrong} cannot be written" if wrong else f"{folder} is not there",
            mend="Make the folder and give it to the service's account; as an administrator, run "
            "`rollcall-admin check`, which looks with that account's eyes.",
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
