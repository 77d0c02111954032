"""Delivery: letters leave the outbox over a few connections, their attempt written before it is made."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from typing import TypeVar

from bot.errors import (
    DeliveryDeferred,
    DeliveryRefused,
    LedgerUnavailable,
    LoginRefused,
    RollcallError,
    Temporary,
)
from bot.ports import Mailer, Outbox
from bot.runners.fence import seconds_awake
from bot.values.ledger import OutboxItem

Result = TypeVar("Result")
Letters = dict[int, "asyncio.Future[Ready | str | None]"]
Render = Callable[[Sequence[OutboxItem]], dict[int, "Ready | str"]]

FIRST_DELAY = 20.0
LONGEST_DELAY = 3600.0
TROUBLES_IN_A_ROW = 3
MADE_AT_ONCE = 20
# After so many small batches in a row letters are left to gather for so long.
IN_A_ROW = 3
GATHER = 0.1
GIVE_UP_AFTER = 5 * 86400.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Ready:
    """A letter ready for the wire: envelope sender and recipients, and the bytes."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes


@dataclass(slots=True)
class _Results:
    """What became of a batch so far."""

    sent: list[OutboxItem] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    deferred: list[tuple[OutboxItem, str, float]] = field(default_factory=list)
    troubles: int = 0
    finished: bool = False
    ours_until: float = 0.0

    def refuse(self, item: OutboxItem, words: str) -> None:
        """Refused for good: it is done with, and `words` say why."""
        self.refused.append((item.id, words))
        self.sent.append(item)


