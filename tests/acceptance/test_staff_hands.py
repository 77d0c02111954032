"""The staff work in the same mailbox: they move, delete, read and flag what they like, whenever they like."""

import os
import shutil
from email.message import EmailMessage

import pytest

from tests.acceptance.nursery import Bot, Nursery
from tests.acceptance.scene import Scene, a_message, a_sheet, learners, wait_for
from tests.acceptance.staff import staff_at
from tests.platforms.moodle_server import TOKEN, MoodleServer
from tests.wire.servers import CUSTOMER, RealServers

real_only = pytest.mark.parametrize(
    "servers", [pytest.param("dovecot and postfix", marks=pytest.mark.servers)], indirect=True
)


def start(scene: Scene, nursery: Nursery, trap: str = "") -> Bot:
    config = str(scene.folder / "config.toml")
    return nursery.start(["run", "--config", config], scene.folder / "bot.log", trap=trap)


def an_upload(name: str) -> EmailMessage:
    words = "Please create these learners. Yes, send them the welcome email."
    return a_message(words, subject=f"Upload of {name}", sheets=[("a.xlsx", a_sheet(learners(name)))])


def campus(moodle: MoodleServer) -> dict[str, object]:
    """The platform as a directory; the learners of these tests have a + in their addresses."""
    return {
        "name": "campus",
        "kind": "moodle",
        "url": moodle.url,
        "token": TOKEN,
        "username_fallback": "replace",
    }


def id_of(mail: EmailMessage) -> str:
    return str(mail["Message-ID"])


def ids_in(scene: Scene, folder: str) -> list[str]:
    return [str(mail["Message-ID"]) for mail in scene.folder_of(folder)]


@pytest.mark.parametrize("point", ["MessageStore.receive:after", "Settler.settle:after"])
def test_mails_that_staff_took_away_meanwhile_are_answered_all_the_same(
    scene: Scene, nursery: Nursery, point: str
) -> None:
    moved, deleted, read = (scene.send(an_upload(name)) for name in ("ann", "bob", "cy"))
    start(scene, nursery, point).wait(20)
    with staff_at(scene.servers.pair) as staff:
        staff.drag(id_of(moved), "INBOX", "Mine")
        staff.delete(id_of(deleted))
        staff.flag(id_of(read), b"\\Seen", b"\\Flagged")
    start(scene, nursery)
    for mail in (moved, deleted, read):
        scene.reply_to(mail)
    scene.wait_until_at_rest(3)
    assert len(scene.accounts()) == 3
    # What the staff took is theirs now; the bot files only what still lies where it was.
    assert ids_in(scene, "Mine") == [id_of(moved)]
    assert ids_in(scene, "Rollcall/Done") == [id_of(read)]
    assert scene.folder_of("INBOX") == []


def test_a_mail_dragged_back_is_worked_again_and_nothing_is_done_twice(
    scene: Scene, nursery: Nursery
) -> None:
    start(scene, nursery)
    mail = scene.send(an_upload("ann"))
    scene.reply_to(mail)
    scene.wait_until_at_rest(1)
    wait_for(lambda: ids_in(scene, "Rollcall/Done"), "the mail to be filed")
    with staff_at(scene.servers.pair) as staff:
        staff.drag(id_of(mail), "Rollcall/Done", "INBOX")
    wait_for(lambda: len(scene.replies_to(mail)) == 2 or None, "a second reply")
    scene.wait_until_at_rest(1)
    wait_for(lambda: ids_in(scene, "Rollcall/Done"), "the mail to be filed again")
    assert len(scene.accounts()) == 1
    assert len(scene.notices("ann")) == 1
    outcomes = scene.query("SELECT outcome FROM import_rows ORDER BY import_id")
    assert outcomes == [("created",), ("existing",)]


def test_a_copy_left_in_two_places_is_worked_once(scene: Scene, nursery: Nursery) -> None:
    mail = scene.send(an_upload("ann"))
    with staff_at(scene.servers.pair) as staff:
        staff.copy(id_of(mail), "INBOX", "INBOX")
    start(scene, nursery)
    scene.reply_to(mail)
    wait_for(lambda: len(ids_in(scene, "Rollcall/Done")) == 2 or None, "both copies to be filed")
    scene.wait_until_at_rest(1)
    assert len(scene.replies_to(mail)) == 1
    assert len(scene.notices("ann")) == 1


