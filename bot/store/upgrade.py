"""Brings the ledger's schema to this release, and refuses one that is newer than we are."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from bot.errors import ConfigurationError
from bot.store.engine import Database

HEAD = "0002"
ADVISORY_LOCK = 0x526F6C6C


def schema_version(database: Database) -> str:
    """The schema's revision; '' for an empty database."""
    with database.read() as connection:
        return _version(connection)


def upgrade(database: Database) -> bool:
    """Bring the schema to HEAD; True if anything was done. Raises ConfigurationError for a newer schema."""
    if schema_version(database) == HEAD:
        return False
    try:
        with database.write() as connection:
            if not database.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
            if _version(connection) == HEAD:
                return False
            _run_steps(connection)
    except DBAPIError as error:
        raise ConfigurationError(f"database: the schema could not be upgraded: {error.orig}") from None
    return True


def require_current(database: Database) -> None:
    """Raise ConfigurationError unless the schema is exactly ours."""
    version = schema_version(database)
    if version == HEAD:
        return
    if version and version > HEAD:
        raise ConfigurationError(_newer(version))
    raise ConfigurationError("database: the schema is older than this release; run `rollcall db upgrade`")


def refuse_newer(database: Database) -> None:
    """Raise ConfigurationError where a newer release has upgraded the schema under us."""
    version = schema_version(database)
    if version > HEAD:
        raise ConfigurationError(_newer(version))


def _version(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def _run_steps(connection: Connection) -> None:
    # Alembic is slow to import and only needed when there is something to do.
    from alembic import command
    from alembic.config import Config

    version = _version(connection)
    if version > HEAD:
        raise ConfigurationError(_newer(version))
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)


def _newer(version: str) -> str:
    return (
        f"database: its schema ({version}) is newer than this release ({HEAD}) knows; "
        "install the newer Rollcall on this machine"
    )
