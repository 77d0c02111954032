"""The ledger keeps its word on imports, notices, letters and questions."""

import pytest
from sqlalchemy import select

from bot.errors import LeaseLost
from bot.store.schema import import_rows
from bot.values.learner import NoticeState, Outcome
from bot.values.ledger import (
    ChoreKind,
    ImportRecord,
    Job,
    Journal,
    MessageState,
    NoticeAction,
    NoticeCounts,
    NoticeOrder,
    Outgoing,
    Question,
    QuestionKind,
    QuestionState,
    Settlement,
)
from bot.values.outgoing import LetterKind
from bot.values.request import Answer, Preference
from tests.contract.conftest import MakeNode
from tests.contract.ledger_builders import Clock, Node, an_arrival, begun


def created(node: Node, job: Job, record: ImportRecord, rows: int = 2) -> None:
    positions = range(rows)
    node.imports.journal_creating(job, record.id, list(positions))
    node.imports.journal_outcomes(job, record.id, [(n, Outcome.CREATED, "", str(n)) for n in positions])


def settled(record: ImportRecord, action: NoticeAction, **more: object) -> Settlement:
    return Settlement(
        state=MessageState.ANSWERED,
        reason="done",
        thread=record.thread,
        finish_import=record.id,
        notices=NoticeOrder(action=action, import_id=record.id),
        **more,  # type: ignore[arg-type]
    )


def a_reply(message_id: str = "<reply@yourcompany.test>") -> Outgoing:
    return Outgoing(
        kind=LetterKind.REPLY,
        message_id=message_id,
        sender="support@yourcompany.test",
        recipients=("dana@customer.test",),
        body=b"Hi Dana",
        mailbox="support",
        counted_for="dana@customer.test",
    )


def test_an_import_goes_on_where_its_journal_stands(node: Node) -> None:
    job, record = begun(node, rows=3)
    node.imports.journal_creating(job, record.id, [0, 1])
    node.imports.journal_outcomes(job, record.id, [(0, Outcome.CREATED, "", "17")])
    planned, creating = node.imports.unfinished(record.id, 10)
    assert [row.position for row in planned] == [2]
    assert [row.position for row in creating] == [1]
    assert node.imports.of_job(job) == record


def test_outcomes_are_kept_as_told_whether_their_accounts_are_in_a_line_or_not(node: Node) -> None:
    created, existing = Outcome.CREATED, Outcome.EXISTING
    outcomes = [
        (0, created, "", "8"),
        (1, created, "", "9"),
        (2, created, "", "10"),
        (3, existing, "", "11"),
        (4, existing, "yours", "12"),
        (6, existing, "yours", "14"),
        (7, existing, "yours", "015"),
        (8, existing, "yours", "a-16"),
        (9, existing, "yours", ""),
        (10, created, "", "4611686018427387903"),
        (11, created, "", "4611686018427387904"),
        (12, created, "", "99999999999999999999"),
    ]
    job, record = begun(node, rows=13)
    node.imports.journal_outcomes(job, record.id, outcomes)
    with node.database.read() as connection:
        told = select(
            import_rows.c.position, import_rows.c.outcome, import_rows.c.detail, import_rows.c.account
        ).where(import_rows.c.import_id == record.id, import_rows.c.journal == Journal.DONE)
        assert [tuple(row) for row in connection.execute(told.order_by(import_rows.c.position))] == outcomes
    assert [row.position for row in node.imports.unfinished(record.id, 20)[0]] == [5]


def test_the_journal_obeys_the_fence(make_node: MakeNode, clock: Clock) -> None:
    a, b = make_node("a"), make_node("b")
    job, record = begun(a)
    clock.forward(60)
    assert b.messages.claim() is not None
    with pytest.raises(LeaseLost):
        a.imports.journal_creating(job, record.id, [0])
    with pytest.raises(LeaseLost):
        a.imports.journal_outcomes(job, record.id, [(0, Outcome.CREATED, "", "1")])


def test_yes_queues_one_notice_for_each_created_learner(node: Node) -> None:
    job, record = begun(node, rows=3)
    node.imports.journal_outcomes(
        job,
        record.id,
        [(0, Outcome.CREATED, "", "1"), (1, Outcome.EXISTING, "", "2"), (2, Outcome.CREATED, "", "3")],
    )
    node.settler.settle(job, settled(record, NoticeAction.QUEUE, letters=(a_reply(),)))
    items = node.outbox.claim(10)
    assert [item.kind for item in items] == [LetterKind.REPLY, LetterKind.NOTICE, LetterKind.NOTICE]
    assert [item.position for item in items[1:]] == [0, 2]
    assert len({item.message_id for item in items}) == 3
    assert node.outbox.claim(10) == []


def test_held_notices_go_when_the_answer_comes_and_only_once(node: Node) -> None:
    job, record = begun(node, answer=Answer.UNSTATED)
    created(node, job, record)
    ask = Question(kind=QuestionKind.NOTIFY, import_id=record.id)
    node.settler.settle(job, settled(record, NoticeAction.HOLD, ask=ask))
    assert node.outbox.claim(10) == []
    assert node.threads.notice_counts(record.thread) == NoticeCounts(held=2)
    for _ in range(2):
        answer_with(node, record.thread, NoticeAction.QUEUE, Answer.YES)
    assert len(node.outbox.claim(10)) == 2
    thread = node.threads.get(record.thread)
    assert thread is not None
    assert thread.question is not None
    assert (thread.answer, thread.question.state) == (Answer.YES, QuestionState.ANSWERED)


def answer_with(node: Node, thread: int, action: NoticeAction, answer: Answer) -> None:
    node.messages.receive([an_arrival()])
    job = node.messages.claim()
    assert job is not None
    node.settler.settle(
        job,
        Settlement(
            state=MessageState.ANSWERED,
            reason="answered",
            thread=thread,
            notices=NoticeOrder(action=action),
            answer=Preference(answer=answer),
            close_question=QuestionState.ANSWERED,
        ),
    )


