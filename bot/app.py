"""The composition root: the one file that names concrete classes and fits them together from the settings."""

import asyncio
import multiprocessing
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot import __version__
from bot.directories import make_directory
from bot.directories.embedded import EmbeddedDirectory
from bot.errors import ConfigurationError, RollcallError
from bot.installation import check_installation
from bot.learners.undo import undo_created
from bot.ports import CheckLine, Directory, Health, Mailbox, SheetReader, SignatureVerifier
from bot.reply.template_set import Templates
from bot.request.sender import CustomerIndex
from bot.runners.assessing import Assessor
from bot.runners.chores import ChoreRunner
from bot.runners.conversation import tend_questions
from bot.runners.delivery import Delivery
from bot.runners.intake import Intake
from bot.runners.links import LinkMaker, load_key
from bot.runners.notices import LetterRoom
from bot.runners.office import DAY, MailboxIdentity, Office, OfficeLimits
from bot.runners.service import LoopEvent, Service, Timed
from bot.runners.watch import MailboxHealth, MailboxWatch
from bot.runners.worker import WakeUp, Worker
from bot.settings import Settings
from bot.settings.tables import DirectorySettings, Login, MailboxSettings
from bot.sheet.child import LimitedReader
from bot.store.chores import ChoreStore
from bot.store.engine import Database, FileLock
from bot.store.imports import ImportStore
from bot.store.keeping import Keeping
from bot.store.messages import MessageStore
from bot.store.nodes import NodeStore
from bot.store.notices import NoticeBook
from bot.store.outbox import OutboxStore
from bot.store.queries import Queries
from bot.store.settle import Settler
from bot.store.threads import ThreadStore
from bot.store.upgrade import HEAD, require_current, upgrade
from bot.values.ledger import Job
from bot.values.message import MessageLimits
from bot.values.sheet import SheetLimits
from bot.wire.dkim import DkimVerifier
from bot.wire.imap import ImapMailbox
from bot.wire.security import Credentials
from bot.wire.smtp import SmtpMailer

MEGABYTE = 1024 * 1024
# These file what is submitted to them in Sent by themselves.
FILES_SENT_ITSELF = ("gmail.com", "googlemail.com", "outlook.com", "office365.com")
DEFAULT_PORTS = {"imap": {"tls": 993}, "smtp": {"tls": 465, "starttls": 587, "none": 25}}

Log = Callable[..., None]


def no_log(event: str, **details: object) -> None:
    """Says nothing."""


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
    keeping: Keeping


def open_database(settings: Settings, *, clock: Callable[[], float] = time.time) -> Database:
    """The ledger's database as it is, whatever its schema."""
    return Database(
        settings.database, owner=node_name(settings), lease_seconds=settings.lease_seconds, clock=clock
    )


def open_queries(settings: Settings) -> Queries:
    """Read-only views; raises ConfigurationError where the schema is not ours."""
    database = open_database(settings)
    require_current(database)
    return Queries(database)


@contextmanager
def use_ledger(settings: Settings) -> Iterator[tuple[Ledger, Queries]]:
    """The stores for a short command beside a running service."""
    ledger = open_ledger(settings)
    try:
        yield ledger, Queries(ledger.database)
    finally:
        ledger.database.close()


def undo_import(settings: Settings, reference: str) -> tuple[list[str], list[tuple[str, str]]]:
    """Deactivate what an import created and nobody used: (deactivated, [(address, why left alone)])."""
    with use_ledger(settings) as (ledger, _):
        record = ledger.imports.by_reference(reference.upper())
        if record is None:
            raise ConfigurationError(f"no import is known under {reference}")
        directory = make_directories(settings, ledger)[record.directory]
        try:
            return undo_created(ledger.imports.created_accounts(record.id), directory)
        finally:
            directory.close()


def check_everything(settings: Settings) -> Iterator[CheckLine]:
    """Every line of `rollcall check`, as soon as it is known."""
    yield from check_installation(settings)
    try:
        ledger = open_ledger(settings)
    except RollcallError as error:
        yield CheckLine(
            subject="database",
            health=Health.FAILED,
            detail=str(error),
            mend="Check `database` in the configuration, and that the service may write there.",
        )
        return
    yield CheckLine(
        subject="database", health=Health.OK, detail=f"{settings.database.partition(':')[0]}, schema {HEAD}"
    )
    try:
        for mailbox in settings.mailboxes:
            own = mailbox.folders
            yield from make_mailbox(mailbox).check([own.inbox, own.done, own.held, own.problem, own.approved])
        yield from asyncio.run(_check_mailer(settings))
        for directory in make_directories(settings, ledger).values():
            yield from directory.check()
            directory.close()
    finally:
        ledger.database.close()