class Delivery:
    """Sends what is due. `render` makes a letter of each claimed item (or says why it can't be made);
    `connections` bounds what is under way at once, `max_per_minute` paces it (0: as fast as taken). A letter
    is claimed for `lease_seconds`, which are prolonged while its batch is under way."""

    def __init__(
        self,
        *,
        outbox: Outbox,
        mailer: Mailer,
        render: Render,
        executor: Executor,
        connections: int,
        max_per_minute: int = 0,
        lease_seconds: float = 30.0,
        on_sent: Callable[[Sequence[OutboxItem], Collection[int]], None] = lambda items, refused: None,
        log: Callable[..., None] = lambda event, **details: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._outbox = outbox
        self._mailer = mailer
        self._render = render
        self._executor = executor
        self._connections = connections
        self._pace = 60.0 / max_per_minute if max_per_minute else 0.0
        self._batch = (
            connections * 25 if not self._pace else max(1, min(connections * 25, max_per_minute // 6))
        )
        self._lease_seconds = lease_seconds
        self._on_sent = on_sent
        self._log = log
        self._clock = clock
        self._next_start = 0.0
        self._claimed_at = 0.0
        self._in_a_row = 0
        self.trouble = ""

    async def run(self, wake: asyncio.Event, stop: asyncio.Event) -> None:
        """Send until stopped; wakes when told, and by itself when something deferred may be due."""
        while not stop.is_set():
            wake.clear()
            pause = 0.0
            try:
                claimed = await self.send_due()
                if not claimed:
                    pause = 5.0
                elif self._is_in_a_row(claimed):
                    await first_of(stop.wait(), within=GATHER)
            except Temporary as trouble:
                self.trouble, pause = str(trouble), 5.0
                self._log("outbox_waits", reason=str(trouble))
            except Exception as error:  # noqa: BLE001  around one turn of the loop: log, go on
                self.trouble, pause = f"unexpected {type(error).__name__}", 5.0
                self._log("outbox_error", exception=error)
            if pause:
                await first_of(wake.wait(), stop.wait(), within=pause)

    def _is_in_a_row(self, claimed: int) -> bool:
        """Whether small batches follow each other, as in a backlog: ten letters cost little more than one."""
        now = time.monotonic()
        few = claimed < self._batch // 2 and now - self._claimed_at < 3 * GATHER
        self._in_a_row = self._in_a_row + 1 if few else 0
        self._claimed_at = now
        return self._in_a_row >= IN_A_ROW

    async def send_due(self) -> int:
        """Claim a batch, send it, write down what became of it; returns how many were claimed."""
        ours_until = seconds_awake() + self._lease_seconds
        items = await self._in_thread(self._outbox.claim, self._batch)
        if not items:
            return 0
        results = _Results(ours_until=ours_until)
        queue = list(reversed(items))
        letters: Letters = {item.id: asyncio.get_running_loop().create_future() for item in items}
        making = asyncio.create_task(self._make(items, letters))
        workers = [self._drain(queue, letters, results) for _ in range(min(self._connections, len(items)))]
        writer = asyncio.create_task(self._write_down(results))
        keeper = asyncio.create_task(self._keep_lease(items, results))
        try:
            await asyncio.gather(*workers)
        finally:
            results.finished = True
            keeper.cancel()
            await asyncio.gather(writer, keeper, return_exceptions=True)
            await self._flush(results)
            making.cancel()
            await asyncio.wait([making])
        if not making.cancelled():
            making.result()
        return len(items)

    async def _make(self, items: Sequence[OutboxItem], letters: Letters) -> None:
        """Make the letters of a batch, some ahead of those that are being sent."""
        try:
            for start in range(0, len(items), MADE_AT_ONCE):
                some = items[start : start + MADE_AT_ONCE]
                made = await self._in_thread(self._render, some)
                for item in some:
                    letters[item.id].set_result(made.get(item.id, "what it was about is gone"))
        finally:
            # What could not be made is nobody's fault: it is claimed again when its lease has ended.
            for letter in letters.values():
                if not letter.done():
                    letter.set_result(None)

    async def _drain(self, queue: list[OutboxItem], letters: Letters, results: _Results) -> None:
        while queue:
            item = queue.pop()
            letter = await letters[item.id]
            if letter is None:
                continue
            if isinstance(letter, str):
                results.refuse(item, letter)
                continue
            await self._keep_pace()
            if seconds_awake() >= results.ours_until:
                # The ledger is out of reach: another node may be sending these by now.
                queue.clear()
                return
            if not await self._send(item, letter, results):
                # The server is away: what is left of the batch waits with the rest.
                results.deferred.extend((other, self.trouble, FIRST_DELAY) for other in queue)
                queue.clear()

    async def _send(self, item: OutboxItem, letter: Ready, results: _Results) -> bool:
        """Hand one letter over; False where trying the next one now would be no use."""
        try:
            delivery = await self._mailer.send(letter.sender, letter.recipients, letter.raw)
        except DeliveryRefused as refusal:
            results.refuse(item, str(refusal))
        except (DeliveryDeferred, LoginRefused, Temporary) as trouble:
            return self._put_off(item, trouble, results)
        else:
            self.trouble, results.troubles = "", 0
            if delivery.deferred:
                # The others have it: only who was put off is tried again.
                names = tuple(recipient for recipient, _ in delivery.deferred)
                later = replace(item, recipients=names)
                results.deferred.append((later, delivery.deferred[0][1], self._backoff(item)))
            elif len(delivery.refused) >= len(letter.recipients):
                results.refuse(item, delivery.refused[0][1])
            else:
                results.sent.append(item)
        return True

    def _put_off(self, item: OutboxItem, trouble: RollcallError, results: _Results) -> bool:
        self.trouble = str(trouble)
        if self._clock() - item.created > GIVE_UP_AFTER and not isinstance(trouble, LoginRefused):
            results.refuse(item, f"given up after five days: {trouble}")
            return True
        asked = getattr(trouble, "retry_after", None)
        results.deferred.append((item, str(trouble), asked or self._backoff(item)))
        self._log("letter_deferred", kind=item.kind.value, attempt=item.attempts, reason=str(trouble))
        # One greylisted recipient must not hold up the rest; a server that is away should be left alone.
        results.troubles += 1
        return results.troubles < TROUBLES_IN_A_ROW

    def _backoff(self, item: OutboxItem) -> float:
        delay = min(FIRST_DELAY * 2.0 ** min(item.attempts - 1, 10), LONGEST_DELAY)
        return float(delay * random.uniform(0.8, 1.2))  # noqa: S311  spreads retries, guards nothing

    async def _keep_pace(self) -> None:
        if self._pace:
            now = asyncio.get_running_loop().time()
            self._next_start = max(self._next_start, now) + self._pace
            await asyncio.sleep(self._next_start - self._pace - now)

    async def _write_down(self, results: _Results) -> None:
        """While the batch is under way: what the server has taken is written down at once, in groups."""
        while not results.finished:
            await self._flush(results)
            await asyncio.sleep(0.01)

    async def _keep_lease(self, items: Sequence[OutboxItem], results: _Results) -> None:
        while True:
            await asyncio.sleep(self._lease_seconds / 3)
            asked = seconds_awake()
            try:
                await self._in_thread(self._outbox.prolong, items)
            except LedgerUnavailable as trouble:
                self._log("lease_not_prolonged", letters=len(items), reason=str(trouble))
            else:
                results.ours_until = asked + self._lease_seconds

    async def _flush(self, results: _Results) -> None:
        sent, refused, deferred = results.sent[:], results.refused[:], results.deferred[:]
        if sent:
            await self._in_thread(self._outbox.sent, sent, refused)
            del results.sent[: len(sent)], results.refused[: len(refused)]
            self._on_sent(sent, {item_id for item_id, _ in refused})
            for item_id, words in refused:
                self._log("letter_refused", letter=item_id, reason=words)
        if deferred:
            await self._in_thread(self._outbox.deferred, deferred)
            del results.deferred[: len(deferred)]

    async def _in_thread(self, function: Callable[..., Result], *arguments: object) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._executor, function, *arguments)


async def first_of(*waits: Awaitable[object], within: float) -> None:
    """Wait until one of these happens, or for so many seconds."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, timeout=within, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