def test_no_after_yes_takes_back_what_has_not_left(node: Node) -> None:
    job, record = begun(node, rows=3)
    created(node, job, record, rows=3)
    node.settler.settle(job, settled(record, NoticeAction.QUEUE))
    node.outbox.sent(node.outbox.claim(1))
    answer_with(node, record.thread, NoticeAction.WITHHOLD, Answer.NO)
    assert node.threads.notice_counts(record.thread) == NoticeCounts(sent=1, not_wanted=2)
    assert node.outbox.claim(10) == []
    answer_with(node, record.thread, NoticeAction.QUEUE, Answer.YES)
    assert len(node.outbox.claim(10)) == 2


def test_a_refused_notice_is_bounced_and_a_sent_reply_leaves_a_copy(node: Node) -> None:
    job, record = begun(node)
    created(node, job, record)
    node.settler.settle(job, settled(record, NoticeAction.QUEUE, letters=(a_reply(),)))
    items = node.outbox.claim(10)
    node.outbox.sent(items, [(items[1].id, "550 no such user")])
    assert node.threads.notice_counts(record.thread) == NoticeCounts(sent=2)
    (chore,) = node.chores.claim("support", 10)
    assert (chore.chore.kind, chore.chore.folder, chore.chore.body) == (
        ChoreKind.COPY_SENT,
        "Sent",
        b"Hi Dana",
    )


def test_a_letter_whose_sender_died_is_sent_under_the_same_message_id(
    make_node: MakeNode, clock: Clock
) -> None:
    a, b = make_node("a"), make_node("b")
    job, record = begun(a)
    a.settler.settle(job, settled(record, NoticeAction.HOLD, letters=(a_reply(),)))
    (first,) = a.outbox.claim(10)
    assert b.outbox.claim(10) == []
    clock.forward(600)
    (second,) = b.outbox.claim(10)
    assert (second.message_id, second.attempts) == (first.message_id, 2)


def test_a_thread_is_known_by_our_letters_and_by_its_reference(node: Node) -> None:
    job, record = begun(node)
    node.settler.settle(job, settled(record, NoticeAction.HOLD, letters=(a_reply("<r1@yourcompany.test>"),)))
    by_letter = node.threads.find(["<unknown@x.test>", "<r1@yourcompany.test>"])
    by_reference = node.threads.find(["<unknown@x.test>"], [record.reference])
    assert by_letter is not None
    assert by_letter == by_reference
    assert node.threads.find(["<unknown@x.test>"]) is None


def test_a_question_is_reminded_of_once_and_closed_once(node: Node, clock: Clock) -> None:
    job, record = begun(node, answer=Answer.UNSTATED)
    created(node, job, record)
    ask = Question(
        kind=QuestionKind.NOTIFY,
        import_id=record.id,
        remind_at=clock.now + 3 * 86400,
        close_at=clock.now + 14 * 86400,
    )
    node.settler.settle(job, settled(record, NoticeAction.HOLD, ask=ask))
    assert node.threads.questions_due(10) == []
    clock.forward(4 * 86400)
    (due,) = node.threads.questions_due(10)
    for _ in range(2):
        node.threads.remind(due, [a_reply("<reminder@yourcompany.test>")])
    assert node.threads.questions_due(10) == []
    clock.forward(11 * 86400)
    (due,) = node.threads.questions_due(10)
    for _ in range(2):
        node.threads.close(due, [a_reply("<closing@yourcompany.test>")])
    assert node.threads.notice_counts(record.thread) == NoticeCounts(not_wanted=2)
    assert len(node.outbox.claim(10)) == 2


def test_replies_are_counted_for_the_cap(node: Node, clock: Clock) -> None:
    job, record = begun(node)
    node.settler.settle(job, settled(record, NoticeAction.HOLD, letters=(a_reply(),)))
    assert node.outbox.replies_within("dana@customer.test", 3600) == 1
    clock.forward(3601)
    assert node.outbox.replies_within("dana@customer.test", 3600) == 0


def test_a_notice_never_goes_backwards(node: Node) -> None:
    job, record = begun(node, rows=1)
    created(node, job, record, rows=1)
    node.settler.settle(job, settled(record, NoticeAction.QUEUE))
    node.outbox.set_notice(record.id, 0, NoticeState.PASSWORD_SET)
    node.outbox.sent(node.outbox.claim(1))
    node.outbox.set_notice(record.id, 0, NoticeState.OPENED)
    with node.database.read() as connection:
        (state,) = connection.exec_driver_sql("SELECT state FROM notices").scalars()
    assert state == NoticeState.PASSWORD_SET


def test_earlier_creations_are_found_by_key_and_customer(node: Node) -> None:
    job, record = begun(node)
    created(node, job, record)
    keys = ["learner0@customer.test", "other@customer.test"]
    assert node.imports.created_before(keys, "Customer") == {keys[0]: record.reference}
    assert node.imports.created_before(keys, "Somebody else") == {}


def test_a_named_lease_is_held_by_one_node_until_it_runs_out(make_node: MakeNode, clock: Clock) -> None:
    a, b = make_node("a"), make_node("b")
    assert a.nodes.hold("mailbox:support")
    assert not b.nodes.hold("mailbox:support")
    clock.forward(20)
    assert a.nodes.hold("mailbox:support")
    clock.forward(20)
    assert not b.nodes.hold("mailbox:support")
    clock.forward(20)
    assert b.nodes.hold("mailbox:support")
    b.nodes.let_go("mailbox:support")
    assert a.nodes.hold("mailbox:support")