async def _check_mailer(settings: Settings) -> Sequence[CheckLine]:
    mailer = make_mailer(settings)
    try:
        return await mailer.check()
    finally:
        await mailer.close()


def node_name(settings: Settings) -> str:
    """Under what name this process holds leases: unique, so that a dead process is never mistaken for us."""
    return f"{settings.node or socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"


def message_id_domain(settings: Settings) -> str:
    """What our Message-IDs end with."""
    return settings.smtp.message_id_domain or settings.mailboxes[0].address.rpartition("@")[2]


def open_ledger(settings: Settings, *, clock: Callable[[], float] = time.time) -> Ledger:
    """The stores, over a database whose schema is ours; raises ConfigurationError where it can't be."""
    database = open_database(settings, clock=clock)
    upgrade(database)
    messages = MessageStore(database, done_folder=settings.mailboxes[0].folders.done)
    notices = NoticeBook(database, domain=message_id_domain(settings))
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


def make_directories(settings: Settings, ledger: Ledger) -> dict[str, Directory]:
    """Every configured directory by name."""
    return {entry.name: _directory(entry, ledger) for entry in settings.directories}


def _directory(entry: DirectorySettings, ledger: Ledger) -> Directory:
    if entry.kind == "embedded":
        return EmbeddedDirectory(ledger.database.engine, name=entry.name, clock=ledger.database.clock)
    return make_directory(entry)


def credentials(login: Login) -> Credentials:
    """How to log in, by password or OAuth2; secrets are read when they are needed."""
    if login.oauth is not None:
        raise ConfigurationError("oauth: not available yet")
    return Credentials(username=login.username, secret=login.secret)


def port_of(login: Login, protocol: str) -> int:
    """The configured port, or the usual one for the kind of security."""
    return login.port or DEFAULT_PORTS[protocol].get(login.security.value, 143)


def make_mailbox(settings: MailboxSettings) -> ImapMailbox:
    """The IMAP edge of one mailbox; nothing is connected yet."""
    login = settings.imap
    return ImapMailbox(
        login.host,
        port_of(login, "imap"),
        credentials(login),
        security=login.security.value,
        ca_file=login.ca_file or None,
        connect_timeout=min(login.timeout, 15.0),
        read_timeout=login.timeout,
        poll_seconds=settings.poll_seconds,
        use_idle=settings.idle,
    )


def make_mailer(settings: Settings) -> SmtpMailer:
    """The SMTP edge; nothing is connected yet."""
    smtp = settings.smtp
    return SmtpMailer(
        smtp.host,
        port_of(smtp, "smtp"),
        credentials(smtp) if smtp.username else None,
        security=smtp.security.value,
        ca_file=smtp.ca_file or None,
        connections=smtp.connections,
        timeout=smtp.timeout,
    )


def make_verifier(settings: Settings) -> SignatureVerifier | None:
    """Our own DKIM check, where it is switched on."""
    return DkimVerifier() if settings.verification.dkim else None


def link_maker(settings: Settings) -> LinkMaker:
    """The maker of one-time links; its key is made on the first run."""
    base = settings.links.url or (settings.portal.public_url if settings.portal else settings.site.login_url)
    return LinkMaker(base_url=base.rstrip("/"), key=load_key(_key_file(settings)))


def _key_file(settings: Settings) -> Path:
    if settings.links.key_file:
        return Path(os.path.expandvars(settings.links.key_file))
    if settings.is_sqlite:
        return Path(settings.database.removeprefix("sqlite:///") + ".key")
    raise ConfigurationError("links.key_file: is needed with PostgreSQL, the same file for every bot")


def open_assessor(settings: Settings | None, sheets: SheetReader) -> Assessor:
    """Reads messages by the settings' policy; without settings, only what the messages say by themselves."""
    if settings is None:
        return Assessor(
            policy=None,
            customers=CustomerIndex(),
            sheets=sheets,
            verifier=None,
            own_addresses=frozenset(),
            own_domain="rollcall.invalid",
        )
    own = {address for mailbox in settings.mailboxes for address in (mailbox.address, *mailbox.aliases)}
    return Assessor(
        policy=settings.trust_policy(),
        customers=CustomerIndex.of(settings.customer_values()),
        sheets=sheets,
        verifier=make_verifier(settings),
        own_addresses=frozenset(own),
        own_domain=message_id_domain(settings),
    )


