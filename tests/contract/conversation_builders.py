"""A support desk over a real ledger, without mail servers: mails are worked as they come, on our clock."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from bot.app.edges import make_directories
from bot.app.ledger import Ledger, open_ledger
from bot.app.office import make_office
from bot.mail.parse import content_digest, fingerprint, read_envelope
from bot.runners.office import Office
from bot.runners.worker import WakeUp, Worker
from bot.settings import Settings
from bot.sheet.read import read_sheet
from bot.values.ledger import Arrival, Place, Settlement
from bot.values.outgoing import LetterKind
from bot.values.sheet import SheetLimits, SheetReading
from tests.contract.ledger_builders import Clock

SUPPORT = "support@yourcompany.test"
AUTHSERV = "mx.yourcompany.test"
DAY = 86400.0


class InProcess:
    """Reads sheets right here."""

    def read(self, content: bytes, name: str) -> SheetReading:
        return read_sheet(content, name, SheetLimits())

    @contextmanager
    def begin(self, content: bytes, name: str) -> Iterator[Callable[[], SheetReading]]:
        yield lambda: self.read(content, name)

    def close(self) -> None:
        """Nothing to close."""


@dataclass
class Desk:
    """One bot's ledger and office. Mails are taken in, worked at once and answered into the outbox."""

    database: str
    folder: Path
    clock: Clock
    changes: dict[str, Any] = field(default_factory=dict)
    notified: list[str] = field(default_factory=list)
    notice_ids: dict[str, str] = field(default_factory=dict)
    settled: list[Settlement] = field(default_factory=list)
    _sent: list[tuple[LetterKind, EmailMessage]] = field(default_factory=list)
    _uid: int = 0

    def __post_init__(self) -> None:
        login = {"host": "localhost", "security": "none"}
        table: dict[str, Any] = {
            "database": self.database,
            "site": {"name": "YourCompany Learning", "login_url": "https://learning.yourcompany.test"},
            "links": {"url": "https://learning.yourcompany.test", "key_file": str(self.folder / "links.key")},
            "mailboxes": [{"address": SUPPORT, "imap": login}],
            "smtp": login,
            "verification": {"authserv_id": [AUTHSERV]},
            "customers": [
                {"name": "Customer Ltd", "domains": ["customer.test"]},
                {"name": "Other Ltd", "domains": ["other.test"]},
            ],
        } | self.changes
        self.settings = Settings.model_validate(table)
        self.ledger: Ledger = open_ledger(self.settings, clock=self.clock)
        self.office: Office = make_office(
            self.settings,
            self.ledger,
            directories=make_directories(self.settings, self.ledger),
            sheets=InProcess(),
        )

    def worker(self) -> Worker:
        """A worker that notes every settlement."""

        def settled(_: object, settlement: Settlement) -> None:
            self.settled.append(settlement)

        stop = threading.Event()
        return Worker(self.office, wake=WakeUp(), settled=settled, stop=stop)

    def receive(self, message: EmailMessage) -> Settlement:
        """Take a mail in, work everything that is due, and tell how the last one ended."""
        self.take_in(message)
        self.work()
        return self.settled[-1]

    def take_in(self, message: EmailMessage) -> None:
        """Take a mail in, as the mailbox's watch does."""
        self._uid += 1
        raw = message.as_bytes()
        envelope = read_envelope(raw)
        place = Place(mailbox="support", folder="INBOX", uidvalidity=1, uid=self._uid)
        self.office.messages.receive(
            [
                Arrival(
                    place=place,
                    raw=raw,
                    message_id=envelope.message_id,
                    fingerprint=fingerprint(raw),
                    digest=content_digest(raw),
                    sender=envelope.sender,
                    subject=envelope.subject,
                    size=len(raw),
                    received=self.clock(),
                )
            ]
        )

    def work(self) -> None:
        """Work whatever is due."""
        worker = self.worker()
        while worker.work_one():
            pass

    def letters(self, *kinds: LetterKind) -> list[EmailMessage]:
        """Letters other than notices that were sent by now, those just due among them."""
        self.deliver()
        return [letter for kind, letter in self._sent if not kinds or kind in kinds]

    def last(self, *kinds: LetterKind) -> EmailMessage:
        """The latest of them."""
        return self.letters(*kinds)[-1]

    def deliver(self, *, refuse: tuple[str, ...] = (), limit: int = 1000) -> None:
        """The SMTP server takes what is due, replies first, and refuses these addresses for good."""
        items = self.ledger.outbox.claim(limit)
        refused = []
        for item in items:
            if set(item.recipients) & set(refuse):
                refused.append((item.id, f"550 5.1.1 <{item.recipients[0]}>: no such user"))
            elif item.kind is LetterKind.NOTICE:
                self.notified.extend(item.recipients)
                self.notice_ids[item.recipients[0]] = item.message_id
            else:
                letter = message_from_bytes(item.body, policy=policy.default)
                assert isinstance(letter, EmailMessage)
                self._sent.append((item.kind, letter))
        self.ledger.outbox.sent(items, refused)

    def close(self) -> None:
        """Let go of the database."""
        self.ledger.database.close()
