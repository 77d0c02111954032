"""A copy of the ledger while it is in use."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import make_url

from bot.errors import ConfigurationError, LedgerUnavailable
from bot.store.engine import Database

PAGES_AT_ONCE = 1_000


def back_up(database: Database, target: Path) -> int:
    """Copy a SQLite ledger by its online backup, whole or not at all; returns the copy's size in bytes.

    Raises ConfigurationError for any other database, and where the copy cannot be written.
    """
    if not database.is_sqlite:
        raise ConfigurationError(
            "backup: copies SQLite ledgers only; for PostgreSQL use its own tool: pg_dump --format=custom"
        )
    source = make_url(str(database.engine.url)).database
    draft = target.with_name(f"{target.name}.part")
    try:
        # It holds names and addresses of people: for its owner alone, from the first byte on.
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        with closing(_open(str(source))) as ledger, closing(_open(str(draft))) as copy:
            ledger.backup(copy, pages=PAGES_AT_ONCE, sleep=0.01)
            # A copy that cannot be read is none; one file is easier to keep than three.
            copy.execute("PRAGMA journal_mode=DELETE")
            (verdict,) = copy.execute("PRAGMA quick_check").fetchone()
        if verdict != "ok":
            raise LedgerUnavailable(f"backup: the copy is damaged: {verdict}")
        _to_disk(draft)
        os.replace(draft, target)
        _to_disk(target.parent)
    except OSError as error:
        raise ConfigurationError(f"backup: {target}: {error.strerror}") from None
    except sqlite3.Error as error:
        raise LedgerUnavailable(f"backup: {error}") from error
    finally:
        draft.unlink(missing_ok=True)
    return target.stat().st_size


def _open(path: str) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=30, isolation_level=None)


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