def sheet_limits(settings: Settings | None) -> SheetLimits:
    """The limits for reading sheets, the usual ones without settings."""
    return settings.sheet_limits() if settings else SheetLimits()


def make_office(
    settings: Settings,
    ledger: Ledger,
    *,
    directories: Mapping[str, Directory],
    sheets: SheetReader,
    log: Log = no_log,
) -> Office:
    """What workers lean on."""
    return Office(
        messages=ledger.messages,
        settler=ledger.settler,
        imports=ledger.imports,
        threads=ledger.threads,
        outbox=ledger.outbox,
        nodes=ledger.nodes,
        directories=directories,
        sheets=sheets,
        policy=settings.trust_policy(),
        customers=settings.customer_values(),
        mailboxes={mailbox.name: _identity(mailbox, settings) for mailbox in settings.mailboxes},
        templates=Templates(folders=(settings.templates,) if settings.templates else ()),
        limits=OfficeLimits(
            message_bytes=settings.limits.message_megabytes * MEGABYTE,
            replies_per_sender_hour=settings.limits.replies_per_sender_hour,
            replies_per_thread_hour=settings.limits.replies_per_thread_hour,
            message=MessageLimits(bytes=settings.limits.message_megabytes * MEGABYTE),
        ),
        message_id_domain=message_id_domain(settings),
        links=link_maker(settings),
        assessor=open_assessor(settings, sheets),
        staff_address=settings.staff.address,
        remind_seconds=settings.conversation.remind_days * DAY,
        close_seconds=settings.conversation.close_days * DAY,
        lease_seconds=settings.lease_seconds,
        now=ledger.database.clock,
        log=log,
    )


