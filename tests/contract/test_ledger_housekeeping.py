"""The ledger is copied while it is in use, and forgets a person without losing count."""

from pathlib import Path

import pytest
from sqlalchemy import text

from bot.errors import ConfigurationError
from bot.store.backup import back_up
from bot.store.engine import Database
from bot.store.forgetting import Forgetting
from bot.values.learner import Outcome
from bot.values.ledger import MessageState, NoticeAction, NoticeOrder, Outgoing, Settlement
from bot.values.outgoing import LetterKind
from tests.contract.ledger_builders import Node, a_row, an_arrival, begun_with

PERSON = "ann.secret@customer.test"
TABLES = (
    *("messages", "threads", "imports", "import_rows", "notices", "questions"),
    *("outbox", "mailbox_chores", "login_tokens", "tickets"),
)


def everything(database: Database) -> str:
    """Every value of every table that tells of people, bytes as text."""
    found = []
    with database.read() as connection:
        for table in TABLES:
            for row in connection.execute(text(f"SELECT * FROM {table}")):
                found += [
                    value.decode("latin-1") if isinstance(value, bytes) else str(value) for value in row
                ]
    return "\n".join(found).lower()


def an_upload_with(node: Node, *emails: str, sender: str = "dana@customer.test") -> None:
    """An upload of these learners, answered; their notices are queued, claimed and sent."""
    rows = [a_row(position, email=email) for position, email in enumerate(emails)]
    job, record = begun_with(node, an_arrival(sender=sender, text="-".join(emails)), *rows)
    node.imports.journal_outcomes(
        job, record.id, [(row.position, Outcome.CREATED, "", f"id{row.position}") for row in rows]
    )
    reply = Outgoing(
        kind=LetterKind.REPLY,
        message_id=f"<reply.{record.reference}@yourcompany.test>",
        sender="support@yourcompany.test",
        recipients=(sender,),
        body=" ".join(emails).encode(),
        mailbox="support",
        import_id=record.id,
    )
    node.settler.settle(
        job,
        Settlement(
            state=MessageState.ANSWERED,
            reason="done",
            letters=(reply,),
            thread=record.thread,
            finish_import=record.id,
            notices=NoticeOrder(action=NoticeAction.QUEUE, import_id=record.id),
        ),
    )


def deliver(node: Node) -> None:
    items = node.outbox.claim(100)
    whose = node.outbox.notice_rows([item for item in items if item.position >= 0])
    links = [(f"{item.id:064x}", item, whose[item.id], 2e9) for item in items if item.id in whose]
    node.outbox.store_tokens(links)
    node.outbox.sent(items)


def test_a_forgotten_learner_is_nowhere_and_the_others_stay(node: Node) -> None:
    an_upload_with(node, PERSON, "bob@customer.test")
    deliver(node)
    gone = Forgetting(node.database).forget(PERSON.upper())
    assert dict(gone.counts) == {
        "rows of uploads": 1,
        "notices": 1,
        "one-time links and tickets": 1,
        "letters": 1,
        "mails kept": 1,
    }
    left = everything(node.database)
    assert "ann.secret" not in left
    assert "bob@customer.test" in left
    with node.database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM import_rows")).scalar_one() == 2
    assert dict(Forgetting(node.database).forget(PERSON).counts)["rows of uploads"] == 0


def test_a_forgotten_sender_is_nowhere(node: Node) -> None:
    an_upload_with(node, "bob@customer.test", sender=PERSON)
    deliver(node)
    Forgetting(node.database).forget(PERSON)
    assert "ann.secret" not in everything(node.database)


def test_nobody_is_forgotten_while_mail_of_theirs_is_under_way(node: Node) -> None:
    an_upload_with(node, PERSON)
    with pytest.raises(ConfigurationError, match="still under way"):
        Forgetting(node.database).forget(PERSON)
    deliver(node)
    node.messages.receive([an_arrival(sender=PERSON)])
    with pytest.raises(ConfigurationError, match="M2 of theirs is still under way"):
        Forgetting(node.database).forget(PERSON)


def test_what_is_no_address_is_not_looked_for(node: Node) -> None:
    with pytest.raises(ConfigurationError, match="is not an address"):
        Forgetting(node.database).forget("ann")


def test_a_copy_taken_while_it_is_written_to_is_whole(node: Node, tmp_path: Path) -> None:
    an_upload_with(node, "bob@customer.test")
    target = tmp_path / "copy.db"
    if not node.database.is_sqlite:
        with pytest.raises(ConfigurationError, match="pg_dump"):
            back_up(node.database, target)
        return
    target.write_text("an older copy")
    with node.database.write() as connection:
        connection.execute(text("UPDATE messages SET subject = 'not committed'"))
        size = back_up(node.database, target)
    assert size == target.stat().st_size > 0
    assert target.stat().st_mode & 0o777 == 0o600
    copy = Database(f"sqlite:///{target}", owner="copy")
    assert everything(copy).count("bob@customer.test") > 0
    assert "not committed" not in everything(copy)
    copy.close()
    assert not list(tmp_path.glob("copy.db.part*"))


def test_a_copy_that_cannot_be_written_leaves_the_older_one(node: Node, tmp_path: Path) -> None:
    if node.database.is_sqlite:
        with pytest.raises(ConfigurationError, match="No such file"):
            back_up(node.database, tmp_path / "nowhere" / "copy.db")
