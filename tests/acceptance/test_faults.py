"""What surrounds the bot fails in every way: nothing is lost or doubled, and `status` says what is wrong."""

import json
import resource
import sqlite3
from collections.abc import Callable, Iterator
from email.message import EmailMessage

import pytest

from tests.acceptance.invariants import Expected, check_promises
from tests.acceptance.nursery import Bot, Nursery
from tests.acceptance.scene import Scene, a_message, a_sheet, learners, wait_for, words_of
from tests.acceptance.staff import staff_at
from tests.platforms.loopback import Drop
from tests.platforms.moodle_server import CREATE, TOKEN, MoodleServer
from tests.servers.mail import MailLab
from tests.servers.postgres import Postgres
from tests.wire.servers import CUSTOMER, EmbeddedServers

embedded_only = pytest.mark.parametrize("servers", ["embedded"], indirect=True)
real_only = pytest.mark.parametrize(
    "servers", [pytest.param("dovecot and postfix", marks=pytest.mark.servers)], indirect=True
)


def start(scene: Scene, nursery: Nursery) -> Bot:
    config = str(scene.folder / "config.toml")
    return nursery.start(["run", "--config", config], scene.folder / "bot.log")


def an_upload(*names: str) -> EmailMessage:
    words = "Please create these learners. Yes, send them the welcome email."
    return a_message(words, subject=f"Upload of {names[0]}", sheets=[("a.xlsx", a_sheet(learners(*names)))])


def status(scene: Scene) -> str:
    """Everything `rollcall status --json` says, as text; before the first start there is no ledger yet."""
    printed = scene.command("status", "--json", code=None)
    return json.dumps(json.loads(printed), ensure_ascii=False) if printed.startswith("{") else printed


def wait_for_status(scene: Scene, *words: str, seconds: float = 25.0) -> None:
    """The words stand in what a person reads of how things are."""
    wait_for(
        lambda: all(word in status(scene) for word in words) or None,
        lambda: f"{words} in the status\n{scene.log()[-2000:]}",
        seconds=seconds,
    )


def uploads(scene: Scene, count: int, meanwhile: Callable[[int], None]) -> Expected:
    """So many uploads, with something happening after each."""
    expected = Expected()
    for number in range(count):
        expected.mails.append(scene.send(an_upload(f"f{number}")))
        expected.created.append(f"f{number}")
        expected.notified.append(f"f{number}")
        meanwhile(number)
    return expected


# The mailbox


def test_connections_lost_again_and_again_lose_and_double_nothing(scene: Scene, nursery: Nursery) -> None:
    start(scene, nursery)
    expected = uploads(scene, 4, lambda _: scene.servers.cut())
    scene.wait_until_at_rest(4, seconds=120)
    check_promises(scene, expected)


@embedded_only
def test_a_folder_that_staff_deleted_is_made_again(scene: Scene, nursery: Nursery) -> None:
    start(scene, nursery)
    first = scene.send(an_upload("ann"))
    wait_for(lambda: scene.folder_of("Rollcall/Done"), "the first to be filed")
    with staff_at(scene.servers.pair) as staff:
        staff.remove_folder("Rollcall/Done")
    second = scene.send(an_upload("bob"))
    scene.reply_to(second)
    wait_for(lambda: scene.folder_of("Rollcall/Done"), "the second to be filed", seconds=40)
    scene.wait_until_at_rest(2, seconds=40)
    assert len(scene.replies_to(first)) == 1
    assert [mail["Message-ID"] for mail in scene.folder_of("Rollcall/Done")] == [second["Message-ID"]]


@real_only
@pytest.mark.parametrize("keep_uids", [True, False])
def test_a_renumbered_mailbox_is_read_again_and_nothing_is_done_twice(
    scene: Scene, nursery: Nursery, mail_lab: MailLab, keep_uids: bool
) -> None:
    start(scene, nursery)
    expected = uploads(scene, 2, lambda _: None)
    left = scene.send(a_message("When does our licence renew?", subject="Licence"))
    scene.wait_until_at_rest(3)
    mail_lab.imap.bump_uidvalidity(keep_uids=keep_uids)
    late = scene.send(an_upload("late"))
    scene.reply_to(late)
    scene.wait_until_at_rest(4)
    assert len(scene.accounts()) == 3
    assert all(len(scene.replies_to(mail)) == 1 for mail in expected.mails)
    assert [mail["Message-ID"] for mail in scene.folder_of("INBOX")] == [left["Message-ID"]]


@real_only
def test_a_full_mailbox_is_told_and_the_copy_in_sent_follows(
    scene: Scene, nursery: Nursery, mail_lab: MailLab
) -> None:
    asked = scene.send(an_upload("ann"))
    mail_lab.imap.set_quota("support", 1000)
    start(scene, nursery)
    scene.reply_to(asked)
    wait_for_status(scene, "copy_sent to", "no room left")
    mail_lab.imap.set_quota("support", None)
    scene.servers.cut()  # the server counts anew from the next login on
    wait_for(lambda: scene.folder_of("Sent"), "the copy in Sent", seconds=60)
    scene.wait_until_at_rest(1, seconds=60)
    assert len(scene.replies_to(asked)) == len(scene.folder_of("Sent")) == 1


@real_only
def test_a_changed_password_is_told_and_nothing_is_lost(
    scene: Scene, nursery: Nursery, mail_lab: MailLab
) -> None:
    mail_lab.imap.set_password("support", "another one")
    bot = start(scene, nursery)
    asked = scene.send(an_upload("ann"))
    wait_for_status(scene, "refuses our login")
    scene.stop(bot)  # type: ignore[arg-type]
    mailbox = scene.settings["mailboxes"][0]
    login = {"password": "another one"}
    scene.configure(
        mailboxes=[mailbox | {"imap": mailbox["imap"] | login}], smtp=scene.settings["smtp"] | login
    )
    start(scene, nursery)
    scene.reply_to(asked)


