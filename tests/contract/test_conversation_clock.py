"""Conversations over a real ledger, on a clock of ours: asked once, settled once, reminded, closed."""

from email.message import EmailMessage
from typing import Any

from bot.runners.conversation import tend_questions
from bot.values.ledger import MessageState
from bot.values.outgoing import LetterKind
from tests.acceptance.scene import a_message, a_sheet, learners, words_of
from tests.contract.conftest import OpenDesk
from tests.contract.conversation_builders import DAY, Desk

DANA, BORIS = "dana@customer.test", "boris@customer.test"
CREATE = "Hi,\n\nplease create accounts for the learners in the attached sheet.\n\nDana\n"


def mail(text: str, *, sender: str = DANA, **more: Any) -> EmailMessage:
    return a_message(text, sender=sender, **more)


def upload(*names: str, text: str = CREATE, **more: Any) -> EmailMessage:
    return mail(text, sheets=[("starters.xlsx", a_sheet(learners(*names)))], **more)


def asked(desk: Desk, *names: str) -> EmailMessage:
    """An upload that says nothing about notices; returns our question."""
    desk.receive(upload(*(names or ("ann", "bob"))))
    return desk.last(LetterKind.REPLY)


def answer(text: str, question: EmailMessage, **more: Any) -> EmailMessage:
    return mail(text, answer_to=question, **more)


# ------------------------------------------------------------------ settled in the thread


def test_a_bare_yes_settles_it(desk: Desk) -> None:
    question = asked(desk)
    settlement = desk.receive(answer("Yes", question))
    assert settlement.state is MessageState.ANSWERED
    assert "on its way" in words_of(desk.last())
    assert len(desk.notified) == 2


def test_a_colleague_of_the_same_customer_may_answer(desk: Desk) -> None:
    question = asked(desk)
    desk.receive(answer("Yes", question, sender=BORIS))
    settled = desk.last()
    assert settled["To"].addresses[0].addr_spec == BORIS
    assert len(desk.notified) == 2


def test_another_customers_answer_is_not_heard(desk: Desk) -> None:
    question = asked(desk)
    settlement = desk.receive(answer("Yes", question, sender="eve@other.test"))
    assert settlement.state is MessageState.LEFT
    quoted = f"Yes\n\nOn Mon, Support wrote:\n> {words_of(question)}"
    desk.receive(mail(quoted, subject="Re: New starters", sender="eve@other.test"))
    assert len(desk.letters()) == 1
    assert desk.notified == []


def test_an_unproven_yes_in_the_thread_waits_for_the_staff(desk: Desk) -> None:
    question = asked(desk)
    settlement = desk.receive(answer("Yes", question, trusted=False))
    assert settlement.state is MessageState.HELD
    assert settlement.letters == ()
    assert desk.office.messages.release(2, "staff")
    desk.work()
    desk.deliver()
    assert len(desk.notified) == 2


def test_headers_lost_the_quoted_reference_finds_the_thread(desk: Desk) -> None:
    question = asked(desk)
    quoted = "\n".join(f"> {line}" for line in words_of(question).splitlines())
    desk.receive(mail(f"Yes\n\nOn Mon, 23 Nov 2026, Support wrote:\n{quoted}", subject="Re: New starters"))
    assert "on its way" in words_of(desk.last())
    assert len(desk.notified) == 2


def test_a_second_yes_sends_nothing_twice_and_says_so(desk: Desk) -> None:
    question = asked(desk)
    desk.receive(answer("Yes", question))
    desk.deliver()
    desk.receive(answer("yes please!", question))
    assert "already been emailed" in words_of(desk.last())
    assert len(desk.notified) == 2


def test_no_after_yes_takes_back_what_is_still_queued_and_tells_what_was_sent(desk: Desk) -> None:
    question = asked(desk, "ann", "bob", "cyd")
    desk.receive(answer("Yes", question))
    desk.deliver(limit=2)  # the confirmation, and one notice
    assert len(desk.notified) == 1
    desk.receive(answer("Actually no, please don't send them anything.", question))
    words = words_of(desk.last())
    assert "2 new learners still waiting" in words
    assert "1 learner had already been emailed" in words
    desk.deliver()
    assert len(desk.notified) == 1


def test_a_notice_that_a_server_has_put_off_is_taken_back_too(desk: Desk) -> None:
    question = asked(desk, "ann")
    desk.receive(answer("Yes", question))
    items = desk.ledger.outbox.claim(10)
    desk.ledger.outbox.deferred([(item, "451 greylisted", 300.0) for item in items])
    desk.receive(answer("Actually no, don't email them.", question))
    desk.clock.forward(600)
    desk.deliver()
    assert desk.notified == []


