"""Line 11: `status` and a new upload on a ledger of a million messages; against one of a thousand."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchmarks.bench_sheet import a_sheet
from benchmarks.figures import Figure, show, timed
from bot.directories.embedded import EmbeddedDirectory
from bot.learners.create import create_accounts
from bot.learners.plan import plan_rows
from bot.sheet.child import LimitedReader
from bot.store.engine import Database
from bot.store.imports import ImportStore
from bot.store.messages import MessageStore
from bot.store.notices import NoticeBook
from bot.store.queries import Queries
from bot.store.settle import Settler
from bot.store.threads import ThreadStore
from bot.store.upgrade import upgrade
from bot.values.ledger import (
    Arrival,
    MessageState,
    NewImport,
    NoticeAction,
    NoticeOrder,
    Place,
    Settlement,
)
from bot.values.request import Answer, Preference
from bot.values.sheet import SheetLimits, SheetReading

SIZES = (1_000, 1_000_000)
ROUNDS = 30
TARGET = 1.3
WHERE = "commits: an upload of 20 learners is eight transactions, of which two wait for the disk."
LIMIT = "one step deeper in each B-tree for a thousand times the rows."
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})"


def fill(database: Database, rows: int) -> None:
    """A ledger with so many answered messages, and as many replies, chores and accounts."""
    numbers = NUMBERS.format(rows=rows)
    with database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO messages (message_id, fingerprint, digest, sender, subject, state, finished, filed)"
            f" {numbers} SELECT '<' || i || '@c.test>', printf('%064d', i), printf('%064x', i),"
            " 'dana' || (i % 1000) || '@c.test', 'New starters', 'answered', 1, 1 FROM n"
        )
        connection.exec_driver_sql(
            "INSERT INTO accounts (directory, key, username, email, first_name, last_name)"
            f" {numbers} SELECT 'embedded', 'l' || i || '@c.test', 'l' || i || '@c.test',"
            " 'l' || i || '@c.test', 'First', 'Last' FROM n"
        )
        connection.exec_driver_sql(
            "INSERT INTO outbox (kind, state, message_id, created, finished, counted_for)"
            f" {numbers} SELECT 'reply', 'sent', '<r' || i || '@y.test>', 1, 1, 'dana@c.test' FROM n"
        )
        connection.exec_driver_sql(
            "INSERT INTO mailbox_chores (mailbox, kind, state, message)"
            f" {numbers} SELECT 'support', 'move', 'done', i FROM n"
        )


class Upload:
    """Uploads of 20 learners, one after the other, from arrival to settlement."""

    def __init__(self, database: Database, reading: SheetReading) -> None:
        self.messages = MessageStore(database)
        book = NoticeBook(database, domain="yourcompany.test")
        self.settler = Settler(database, self.messages, book)
        self.threads = ThreadStore(database, self.settler, book)
        self.imports = ImportStore(database, self.messages)
        self.directory = EmbeddedDirectory(
            database.engine, name="embedded", clock=time.time, step=database.step
        )
        self.reading = reading
        self.number = 0

    def one(self) -> None:
        """The ledger's whole share of one upload."""
        self.number += 1
        name = f"<new{self.number}@c.test>"
        place = Place(mailbox="support", folder="INBOX", uidvalidity=1, uid=self.number)
        arrival = Arrival(
            place=place,
            raw=b"x" * 8000,
            message_id=name,
            fingerprint=name,
            digest=name,
            sender="dana1@c.test",
            subject="New starters",
            size=8000,
            received=0.0,
        )
        self.messages.receive([arrival])
        job = self.messages.claim()
        assert job is not None
        new = NewImport(
            customer="Customer",
            directory="embedded",
            dry_run=False,
            preference=Preference(answer=Answer.YES),
            from_thread=False,
            source="[]",
            rows=plan_rows([self.reading]),
        )
        record = self.imports.begin(job, new, self.threads.open("Customer", [name]))
        create_accounts(job, record, self.directory, self.imports)
        order = NoticeOrder(action=NoticeAction.HOLD, import_id=record.id)
        self.settler.settle(
            job,
            Settlement(
                state=MessageState.ANSWERED,
                reason="done",
                thread=record.thread,
                finish_import=record.id,
                notices=order,
            ),
        )


@contextmanager
def a_ledger(rows: int) -> Iterator[Database]:
    """A filled ledger in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder)}/ledger.db", owner="bench")
        upgrade(database)
        fill(database, rows)
        yield database
        database.close()


def measure() -> Iterator[Figure]:
    """Small and large by turns, so that a busy machine hurts both alike."""
    with LimitedReader(SheetLimits()) as reader:
        reading = reader.read(a_sheet(20), "learners.xlsx")
    small, large = SIZES
    with a_ledger(small) as few, a_ledger(large) as many:
        views, uploads = (Queries(few), Queries(many)), (Upload(few, reading), Upload(many, reading))
        works = {
            "`status`": (views[0].status, views[1].status),
            "a new upload of 20 learners": (uploads[0].one, uploads[1].one),
        }
        for work, (with_few, with_many) in works.items():
            with_few(), with_many()
            pairs = [(timed(with_many), timed(with_few)) for _ in range(ROUNDS)]
            mine, bare = (median(column) for column in zip(*pairs, strict=True))
            yield Figure(
                line=11,
                work=f"{work}, {large:,} rows against {small:,}",
                ours=f"{mine * 1000:.1f} ms",
                floor=f"{bare * 1000:.1f} ms",
                ratio=f"{mine / bare:.2f}x",
                target=f"≤ {TARGET}x",
                reached=mine / bare <= TARGET,
            )


if __name__ == "__main__":
    show(measure())
