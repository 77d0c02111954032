"""Builds facts for the tests of the operators' pages."""

from typing import Any

from bot.ops.facts import Facts, ImportFacts, LedgerFacts, MailboxFacts, NodeFacts


def a_mailbox(**changes: Any) -> MailboxFacts:
    return MailboxFacts(**({"name": "support", "age": 3.0, "limit": 300.0} | changes))


def a_ledger(**changes: Any) -> LedgerFacts:
    usual: dict[str, Any] = {
        "messages": {"held": 2},
        "notices": {"sent": 40, "held": 3},
        "outbox_waiting": 5,
        "outbox_oldest": 12.0,
        "outbox_failed": 0,
        "chores_due": 1,
        "questions_open": 2,
        "leases_held": 1,
        "nodes": (NodeFacts(name="bot-1:7:abc", version="1.0", status="well", silent=2.0),),
        "imports": (
            ImportFacts(
                reference="RC-7F3K2Q", received=1.8e9, took=2.5, state="done", outcomes={"created": 12}
            ),
        ),
    }
    return LedgerFacts(**(usual | changes))


def some_facts(**changes: Any) -> Facts:
    usual: dict[str, Any] = {
        "now": 1.8e9,
        "version": "1.0",
        "mailboxes": (a_mailbox(),),
        "ledger": a_ledger(),
    }
    return Facts(**(usual | changes))
