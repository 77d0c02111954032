"""A mail that kills its worker is set aside; one that was merely at hand when the power failed is not."""

import json
import signal
from email.message import EmailMessage

import pytest

from tests.acceptance.nursery import Bot, Nursery
from tests.acceptance.scene import Scene, a_message, a_sheet, learners, wait_for, words_of
from tests.wire.servers import CUSTOMER, SUPPORT, EmbeddedServers

OTHER = "customer1+other@customer.test"


def start(scene: Scene, nursery: Nursery, trap: str = "") -> Bot:
    config = str(scene.folder / "config.toml")
    return nursery.start(["run", "--config", config], scene.folder / "bot.log", trap=trap)


def arrive(scene: Scene, mail: EmailMessage) -> EmailMessage:
    if isinstance(scene.servers, EmbeddedServers):
        scene.servers.mail.store(SUPPORT, "INBOX", mail.as_bytes())
        return mail
    return scene.send(mail)


def an_upload(name: str, *, words: str = "Yes, send it.", sender: str = CUSTOMER) -> EmailMessage:
    words = f"Please create these learners. {words}"
    return a_message(words, subject=name, sender=sender, sheets=[("a.xlsx", a_sheet(learners(name)))])


def test_a_mail_that_kills_its_worker_is_set_aside_and_the_rest_goes_on(
    scene: Scene, nursery: Nursery
) -> None:
    scene.configure(customers=[{"name": "Customer Ltd", "senders": [CUSTOMER, OTHER]}])
    poison = arrive(scene, an_upload("ann", words="Arsenic"))
    for _ in range(2):
        assert start(scene, nursery, "poison:Arsenic").wait(20) == -signal.SIGSEGV
    bot = start(scene, nursery, "poison:Arsenic")
    # From the third time on it falls in a process of its own, and the service lives.
    problem = wait_for(lambda: scene.folder_of("Rollcall/Problem")[1:], "a note beside it", seconds=30)
    after = arrive(scene, an_upload("bob"))
    other = arrive(scene, an_upload("cy", sender=OTHER))
    scene.wait_until_at_rest(3)
    assert bot.poll() is None
    assert scene.accounts() == ["customer2+bob@customer.test", "customer2+cy@customer.test"]
    done = {mail["Message-ID"] for mail in scene.folder_of("Rollcall/Done")}
    assert done == {after["Message-ID"], other["Message-ID"]}
    in_problem = scene.folder_of("Rollcall/Problem")
    assert len(in_problem) == 2
    note = next(mail for mail in [*in_problem, *problem] if mail["Message-ID"] != poison["Message-ID"])
    assert "rollcall retry M1" in words_of(note)
    assert json.loads(scene.command("status", "--json"))["messages"] == {"set_aside": 1}
    scene.stop(bot)  # type: ignore[arg-type]
    start(scene, nursery)
    scene.command("retry", "M1")
    scene.reply_to(poison)
    scene.wait_until_at_rest(3)
    assert len(scene.accounts()) == 3
    assert len(scene.folder_of("Rollcall/Done")) == 3
    assert len(scene.folder_of("Rollcall/Problem")) == 1


@pytest.mark.parametrize("servers", ["embedded"], indirect=True)
def test_a_mail_that_was_at_hand_at_many_kills_is_not_blamed(scene: Scene, nursery: Nursery) -> None:
    mail = arrive(scene, an_upload("ann"))
    for _ in range(5):
        assert start(scene, nursery, "MessageStore.claim:after").wait(20) == -signal.SIGKILL
    assert scene.query("SELECT crashes, witnessed FROM messages") == [(4, 0)]
    start(scene, nursery)
    scene.reply_to(mail)
    scene.wait_until_at_rest(1)
    assert scene.query("SELECT state FROM messages") == [("answered",)]
    assert scene.folder_of("Rollcall/Problem") == []


@pytest.mark.parametrize("servers", ["embedded"], indirect=True)
def test_a_stop_of_the_service_is_no_fall_of_what_it_works_on(scene: Scene, nursery: Nursery) -> None:
    mail = arrive(scene, an_upload("ann"))
    for _ in range(3):
        start(scene, nursery, "MessageStore.claim:after").wait(20)
    bot = start(scene, nursery)
    wait_for(lambda: "message_worked_apart" in scene.log() or None, "it to be worked apart")
    assert scene.stop(bot) == 0  # type: ignore[arg-type]
    assert scene.query("SELECT witnessed FROM messages") == [(0,)]
    start(scene, nursery)
    scene.reply_to(mail)
