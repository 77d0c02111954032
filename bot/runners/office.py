"""What the work on a message leans on: services as ports, and the operator's choices as values."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.ports import (
    Directory,
    Imports,
    Messages,
    Nodes,
    Outbox,
    Records,
    Returns,
    Settler,
    SheetReader,
    Threads,
)
from bot.reply.template_set import Templates
from bot.runners.assessing import Assessor
from bot.runners.links import LinkMaker
from bot.settings.tables import Folders
from bot.values.customer import Customer, TrustPolicy
from bot.values.ledger import Job
from bot.values.message import MessageLimits

DAY = 86400.0


@dataclass(frozen=True, kw_only=True, slots=True)
class MailboxIdentity:
    """A mailbox as the bot speaks for it: the address replies come from, and where mail is filed."""

    name: str
    address: str
    display_name: str
    folders: Folders
    aliases: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class OfficeLimits:
    """How much is taken and how often somebody is answered; beyond it a person looks."""

    message_bytes: int
    replies_per_sender_hour: int
    replies_per_thread_hour: int
    sheets_per_message: int = 20
    message: MessageLimits = field(default_factory=MessageLimits)


@dataclass(frozen=True, kw_only=True, slots=True)
class Office:
    """Everything a worker needs. `now` gives epoch seconds; `log` takes an event name and details."""

    messages: Messages
    settler: Settler
    imports: Imports
    threads: Threads
    outbox: Outbox
    returns: Returns
    records: Records
    nodes: Nodes
    directories: Mapping[str, Directory]
    sheets: SheetReader
    policy: TrustPolicy
    customers: Sequence[Customer]
    mailboxes: Mapping[str, MailboxIdentity]
    templates: Templates
    limits: OfficeLimits
    message_id_domain: str
    links: LinkMaker
    assessor: Assessor
    staff_address: str = ""
    remind_seconds: float = 3 * DAY
    close_seconds: float = 14 * DAY
    quiet_seconds: float = 3600.0
    lease_seconds: float = 30.0
    now: Callable[[], float] = time.time
    log: Callable[..., None] = lambda event, **details: None

    def customer(self, name: str) -> Customer | None:
        """The customer of that name, if it is still configured."""
        return next((customer for customer in self.customers if customer.name == name), None)

    def secret_for(self, job: Job) -> str:
        """What nobody outside can guess, and is the same each time the job is worked."""
        return self.links.token(f"confirm {job.fingerprint}")[:32]

    def words_for(self, customer: Customer | None) -> Templates:
        """The templates in the customer's language, with its own folder first."""
        if customer is None:
            return self.templates
        return self.templates.speaking(customer.language, customer.templates)
