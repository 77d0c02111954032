"""Which transactions wait for the disk: those that somebody outside may hear of, and all before them."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from bot.directories.embedded import EmbeddedDirectory
from bot.learners.create import create_accounts
from bot.store.engine import Database
from bot.values.ledger import Chore, ChoreKind, MessageState, Settlement
from tests.contract.ledger_builders import Clock, Node, a_reply, begun


@pytest.fixture
def ledger(tmp_path: Path) -> Database:
    """A new SQLite ledger."""
    return Database(f"sqlite:///{tmp_path}/ledger.db", owner="node-a")


def waits_for_disk(transaction: object) -> bool:
    with transaction as connection:  # type: ignore[attr-defined]
        return bool(connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2)


def fail_in_a_step(ledger: Database) -> None:
    with ledger.step() as connection:
        connection.exec_driver_sql("INSERT INTO seen VALUES ('a')")
        raise KeyError


def test_a_step_waits_for_no_disk_and_the_next_write_does(ledger: Database) -> None:
    assert waits_for_disk(ledger.write())
    assert not waits_for_disk(ledger.step())
    assert waits_for_disk(ledger.write())
    ledger.close()


def test_a_step_that_fails_changes_nothing_and_leaves_its_connection_as_it_was(ledger: Database) -> None:
    with ledger.write() as connection:
        connection.exec_driver_sql("CREATE TABLE seen (name TEXT)")
    with pytest.raises(KeyError):
        fail_in_a_step(ledger)
    with ledger.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM seen").scalar() == 0
    assert waits_for_disk(ledger.write())
    ledger.close()


def test_nobody_is_told_what_a_power_cut_may_take_back(ledger: Database) -> None:
    node = Node(ledger, Clock())
    waited: list[bool] = []

    def note(connection: Connection) -> None:
        waited.append(connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2)

    event.listen(ledger.engine, "commit", note)
    job, record = begun(node)
    waited.clear()
    directory = EmbeddedDirectory(ledger.engine, name="embedded", clock=node.clock, step=ledger.step)
    create_accounts(job, record, directory, node.imports)
    # That they are asked for, as no platform waits for us; that they are made; that this is written down.
    assert waited == [True, False, False]
    waited.clear()
    chore = Chore(kind=ChoreKind.MOVE, folder="Done", place=job.place, message_id=job.message_id)
    node.settler.settle(
        job, Settlement(state=MessageState.ANSWERED, reason="done", letters=(a_reply(),), chores=(chore,))
    )
    assert waited == [False]
    assert len(node.outbox.claim(10)) == len(node.chores.claim("support", 10)) == 1
    assert waited == [False, True, True]
    ledger.close()
