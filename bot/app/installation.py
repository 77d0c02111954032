"""What `rollcall check` can say of this machine without a connection: folders, key, disk and clock."""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile

from sqlalchemy.engine import make_url

from bot.app.office import key_file
from bot.errors import ConfigurationError
from bot.ports import CheckLine, Health
from bot.runners.links import load_key
from bot.settings import Settings

LOW_DISK = 1024 * 1024 * 1024
TRIED_BYTES = 256 * 1024
EARLIEST_CLOCK = 1_767_225_600.0


def check_installation(settings: Settings) -> Iterator[CheckLine]:
    """The ledger's folder and its disk, the key of the links, and the clock."""
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
            yield from _key_for_others(path)
        elif not os.access(path.absolute().parent, os.W_OK):
            raise ConfigurationError(f"links.key_file {path}: its folder cannot be written")
    except (ConfigurationError, OSError) as error:
        yield CheckLine(subject="key of the links", health=Health.FAILED, detail=str(error), mend=mend)


def _key_for_others(path: Path) -> Iterator[CheckLine]:
    """Whoever reads the key and the ledger can make links."""
    if path.stat().st_mode & 0o007:
        yield CheckLine(
            subject="key of the links",
            health=Health.WARNING,
            detail=f"links.key_file {path}: every account of this machine can use it",
            mend=f"chmod o= {path}: it opens the one-time links of every notice.",
        )


def _disk(settings: Settings) -> Iterator[CheckLine]:
    if not settings.is_sqlite:
        return
    file = Path(make_url(settings.database).database or ".").absolute()
    folder = file.parent
    if trouble := _write_trouble(file, folder):
        yield CheckLine(
            subject="disk",
            health=Health.FAILED,
            detail=trouble,
            mend="Make the folder and give it to the service's account, on a disk with room; as an "
            "administrator, run `rollcall-admin check`, which looks with that account's eyes.",
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


def _write_trouble(file: Path, folder: Path) -> str:
    """Why the ledger could not be written, '' where it can: a file without a name is tried in its folder."""
    if not folder.is_dir():
        return f"{folder} is not there"
    if file.exists() and not os.access(file, os.W_OK):
        return f"{file} cannot be written"
    try:
        with TemporaryFile(dir=folder) as tried:
            tried.write(bytes(TRIED_BYTES))
            tried.flush()
            os.fsync(tried.fileno())
    except OSError as error:
        return f"{folder} cannot be written: {error.strerror}"
    return ""
