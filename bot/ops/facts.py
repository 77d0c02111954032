"""What the pages for operators tell, as values; nothing in it names a person, only references."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class MailboxFacts:
    """A mailbox as this node sees it. `age` is seconds since its last completed check (since the start, where
    there was none), `limit` how old it may get; `holder` is False where another node watches it."""

    name: str
    age: float
    limit: float
    trouble: str = ""
    holder: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class NodeFacts:
    """A process on this ledger; `silent` is seconds since its last sign of life."""

    name: str
    version: str
    status: str
    silent: float


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportFacts:
    """An import: `received` in epoch seconds, `took` seconds until its reply left (0: not yet)."""

    reference: str
    received: float
    took: float
    state: str
    outcomes: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerFacts:
    """What the ledger holds that is under way; ages in seconds."""

    messages: dict[str, int]
    notices: dict[str, int]
    outbox_waiting: int
    outbox_oldest: float
    outbox_failed: int
    chores_due: int
    questions_open: int
    leases_held: int
    nodes: tuple[NodeFacts, ...] = ()
    imports: tuple[ImportFacts, ...] = ()
    trouble: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """Everything at one moment. `ledger` is None where the database does not serve; `fault` says why."""

    now: float
    version: str
    mailboxes: tuple[MailboxFacts, ...]
    ledger: LedgerFacts | None
    fault: str = ""
    secret_ends: dict[str, float] = field(default_factory=dict)
