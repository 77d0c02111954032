"""Holding and releasing, with the real process: nobody gets in by forging, and no mail stops the loop."""

from email.message import EmailMessage
from pathlib import Path

from tests.acceptance.scene import Scene, a_message, a_sheet, learners, wait_for, words_of
from tests.wire.servers import CUSTOMER, SUPPORT, a_mailbox

YES = "Please create these learners. Yes, send them the default email."


def held(scene: Scene, mail: EmailMessage) -> list[str]:
    """The Message-IDs in Held, once the mail and its note are there."""

    def both() -> list[str]:
        found = [str(each["Message-ID"]) for each in scene.folder_of("Rollcall/Held")]
        return found if mail["Message-ID"] in found and len(found) > 1 else []

    return wait_for(both, "the mail and its note in Held")


def drag(scene: Scene, mail: EmailMessage, source: str, target: str) -> None:
    """Move a mail as the staff do, with their own mail program."""
    box = a_mailbox(scene.servers.pair)
    box.connect()
    try:
        box.select(source)
        (uid,) = box.find_message_id(source, str(mail["Message-ID"]))
        box.select(source)
        box.move([uid], target)
    finally:
        box.close()


def test_a_forged_mail_is_held_and_runs_once_dragged_to_approved(scene: Scene) -> None:
    scene.start()
    mail = scene.send(a_message(YES, sheets=[("a.xlsx", a_sheet(learners("ann")))], trusted=False))
    held(scene, mail)
    scene.wait_until_at_rest(1)
    assert scene.inbox() == []
    drag(scene, mail, "Rollcall/Held", "Rollcall/Approved")
    reply = scene.reply_to(mail)
    assert "now has an account" in words_of(reply)
    wait_for(lambda: len(scene.notices("ann")) == 1, "the notice")
    scene.wait_until_at_rest(1)
    assert mail["Message-ID"] in [each["Message-ID"] for each in scene.folder_of("Rollcall/Done")]
    # Dragged back to the inbox it runs again, safely: everybody exists, nobody is mailed again.
    drag(scene, mail, "Rollcall/Done", "INBOX")
    wait_for(lambda: len(scene.replies_to(mail)) == 2, "the second run's reply")
    scene.wait_until_at_rest(1)
    assert "already had an account" in words_of(scene.replies_to(mail)[1])
    assert len(scene.notices("ann")) == 1


def test_the_customers_own_address_is_asked_and_its_yes_carries_the_mail_out(scene: Scene) -> None:
    scene.configure(verification=scene.settings["verification"] | {"mode": "confirm"})
    scene.start()
    mail = scene.send(a_message(YES, sheets=[("a.xlsx", a_sheet(learners("ann")))], trusted=False))
    (question,) = wait_for(scene.inbox, "the question to the customer's own address")
    assert "Did you send us this learner upload?" in question["Subject"]
    assert question["In-Reply-To"] is None
    held(scene, mail)
    # A forger answers the mail it knows of, and guesses: nothing comes of it.
    guess = a_message("Yes", answer_to=mail, trusted=False, message_id="<guess@customer.test>")
    guess.replace_header("References", "<confirm.00000000000000000000000000000000@yourcompany.test>")
    scene.send(guess)
    scene.wait_until_at_rest(2)
    assert scene.accounts() == []
    away = a_message("Yes, I am away", answer_to=question, trusted=False, Auto_Submitted="auto-replied")
    scene.send(away)
    scene.wait_until_at_rest(3)
    assert scene.accounts() == []
    scene.send(a_message("Yes, that was me.", answer_to=question, trusted=False))
    scene.reply_to(mail)
    assert scene.accounts() == ["customer2+ann@customer.test"]
    wait_for(lambda: len(scene.notices("ann")) == 1, "the notice")
    # The secret is spent: it releases nothing else.
    second = scene.send(a_message("Yes", answer_to=question, trusted=False))
    scene.wait_until_at_rest(5)
    assert scene.replies_to(second) == []


def test_a_no_to_the_question_ends_it(scene: Scene) -> None:
    scene.configure(verification=scene.settings["verification"] | {"mode": "confirm"})
    scene.start()
    mail = scene.send(a_message(YES, sheets=[("a.xlsx", a_sheet(learners("ann")))], trusted=False))
    (question,) = wait_for(scene.inbox, "the question")
    held(scene, mail)
    scene.send(a_message("No, that was not me!", answer_to=question, trusted=False))
    scene.wait_until_at_rest(2)
    assert scene.accounts() == []
    assert mail["Message-ID"] in [each["Message-ID"] for each in scene.folder_of("Rollcall/Held")]


def test_a_forger_has_only_few_questions_sent(scene: Scene) -> None:
    scene.configure(verification=scene.settings["verification"] | {"mode": "confirm"})
    scene.start()
    for number in range(6):
        sheet = ("a.xlsx", a_sheet(learners(f"f{number}")))
        scene.send(a_message(YES, subject=f"Upload {number}", sheets=[sheet], trusted=False))
    scene.wait_until_at_rest(6)
    assert len(scene.inbox()) == 3
    assert scene.accounts() == []


def test_only_learners_of_the_allowed_domains_are_created(scene: Scene) -> None:
    customer = scene.settings["customers"][0] | {"learner_domains": ["customer.test"]}
    scene.configure(customers=[customer])
    scene.start()
    people = [*learners("ann"), ("Eve", "Else", "eve@elsewhere.test")]
    mail = scene.send(a_message(YES, sheets=[("a.xlsx", a_sheet(people))]))
    words = words_of(scene.reply_to(mail))
    assert "you can create accounts only at customer.test" in " ".join(words.split())
    rows = scene.query("SELECT outcome, reason FROM import_rows ORDER BY position")
    assert rows == [("created", ""), ("invalid", "not_allowed")]
    assert scene.accounts() == ["customer2+ann@customer.test"]


def test_two_rollcalls_that_write_to_each_other_stop_at_once(scene: Scene, tmp_path: Path) -> None:
    scene.configure(
        customers=[
            {"name": "Customer Ltd", "senders": [CUSTOMER]},
            {"name": "Others", "senders": [SUPPORT]},
        ]
    )
    user = scene.servers.pair.users["customer1"]
    login = {"username": user.login, "password": user.password}
    box = scene.settings["mailboxes"][0]
    folder = tmp_path / "other"
    folder.mkdir()
    database = f"sqlite:///{folder}/rollcall.db"
    other = Scene(servers=scene.servers, database=database, folder=folder, nursery=scene.nursery)
    other.configure(
        mailboxes=[box | {"address": CUSTOMER, "imap": box["imap"] | login}],
        smtp=scene.settings["smtp"] | login,
        customers=[{"name": "First", "senders": [SUPPORT]}],
    )
    scene.start()
    other.start()
    try:
        # As if the other bot had asked: our answer goes to its mailbox, with our workbook attached.
        scene.send(a_message(YES, sheets=[("a.xlsx", a_sheet(learners("ann")))]))
        scene.wait_until_at_rest(1)
        other.wait_until_at_rest(1)
        assert other.query("SELECT state FROM messages") == [("ignored",)]
        assert other.query("SELECT count(*) FROM outbox") == [(0,)]
        assert scene.query("SELECT count(*) FROM messages") == [(1,)]
    finally:
        other.end()