def _identity(mailbox: MailboxSettings, settings: Settings) -> MailboxIdentity:
    return MailboxIdentity(
        name=mailbox.name,
        address=mailbox.address,
        display_name=mailbox.display_name or settings.site.team or f"{settings.site.name} Support",
        folders=mailbox.folders,
        aliases=frozenset(mailbox.aliases),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Running:
    """A service ready to run, with what must be closed after it."""

    service: Service
    office: Office
    ledger: Ledger
    mailer: SmtpMailer
    sheets: SheetReader
    lock: FileLock | None
    health: Sequence[MailboxHealth]

    def close(self) -> None:
        """Let go of everything; the ledger's file lock last."""
        self.sheets.close()
        for directory in self.office.directories.values():
            directory.close()
        self.ledger.nodes.leave()
        self.ledger.database.close()
        if self.lock is not None:
            self.lock.release()


def build(
    settings: Settings, *, log: Log, on_checked: Callable[[MailboxHealth], None] = lambda health: None
) -> Running:
    """Fit a whole service together. Raises ConfigurationError; nothing is connected to mail servers yet."""
    lock = FileLock(settings.database) if settings.is_sqlite else None
    if lock is not None:
        lock.acquire()
    ledger = open_ledger(settings)
    if lock is not None:
        ledger.messages.abandon_own()
        ledger.outbox.abandon_own()
        ledger.nodes.abandon_all()
    sheets = LimitedReader(settings.sheet_limits())
    directories = make_directories(settings, ledger)
    office = make_office(settings, ledger, directories=directories, sheets=sheets, log=log)
    mailer = make_mailer(settings)
    service, health = _service(settings, ledger, office, mailer, log=log, on_checked=on_checked)
    return Running(
        service=service, office=office, ledger=ledger, mailer=mailer, sheets=sheets, lock=lock, health=health
    )


def _service(
    settings: Settings,
    ledger: Ledger,
    office: Office,
    mailer: SmtpMailer,
    *,
    log: Log,
    on_checked: Callable[[MailboxHealth], None],
) -> tuple[Service, list[MailboxHealth]]:
    stop, work_wake, outbox_wake = threading.Event(), WakeUp(), LoopEvent()
    executor = ThreadPoolExecutor(max_workers=4, thread_name_prefix="pool")
    watches = [
        _watch(mailbox, settings, ledger, log=log, stop=stop, work_wake=work_wake, on_checked=on_checked)
        for mailbox in settings.mailboxes
    ]

    def settled(*_: object) -> None:
        outbox_wake.set()
        work_wake.wake()
        wake_watches()

    def apart(job: Job) -> int:
        process = multiprocessing.get_context("spawn").Process(target=work_apart, args=(settings, job))
        process.start()
        process.join()
        return process.exitcode or 0

    def wake_watches(*_: object) -> None:
        for watch in watches:
            watch.wake()

    def tidy() -> None:
        tend_questions(office)
        outbox_wake.set()

    def beat() -> None:
        work_wake.wake()
        troubles = [
            f"{watch.health.name}: {watch.health.trouble}" for watch in watches if watch.health.trouble
        ]
        ledger.nodes.beat("; ".join(troubles) or "well")

    portal = None
    if settings.portal:
        # Only here, so that a service without a portal loads no web server.
        from bot.app_portal import open_portal

        portal = open_portal(
            settings,
            office,
            ledger.database,
            ledger.messages,
            ledger.notices,
            on_letter=outbox_wake.set,
            on_message=work_wake.wake,
        )
    delivery = Delivery(
        outbox=ledger.outbox,
        mailer=mailer,
        render=LetterRoom(
            office,
            link_days=settings.links.days,
            verp=settings.smtp.verp,
            portal=portal.letters if portal else None,
        ),
        executor=executor,
        connections=settings.smtp.connections,
        max_per_minute=settings.smtp.max_per_minute,
        on_sent=wake_watches,
        log=log,
    )
    service = Service(
        watches=watches,
        workers=[
            Worker(office, wake=work_wake, settled=settled, apart=apart, stop=stop)
            for _ in range(settings.workers)
        ],
        delivery=delivery,
        timed=(
            Timed(
                name="mailboxes",
                seconds=min(m.poll_seconds for m in settings.mailboxes),
                action=wake_watches,
            ),
            Timed(name="heartbeat", seconds=min(5.0, settings.lease_seconds / 3), action=beat),
            Timed(name="questions", seconds=60.0, action=tidy),
            Timed(name="housekeeping", seconds=3600.0, action=ledger.keeping.tidy),
            *([Timed(name="portal", seconds=3600.0, action=portal.tidy)] if portal else []),
        ),
        companions=[portal.companion] if portal else [],
        work_wake=work_wake,
        outbox_wake=outbox_wake,
        stop_threads=stop,
        executor=executor,
        log=log,
    )
    return service, [watch.health for watch in watches]


def work_apart(settings: Settings, job: Job) -> None:
    """Work one claimed message in this process, which is made for it alone."""
    ledger = open_ledger(settings)
    with LimitedReader(settings.sheet_limits()) as sheets:
        office = make_office(settings, ledger, directories=make_directories(settings, ledger), sheets=sheets)
        worker = Worker(
            office, wake=WakeUp(), settled=lambda *_: None, apart=lambda _: 1, stop=threading.Event()
        )
        worker.work(job)


def _watch(
    settings: MailboxSettings,
    whole: Settings,
    ledger: Ledger,
    *,
    log: Log,
    stop: threading.Event,
    work_wake: WakeUp,
    on_checked: Callable[[MailboxHealth], None],
) -> MailboxWatch:
    mailbox: Mailbox = make_mailbox(settings)
    intake = Intake(
        name=settings.name,
        mailbox=mailbox,
        messages=ledger.messages,
        folders=settings.folders,
        first_run=settings.first_run,
        limit_bytes=whole.limits.message_megabytes * MEGABYTE,
        announce=lambda words: log("intake", mailbox=settings.name, note=words),
    )
    chores = ChoreRunner(
        name=settings.name,
        mailbox=mailbox,
        chores=ledger.chores,
        report=lambda words: log("chore_refused", mailbox=settings.name, reason=words),
    )
    return MailboxWatch(
        name=settings.name,
        mailbox=mailbox,
        intake=intake,
        chores=chores,
        folders=settings.folders,
        nodes=ledger.nodes,
        lease="" if whole.is_sqlite else f"mailbox:{settings.name}",
        lease_seconds=whole.lease_seconds,
        poll_seconds=settings.poll_seconds,
        on_new=work_wake.wake,
        on_checked=on_checked,
        log=log,
        stop=stop,
    )
