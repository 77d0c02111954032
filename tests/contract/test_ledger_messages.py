"""The ledger keeps its word on messages: each is one, is claimed by one, and is never lost."""

import pytest

from bot.errors import LeaseLost
from bot.values.ledger import Chore, ChoreKind, Cursor, MessageState, Settlement
from tests.contract.conftest import MakeNode
from tests.contract.ledger_builders import Clock, Node, an_arrival


def ended(state: MessageState = MessageState.ANSWERED, **more: object) -> Settlement:
    return Settlement(state=state, reason="done", **more)  # type: ignore[arg-type]


def filed(node: Node, uid: int = 5) -> None:
    """A message taken in, answered and moved to Done."""
    arrival = an_arrival(uid=uid, fingerprint="f" * 64, message_id="<one@customer.test>")
    node.messages.receive([arrival])
    job = node.messages.claim()
    assert job is not None
    move = Chore(kind=ChoreKind.MOVE, folder="Rollcall/Done", place=job.place, message_id=job.message_id)
    node.settler.settle(job, ended(chores=(move,)))
    node.chores.done(node.chores.claim("support", 10))


def test_a_message_taken_in_again_changes_nothing(node: Node) -> None:
    arrival = an_arrival()
    assert node.messages.receive([arrival]) == 1
    assert node.messages.receive([arrival]) == 0
    assert node.messages.claim() is not None
    assert node.messages.claim() is None


def test_the_cursor_moves_with_the_mail_it_took_in(node: Node) -> None:
    assert node.messages.cursor("support", "INBOX") is None
    node.messages.receive([an_arrival(uid=7, uidvalidity=3), an_arrival(uid=9, uidvalidity=3)])
    assert node.messages.cursor("support", "INBOX") == Cursor(uidvalidity=3, last_uid=9)


def test_a_second_delivered_copy_is_filed_but_not_worked(node: Node) -> None:
    first = an_arrival(uid=1, message_id="<same@customer.test>")
    node.messages.receive([first])
    copy = an_arrival(uid=2, message_id="<same@customer.test>")
    twin = type(copy)(**{**{f: getattr(copy, f) for f in copy.__slots__}, "digest": first.digest})
    assert node.messages.receive([twin]) == 0
    job = node.messages.claim()
    assert job is not None
    assert job.place.uid == 1
    (chore,) = node.chores.claim("support", 10)
    assert chore.chore.place is not None
    assert (chore.chore.kind, chore.chore.place.uid) == (ChoreKind.MOVE, 2)


def test_a_copy_of_a_held_mail_is_worked_for_itself(node: Node) -> None:
    first = an_arrival(uid=1, message_id="<same@customer.test>")
    node.messages.receive([first])
    job = node.messages.claim()
    assert job is not None
    node.settler.settle(job, ended(MessageState.HELD))
    copy = an_arrival(uid=2, message_id="<same@customer.test>")
    twin = type(copy)(**{**{f: getattr(copy, f) for f in copy.__slots__}, "digest": first.digest})
    assert node.messages.receive([twin]) == 1


def test_one_senders_messages_are_worked_in_order_and_others_go_on(make_node: MakeNode) -> None:
    a, b = make_node("a"), make_node("b")
    a.messages.receive([an_arrival(sender="dana@x.test"), an_arrival(sender="dana@x.test"), an_arrival()])
    first, other = a.messages.claim(), b.messages.claim()
    assert first is not None
    assert other is not None
    assert (first.sender, other.sender) == ("dana@x.test", "dana@customer.test")
    assert b.messages.claim() is None
    a.settler.settle(first, ended())
    second = b.messages.claim()
    assert second is not None
    assert second.sender == "dana@x.test"


def test_a_dead_workers_message_is_taken_over_after_its_lease(make_node: MakeNode, clock: Clock) -> None:
    a, b = make_node("a", lease_seconds=30.0), make_node("b", lease_seconds=30.0)
    a.messages.receive([an_arrival()])
    first = a.messages.claim()
    assert first is not None
    clock.forward(29)
    assert b.messages.claim() is None
    clock.forward(2)
    second = b.messages.claim()
    assert second is not None
    assert (second.id, second.crashes, second.fence) == (first.id, 1, first.fence + 1)
    with pytest.raises(LeaseLost):
        a.settler.settle(first, ended())
    with pytest.raises(LeaseLost):
        a.messages.heartbeat(first)
    b.settler.settle(second, ended())


