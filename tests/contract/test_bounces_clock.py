"""Bounces over a real ledger, on a clock of ours: matched, told once to the customer, or to the staff."""

from email import message_from_string
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest

from bot.runners.bounces import tend_returns
from bot.values.learner import NoticeState
from bot.values.ledger import ChoreKind, MessageState
from bot.values.outgoing import LetterKind
from tests.acceptance.scene import a_message, a_sheet, learners, words_of
from tests.contract.conftest import OpenDesk
from tests.contract.conversation_builders import DAY, SUPPORT, Desk

DANA = "dana@customer.test"
ANN = "customer2+ann@customer.test"


def notified(desk: Desk, *names: str, **delivery: Any) -> None:
    """An upload whose learners are notified at once."""
    sheet = a_sheet(learners(*names))
    desk.receive(a_message("Yes, send them the default email.", sender=DANA, sheets=[("a.xlsx", sheet)]))
    desk.deliver(**delivery)


def a_bounce(
    recipient: str = ANN,
    *,
    original: str = "",
    status: str = "5.1.1",
    action: str = "failed",
    words: str = "550 no such user here",
    to: str = SUPPORT,
) -> EmailMessage:
    """A delivery status notification as RFC 3464 has it."""
    action_line = f"Action: {action}\n" if action else ""
    enclosed = f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {original}\nTo: {recipient}\n\n"
    raw = f"""Return-Path: <>
Delivered-To: {to}
From: Mail Delivery System <MAILER-DAEMON@mx.else.test>
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <bounce-{recipient.replace("@", ".")}-{status}-{action}-{len(original)}@mx.else.test>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.else.test

Final-Recipient: rfc822; {recipient}
{action_line}Status: {status}
Diagnostic-Code: smtp; {words}

{enclosed if original else ""}--b--
"""
    message = message_from_string(raw, policy=SMTP)
    assert isinstance(message, EmailMessage)
    return message


def states(desk: Desk) -> dict[str, str]:
    with desk.ledger.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT email, state FROM notices ORDER BY position")
        return {row[0]: row[1] for row in rows}


def tend(desk: Desk, *, after: float = 3700.0) -> list[EmailMessage]:
    """Let an hour pass; returns every follow-up so far."""
    desk.clock.forward(after)
    tend_returns(desk.office)
    return desk.letters(LetterKind.FOLLOW_UP)


def test_a_bounce_is_matched_by_the_message_id_and_told_in_the_thread(desk: Desk) -> None:
    notified(desk, "ann", "bob")
    ended = desk.receive(a_bounce("ann@elsewhere.test", original=desk.notice_ids[ANN]))
    assert ended.state is MessageState.IGNORED
    assert [chore.folder for chore in ended.chores] == ["Rollcall/Done"]
    assert states(desk)[ANN] == "bounced"
    (follow_up,) = tend(desk)
    assert follow_up["To"].addresses[0].addr_spec == DANA
    assert "1 of the 2 emails to the new learners could not be delivered" in words_of(follow_up)
    assert "there is no such mailbox" in words_of(follow_up)


@pytest.mark.parametrize("named", [True, False], ids=["by its Message-ID", "by its recipient"])
def test_a_bounce_that_is_here_before_its_notice_is_noted_as_sent_is_not_lost(
    desk: Desk, named: bool
) -> None:
    sheet = a_sheet(learners("ann", "bob"))
    desk.receive(a_message("Yes, send them the default email.", sender=DANA, sheets=[("a.xlsx", sheet)]))
    letters = desk.ledger.outbox.claim(10)
    (to_ann,) = [letter for letter in letters if letter.recipients == (ANN,)]
    desk.take_in(a_bounce(ANN, original=to_ann.message_id if named else ""))
    desk.work()
    assert states(desk)[ANN] == "queued"
    desk.ledger.outbox.sent(letters)
    assert states(desk)[ANN] == "sent"
    desk.clock.forward(2)
    desk.work()
    assert desk.settled[-1].state is MessageState.IGNORED
    assert states(desk)[ANN] == "bounced"
    assert "1 of the 2 emails" in words_of(tend(desk)[0])


def test_by_recipient_and_time_where_nothing_else_is_left(desk: Desk) -> None:
    notified(desk, "ann")
    desk.receive(a_bounce(ANN))
    assert states(desk)[ANN] == "bounced"


def test_a_bounce_long_after_the_notice_is_about_something_else(desk: Desk) -> None:
    notified(desk, "ann")
    desk.clock.forward(8 * DAY)
    assert desk.receive(a_bounce(ANN)).chores == ()
    assert states(desk)[ANN] == "sent"


def test_by_the_return_path_where_the_recipient_was_renamed(open_desk: OpenDesk) -> None:
    desk = open_desk(smtp={"host": "localhost", "security": "none", "verp": True})
    notified(desk, "ann")
    to = f"support+{ANN.replace('@', '=')}@yourcompany.test"
    desk.receive(a_bounce("ann.new@elsewhere.test", to=to))
    assert states(desk)[ANN] == "bounced"