def test_yes_after_no_sends_them(desk: Desk) -> None:
    question = asked(desk)
    desk.receive(answer("No", question))
    desk.receive(answer("On second thoughts yes, please do email them.", desk.last()))
    assert "on its way" in words_of(desk.last())
    assert len(desk.notified) == 2


def test_thanks_below_the_word_that_settled_a_no_is_no_yes(desk: Desk) -> None:
    question = asked(desk)
    desk.receive(answer("No", question))
    settlement = desk.receive(answer("OK, thanks", desk.last()))
    assert settlement.state is MessageState.LEFT
    desk.deliver()
    assert desk.notified == []


def test_a_yes_to_the_staffs_own_question_is_none_to_ours(desk: Desk) -> None:
    question = asked(desk)
    staff = mail("Did you get the invoice?", answer_to=question)
    desk.receive(answer("Yes", staff, References=f"{question['Message-ID']} {staff['Message-ID']}"))
    desk.deliver()
    assert desk.notified == []


def test_an_unclear_answer_goes_to_the_staff_once(desk: Desk) -> None:
    question = asked(desk)
    first = desk.receive(answer("Please send it only to the managers.", question))
    assert first.state is MessageState.LEFT
    assert first.chores == ()
    word = desk.last()
    assert "one of our team will read" in words_of(word)
    again = desk.receive(answer("As I said, to the managers only.", word))
    assert again.state is MessageState.LEFT
    assert len(desk.letters()) == 2
    desk.receive(answer("Yes", word))
    assert "on its way" in words_of(desk.last())


def test_an_exchange_servers_field_does_not_swallow_the_answer(desk: Desk) -> None:
    question = asked(desk)
    desk.receive(answer("Yes please", question, X_Auto_Response_Suppress="DR, OOF, AutoReply"))
    desk.deliver()
    assert len(desk.notified) == 2


def test_an_autoresponder_in_the_thread_is_not_heard(desk: Desk) -> None:
    question = asked(desk)
    away = answer("Yes, I am out of the office until Monday.", question, Auto_Submitted="auto-replied")
    assert desk.receive(away).state is MessageState.IGNORED
    desk.deliver()
    assert desk.notified == []


# ------------------------------------------------------------------ the clock


def test_one_reminder_after_three_days_and_closed_after_fourteen(desk: Desk) -> None:
    asked(desk)
    desk.clock.forward(2.9 * DAY)
    assert tend_questions(desk.office) == 0
    desk.clock.forward(0.2 * DAY)
    tend_questions(desk.office)
    tend_questions(desk.office)
    (reminder,) = desk.letters(LetterKind.FOLLOW_UP)
    assert reminder["To"].addresses[0].addr_spec == DANA
    assert reminder["In-Reply-To"] == desk.letters(LetterKind.REPLY)[0]["Message-ID"]
    desk.clock.forward(11 * DAY)
    tend_questions(desk.office)
    tend_questions(desk.office)
    closing = desk.letters(LetterKind.FOLLOW_UP)[1:]
    assert ["14 days ago" in words_of(letter) for letter in closing] == [True]
    assert desk.notified == []


def test_yes_to_the_reminder_settles_it_and_nothing_closes(desk: Desk) -> None:
    asked(desk)
    desk.clock.forward(4 * DAY)
    tend_questions(desk.office)
    desk.receive(answer("Yes", desk.last(LetterKind.FOLLOW_UP)))
    desk.clock.forward(30 * DAY)
    assert tend_questions(desk.office) == 0
    desk.deliver()
    assert len(desk.notified) == 2


def test_yes_after_the_closing_still_sends_them(desk: Desk) -> None:
    asked(desk)
    desk.clock.forward(15 * DAY)
    tend_questions(desk.office)
    desk.receive(answer("Yes", desk.last(LetterKind.FOLLOW_UP)))
    desk.deliver()
    assert len(desk.notified) == 2


def test_an_answered_question_is_never_reminded_of(desk: Desk) -> None:
    desk.receive(answer("No", asked(desk)))
    desk.clock.forward(20 * DAY)
    assert tend_questions(desk.office) == 0


# ------------------------------------------------------------------ sheets in the thread