def test_a_heartbeat_keeps_the_lease(make_node: MakeNode, clock: Clock) -> None:
    a, b = make_node("a"), make_node("b")
    a.messages.receive([an_arrival()])
    job = a.messages.claim()
    assert job is not None
    for _ in range(5):
        clock.forward(20)
        a.messages.heartbeat(job)
        assert b.messages.claim() is None


def test_a_temporary_fault_never_counts_as_a_crash(node: Node, clock: Clock) -> None:
    node.messages.receive([an_arrival()])
    for _ in range(10):
        job = node.messages.claim()
        assert job is not None
        assert job.crashes == 0
        node.messages.postpone(job, "the platform is down", 60, waiting=True)
        assert node.messages.claim() is None
        clock.forward(61)
    job = node.messages.claim()
    assert job is not None
    assert job.tries == 10
    assert job.waiting_since == 1_800_000_000.0


def test_a_crash_is_counted_and_only_a_witnessed_one_proves_guilt(node: Node, clock: Clock) -> None:
    node.messages.receive([an_arrival()])
    for crashes in range(3):
        job = node.messages.claim()
        assert job is not None
        assert (job.crashes, job.witnessed) == (crashes, 0)
        clock.forward(31)
    job = node.messages.claim()
    assert job is not None
    node.messages.failed(job, "died in its own process", 0)
    again = node.messages.claim()
    assert again is not None
    assert (again.crashes, again.witnessed) == (4, 1)


def test_a_filed_message_dragged_back_runs_again(node: Node) -> None:
    filed(node, uid=5)
    back = an_arrival(uid=9, fingerprint="f" * 64, message_id="<one@customer.test>")
    assert node.messages.receive([back]) == 1
    job = node.messages.claim()
    assert job is not None
    assert (job.run, job.place.uid) == (2, 9)


def test_a_renumbered_folder_starts_nothing_anew(node: Node) -> None:
    filed(node, uid=5)
    again = an_arrival(uid=1, uidvalidity=2, fingerprint="f" * 64, message_id="<one@customer.test>")
    unknown_and_old = an_arrival(uid=2, uidvalidity=2, received=1_700_000_000.0)
    new = an_arrival(uid=3, uidvalidity=2)
    before = Cursor(uidvalidity=1, last_uid=5, since=1_799_999_999.0)
    assert node.messages.receive([again, unknown_and_old, new], rescan=before) == 1
    job = node.messages.claim()
    assert job is not None
    assert job.place.uid == 3
    assert node.messages.claim() is None


def test_a_waiting_move_follows_its_message_into_a_renumbered_folder(node: Node) -> None:
    arrival = an_arrival(uid=5, fingerprint="f" * 64, message_id="<one@customer.test>")
    node.messages.receive([arrival])
    job = node.messages.claim()
    assert job is not None
    move = Chore(kind=ChoreKind.MOVE, folder="Rollcall/Done", place=job.place, message_id=job.message_id)
    node.settler.settle(job, ended(chores=(move,)))
    again = an_arrival(uid=1, uidvalidity=2, fingerprint="f" * 64, message_id="<one@customer.test>")
    node.messages.receive([again], rescan=Cursor(uidvalidity=1, last_uid=5))
    (chore,) = node.chores.claim("support", 10)
    assert chore.chore.place is not None
    assert (chore.chore.place.uidvalidity, chore.chore.place.uid) == (2, 1)


def test_approval_works_a_held_message_for_the_staff(node: Node) -> None:
    node.messages.receive([an_arrival(uid=4, fingerprint="e" * 64, message_id="<held@x.test>")])
    job = node.messages.claim()
    assert job is not None
    node.settler.settle(job, ended(MessageState.HELD))
    approved = an_arrival(
        uid=1, folder="Rollcall/Approved", fingerprint="e" * 64, message_id="<held@x.test>", approved=True
    )
    assert node.messages.receive([approved]) == 1
    again = node.messages.claim()
    assert again is not None
    assert (again.release, again.place.folder, again.run) == ("staff", "Rollcall/Approved", 2)


def test_what_is_not_ours_is_not_kept(node: Node) -> None:
    node.messages.receive([an_arrival()])
    job = node.messages.claim()
    assert job is not None
    node.settler.settle(job, ended(MessageState.LEFT))
    assert not node.messages.release(job.id, "staff")


def test_bodies_go_when_their_time_is_over(node: Node, clock: Clock) -> None:
    node.messages.receive([an_arrival()])
    job = node.messages.claim()
    assert job is not None
    node.settler.settle(job, ended(MessageState.HELD))
    assert node.keeping.tidy() == 0
    clock.forward(31 * 86400)
    assert node.keeping.tidy() == 1
