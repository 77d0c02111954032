"""Three bots on one PostgreSQL and two mailboxes: they share the work, and any of them may be killed."""

import json
import re
from dataclasses import dataclass
from email.message import EmailMessage
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.store.engine import open_engine
from tests.acceptance.invariants import Expected, check_accounts, check_notices, check_replies
from tests.acceptance.nursery import Bot, Nursery
from tests.acceptance.scene import Scene, a_message, a_sheet, learners, to_toml, wait_for
from tests.servers.cable import Cable
from tests.servers.mail import MailLab
from tests.servers.place import USERS
from tests.servers.postgres import Postgres
from tests.wire.servers import CUSTOMER, SUPPORT, RealServers

pytestmark = pytest.mark.servers
SECOND = "customer3"
LEASE = 2
SENDERS = [CUSTOMER, *(f"customer1+b{number}@customer.test" for number in range(5))]


@dataclass
class Crew:
    """The bots by name, each with a configuration of its own."""

    scene: Scene
    nursery: Nursery
    bots: dict[str, Bot]

    def start(self, name: str, **changes: object) -> Bot:
        """Start a bot, or start it again."""
        path = self.scene.folder / f"{name}.toml"
        path.write_text(to_toml(self.scene.settings | {"node": name} | changes), encoding="utf-8")
        bot = self.nursery.start(["run", "--config", str(path)], self.scene.folder / "bot.log")
        self.bots[name] = bot
        return bot

    def holders(self) -> dict[str, str]:
        """Which bot holds which mailbox."""
        rows = self.rows("SELECT name, owner FROM leases WHERE name LIKE 'mailbox:%' AND owner <> ''")
        return {name: owner.partition(":")[0] for name, owner in rows}

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Rows of the ledger, none while it has no tables yet."""
        try:
            return self.scene.query(statement)
        except SQLAlchemyError:
            return []

    def send(self, number: int, *, second: bool = False, sender: str = "") -> EmailMessage:
        """An upload of one learner to one of the two mailboxes."""
        sheet = a_sheet(learners(f"n{number}"))
        mail = a_message(
            "Yes, send them the default email.",
            subject=f"Upload {number}",
            sender=sender or SENDERS[number % len(SENDERS)],
            sheets=[("a.xlsx", sheet)],
        )
        lab = self.scene.servers.lab  # type: ignore[attr-defined]
        lab.deliver(mail.as_bytes(), sender=CUSTOMER, to=USERS[SECOND] if second else SUPPORT)
        return mail


@pytest.fixture
def crew(mail_lab: MailLab, postgres_url: str, tmp_path: Path, nursery: Nursery) -> Crew:
    """Two mailboxes, nothing runs yet."""
    scene = Scene(servers=RealServers(mail_lab), database=postgres_url, folder=tmp_path)
    scene.configure()
    first = scene.settings["mailboxes"][0]
    user = mail_lab.pair().users[SECOND]
    login = first["imap"] | {"username": user.login, "password": user.password}
    second = first | {"name": "second", "address": user.address, "imap": login}
    scene.configure(
        mailboxes=[first | {"name": "first"}, second],
        lease_seconds=LEASE,
        customers=[{"name": "Customer Ltd", "senders": SENDERS}],
    )
    return Crew(scene=scene, nursery=nursery, bots={})


def what_comes_of(mails: list[EmailMessage], count: int) -> Expected:
    names = [f"n{number}" for number in range(count)]
    return Expected(mails=mails, created=names, notified=names, senders=set(SENDERS))


def check(crew: Crew, expected: Expected, *, second: int) -> None:
    check_replies(crew.scene, expected)
    check_accounts(crew.scene, expected)
    check_notices(crew.scene, expected)
    assert len(crew.scene.folder_of("Rollcall/Done")) == len(expected.mails) - second
    assert len(crew.scene.servers.messages(SECOND, "Rollcall/Done")) == second
    wrong = crew.scene.query("SELECT id, state FROM messages WHERE state <> 'answered'")
    assert wrong == []


def test_three_share_the_work_and_any_may_be_killed(crew: Crew) -> None:
    mails = [crew.send(number, second=number % 3 == 0) for number in range(12)]
    for name in ("ann", "bob", "cy"):
        crew.start(name)
    wait_for(lambda: len(crew.holders()) == 2 or None, "both mailboxes to be watched")
    holder = crew.holders()["mailbox:first"]
    crew.scene.kill(crew.bots.pop(holder))
    mails += [crew.send(number, second=number % 3 == 0) for number in range(12, 18)]
    heir = wait_for(
        lambda: ((found := crew.holders().get("mailbox:first", holder)) != holder and found) or None,
        "another bot to hold the mailbox",
        seconds=LEASE * 3 + 5,
    )
    crew.scene.kill(crew.bots.pop(heir))
    mails += [crew.send(number, second=number % 3 == 0) for number in range(18, 24)]
    crew.scene.wait_until_at_rest(24, seconds=60)
    check(crew, what_comes_of(mails, 24), second=8)


def test_one_senders_uploads_are_worked_in_order_whoever_works_them(crew: Crew) -> None:
    mails = [crew.send(number, sender=CUSTOMER) for number in range(8)]
    for name in ("ann", "bob", "cy"):
        crew.start(name)
    crew.scene.wait_until_at_rest(8, seconds=60)
    times = crew.scene.query(
        "SELECT i.started, m.finished FROM imports i JOIN messages m ON m.id = i.message ORDER BY m.id"
    )
    assert all(ended <= begun for (_, ended), (begun, _) in pairwise(times))
    check(crew, what_comes_of(mails, 8), second=0)


def test_a_rolling_restart_loses_and_doubles_nothing(crew: Crew) -> None:
    for name in ("ann", "bob"):
        crew.start(name)
    wait_for(lambda: len(crew.rows("SELECT name FROM nodes")) == 2 or None, "both bots to be up")
    mails = []
    for round_, name in enumerate(("ann", "bob", "ann", "bob")):
        mails += [crew.send(round_ * 3 + number) for number in range(3)]
        assert crew.scene.stop(crew.bots[name]) == 0  # type: ignore[arg-type]
        crew.start(name)
        wait_for(lambda: len(crew.rows("SELECT name FROM nodes")) == 2 or None, "both bots to be up")
    crew.scene.wait_until_at_rest(12, seconds=60)
    check(crew, what_comes_of(mails, 12), second=0)


def test_a_node_cut_off_from_the_database_changes_nothing_after_its_lease(
    crew: Crew, postgres: Postgres
) -> None:
    with Cable(postgres.port) as cable:
        far = re.sub(r":\d+/", f":{cable.port}/", crew.scene.database)
        crew.start("ann", database=far)
        wait_for(lambda: len(crew.holders()) == 2 or None, "both mailboxes to be watched")
        crew.start("bob")
        mails = [crew.send(number) for number in range(3)]
        wait_for(lambda: crew.rows("SELECT id FROM messages") or None, "the first to be taken in")
        cable.clog()
        mails += [crew.send(number) for number in range(3, 8)]
        crew.scene.wait_until_at_rest(8, seconds=60)
        assert set(crew.holders().values()) == {"bob"}
        before = crew.scene.query("SELECT id, state, fence FROM messages ORDER BY id")
        cable.cut()
        cable.mend()
        wait_for(
            lambda: crew.rows("SELECT name FROM nodes WHERE name LIKE 'ann%'"),
            "the node to be back",
        )
        mails.append(crew.send(8))
        crew.scene.wait_until_at_rest(9, seconds=60)
        assert crew.scene.query("SELECT id, state, fence FROM messages WHERE id <= 8 ORDER BY id") == before
    check(crew, what_comes_of(mails, 9), second=0)


def test_a_newer_schema_stops_an_older_bot_and_says_what_to_do(crew: Crew) -> None:
    bot = crew.start("ann")
    wait_for(lambda: len(crew.holders()) == 2 or None, "both mailboxes to be watched")
    engine = open_engine(crew.scene.database)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert bot.wait(15) == 2
    assert "its schema (9999) is newer than this release" in crew.scene.log()
    assert crew.start("bob").wait(15) == 2
    with engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM nodes")).scalar_one() == 0
    engine.dispose()


def test_bots_that_start_together_on_an_empty_database_make_its_schema_once(crew: Crew) -> None:
    for name in ("ann", "bob", "cy"):
        crew.start(name)
    mails = [crew.send(0)]
    crew.scene.wait_until_at_rest(1)
    wait_for(lambda: len(crew.rows("SELECT name FROM nodes")) == 3 or None, "three bots to be up")
    check(crew, what_comes_of(mails, 1), second=0)
    told = json.loads(crew.scene.command("status", "--json"))
    assert len(told["nodes"]) == 3
