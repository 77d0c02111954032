"""Conversations that need a bot of their own: a customer who never answers, and one behind a helpdesk."""

from email.message import Message

from tests.acceptance.scene import Scene, a_message, a_sheet, learners, wait_for, words_of
from tests.wire.servers import CUSTOMER

NOTHING = "Hi,\n\nplease create accounts for the learners in the attached sheet.\n\nDana\n"


def test_an_unanswered_question_is_reminded_of_once_and_closes_as_no(scene: Scene) -> None:
    scene.configure(conversation={"remind_days": 3 / 86400, "close_days": 8 / 86400})
    scene.start()
    mail = a_message(NOTHING, sheets=[("starters.xlsx", a_sheet(learners("silent1")))])
    question = scene.reply_to(scene.send(mail), seconds=40)

    def later() -> list[Message]:
        return [mail for mail in scene.inbox() if mail["Message-ID"] != question["Message-ID"]]

    wait_for(lambda: len(later()) == 2, "the reminder and the closing", seconds=40)
    reminder, closing = later()
    assert "reply" in words_of(reminder).lower()
    assert "We had no answer" in words_of(closing)
    assert scene.query("SELECT state FROM questions") == [("closed",)]
    assert scene.query("SELECT state FROM notices") == [("not_wanted",)]
    settled = scene.reply_to(scene.send(a_message("Yes", answer_to=closing)), seconds=40)
    assert "on its way" in words_of(settled)
    wait_for(lambda: scene.notices("silent1"), "the notice")


def test_a_helpdesks_mail_is_answered_on_its_ticket(scene: Scene) -> None:
    address = "customer1+tickets@customer.test"
    helpdesk = {"name": "Zendesk", "address": address, "requester_line": "Requester:"}
    scene.configure(helpdesks=[helpdesk])
    scene.start()
    mail = a_message(
        f"Requester: Dana Miller <{CUSTOMER}>\n\n{NOTHING}",
        subject="New starters [#4711]",
        sender=address,
        sheets=[("starters.xlsx", a_sheet(learners("desk1")))],
        Auto_Submitted="auto-generated",
    )
    scene.send(mail)
    scene.wait_until_at_rest(1)
    assert scene.query("SELECT recipients, state FROM outbox WHERE kind = 'reply'") == [(address, "sent")]
    assert scene.accounts() == ["customer2+desk1@customer.test"]