# The way out


@embedded_only
def test_letters_put_off_are_told_and_delivered_later_once(scene: Scene, nursery: Nursery) -> None:
    servers = scene.servers
    assert isinstance(servers, EmbeddedServers)
    servers.mail.smtp_fault(451, "4.7.1 Greylisted, come back later", recipient=CUSTOMER)
    start(scene, nursery)
    asked = scene.send(an_upload("ann"))
    wait_for_status(scene, "a reply letter waits", "Greylisted")
    scene.let_pauses_end()
    scene.reply_to(asked, seconds=60)
    scene.wait_until_at_rest(1)
    assert len(scene.notices("ann")) == 1


@embedded_only
def test_a_learner_whom_the_server_refuses_is_told_and_the_others_are_served(
    scene: Scene, nursery: Nursery
) -> None:
    servers = scene.servers
    assert isinstance(servers, EmbeddedServers)
    servers.mail.smtp_fault(550, "5.1.1 User unknown", recipient="customer2+bob@customer.test")
    start(scene, nursery)
    scene.reply_to(scene.send(an_upload("ann", "bob", "cy")))
    wait_for(lambda: len(scene.notices("ann", "cy")) == 2 or None, "the other two notices")
    scene.wait_until_at_rest(1)
    states = scene.query("SELECT email, state, failure FROM notices WHERE state <> 'sent'")
    assert [(email, state) for email, state, _ in states] == [("customer2+bob@customer.test", "bounced")]
    assert "User unknown" in states[0][2]
    assert '"outbox_failed": 1' in status(scene)


# The database


@embedded_only
def test_a_locked_ledger_only_makes_it_wait(scene: Scene, nursery: Nursery) -> None:
    start(scene, nursery)
    first = scene.send(an_upload("ann"))
    scene.reply_to(first)
    other = sqlite3.connect(scene.database.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    second = scene.send(an_upload("bob"))
    with pytest.raises(AssertionError):
        wait_for(lambda: scene.replies_to(second), "what cannot come", seconds=3)
    other.execute("ROLLBACK")
    other.close()
    scene.reply_to(second)
    scene.wait_until_at_rest(2)
    assert len(scene.accounts()) == 2


@embedded_only
def test_a_full_disk_stops_the_work_and_loses_nothing(scene: Scene, nursery: Nursery) -> None:
    bot = start(scene, nursery)
    scene.reply_to(scene.send(an_upload("ann")))
    scene.wait_until_at_rest(1)
    # No file may grow any more, the log neither: to SQLite this is a write that fails, as on a full disk.
    resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
    second = scene.send(an_upload("bob"))
    with pytest.raises(AssertionError):
        wait_for(lambda: scene.replies_to(second), "what cannot come", seconds=3)
    resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    scene.reply_to(second, seconds=40)
    scene.wait_until_at_rest(2)
    assert len(scene.accounts()) == 2
    assert len(scene.notices("bob")) == 1


@real_only
def test_a_restart_of_postgresql_and_lost_connections_lose_nothing(
    scene: Scene, nursery: Nursery, postgres: Postgres
) -> None:
    start(scene, nursery)
    wait_for(lambda: "mailbox_connected" in scene.log() or None, "it to be up")
    name = scene.database.rpartition("/")[2]

    def upset(number: int) -> None:
        if number % 2:
            postgres.restart()
        else:
            postgres.drop_connections(name)

    expected = uploads(scene, 4, upset)
    scene.wait_until_at_rest(4, seconds=60)
    check_promises(scene, expected)


# The platform


@pytest.fixture
def moodle(scene: Scene) -> Iterator[MoodleServer]:
    """A platform of its own, as the customer's directory; the learners have a + in their addresses."""
    with MoodleServer() as server:
        directory = {"name": "campus", "kind": "moodle", "url": server.url, "token": TOKEN}
        scene.configure(
            directories=[directory | {"username_fallback": "replace", "timeout": 2}],
            customers=[{"name": "Customer Ltd", "senders": [CUSTOMER], "directory": "campus"}],
        )
        yield server


@embedded_only
def test_a_platform_in_maintenance_is_waited_for(
    scene: Scene, nursery: Nursery, moodle: MoodleServer
) -> None:
    moodle.site.maintenance = True
    start(scene, nursery)
    asked = scene.send(an_upload("ann", "bob"))
    wait_for_status(scene, "message M1 waits", "maintenance")
    assert scene.replies_to(asked) == []
    moodle.site.maintenance = False
    scene.let_pauses_end()
    words = words_of(scene.reply_to(asked, seconds=60))
    assert "now have an account" in words
    scene.wait_until_at_rest(1)
    assert len(moodle.site.emails()) == 2


@embedded_only
def test_an_answer_lost_after_the_accounts_were_made_is_found_out(
    scene: Scene, nursery: Nursery, moodle: MoodleServer
) -> None:
    lost = [True]

    def fault(request: object) -> Drop | None:
        if lost and f"wsfunction={CREATE}".encode() in request.body:  # type: ignore[attr-defined]
            lost.clear()
            return Drop(after=True)
        return None

    moodle.pick_fault = fault
    start(scene, nursery)
    asked = scene.send(an_upload("ann", "bob"))
    scene.reply_to(asked, seconds=60)
    wait_for(lambda: len(scene.notices("ann", "bob")) == 2 or None, "both notices")
    scene.wait_until_at_rest(1)
    assert not lost
    assert scene.query("SELECT outcome FROM import_rows") == [("created",), ("created",)]
    assert len(moodle.site.emails()) == 2