def test_a_corrected_sheet_asks_again_and_one_yes_settles_both(desk: Desk) -> None:
    question = asked(desk, "ann")
    desk.receive(upload("ann", "bob", text="Bob was missing.", answer_to=question))
    second = desk.last()
    assert "Since last time" in words_of(second)
    desk.receive(answer("Yes", second))
    desk.deliver()
    assert sorted(desk.notified) == ["customer2+ann@customer.test", "customer2+bob@customer.test"]
    desk.clock.forward(20 * DAY)
    assert tend_questions(desk.office) == 0


def test_the_threads_preference_holds_for_a_corrected_sheet(desk: Desk) -> None:
    question = asked(desk, "ann")
    desk.receive(answer("No thanks, we tell them ourselves.", question))
    desk.receive(upload("ann", "bob", text="Bob was missing.", answer_to=desk.last()))
    assert "we tell them ourselves" in words_of(desk.last())
    desk.deliver()
    assert desk.notified == []


def test_the_same_sheet_in_a_new_mail_creates_nothing_and_names_the_first_upload(desk: Desk) -> None:
    desk.receive(upload("ann", text="Please create her and send the default email."))
    first = desk.last()
    desk.receive(upload("ann", text="Please create her and send the default email."))
    reference = words_of(first).partition("Reference ")[2].split()[0]
    rows = desk.office.imports.rows(2)
    assert [row.detail for row in rows] == [f"created by your upload {reference}"]
    assert len(desk.notified) == 1


def test_yes_below_a_dry_run_is_the_go_ahead(desk: Desk) -> None:
    desk.receive(upload("ann", text="Please only check the attached list, don't create anything yet."))
    report = desk.last()
    desk.receive(answer("Yes please, and send them the default email.", report))
    desk.deliver()
    assert len(desk.notified) == 1


def test_a_bare_yes_below_a_dry_run_creates_and_asks_about_the_notices(desk: Desk) -> None:
    desk.receive(upload("ann", text="Please only check the attached list, don't create anything yet."))
    desk.receive(answer("Yes", desk.last()))
    results = words_of(desk.last())
    assert "now has an account" in results
    assert "One question" in results
    assert desk.notified == []


def test_no_mails_below_a_dry_run_is_kept_for_the_go_ahead(desk: Desk) -> None:
    desk.receive(upload("ann", text="Please only check the attached list, don't create anything yet."))
    report = desk.last()
    desk.receive(answer("Don't send them the email.", report))
    desk.receive(answer("Go ahead.", report))
    assert "now has an account" in words_of(desk.last())
    desk.deliver()
    assert desk.notified == []


# ------------------------------------------------------------------ who is on the reply


def test_colleagues_of_the_customer_stay_on_the_reply_and_others_do_not(desk: Desk) -> None:
    desk.receive(
        upload("ann", text="Please create her, no email.", Cc=f"{BORIS}, eve@other.test, spy@else.test")
    )
    reply = desk.last()
    assert [address.addr_spec for address in reply["Cc"].addresses] == [BORIS]


# ------------------------------------------------------------------ caps


def test_a_thread_over_its_hourly_cap_is_held(open_desk: OpenDesk) -> None:
    desk = open_desk(limits={"replies_per_thread_hour": 3})
    question = asked(desk)
    for text in ("Yes", "No", "Yes"):
        last = desk.receive(answer(text, question))
    assert last.state is MessageState.HELD
    assert "in one conversation within an hour" in last.reason
    desk.clock.forward(3700)
    assert desk.receive(answer("Yes", question)).state is MessageState.ANSWERED


def test_a_sender_over_the_hourly_cap_is_held(open_desk: OpenDesk) -> None:
    desk = open_desk(limits={"replies_per_sender_hour": 2})
    states = [desk.receive(upload(name, text="No email please.")).state for name in ("a", "b", "c")]
    assert states == [MessageState.ANSWERED, MessageState.ANSWERED, MessageState.HELD]


# ------------------------------------------------------------------ set aside


def test_a_message_set_aside_is_told_to_the_staff_once(open_desk: OpenDesk) -> None:
    desk = open_desk(staff={"address": "staff@yourcompany.test"})
    desk.take_in(upload("ann", subject="A poisoned one"))
    for _ in range(3):
        job = desk.office.messages.claim()
        assert job is not None
        desk.office.messages.failed(job, "ValueError while working on it", 0.0)
    desk.work()
    assert desk.settled[-1].state is MessageState.SET_ASIDE
    (letter,) = desk.letters(LetterKind.STAFF)
    assert letter["Subject"] == "Set aside: A poisoned one"
    assert "failed 3 times" in words_of(letter)
    assert desk.letters(LetterKind.REPLY) == []
