"""Fits the whole service together."""

import logging
import threading
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from bot.app.edges import make_directories, make_mailbox, make_mailer
from bot.app.ledger import Ledger, open_ledger
from bot.app.office import Log, make_office
from bot.errors import LedgerUnavailable
from bot.ports import Mailbox, SheetReader
from bot.runners.apart import Apart, Desk, ForkServer
from bot.runners.bounces import tend_returns
from bot.runners.chores import ChoreRunner
from bot.runners.conversation import tend_questions
from bot.runners.delivery import Delivery
from bot.runners.events import LibraryHandler
from bot.runners.intake import Intake
from bot.runners.notices import LetterRoom
from bot.runners.office import Office
from bot.runners.service import LoopEvent, Service, Timed
from bot.runners.staff import send_digest
from bot.runners.watch import MailboxHealth, MailboxWatch
from bot.runners.worker import WakeUp, Worker
from bot.settings import Settings
from bot.settings.tables import MailboxSettings
from bot.sheet.child import LimitedReader
from bot.store.engine import FileLock
from bot.store.upgrade import refuse_newer
from bot.values.ledger import Job, OutboxItem, Settlement
from bot.wire.smtp import SmtpMailer

if TYPE_CHECKING:
    from bot.app.ops import Ops

MEGABYTE = 1024 * 1024


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
    ops = _open_ops(settings, ledger, log)
    if ops is not None:
        log = ops.counting(log)
    sheets = LimitedReader(settings.sheet_limits())
    directories = make_directories(settings, ledger)
    office = make_office(settings, ledger, directories=directories, sheets=sheets, log=log)
    mailer = make_mailer(settings)
    service, health = _service(settings, ledger, office, mailer, ops=ops, log=log, on_checked=on_checked)
    # The first customer's sheet should not wait for the process that opens it.
    sheets.warm()
    ledger.nodes.beat("starting")
    return Running(
        service=service, office=office, ledger=ledger, mailer=mailer, sheets=sheets, lock=lock, health=health
    )


def _open_ops(settings: Settings, ledger: Ledger, log: Log) -> "Ops | None":
    """The operators' port, where it is switched on."""
    if not settings.ops.listen:
        return None
    # Only here, so that a service without the port loads no web server and no figures.
    from bot.app.ops import Ops

    return Ops(settings, ledger.database, log)


def _service(
    settings: Settings,
    ledger: Ledger,
    office: Office,
    mailer: SmtpMailer,
    *,
    ops: "Ops | None",
    log: Log,
    on_checked: Callable[[MailboxHealth], None],
) -> tuple[Service, list[MailboxHealth]]:
    stop, work_wake, outbox_wake = threading.Event(), WakeUp(), LoopEvent()
    executor = ThreadPoolExecutor(max_workers=4, thread_name_prefix="pool")
    watches = [
        _watch(mailbox, settings, ledger, log=log, stop=stop, work_wake=work_wake, on_checked=on_checked)
        for mailbox in settings.mailboxes
    ]

    def settled(job: Job, settlement: Settlement) -> None:
        seconds = round(office.now() - job.received, 1)
        log("message_settled", message=job.id, state=settlement.state.value, seconds=seconds)
        if ops is not None:
            ops.settled(job, settlement)
        outbox_wake.set()
        work_wake.wake()
        wake_watches()

    def wake_watches(*_: object) -> None:
        for watch in watches:
            watch.wake()

    def sent(items: Sequence[OutboxItem], refused: Collection[int]) -> None:
        if ops is not None:
            ops.left(items, refused)
        wake_watches()

    def tidy() -> None:
        tend_questions(office)
        outbox_wake.set()

    def tell() -> None:
        if tend_returns(office):
            outbox_wake.set()
            wake_watches()

    def digest() -> None:
        if send_digest(office, settings.staff.digest_at):
            outbox_wake.set()

    def beat() -> None:
        work_wake.wake()
        refuse_newer(ledger.database)
        troubles = [
            f"{watch.health.name}: {watch.health.trouble}" for watch in watches if watch.health.trouble
        ]
        ledger.nodes.beat("; ".join(troubles) or "well")

    portal = None
    if settings.portal:
        # Only here, so that a service without a portal loads no web server.
        from bot.app.portal import open_portal

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
        lease_seconds=settings.lease_seconds,
        on_sent=sent,
        log=log,
    )
    forks = ForkServer()
    service = Service(
        watches=watches,
        workers=[
            Worker(
                office,
                wake=work_wake,
                settled=settled,
                stop=stop,
                apart=Apart(partial(serve_apart, settings), read_in="bot.app.nursery", server=forks, log=log),
                # The first stays here, where all is loaded: a core is kept busy by this process alone.
                spread_after=settings.spread_after if number else 0,
            )
            for number in range(settings.workers)
        ],
        delivery=delivery,
        timed=(
            Timed(
                name="mailboxes",
                seconds=min(m.poll_seconds for m in settings.mailboxes),
                action=wake_watches,
            ),
            Timed(name="heartbeat", seconds=min(5.0, settings.lease_seconds / 3), action=beat),
            Timed(name="questions", seconds=max(1.0, min(60.0, office.remind_seconds / 4)), action=tidy),
            Timed(name="returns", seconds=max(1.0, min(60.0, office.quiet_seconds / 4)), action=tell),
            *([Timed(name="digest", seconds=60.0, action=digest)] if settings.staff.digest else []),
            Timed(name="housekeeping", seconds=3600.0, action=ledger.keeping.tidy),
            *([Timed(name="portal", seconds=3600.0, action=portal.tidy)] if portal else []),
        ),
        companions=[part.companion for part in (portal, ops and ops.server) if part],
        work_wake=work_wake,
        outbox_wake=outbox_wake,
        stop_threads=stop,
        executor=executor,
        log=log,
    )
    health = [watch.health for watch in watches]
    if ops is not None:
        ops.watch(health)
    return service, health


def serve_apart(settings: Settings, desk: Desk) -> None:
    """Work messages in this process, made for suspects and for a backlog, until told to end."""
    logging.getLogger().addHandler(LibraryHandler(desk.log))
    ledger = open_ledger(settings)
    with LimitedReader(settings.sheet_limits()) as sheets:
        sheets.warm()
        directories = make_directories(settings, ledger)
        office = make_office(settings, ledger, directories=directories, sheets=sheets, log=desk.log)
        worker = Worker(office, wake=WakeUp(), settled=desk.settled, stop=threading.Event())
        desk.ready()
        while True:
            order = desk.next_order()
            try:
                worker.work(order.job, claimed=order.claimed)
                while order.goes_on and not desk.is_called_back() and worker.work_next(desk.took):
                    pass  # what is due meanwhile
            except LedgerUnavailable as trouble:
                desk.unavailable(str(trouble))
            else:
                desk.ready()


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
        taken_in=work_wake.wake,
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
        on_checked=on_checked,
        log=log,
        stop=stop,
    )
