"""What happens is counted as it happens, and a ledger that is away costs figures, never work."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.app.ops import Ops
from bot.runners.watch import MailboxHealth
from bot.store.engine import Database
from bot.store.upgrade import upgrade
from bot.values.ledger import Job, MessageState, OutboxItem, Outgoing, Place, Settlement
from bot.values.outgoing import LetterKind
from tests.unit.ops.test_ops_pages import figures
from tests.unit.settings_builders import a_configuration

JOB = Job(
    id=1,
    fence=1,
    run=1,
    place=Place(mailbox="support", folder="INBOX", uidvalidity=1, uid=1),
    raw=b"",
    message_id="<1@x.test>",
    fingerprint="f",
    digest="d",
    sender="a@x.test",
    received=time.time() - 30,
    size=1,
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path}/ledger.db", owner="bot-1")
    upgrade(made)
    yield made
    made.close()


@pytest.fixture
def ops(database: Database) -> Iterator[Ops]:
    made = Ops(a_configuration(ops={"listen": "127.0.0.1:0"}), database, lambda event, **details: None)
    yield made
    made.server.close()


def a_reply(number: int, *, kind: LetterKind = LetterKind.REPLY, import_id: int = 0) -> OutboxItem:
    return OutboxItem(
        id=number,
        kind=kind,
        message_id=f"<reply-{number}@x.test>",
        sender="s@x.test",
        recipients=("a@x.test",),
        body=b"",
        attempts=1,
        mailbox="support",
        import_id=import_id,
        position=-1,
        created=time.time(),
    )


def settle(ops: Ops, number: int) -> None:
    letter = Outgoing(
        kind=LetterKind.REPLY,
        message_id=f"<reply-{number}@x.test>",
        sender="s@x.test",
        recipients=("a@x.test",),
        body=b"",
    )
    ops.settled(JOB, Settlement(state=MessageState.ANSWERED, reason="", letters=(letter,)))


def test_a_reply_is_timed_from_the_arrival_of_what_it_answers(ops: Ops) -> None:
    settle(ops, 1)
    ops.left([a_reply(1)], ())
    ops.left([a_reply(1)], ())
    found = figures(ops.look(), ops.meters)
    assert found["rollcall_messages_total", "answered"] == 1
    assert found["rollcall_reply_latency_seconds_count", ""] == 1, "once, however often it leaves"
    # The arrival lies 30 s before this module was imported; how long ago that was is the machine's affair.
    assert 30 <= found["rollcall_reply_latency_seconds_sum", ""] < 3600


def test_what_another_node_settled_is_timed_by_its_import(ops: Ops, database: Database) -> None:
    with database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO messages (id, message_id, fingerprint, digest, state, received)"
            f" VALUES (1, '<1>', 'f', 'd', 'answered', {time.time() - 90})"
        )
        connection.exec_driver_sql("INSERT INTO threads (id) VALUES (1)")
        connection.exec_driver_sql(
            "INSERT INTO imports (id, reference, message, thread, state, answer)"
            " VALUES (5, 'RC-AAAAAA', 1, 1, 'done', 'yes')"
        )
    ops.left([a_reply(9, import_id=5)], ())
    found = figures(ops.look(), ops.meters)
    assert found["rollcall_reply_latency_seconds_sum", ""] == pytest.approx(90, abs=5)
    ledger = ops.look().ledger
    assert ledger is not None
    assert [one.reference for one in ledger.imports] == ["RC-AAAAAA"]


def test_refused_letters_and_notices_are_not_timed(ops: Ops) -> None:
    settle(ops, 1)
    ops.left([a_reply(1), a_reply(2, kind=LetterKind.NOTICE)], {1})
    found = figures(ops.look(), ops.meters)
    assert found["rollcall_reply_latency_seconds_count", ""] == 0
    told = ops.meters.exposition().decode()
    assert 'rollcall_letters_total{kind="reply",result="refused"} 1.0' in told
    assert 'rollcall_letters_total{kind="notice",result="sent"} 1.0' in told


def test_troubles_are_counted_on_their_way_to_the_log(ops: Ops) -> None:
    logged: list[str] = []
    log = ops.counting(lambda event, **details: logged.append(event))
    for event in ("started", "platform_unavailable", "platform_unavailable", "mailbox_trouble"):
        log(event)
    found = figures(ops.look(), ops.meters)
    assert len(logged) == 4
    assert found["rollcall_troubles_total", "platform_unavailable"] == 2
    assert found["rollcall_platform_errors_total", ""] == 2
    assert ("rollcall_troubles_total", "started") not in found


def test_a_database_that_is_away_costs_figures_and_nothing_else(tmp_path: Path) -> None:
    away = Database(f"sqlite:///{tmp_path}/absent/ledger.db", owner="bot-1")
    ops = Ops(a_configuration(ops={"listen": "127.0.0.1:0"}), away, lambda event, **details: None)
    ops.settled(JOB, Settlement(state=MessageState.ANSWERED, reason="done", finish_import=5))
    ops.left([a_reply(9, import_id=5)], ())
    ops.watch([MailboxHealth(name="support", checked=time.time() - 9999)])
    facts = ops.look()
    assert facts.ledger is None
    assert facts.fault
    assert facts.mailboxes[0].age < 60, "before the first check the age counts from the start"
    ops.server.close()