@pytest.mark.parametrize("servers", ["embedded"], indirect=True)
@pytest.mark.parametrize(
    ("first_run", "answered"),
    [("new", ["late"]), ("unread", ["unread", "late"]), ("all", ["read", "unread", "late"])],
)
def test_the_first_run_takes_what_it_was_told_to(
    scene: Scene, nursery: Nursery, first_run: str, answered: list[str]
) -> None:
    scene.configure(mailboxes=[scene.settings["mailboxes"][0] | {"first_run": first_run}])
    mails = {name: scene.send(an_upload(name)) for name in ("read", "unread")}
    with staff_at(scene.servers.pair) as staff:
        staff.flag(id_of(mails["read"]), b"\\Seen")
    start(scene, nursery)
    wait_for(lambda: "first run on INBOX (2 messages)" in scene.log() or None, "it to say what it takes")
    mails["late"] = scene.send(an_upload("late"))
    scene.reply_to(mails["late"])
    scene.wait_until_at_rest(len(answered))
    assert {name for name, mail in mails.items() if scene.replies_to(mail)} == set(answered)
    assert set(ids_in(scene, "INBOX")) == {id_of(mails[name]) for name in mails.keys() - set(answered)}


@pytest.mark.parametrize("servers", ["embedded"], indirect=True)
def test_after_yesterdays_database_is_restored_nothing_is_done_twice(scene: Scene, nursery: Nursery) -> None:
    with MoodleServer() as moodle:
        scene.configure(
            directories=[campus(moodle)],
            customers=[
                {"name": "Customer Ltd", "senders": ["customer1@customer.test"], "directory": "campus"}
            ],
        )
        bot = start(scene, nursery)
        first = scene.send(an_upload("ann"))
        scene.reply_to(first)
        scene.wait_until_at_rest(1)
        scene.command("backup", str(scene.folder / "yesterday.db"))
        second = scene.send(an_upload("bob"))
        scene.reply_to(second)
        scene.wait_until_at_rest(2)
        scene.kill(bot)  # type: ignore[arg-type]
        for name in ("rollcall.db-wal", "rollcall.db-shm"):
            (scene.folder / name).unlink(missing_ok=True)
        shutil.copy(scene.folder / "yesterday.db", scene.folder / "rollcall.db")
        start(scene, nursery)
        # The customer asks again, in a mail of its own, and the staff drag yesterday's back.
        third = scene.send(an_upload("bob"))
        scene.reply_to(third)
        with staff_at(scene.servers.pair) as staff:
            staff.drag(id_of(second), "Rollcall/Done", "INBOX")
        wait_for(lambda: len(scene.replies_to(second)) == 2 or None, "a second reply")
        scene.wait_until_at_rest(3)
        assert sorted(moodle.site.emails()) == ["customer2+ann@customer.test", "customer2+bob@customer.test"]
        assert len(scene.notices("ann")) == 1
        assert len(scene.notices("bob")) == 1
        assert len(scene.replies_to(first)) == 1


@real_only
def test_a_mailbox_of_a_hundred_thousand_messages_is_served_like_any_other(scene: Scene) -> None:
    assert isinstance(scene.servers, RealServers)
    lab = scene.servers.lab
    lab.deliver(an_upload("old").as_bytes(), sender=CUSTOMER)
    wait_for(lambda: lab.messages("support"), "the first mail")
    home = lab.place.directory / "mail" / "support" / "maildir" / "cur"
    old = next(path for path in home.parent.glob("*/*") if path.parent.name in {"cur", "new"})
    owner = old.stat()
    for number in range(100_000):
        name = home / f"1700000000.M{number}P1.old:2,"
        if number % 10_000:
            os.link(old, name)
        else:
            # A file has only so many names; each ten thousand share one.
            shutil.copy(old, name)
            os.chown(name, owner.st_uid, owner.st_gid)
            old = name
    assert "100001" in lab.imap.doveadm("mailbox", "status", "-u", "support", "messages", "INBOX")
    scene.configure(mailboxes=[scene.settings["mailboxes"][0] | {"first_run": "new"}])
    scene.start()
    wait_for(lambda: "mailbox_connected" in scene.log() and "first run" in scene.log(), "the first check")
    new = an_upload("new")
    lab.deliver(new.as_bytes(), sender=CUSTOMER)
    scene.reply_to(new, seconds=30)
    scene.wait_until_at_rest(1)
    assert scene.accounts() == ["customer2+new@customer.test"]
    assert scene.query("SELECT count(*) FROM messages") == [(1,)]
