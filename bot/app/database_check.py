"""What `rollcall check` says of the ledger: whether it serves, its schema, its clock, and who works on it."""

import time
from collections.abc import Iterator

from sqlalchemy import func, select

from bot.app.ledger import missing_file
from bot.errors import RollcallError
from bot.ports import CheckLine, Health
from bot.settings import Settings
from bot.store.engine import Database
from bot.store.queries import Queries
from bot.store.upgrade import HEAD, schema_version

SILENT_NODE = 60.0
CLOCK_APART = 5.0


def check_database(settings: Settings, database: Database) -> Iterator[CheckLine]:
    """Version, clock and nodes; a line with the subject "database" that is OK comes last where it serves."""
    kind = database.engine.dialect.name
    if missing_file(settings):
        yield _line(Health.OK, f"{kind}, made at the first run", subject="database, not there yet")
        return
    try:
        version = schema_version(database)
        if version > HEAD:
            yield _line(
                Health.FAILED,
                f"{kind}, its schema {version} is newer than this release knows ({HEAD})",
                "Install the newer Rollcall here, or put the backup from before its upgrade back.",
            )
        elif version != HEAD:
            yield _line(
                Health.WARNING,
                f"{kind}, schema {version or 'empty'}, this release has {HEAD}",
                "It is upgraded at the next start, or now by `rollcall db upgrade`. Make a backup before.",
            )
        else:
            yield from _clocks(database)
            yield from _nodes(database)
            yield _line(Health.OK, f"{kind}, schema {HEAD}")
    except RollcallError as error:
        yield _line(
            Health.FAILED,
            str(error),
            "Check `database` in the configuration, that the server runs, and that this account may use it.",
        )


def _clocks(database: Database) -> Iterator[CheckLine]:
    """Leases are compared between machines by their clocks."""
    if database.is_sqlite:
        return
    with database.read() as connection:
        theirs = connection.execute(select(func.extract("epoch", func.clock_timestamp()))).scalar_one()
    apart = time.time() - float(theirs)
    if abs(apart) > CLOCK_APART:
        yield _line(
            Health.FAILED,
            f"this machine's clock and the database's are {abs(apart):.0f} seconds apart",
            "Let NTP set the clocks of both: leases and links are reckoned by them.",
            subject="clock",
        )


def _nodes(database: Database) -> Iterator[CheckLine]:
    for name, version, words, seen in Queries(database).status().nodes:
        silent = database.clock() - seen
        if silent > SILENT_NODE:
            yield _line(
                Health.WARNING,
                f"{name} has been silent for {silent:.0f} seconds",
                "If that bot was ended for good, nothing is to be done: others took over its work.",
                subject="node",
            )
        else:
            well = words in ("", "well", "starting")
            yield _line(
                Health.OK if well else Health.WARNING,
                f"{name} ({version}): {words or 'well'}",
                "" if well else "The other lines tell what it lacks.",
                subject="node",
            )


def _line(health: Health, detail: str, mend: str = "", *, subject: str = "database") -> CheckLine:
    return CheckLine(subject=subject, health=health, detail=detail, mend=mend)
