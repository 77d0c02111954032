"""Builders for ledger tests, speaking of messages and rows, with defaults for what does not matter."""

import itertools
from dataclasses import dataclass, field

from bot.store.chores import ChoreStore
from bot.store.engine import Database
from bot.store.imports import ImportStore
from bot.store.keeping import Keeping
from bot.store.messages import MessageStore
from bot.store.nodes import NodeStore
from bot.store.notices import NoticeBook
from bot.store.outbox import OutboxStore
from bot.store.returns import ReturnStore
from bot.store.settle import Settler
from bot.store.threads import ThreadStore
from bot.store.upgrade import upgrade
from bot.values.learner import ImportRow, Outcome
from bot.values.ledger import Arrival, ImportRecord, Job, NewImport, Outgoing, Place
from bot.values.outgoing import LetterKind
from bot.values.request import Answer, Preference

_numbers = itertools.count(1)


@dataclass
class Clock:
    """A clock that stands still until it is told to move on."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Node:
    """One process' view of a ledger."""

    database: Database
    clock: Clock
    messages: MessageStore = field(init=False)

    def __post_init__(self) -> None:
        upgrade(self.database)
        self.messages = MessageStore(self.database)
        self.book = NoticeBook(self.database, domain="yourcompany.test")
        self.settler = Settler(self.database, self.messages, self.book)
        self.imports = ImportStore(self.database, self.messages)
        self.threads = ThreadStore(self.database, self.settler, self.book)
        self.outbox = OutboxStore(self.database, self.book, sent_folders={"support": "Sent"})
        self.chores = ChoreStore(self.database)
        self.nodes = NodeStore(self.database, version="test")
        self.returns = ReturnStore(self.database, self.settler, self.book)
        self.keeping = Keeping(self.database, keep_seconds=30 * 86400)


def an_arrival(
    *,
    uid: int | None = None,
    sender: str = "dana@customer.test",
    text: str = "hello",
    message_id: str = "",
    fingerprint: str = "",
    folder: str = "INBOX",
    uidvalidity: int = 1,
    approved: bool = False,
    received: float = 1_800_000_000.0,
) -> Arrival:
    """A message found in the mailbox."""
    number = next(_numbers)
    return Arrival(
        place=Place(mailbox="support", folder=folder, uidvalidity=uidvalidity, uid=uid or number),
        raw=text.encode(),
        message_id=message_id or f"<m{number}@customer.test>",
        fingerprint=fingerprint or f"{number:064x}",
        digest=fingerprint or f"{number:064x}",
        sender=sender,
        subject="New starters",
        size=len(text),
        received=received,
        approved=approved,
    )


def a_row(position: int = 0, *, email: str = "", outcome: Outcome = Outcome.PENDING) -> ImportRow:
    """A row of an import."""
    address = email or f"learner{position}@customer.test"
    return ImportRow(
        position=position,
        file="starters.xlsx",
        sheet="Sheet1",
        number=position + 2,
        first_name="Ann",
        last_name=f"Number{position}",
        email=address,
        key=address,
        outcome=outcome,
    )


def a_new_import(
    *rows: ImportRow, answer: Answer = Answer.YES, dry_run: bool = False, customer: str = "Customer"
) -> NewImport:
    """An import about to begin."""
    return NewImport(
        customer=customer,
        directory="embedded",
        dry_run=dry_run,
        preference=Preference(answer=answer),
        from_thread=False,
        source="[]",
        rows=rows or (a_row(0),),
    )


def a_reply() -> Outgoing:
    """A letter to whoever sent the message."""
    return Outgoing(
        kind=LetterKind.REPLY,
        message_id="<reply@yourcompany.test>",
        sender="support@yourcompany.test",
        recipients=("dana@customer.test",),
        body=b"hello",
        mailbox="support",
    )


def begun(node: Node, rows: int = 2, answer: Answer = Answer.YES) -> tuple[Job, ImportRecord]:
    """A message that was claimed, and its import of so many rows, begun in a thread of its own."""
    return begun_with(node, an_arrival(), *[a_row(n) for n in range(rows)], answer=answer)


def begun_with(
    node: Node, arrival: Arrival, *rows: ImportRow, answer: Answer = Answer.YES
) -> tuple[Job, ImportRecord]:
    """The same of this message, with these rows."""
    node.messages.receive([arrival])
    job = node.messages.claim()
    assert job is not None
    thread = node.threads.open("Customer", [job.message_id])
    return job, node.imports.begin(job, a_new_import(*rows, answer=answer), thread)
