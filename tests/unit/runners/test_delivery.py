"""Delivery over an outbox and a server of ten lines each: what is made, sent and written down of a batch."""

import asyncio
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.errors import DeliveryDeferred, LedgerUnavailable
from bot.ports.outside import Delivery as Delivered
from bot.runners.delivery import MADE_AT_ONCE, Delivery, Ready
from bot.values.ledger import OutboxItem
from bot.values.outgoing import LetterKind


def letters(count: int) -> list[OutboxItem]:
    return [
        OutboxItem(
            id=number,
            kind=LetterKind.REPLY,
            message_id=f"<{number}@yourcompany.test>",
            sender="support@yourcompany.test",
            recipients=(f"learner{number}@customer.test",),
            body=b"",
            attempts=1,
            mailbox="support",
            import_id=0,
            position=-1,
            created=time.time(),
        )
        for number in range(count)
    ]


@dataclass
class Ledger:
    """An outbox that gives its letters once, and a server that may be away for some of them."""

    items: list[OutboxItem]
    away_from: int = 1_000_000
    handed_over: list[str] = field(default_factory=list)
    written: list[int] = field(default_factory=list)
    put_off: list[int] = field(default_factory=list)
    begun: threading.Event = field(default_factory=threading.Event)

    def claim(self, limit: int) -> list[OutboxItem]:
        claimed, self.items = self.items[:limit], self.items[limit:]
        return claimed

    def sent(self, items: Sequence[OutboxItem], refused: Sequence[tuple[int, str]] = ()) -> None:
        self.written += [item.id for item in items]

    def deferred(self, items: Sequence[tuple[OutboxItem, str, float]]) -> None:
        self.put_off += [item.id for item, _, _ in items]

    def prolong(self, items: Sequence[OutboxItem]) -> None:
        raise AssertionError("a batch of a moment needs no longer lease")

    async def send(self, sender: str, recipients: Sequence[str], raw: bytes) -> Delivered:
        if len(self.handed_over) >= self.away_from:
            raise DeliveryDeferred("421 come back later")
        self.handed_over.append(recipients[0])
        self.begun.set()
        return Delivered()


def made(items: Sequence[OutboxItem]) -> dict[int, Ready | str]:
    return {
        item.id: Ready(sender=item.sender, recipients=item.recipients, raw=b"Subject: x\r\n\r\n")
        for item in items
    }


def delivery(ledger: Ledger, render: object = made, **others: Any) -> Delivery:
    return Delivery(
        outbox=ledger,  # type: ignore[arg-type]
        mailer=ledger,  # type: ignore[arg-type]
        render=render,  # type: ignore[arg-type]
        executor=ThreadPoolExecutor(2),
        connections=3,
        **others,
    )


async def test_every_letter_of_a_batch_is_sent_and_written_down_once() -> None:
    ledger = Ledger(letters(3 * MADE_AT_ONCE - 1))
    assert await delivery(ledger).send_due() == 3 * MADE_AT_ONCE - 1
    assert sorted(ledger.written) == list(range(3 * MADE_AT_ONCE - 1))
    assert len(set(ledger.handed_over)) == len(ledger.handed_over) == 3 * MADE_AT_ONCE - 1


async def test_letters_are_made_while_the_first_are_being_sent() -> None:
    ledger = Ledger(letters(2 * MADE_AT_ONCE))

    def after_the_first_was_sent(items: Sequence[OutboxItem]) -> dict[int, Ready | str]:
        assert items[0].id == 0 or ledger.begun.wait(10)
        return made(items)

    await delivery(ledger, after_the_first_was_sent).send_due()
    assert len(ledger.written) == 2 * MADE_AT_ONCE


async def test_a_letter_that_can_not_be_made_is_refused_with_the_words() -> None:
    ledger = Ledger(letters(2))
    assert await delivery(ledger, lambda items: {0: "there is no such customer"}).send_due() == 2
    assert (sorted(ledger.written), ledger.handed_over) == ([0, 1], [])


async def test_where_the_ledger_fails_while_letters_are_made_the_made_ones_go_and_the_rest_waits() -> None:
    ledger = Ledger(letters(3 * MADE_AT_ONCE))

    def failing(items: Sequence[OutboxItem]) -> dict[int, Ready | str]:
        if items[0].id:
            raise LedgerUnavailable("the database is locked")
        return made(items)

    with pytest.raises(LedgerUnavailable):
        await delivery(ledger, failing).send_due()
    assert sorted(ledger.written) == list(range(MADE_AT_ONCE))
    assert ledger.put_off == []


async def test_an_error_nobody_thought_of_does_not_end_the_delivery() -> None:
    ledger = Ledger(letters(2))
    faults = [RuntimeError("a template of nobody's")]
    stop = asyncio.Event()

    def slipping(items: Sequence[OutboxItem]) -> dict[int, Ready | str]:
        if faults:
            ledger.items = list(items)
            raise faults.pop()
        stop.set()
        return made(items)

    wake = asyncio.Event()
    logged: list[str] = []

    def log(event: str, **details: object) -> None:
        logged.append(event)
        wake.set()

    sender = delivery(ledger, slipping, log=log)
    await sender.run(wake, stop)
    assert logged == ["outbox_error"]
    assert sorted(ledger.written) == [0, 1]


async def test_a_server_that_is_away_is_left_alone_and_every_letter_waits() -> None:
    ledger = Ledger(letters(2 * MADE_AT_ONCE), away_from=5)
    await delivery(ledger).send_due()
    assert len(ledger.written) == 5
    assert sorted(ledger.written + ledger.put_off) == list(range(2 * MADE_AT_ONCE))
