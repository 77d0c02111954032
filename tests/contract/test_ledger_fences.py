"""What a node still writes after its lease ran out changes nothing; clocks that disagree do no harm."""

import time

import pytest

from bot.errors import LeaseLost
from bot.store.engine import Database
from bot.values.ledger import MessageState, OutboxItem, Settlement
from tests.contract.conftest import MakeNode
from tests.contract.ledger_builders import Clock, Node, a_reply, an_arrival


def a_letter(node: Node) -> None:
    """A reply waits in the outbox."""
    node.messages.receive([an_arrival()])
    job = node.messages.claim()
    assert job is not None
    node.settler.settle(job, Settlement(state=MessageState.ANSWERED, reason="done", letters=(a_reply(),)))


def claimed(node: Node) -> list[OutboxItem]:
    return node.outbox.claim(10)


def test_a_claimed_letter_is_another_nodes_only_after_the_lease(make_node: MakeNode, clock: Clock) -> None:
    first, second = make_node("a"), make_node("b")
    a_letter(first)
    items = claimed(first)
    clock.forward(20)
    first.outbox.prolong(items)
    clock.forward(20)
    assert claimed(second) == []
    clock.forward(11)
    assert [item.message_id for item in claimed(second)] == [items[0].message_id]


def test_a_letter_that_two_nodes_sent_leaves_one_copy_in_sent(make_node: MakeNode, clock: Clock) -> None:
    first, second = make_node("a"), make_node("b")
    a_letter(first)
    late = claimed(first)
    clock.forward(31)
    second.outbox.sent(claimed(second))
    first.outbox.sent(late)
    assert len(second.chores.claim("support", 10)) == 1


def test_a_node_that_lost_a_letter_cannot_put_it_back(make_node: MakeNode, clock: Clock) -> None:
    first, second = make_node("a"), make_node("b")
    a_letter(first)
    late = claimed(first)
    clock.forward(31)
    second.outbox.sent(claimed(second))
    first.outbox.deferred([(late[0], "greylisted", 0.0)])
    first.outbox.prolong(late)
    assert claimed(first) == []
    assert second.outbox.pending()[0] == 0


def test_one_thread_of_one_node_has_its_turn(make_node: MakeNode, clock: Clock) -> None:
    first, second = make_node("a"), make_node("b")
    assert first.nodes.take_turn("directory:campus")
    assert not first.nodes.take_turn("directory:campus")
    assert not second.nodes.take_turn("directory:campus")
    clock.forward(20)
    assert first.nodes.hold("directory:campus")
    clock.forward(20)
    assert not second.nodes.take_turn("directory:campus")
    first.nodes.end_turn("directory:campus")
    assert second.nodes.take_turn("directory:campus")
    assert not first.nodes.take_turn("directory:campus")


@pytest.mark.parametrize("jump", [3600.0, -3600.0])
def test_a_clock_that_jumps_doubles_nothing_and_loses_nothing(node: Node, clock: Clock, jump: float) -> None:
    node.messages.receive([an_arrival()])
    first = node.messages.claim()
    assert first is not None
    clock.forward(jump)
    second = node.messages.claim()
    if second is not None:  # it looks abandoned now: whoever claims it last ends it
        with pytest.raises(LeaseLost):
            node.settler.settle(first, Settlement(state=MessageState.ANSWERED, reason="done"))
    node.settler.settle(second or first, Settlement(state=MessageState.ANSWERED, reason="done"))
    clock.forward(-jump)
    assert node.messages.claim() is None


def test_nodes_on_one_server_take_their_time_from_it(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = time.time()
    monkeypatch.setattr(time, "time", lambda: ours + 86_400)
    database = Database(database_url, owner="a")
    told = database.clock()
    database.close()
    if database.is_sqlite:
        assert told == pytest.approx(ours + 86_400, abs=5)
    else:
        assert told == pytest.approx(ours, abs=5)
