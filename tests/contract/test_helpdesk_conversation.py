"""Helpdesks over a real ledger: their mails speak for a requester, and the answers land on the ticket."""

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from bot.values.ledger import MessageState
from bot.values.outgoing import LetterKind
from tests.acceptance.scene import a_message, a_sheet, file_names, learners, words_of
from tests.contract.conversation_builders import Desk
from tests.contract.ledger_builders import Clock

DANA = "dana@customer.test"
DESK = "tickets@acme.zendesk.test"
CREATE = "please create accounts for the learners in the attached sheet."


@pytest.fixture
def desk(database_url: str, tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    helpdesks = [
        {"name": "Zendesk", "address": DESK, "requester_line": "Requester"},
        {"name": "Zammad", "address": "help@zammad.test", "requester_header": "X-Zammad-Customer"},
    ]
    made = Desk(database=database_url, folder=tmp_path, clock=clock, changes={"helpdesks": helpdesks})
    yield made
    made.close()


def ticket(
    text: str,
    *,
    requester: str = f"Dana Miller <{DANA}>",
    number: int = 4711,
    sender: str = DESK,
    names: tuple[str, ...] = (),
    **more: Any,
) -> EmailMessage:
    """A mail as a helpdesk sends it on: a machine's, with the requester on top and the tag in its subject."""
    headers = {"Auto_Submitted": "auto-generated", "X_Auto_Response_Suppress": "All", "Precedence": "bulk"}
    sheets = [("starters.xlsx", a_sheet(learners(*names)))] if names else []
    line = f"Requester: {requester}\n\n" if requester else ""
    return a_message(
        f"{line}{text}\n\n--\nDelivered by Zendesk\n",
        subject=f"[Acme] New starters [#{number}]",
        sender=sender,
        sheets=[*sheets, *more.pop("files", [])],
        **(headers | more),
    )


def answered(desk: Desk, mail: EmailMessage) -> EmailMessage:
    before = len(desk.letters(LetterKind.REPLY))
    assert desk.receive(mail).state is MessageState.ANSWERED
    letters = desk.letters(LetterKind.REPLY)
    assert len(letters) == before + 1
    return letters[-1]


def test_a_proven_helpdesk_speaks_for_its_requester_and_the_answer_lands_on_the_ticket(desk: Desk) -> None:
    mail = ticket(CREATE, names=("ann",))
    reply = answered(desk, mail)
    assert [address.addr_spec for address in reply["To"].addresses] == [DESK]
    assert reply["Subject"] == "Re: [Acme] New starters [#4711]"
    assert reply["In-Reply-To"] == mail["Message-ID"]
    assert words_of(reply).startswith("Hi Dana,")
    assert "now has an account" in words_of(reply)


def test_the_ticket_specific_address_that_the_helpdesk_asks_for_is_answered(desk: Desk) -> None:
    mail = ticket(CREATE, names=("ann",), Reply_To="tickets+id4711@acme.zendesk.test")
    assert answered(desk, mail)["To"].addresses[0].addr_spec == "tickets+id4711@acme.zendesk.test"
    stolen = ticket(CREATE, names=("bob",), number=4712, Reply_To="thief@else.test")
    assert answered(desk, stolen)["To"].addresses[0].addr_spec == DESK


def test_the_next_comment_on_the_ticket_settles_the_question(desk: Desk) -> None:
    question = answered(desk, ticket(CREATE, names=("ann",)))
    history = f"{words_of(question)}\n\nDana Miller, Nov 23, 10:15\n{CREATE}"
    settled = answered(desk, ticket(f"Yes please, send it to them.\n\n{history}"))
    assert "on its way" in words_of(settled)
    desk.deliver()
    assert len(desk.notified) == 1


def test_thanks_on_the_ticket_is_no_upload(desk: Desk) -> None:
    reply = answered(desk, ticket(f"{CREATE} No email please.", names=("ann",)))
    assert desk.receive(ticket("Thanks!")).state is MessageState.LEFT
    below = ticket(f"Thanks!\n\n{words_of(reply)}")
    assert desk.receive(below).letters == ()


def test_our_own_answer_mailed_back_by_the_helpdesk_is_ignored(desk: Desk) -> None:
    question = answered(desk, ticket(CREATE, names=("ann",)))
    files = [(part.get_filename(), part.get_payload(decode=True)) for part in question.iter_attachments()]
    assert file_names(question)
    echo = ticket(f"Support commented:\n\n{words_of(question)}", files=files)
    settlement = desk.receive(echo)
    assert settlement.state is MessageState.IGNORED
    assert "our own answer" in settlement.reason
    desk.deliver()
    assert desk.notified == []


def test_our_words_without_the_letter_at_hand_are_left_to_the_staff(desk: Desk) -> None:
    question = answered(desk, ticket(CREATE, names=("ann",)))
    garbled = words_of(question).replace("now has", "nowhas").replace("learner", "l e a r n e r")
    settlement = desk.receive(ticket(f"Support commented:\n\n{garbled}"))
    assert settlement.letters == ()
    assert settlement.state in (MessageState.LEFT, MessageState.IGNORED)


@pytest.mark.parametrize(
    "requester",
    ["eve@stranger.test", "", f"{DANA}\nRequester: boss@other.test"],
    ids=["of no customer", "nobody", "two of them"],
)
def test_a_requester_we_do_not_know_is_held(desk: Desk, requester: str) -> None:
    settlement = desk.receive(ticket(CREATE, requester=requester, names=("ann",)))
    assert settlement.state is MessageState.HELD
    assert settlement.letters == ()


def test_a_forged_helpdesk_is_a_stranger(desk: Desk) -> None:
    forged = ticket(CREATE, names=("ann",), trusted=False)
    settlement = desk.receive(forged)
    assert settlement.state is MessageState.IGNORED  # a machine's mail from nobody we know
    human = ticket(CREATE, names=("ann",), trusted=False)
    for mark in ("Auto-Submitted", "Precedence", "X-Auto-Response-Suppress"):
        del human[mark]
    assert desk.receive(human).state is MessageState.HELD
    assert desk.letters() == []


def test_a_requester_line_in_anybody_elses_mail_is_only_words(desk: Desk) -> None:
    mail = a_message(
        f"Requester: {DANA}\n\n{CREATE}",
        sender="eve@stranger.test",
        sheets=[("a.xlsx", a_sheet(learners("ann")))],
    )
    assert desk.receive(mail).state is MessageState.HELD


def test_a_requester_in_a_header_field(desk: Desk) -> None:
    mail = ticket(
        CREATE, requester="", sender="help@zammad.test", names=("ann",), X_Zammad_Customer=f"Dana <{DANA}>"
    )
    assert answered(desk, mail)["To"].addresses[0].addr_spec == "help@zammad.test"


def test_tickets_of_two_customers_under_one_number_stay_apart(desk: Desk) -> None:
    answered(desk, ticket(CREATE, names=("ann",)))
    other = desk.receive(ticket("Yes please, send it to them.", requester="boss@other.test"))
    assert other.notices is None
    desk.deliver()
    assert desk.notified == []
