"""Ledgers as each schema had them, kept as SQL; `python -m tests.contract.released` writes one of today."""

import sqlite3
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import make_url

from bot.store.upgrade import HEAD
from tests.acceptance.scene import a_message, a_sheet, learners
from tests.contract.conversation_builders import Desk
from tests.contract.ledger_builders import Clock
from tests.servers.postgres import Postgres

SCHEMAS = Path(__file__).with_name("schemas")
# Kept mails and letters would make the files long, and no step looks into them.
SHORTEN = (
    "UPDATE messages SET raw = NULL WHERE finished > 0",
    "UPDATE outbox SET body = NULL WHERE state = 'sent'",
)


def kept(dialect: str) -> list[Path]:
    """Every kept ledger of a database, the oldest first."""
    return sorted(SCHEMAS.glob(f"*.{dialect}.sql"))


def fill(url: str, folder: Path) -> None:
    """What a week brings: an answered import, a question, a held mail, notices and letters."""
    desk = Desk(database=url, folder=folder, clock=Clock())
    try:
        desk.receive(
            a_message(sheets=[("a.xlsx", a_sheet(learners("ann", "bob", "ann")))], message_id="<1@c.test>")
        )
        words = "Please create these accounts."
        desk.receive(a_message(words, sheets=[("b.xlsx", a_sheet(learners("eve")))], message_id="<2@c.test>"))
        stranger = "mo@stranger.test"
        desk.receive(
            a_message(
                words,
                sheets=[("c.xlsx", a_sheet(learners("gus")))],
                sender=stranger,
                trusted=False,
                message_id="<3@c.test>",
            )
        )
        desk.deliver()
        with desk.ledger.database.write() as connection:
            for statement in SHORTEN:
                connection.exec_driver_sql(statement)
    finally:
        desk.close()


def restore(url: str, script: str) -> None:
    """Make a ledger from what was kept."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(str(make_url(url).database))) as connection:
            connection.executescript(script)
        return
    import psycopg

    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute(script.encode())


def dump_sqlite(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return "\n".join(connection.iterdump()) + "\n"


def dump_postgres(server: Postgres, name: str) -> str:
    """As `pg_dump` writes it, without what only psql understands."""
    command = [
        "pg_dump",
        "--inserts",
        "--no-owner",
        "--no-privileges",
        server.url(name).replace("+psycopg", ""),
    ]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    lines = [line for line in done.stdout.splitlines() if line and not line.startswith(("--", "\\"))]
    return "\n".join(lines) + "\n"


def main() -> None:
    SCHEMAS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, Postgres() as server:
        ledger, name = Path(folder, "ledger.db"), server.fresh_database()
        fill(f"sqlite:///{ledger}", Path(folder))
        fill(server.url(name), Path(folder))
        (SCHEMAS / f"{HEAD}.sqlite.sql").write_text(dump_sqlite(ledger), encoding="utf-8")
        (SCHEMAS / f"{HEAD}.postgresql.sql").write_text(dump_postgres(server, name), encoding="utf-8")


if __name__ == "__main__":
    main()
