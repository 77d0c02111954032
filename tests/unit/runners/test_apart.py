"""The service and the process beside it speak of what the process claims by itself."""

import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing import Pipe
from multiprocessing.connection import Connection

import pytest

from bot.runners.apart import Apart, Desk, ForkServer
from bot.values.ledger import Job, MessageState, Outgoing, Place, Settlement
from bot.values.outgoing import LetterKind

LETTER = Outgoing(
    kind=LetterKind.REPLY, message_id="<r@x>", sender="us@x", recipients=("a@x",), body=b"long", mailbox="m"
)
END = Settlement(state=MessageState.ANSWERED, reason="done", letters=(LETTER,))


def a_job(number: int) -> Job:
    return Job(
        id=number,
        fence=1,
        run=0,
        place=Place(mailbox="m", folder="INBOX", uidvalidity=1, uid=number),
        raw=b"a whole mail",
        message_id=f"<{number}@x>",
        fingerprint="",
        digest="",
        sender="a@x",
        received=0.0,
        size=12,
    )


class Pair:
    """The service's end over a pipe, and a thread that does what the process would."""

    def __init__(self, process: Callable[[Desk], None]) -> None:
        ours, theirs = Pipe()
        self.apart = Apart(lambda desk: None, read_in="", server=ForkServer(), log=lambda *_, **__: None)
        self.apart._pipe, self.apart._is_ready = ours, True
        self.apart._buried = lambda patience=None: -9  # type: ignore[method-assign]
        self._thread = threading.Thread(target=self._run, args=(process, theirs), daemon=True)
        self._thread.start()

    def _run(self, process: Callable[[Desk], None], theirs: Connection) -> None:
        try:
            process(Desk(theirs))
        finally:
            theirs.close()  # as its death does

    def close(self) -> None:
        self._thread.join(10)
        assert not self._thread.is_alive()


@pytest.fixture
def pair_with() -> Iterator[Callable[[Callable[[Desk], None]], Pair]]:
    pairs: list[Pair] = []

    def made(process: Callable[[Desk], None]) -> Pair:
        pairs.append(Pair(process))
        return pairs[-1]

    yield made
    for pair in pairs:
        pair.close()


def test_each_end_is_told_with_its_own_job_and_without_the_mails(
    pair_with: Callable[[Callable[[Desk], None]], Pair],
) -> None:
    def process(desk: Desk) -> None:
        order = desk.next_order()
        assert order.goes_on
        assert order.job.raw
        desk.settled(order.job, END)
        for number in (2, 3):
            desk.took(a_job(number))
            desk.settled(a_job(number), END)
        desk.ready()

    told: list[tuple[int, bytes, Settlement]] = []
    apart = pair_with(process).apart
    assert apart.work(a_job(1), lambda job, end: told.append((job.id, job.raw, end)), goes_on=True) == 0
    assert [(number, end.state) for number, _, end in told] == [(n, MessageState.ANSWERED) for n in (1, 2, 3)]
    assert [raw for _, raw, _ in told] == [b"a whole mail", b"", b""]
    assert [letter.body for _, _, end in told for letter in end.letters] == [b""] * 3
    assert apart.at_hand is None


def test_it_comes_back_when_it_is_called_and_what_called_it_is_no_order(
    pair_with: Callable[[Callable[[Desk], None]], Pair],
) -> None:
    def process(desk: Desk) -> None:
        for _ in range(2):
            order = desk.next_order()
            while order.goes_on and not desk.is_called_back():
                desk.took(a_job(2))
                desk.settled(a_job(2), END)
            desk.ready()

    stop, told = threading.Event(), list[int]()
    apart = pair_with(process).apart

    def settled(job: Job, end: Settlement) -> None:
        told.append(job.id)
        if len(told) == 5:
            stop.set()

    assert apart.work(a_job(1), settled, goes_on=True, stop=stop) == 0
    assert len(told) >= 5
    stop.clear()
    assert apart.work(a_job(3), settled) == 0


def test_a_stop_reaches_it_while_it_works_and_it_claims_no_more(
    pair_with: Callable[[Callable[[Desk], None]], Pair],
) -> None:
    stop = threading.Event()

    def process(desk: Desk) -> None:
        order = desk.next_order()
        stop.set()
        until = time.monotonic() + 10
        while not desk.is_called_back() and time.monotonic() < until:
            time.sleep(0.01)  # a long piece of work, in which it says nothing
        desk.settled(order.job, END)
        if not desk.is_called_back():
            desk.took(a_job(2))
        desk.ready()

    told: list[int] = []
    apart = pair_with(process).apart
    assert apart.work(a_job(1), lambda job, _: told.append(job.id), goes_on=True, stop=stop) == 0
    assert told == [1]
    assert apart.at_hand is None


@pytest.mark.parametrize(("says", "over"), [(("took",), 2), (("took", "settled"), None), ((), 1)])
def test_where_it_falls_it_is_known_which_job_it_was_over(
    pair_with: Callable[[Callable[[Desk], None]], Pair], says: tuple[str, ...], over: int | None
) -> None:
    def process(desk: Desk) -> None:
        order = desk.next_order()
        if "took" in says:
            desk.settled(order.job, END)
            desk.took(a_job(2))
        if "settled" in says:
            desk.settled(a_job(2), END)

    apart = pair_with(process).apart
    assert apart.work(a_job(1), lambda job, end: None, goes_on=True) == -9
    assert (apart.at_hand.id if apart.at_hand else None) == over
