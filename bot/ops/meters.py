"""The figures for Prometheus: counted as things happen, and read from the ledger when they are asked for."""

from collections.abc import Callable, Iterable, Iterator

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.ops.facts import Facts, LedgerFacts
from bot.values.learner import NoticeState, Outcome
from bot.values.ledger import MessageState
from bot.values.outgoing import LetterKind

MINUTE, HOUR = 60, 3600
LATENCIES = (1, 2, 5, 10, 20, 30, MINUTE, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 24 * HOUR)
NODE_SILENT = 60.0


class Meters:
    """Counts what happens in this process; `look` gives the facts of the moment for the rest."""

    def __init__(self, look: Callable[[], Facts]) -> None:
        # Each counter would bring a second figure that tells when it was made.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = CollectorRegistry()
        self.messages = self._counter("messages", "Messages that came to an end", "state", MessageState)
        self.rows = self._counter("rows", "Rows of finished imports", "outcome", Outcome)
        self.letters = Counter(
            "rollcall_letters", "Letters that left the outbox", ("kind", "result"), registry=self._registry
        )
        for kind in LetterKind:
            for result in ("sent", "refused"):
                self.letters.labels(kind.value, result)
        self.latency = Histogram(
            "rollcall_reply_latency_seconds",
            "From the arrival of a message in the mailbox until its reply was taken by the SMTP server",
            buckets=LATENCIES,
            registry=self._registry,
        )
        self.platform_errors = Counter(
            "rollcall_platform_errors",
            "Times that work waits because a platform refuses or is away",
            registry=self._registry,
        )
        self.events = Counter(
            "rollcall_troubles", "Log lines above info, by their event", ("event",), registry=self._registry
        )
        self._registry.register(FactsCollector(look))
        ProcessCollector(registry=self._registry)

    def _counter(self, name: str, words: str, label: str, values: Iterable[str]) -> Counter:
        """A counter whose every label value is there from the start, so that the first increase is seen."""
        made = Counter(f"rollcall_{name}", words, (label,), registry=self._registry)
        for value in values:
            made.labels(str(value))
        return made

    def exposition(self) -> bytes:
        """All figures in Prometheus' text format."""
        return generate_latest(self._registry)


class FactsCollector(Collector):
    """Turns the facts of the moment into gauges."""

    def __init__(self, look: Callable[[], Facts]) -> None:
        self._look = look

    def describe(self) -> Iterable[Metric]:
        """Nothing: registering must not look."""
        return ()

    def collect(self) -> Iterator[Metric]:
        facts = self._look()
        yield _gauge("build_info", "Always 1", {facts.version: 1.0}, "version")
        yield _single("database_up", "Whether the ledger's database serves", float(facts.ledger is not None))
        yield from _mailbox_gauges(facts)
        yield _gauge(
            "oauth_secret_expires_timestamp_seconds",
            "When an OAuth client secret ends",
            facts.secret_ends,
            "login",
        )
        if facts.ledger is not None:
            yield from _ledger_gauges(facts.ledger)


def _mailbox_gauges(facts: Facts) -> Iterator[Metric]:
    """The age only of mailboxes that this node watches: of the others it knows nothing."""
    watched = [mailbox for mailbox in facts.mailboxes if mailbox.holder]
    yield _gauge(
        "mailbox_check_age_seconds",
        "Seconds since a mailbox check was completed",
        {mailbox.name: mailbox.age for mailbox in watched},
        "mailbox",
    )
    yield _gauge(
        "mailbox_trouble",
        "1 where the last check of a mailbox failed",
        {mailbox.name: float(bool(mailbox.trouble)) for mailbox in watched},
        "mailbox",
    )


def _ledger_gauges(ledger: LedgerFacts) -> Iterator[Metric]:
    states = {state.value: 0 for state in MessageState if not state.is_final or state in _FOR_STAFF}
    yield _gauge("messages_open", "Messages under way or with the staff", states | ledger.messages, "state")
    notices = {state.value: 0 for state in NoticeState} | ledger.notices
    yield _gauge("notices", "Account Created mails, by where they stand", notices, "state")
    yield _single("outbox_letters", "Letters waiting to be sent", ledger.outbox_waiting)
    yield _single("outbox_oldest_seconds", "Age of the oldest waiting letter", ledger.outbox_oldest)
    yield _single("outbox_failed", "Letters refused for good", ledger.outbox_failed)
    yield _single("chores_due", "Things to be done in the mailboxes", ledger.chores_due)
    yield _single("questions_open", "Questions that customers have not answered", ledger.questions_open)
    yield _single("leases_held", "Leases that this node holds", ledger.leases_held)
    alive = sum(node.silent <= NODE_SILENT for node in ledger.nodes)
    yield _single("nodes_alive", "Bots that gave a sign of life within a minute", alive)


_FOR_STAFF = (MessageState.HELD, MessageState.SET_ASIDE)


def _single(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(f"rollcall_{name}", words, value=value)


def _gauge(name: str, words: str, values: dict[str, float] | dict[str, int], label: str) -> Metric:
    made = GaugeMetricFamily(f"rollcall_{name}", words, labels=(label,))
    for key, value in values.items():
        made.add_metric((key,), value)
    return made
