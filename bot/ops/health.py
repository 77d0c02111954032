"""Decides whether this process does its work: what `/healthz` answers."""

from collections.abc import Iterator

from bot.ops.chart import said
from bot.ops.facts import Facts

OUTBOX_LIMIT = 3600.0


def reasons_to_worry(facts: Facts) -> list[str]:
    """Every reason why it does not, in words; none where all is well."""
    return [*_database(facts), *_mailboxes(facts), *_outbox(facts)]


def _database(facts: Facts) -> Iterator[str]:
    if facts.ledger is None:
        yield f"the database does not serve: {facts.fault}"


def _mailboxes(facts: Facts) -> Iterator[str]:
    """Only those that this node watches: another node answers for the others."""
    for mailbox in facts.mailboxes:
        if mailbox.holder and mailbox.age > mailbox.limit:
            why = f": {mailbox.trouble}" if mailbox.trouble else ""
            yield f"mailbox {mailbox.name} was last looked at {said(mailbox.age)} ago{why}"


def _outbox(facts: Facts) -> Iterator[str]:
    if facts.ledger and facts.ledger.outbox_oldest > OUTBOX_LIMIT:
        waiting = facts.ledger.outbox_waiting
        yield f"{waiting} letters wait, the oldest for {said(facts.ledger.outbox_oldest)}"