def test_a_bounce_of_what_we_never_sent_is_left_alone(desk: Desk) -> None:
    notified(desk, "ann")
    ended = desk.receive(a_bounce("boss@customer.test", original="<notice.RC-AAAAAA.0@yourcompany.test>"))
    assert (ended.state, ended.chores) == (MessageState.IGNORED, ())
    assert tend(desk) == []


def test_a_forged_bounces_words_reach_nobody_but_the_staff(desk: Desk) -> None:
    notified(desk, "ann")
    desk.receive(a_bounce(ANN, words="550 call +44 900 123 to unlock your account"))
    (follow_up,) = tend(desk)
    assert "900 123" not in words_of(follow_up)
    rows = desk.ledger.returns.lost_notices(1)
    assert rows == []


def test_the_learner_who_opens_the_link_after_a_forged_bounce_gets_in(desk: Desk) -> None:
    notified(desk, "ann")
    desk.receive(a_bounce(ANN))
    desk.ledger.outbox.set_notice(1, 0, NoticeState.OPENED)
    assert states(desk)[ANN] == "opened"
    assert tend(desk) == []


def test_one_follow_up_for_all_that_came_back_within_an_hour(desk: Desk) -> None:
    notified(desk, "ann", "bob", "cyd")
    desk.receive(a_bounce(ANN))
    assert tend(desk, after=1800) == []
    desk.receive(a_bounce("customer2+bob@customer.test"))
    assert tend(desk, after=1900) == []
    (follow_up,) = tend(desk, after=1900)
    assert "2 of the 3 emails" in words_of(follow_up)
    assert len(tend(desk)) == 1


def test_notices_refused_at_once_are_told_with_a_hint_of_the_typo(desk: Desk) -> None:
    people = [("Ann", "Tester", "ann@gmial.com"), ("Bob", "Tester", "bob@customer.test")]
    sheet = a_sheet(people)
    desk.receive(a_message("Yes, send them the default email.", sender=DANA, sheets=[("a.xlsx", sheet)]))
    desk.deliver(refuse=("ann@gmial.com",))
    (follow_up,) = tend(desk)
    words = words_of(follow_up)
    assert "1 of the 2 emails" in words
    assert "gmail.com" in words


def test_a_delay_is_no_bounce(desk: Desk) -> None:
    notified(desk, "ann")
    ended = desk.receive(a_bounce(ANN, action="delayed", status="4.4.1"))
    assert [chore.folder for chore in ended.chores] == ["Rollcall/Done"]
    assert tend(desk, after=20 * DAY) == []
    assert states(desk)[ANN] == "sent"


def test_a_doubt_without_a_later_word_counts_after_five_days(desk: Desk) -> None:
    notified(desk, "ann", "bob")
    for name in ("ann", "bob"):
        desk.receive(a_bounce(f"customer2+{name}@customer.test", action="", status="4.2.2"))
    desk.ledger.outbox.set_notice(1, 1, NoticeState.OPENED)
    assert tend(desk, after=4 * DAY) == []
    assert tend(desk, after=2 * DAY) == []
    (follow_up,) = tend(desk)
    assert "the mailbox is full" in words_of(follow_up)
    assert "bob" not in words_of(follow_up)


def test_a_bounced_reply_is_told_to_the_staff_once(open_desk: OpenDesk) -> None:
    desk = open_desk(staff={"address": "staff@yourcompany.test"})
    notified(desk, "ann")
    reply = desk.last(LetterKind.REPLY)
    desk.receive(a_bounce(DANA, original=reply["Message-ID"]))
    tend(desk)
    tend(desk)
    (mail,) = desk.letters(LetterKind.STAFF)
    assert mail["To"].addresses[0].addr_spec == "staff@yourcompany.test"
    assert DANA in words_of(mail)
    notes = [due.chore for due in desk.ledger.chores.claim("support", 50) if due.chore.kind is ChoreKind.NOTE]
    assert [note.folder for note in notes] == ["Rollcall/Problem"]


def test_a_lost_mail_to_the_staff_is_not_mailed_to_the_staff(open_desk: OpenDesk) -> None:
    desk = open_desk(staff={"address": "staff@yourcompany.test"})
    notified(desk, "ann")
    desk.receive(a_bounce(DANA, original=desk.last(LetterKind.REPLY)["Message-ID"]))
    desk.clock.forward(3700)
    tend_returns(desk.office)
    desk.deliver(refuse=("staff@yourcompany.test",))
    assert tend(desk) == []
    assert desk.letters(LetterKind.STAFF) == []


def test_a_customer_who_forwards_a_bounce_is_a_customer(desk: Desk) -> None:
    notified(desk, "ann")
    mail = a_message("This came back, any idea?", subject="Came back", sender=DANA)
    mail.add_attachment(a_bounce(ANN, original=desk.notice_ids[ANN]))
    assert desk.receive(mail).state is MessageState.LEFT
    assert states(desk)[ANN] == "sent"
