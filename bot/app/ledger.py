"""Opens the ledger: every store over one database."""

import os
import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

from bot import __version__
from bot.errors import ConfigurationError
from bot.settings import Settings
from bot.store.chores import ChoreStore
from bot.store.engine import Database
from bot.store.imports import ImportStore
from bot.store.keeping import DAY, Keeping
from bot.store.messages import MessageStore
from bot.store.nodes import NodeStore
from bot.store.notices import NoticeBook
from bot.store.outbox import OutboxStore
from bot.store.queries import Queries
from bot.store.records import RecordStore
from bot.store.returns import ReturnStore
from bot.store.settle import Settler
from bot.store.threads import ThreadStore
from bot.store.upgrade import require_current, upgrade

# These file what is submitted to them in Sent by themselves.
FILES_SENT_ITSELF = ("gmail.com", "googlemail.com", "outlook.com", "office365.com")


@dataclass(frozen=True, kw_only=True, slots=True)
class Ledger:
    """Every store over one database."""

    database: Database
    messages: MessageStore
    imports: ImportStore
    threads: ThreadStore
    outbox: OutboxStore
    chores: ChoreStore
    nodes: NodeStore
    notices: NoticeBook
    settler: Settler
    returns: ReturnStore
    records: RecordStore
    keeping: Keeping


def open_database(settings: Settings, *, clock: Callable[[], float] | None = None) -> Database:
    """The ledger's database as it is, whatever its schema."""
    return Database(
        settings.database, owner=node_name(settings), lease_seconds=settings.lease_seconds, clock=clock
    )


def missing_file(settings: Settings) -> Path | None:
    """A SQLite file that is not there yet, and would be made by looking into it; None otherwise."""
    path = make_url(settings.database).database if settings.is_sqlite else None
    return Path(path).absolute() if path and path != ":memory:" and not Path(path).exists() else None


def require_there(settings: Settings) -> None:
    """Raise ConfigurationError where no ledger was made yet: a command that looks into one makes none."""
    if missing := missing_file(settings):
        raise ConfigurationError(
            f"there is no ledger at {missing}: `rollcall run` makes it when it first starts. Where Rollcall "
            "is installed as a service, `rollcall-admin` looks in the service's folder."
        )


def open_queries(settings: Settings) -> Queries:
    """Read-only views; raises ConfigurationError where the schema is not ours."""
    require_there(settings)
    database = open_database(settings)
    require_current(database)
    return Queries(database)


@contextmanager
def use_ledger(settings: Settings) -> Iterator[tuple[Ledger, Queries]]:
    """The stores for a short command beside a running service."""
    require_there(settings)
    ledger = open_ledger(settings)
    try:
        yield ledger, Queries(ledger.database)
    finally:
        ledger.database.close()


def node_name(settings: Settings) -> str:
    """Under what name this process holds leases: unique, so that a dead process is never mistaken for us."""
    return f"{settings.node or socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"


def open_ledger(settings: Settings, *, clock: Callable[[], float] | None = None) -> Ledger:
    """The stores, over a database whose schema is ours; raises ConfigurationError where it can't be."""
    database = open_database(settings, clock=clock)
    upgrade(database)
    messages = MessageStore(database, done_folder=settings.mailboxes[0].folders.done)
    notices = NoticeBook(database, domain=settings.message_id_domain)
    settler = Settler(database, messages, notices)
    return Ledger(
        database=database,
        messages=messages,
        imports=ImportStore(database, messages),
        threads=ThreadStore(database, settler, notices),
        outbox=OutboxStore(database, notices, sent_folders=_sent_folders(settings)),
        chores=ChoreStore(database),
        nodes=NodeStore(database, version=__version__),
        notices=notices,
        settler=settler,
        returns=ReturnStore(database, settler, notices),
        records=RecordStore(database),
        keeping=Keeping(database, keep_seconds=settings.keep_mail_days * DAY),
    )


def _sent_folders(settings: Settings) -> dict[str, str]:
    folders = {}
    for mailbox in settings.mailboxes:
        choice = mailbox.folders.copy_to_sent
        by_server = mailbox.imap.host.lower().endswith(FILES_SENT_ITSELF)
        if choice == "never" or (choice == "auto" and by_server):
            folders[mailbox.name] = ""
        else:
            folders[mailbox.name] = mailbox.folders.sent or "?"
    return folders
