"""What is asked of SQLite for every message, and each minute, is found where it lies among much else."""

import re
import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from sqlalchemy import event

from bot.directories.embedded import EmbeddedDirectory
from bot.learners.create import create_accounts
from bot.values.ledger import MessageState, NoticeAction, NoticeOrder, Settlement
from tests.contract.ledger_builders import Node, begun

# SQLite has no statistics of a new ledger: by one of these alone it would go through half of a table.
COARSE = re.compile(r"^SCAN (?!anon_1 )|\((?:state|directory|kind|customer|mailbox)=\?\)")
# In the order of the index, from whose beginning a few are taken; or of what is being sent now, a few at all.
ORDERED = re.compile(r"SEARCH outbox USING INDEX ix_outbox_due \(state=\?\)")


@pytest.fixture
def asked(node: Node) -> Iterator[dict[str, Sequence[Any]]]:
    if not node.database.is_sqlite:
        pytest.skip("PostgreSQL keeps statistics by itself")
    statements: dict[str, Sequence[Any]] = {}

    def note(_c: object, _cursor: object, statement: str, values: Any, _x: object, many: bool) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            statements.setdefault(statement, values[0] if many else values)

    event.listen(node.database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(node.database.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("action", NoticeAction)
def test_nothing_that_an_upload_asks_goes_through_a_table(
    node: Node, asked: dict[str, Sequence[Any]], action: NoticeAction
) -> None:
    job, record = begun(node, rows=3)
    directory = EmbeddedDirectory(
        node.database.engine, name="embedded", clock=time.time, step=node.database.step
    )
    create_accounts(job, record, directory, node.imports)
    node.settler.settle(
        job,
        Settlement(
            state=MessageState.ANSWERED,
            reason="done",
            thread=record.thread,
            finish_import=record.id,
            notices=NoticeOrder(action=action, import_id=record.id),
        ),
    )
    letters = node.outbox.claim(10)
    node.outbox.notice_rows(letters)
    node.outbox.sent(letters)
    assert len(asked) > 15
    assert coarse(node, asked) == []


def test_what_is_looked_for_each_minute_is_found_among_all_notices_ever_sent(
    node: Node, asked: dict[str, Sequence[Any]]
) -> None:
    node.returns.give_up_doubted(5.0)
    node.returns.threads_to_tell(5.0, 50.0)
    node.returns.lost_notices(1)
    node.returns.lost_letters(10)
    assert len(asked) == 4
    assert coarse(node, asked) == []


def coarse(node: Node, asked: dict[str, Sequence[Any]]) -> list[tuple[str, str]]:
    """The steps by which SQLite would go through a table, each with its statement."""
    with node.database.read() as connection:
        steps = [
            (statement, str(row[3]))
            for statement, values in list(asked.items())
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", tuple(values))
        ]
    return [step for step in steps if COARSE.search(step[1]) and not ORDERED.match(step[1])]
