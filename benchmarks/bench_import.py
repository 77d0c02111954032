"""A 100,000-row sheet becomes accounts, journal and outcomes in SQLite; against calamine and one bare INSERT."""

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import python_calamine
from openpyxl import Workbook

from bot.app.collector import spare_collector
from bot.directories.embedded import EmbeddedDirectory
from bot.learners.create import create_accounts
from bot.learners.plan import plan_rows
from bot.sheet.child import LimitedReader
from bot.store.engine import Database
from bot.store.imports import ImportStore
from bot.store.messages import MessageStore
from bot.store.settle import Settler
from bot.store.notices import NoticeBook
from bot.store.threads import ThreadStore
from bot.store.upgrade import upgrade
from bot.values.ledger import Arrival, NewImport, Place
from bot.values.request import Answer, Preference
from bot.values.sheet import SheetLimits

ROUNDS = 3


def a_sheet(path: Path, rows: int) -> Path:
    """An xlsx with so many learners."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Starters")
    sheet.append(("First Name", "Last Name", "Email address"))
    for number in range(rows):
        sheet.append((f"First{number}", f"Last{number}", f"learner{number}@customer.test"))
    book.save(path)
    return path


def ours(sheet: Path, folder: Path, rows: int) -> None:
    """The whole job but the mail: read, plan, journal, create, outcomes."""
    database = Database(f"sqlite:///{folder}/ours.db", owner="bench")
    upgrade(database)
    messages = MessageStore(database)
    book = NoticeBook(database, domain="yourcompany.test")
    threads = ThreadStore(database, Settler(database, messages, book), book)
    imports = ImportStore(database, messages)
    place = Place(mailbox="support", folder="INBOX", uidvalidity=1, uid=1)
    messages.receive([Arrival(place=place, raw=b"x", message_id="<1@x>", fingerprint="1", digest="1",
                              sender="a@x", subject="", size=1, received=0.0)])
    job = messages.claim()
    assert job is not None
    with LimitedReader(SheetLimits(rows=rows)) as reader:
        reading = reader.read(sheet.read_bytes(), sheet.name)
    planned = plan_rows([reading])
    assert len(planned) == rows, reading.problem
    new = NewImport(customer="Customer", directory="embedded", dry_run=False,
                    preference=Preference(answer=Answer.NO), from_thread=False, source="[]", rows=planned)
    record = imports.begin(job, new, threads.open("Customer", ["<1@x>"]))
    directory = EmbeddedDirectory(database.engine, name="embedded", clock=time.time)
    create_accounts(job, record, directory, imports)
    with database.read() as connection:
        (made,) = connection.exec_driver_sql("SELECT count(*) FROM accounts").one()
    assert made == rows
    database.close()


def floor(sheet: Path, folder: Path, rows: int) -> None:
    """calamine's read, and one INSERT of it all into an indexed table."""
    table = python_calamine.CalamineWorkbook.from_path(str(sheet)).get_sheet_by_index(0).to_python()
    with sqlite3.connect(folder / "floor.db") as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE accounts (id INTEGER PRIMARY KEY, email TEXT UNIQUE, first, last)")
        connection.executemany(
            "INSERT INTO accounts (first, last, email) VALUES (?, ?, ?)", [row[:3] for row in table[1:]]
        )
    assert len(table) == rows + 1


def timed(work: Callable[[Path, Path, int], None], sheet: Path, rows: int) -> float:
    """Seconds that it takes in a new folder."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        work(sheet, Path(folder), rows)
        return time.perf_counter() - began


def main() -> None:
    """Print seconds and ratios for 10,000 and 100,000 rows."""
    spare_collector()
    for rows in (10_000, 100_000):
        with tempfile.TemporaryDirectory() as folder:
            sheet = a_sheet(Path(folder) / "learners.xlsx", rows)
            pairs = [(timed(ours, sheet, rows), timed(floor, sheet, rows)) for _ in range(ROUNDS)]
        ratio = statistics.median(mine / bare for mine, bare in pairs)
        mine, bare = (statistics.median(column) for column in zip(*pairs, strict=True))
        print(f"{rows:>7} rows: ours {mine:.2f} s, floor {bare:.2f} s, ratio {ratio:.2f}, {rows / mine:,.0f} rows/s")


if __name__ == "__main__":
    main()
