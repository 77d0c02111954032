"""What operators do about the ledger from time to time, with the service running."""

import sqlite3

import pytest

from tests.acceptance.scene import Scene, a_message, a_sheet, learners


@pytest.mark.parametrize("servers", ["embedded"], indirect=True)
def test_the_ledger_is_backed_up_and_a_person_forgotten_while_it_runs(scene: Scene) -> None:
    scene.start()
    words = "Please create these learners, and send them the default email."
    scene.reply_to(scene.send(a_message(words, sheets=[("a.xlsx", a_sheet(learners("ann", "bob")))])))
    scene.wait_until_at_rest(1)
    copy = scene.folder / "copy.db"
    scene.command("backup", str(copy))
    said = scene.command("forget", "customer2+ann@customer.test", "--yes")
    assert "1  rows of uploads" in said
    assert "is forgotten-" in said
    assert len(scene.query("SELECT email FROM import_rows WHERE email LIKE '%ann%'")) == 0
    assert len(scene.query("SELECT email FROM import_rows")) == 2
    with sqlite3.connect(copy) as ledger:
        assert len(ledger.execute("SELECT email FROM import_rows WHERE email LIKE '%ann%'").fetchall()) == 1
    ledger.close()
    assert "is not an address" in scene.command("forget", "ann", "--yes", code=2)
    later = scene.send(a_message(words, sheets=[("b.xlsx", a_sheet(learners("cy")))]))
    scene.reply_to(later)


@pytest.mark.servers
@pytest.mark.parametrize("servers", ["dovecot and postfix"], indirect=True)
def test_postgresql_has_its_own_way_of_backing_up(scene: Scene) -> None:
    scene.command("db", "upgrade")
    assert "pg_dump" in scene.command("backup", str(scene.folder / "copy.db"), code=2)
