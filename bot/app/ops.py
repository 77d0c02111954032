"""Fits the operators' port together: what happens is counted, what stands in the ledger is looked up."""

import time
from collections import OrderedDict
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from threading import Lock

from bot import __version__
from bot.app.office import Log
from bot.errors import RollcallError
from bot.ops.facts import Facts, ImportFacts, LedgerFacts, MailboxFacts, NodeFacts
from bot.ops.meters import Meters
from bot.ops.pages import Pages
from bot.ops.serve import OpsServer
from bot.runners.events import is_above_info
from bot.runners.watch import MailboxHealth
from bot.settings import Settings
from bot.store.engine import Database
from bot.store.figures import Figures
from bot.store.queries import Queries
from bot.values.ledger import Job, OutboxItem, Settlement
from bot.values.outgoing import LetterKind

# Several scrapes and page loads at once are one look at the ledger.
KEPT_SECONDS = 2.0
REMEMBERED = 10_000


class Ops:
    """The operators' port of one process. It listens at once; raises ConfigurationError where it can't."""

    def __init__(self, settings: Settings, database: Database, log: Log) -> None:
        self._settings = settings
        self._figures = Figures(database)
        self._queries = Queries(database)
        self._started = time.time()
        self._mailboxes: Sequence[MailboxHealth] = ()
        self._arrived: OrderedDict[str, float] = OrderedDict()
        self._lock, self._looking = Lock(), Lock()
        self._kept: Facts | None = None
        self.meters = Meters(self.look)
        self.server = OpsServer(
            settings.ops.listen, Pages(look=self.look, meters=self.meters).answer, log=log
        )

    def counting(self, log: Log) -> Log:
        """The same log, with its troubles counted."""

        def counted(event: str, **details: object) -> None:
            if is_above_info(event):
                self.meters.events.labels(event).inc()
            if event == "platform_unavailable":
                self.meters.platform_errors.inc()
            log(event, **details)

        return counted

    def watch(self, mailboxes: Sequence[MailboxHealth]) -> None:
        """These are the mailboxes to tell of."""
        self._mailboxes = mailboxes

    # ------------------------------------------------------------------ what happens

    def settled(self, job: Job, settlement: Settlement) -> None:
        """A message came to its end."""
        try:
            self.meters.messages.labels(settlement.state.value).inc()
            for outcome, count in self._outcomes(settlement).items():
                self.meters.rows.labels(outcome).inc(count)
        except RollcallError:
            return  # a figure is not worth the work at hand
        with self._lock:
            for letter in settlement.letters:
                self._arrived[letter.message_id] = job.received
            while len(self._arrived) > REMEMBERED:
                self._arrived.popitem(last=False)

    def _outcomes(self, settlement: Settlement) -> dict[str, int]:
        if not settlement.finish_import:
            return {}
        return self._figures.outcomes(settlement.finish_import)

    def left(self, items: Sequence[OutboxItem], refused: Collection[int]) -> None:
        """Letters left the outbox, of which the server refused some for good."""
        replies = []
        for item in items:
            result = "refused" if item.id in refused else "sent"
            self.meters.letters.labels(item.kind.value, result).inc()
            if item.kind is LetterKind.REPLY and result == "sent":
                replies.append(item)
        now = time.time()
        for arrived in self._arrivals(replies):
            self.meters.latency.observe(max(0.0, now - arrived))

    def _arrivals(self, replies: Sequence[OutboxItem]) -> list[float]:
        """When what they answer arrived: as we remember, else by the import another node settled."""
        with self._lock:
            known = {item.id: self._arrived.pop(item.message_id, 0.0) for item in replies}
        others = {item.import_id for item in replies if not known[item.id] and item.import_id}
        try:
            looked_up = self._figures.arrivals(others)
        except RollcallError:
            looked_up = {}
        return [*filter(None, known.values()), *looked_up.values()]

    # ------------------------------------------------------------------ how things stand

    def look(self) -> Facts:
        """The facts of the moment, at most two seconds old."""
        with self._looking:
            if self._kept is None or time.time() - self._kept.now > KEPT_SECONDS:
                self._kept = self._look(time.time())
            return self._kept

    def _look(self, now: float) -> Facts:
        ledger: LedgerFacts | None = None
        fault = ""
        try:
            ledger = self._ledger(now)
        except RollcallError as trouble:
            fault = str(trouble)
        return Facts(
            now=now,
            version=__version__,
            mailboxes=tuple(self._mailbox(health, now) for health in self._mailboxes),
            ledger=ledger,
            fault=fault,
            secret_ends=_secret_ends(self._settings),
        )

    def _mailbox(self, health: MailboxHealth, now: float) -> MailboxFacts:
        mailbox = next(one for one in self._settings.mailboxes if one.name == health.name)
        return MailboxFacts(
            name=health.name,
            age=now - max(health.checked, self._started),
            limit=3 * mailbox.poll_seconds + 120.0,
            trouble=health.trouble,
            holder=health.holder,
        )

    def _ledger(self, now: float) -> LedgerFacts:
        status = self._queries.status()
        return LedgerFacts(
            messages=status.messages,
            notices=self._figures.notices(),
            outbox_waiting=status.outbox_waiting,
            outbox_oldest=status.outbox_oldest,
            outbox_failed=status.outbox_failed,
            chores_due=status.chores_due,
            questions_open=status.questions_open,
            leases_held=self._figures.leases_held(),
            nodes=tuple(
                NodeFacts(name=name, version=version, status=words, silent=max(0.0, now - seen))
                for name, version, words, seen in status.nodes
            ),
            imports=tuple(
                ImportFacts(
                    reference=one.reference,
                    received=one.received,
                    took=one.took,
                    state=one.state,
                    outcomes=one.outcomes,
                )
                for one in self._figures.imports()
            ),
            trouble=status.trouble,
        )


def _secret_ends(settings: Settings) -> dict[str, float]:
    logins = [(f"mailboxes.{mailbox.name}.imap", mailbox.imap) for mailbox in settings.mailboxes]
    ends = {
        key: login.oauth.secret_expires for key, login in [*logins, ("smtp", settings.smtp)] if login.oauth
    }
    return {
        key: datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
        for key, day in ends.items()
        if day
    }
