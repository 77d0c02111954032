"""Answers paired with the questions of the mail answered, and quotes that carry no mark."""

import pytest

from bot.mail.newest import read_newest
from bot.mail.parse import parse_message
from bot.request.preference import read_preference
from bot.values.request import Answer, SegmentKind, Spoken

ATTRIBUTION = "On Tue, 3 Mar 2026 at 09:14, Support <support@learn.example> wrote:\n"
QUESTIONS = "> 1. How many learners are there?\n> 2. Should they be sent the account email?\n"


def read(text: str, *, kind: str = "plain") -> Spoken:
    head = (
        "From: Dana Wirth <dana@acme.example>\nTo: support@learn.example\nSubject: Re: List\n"
        f"In-Reply-To: <1@learn.example>\nContent-Type: text/{kind}; charset=utf-8\n\n"
    )
    return read_newest(parse_message((head + text).encode()))


def pairs(spoken: Spoken) -> list[tuple[str, str]]:
    return [(s.question, s.text) for s in spoken.readings[0] if s.kind is SegmentKind.INLINE]


def test_numbered_answers_stand_beside_their_questions() -> None:
    expected = [("How many learners are there?", "7"), ("Should they be sent the account email?", "no")]
    for text in ("1. 7\n2. no\n\n", "1. 7 2. no\n\n", "Q1: 7\nQ2: no\n\n", "7\nno\n\n"):
        assert pairs(read(text + ATTRIBUTION + QUESTIONS)) == expected


def test_questions_numbered_within_one_line_are_answered_by_number() -> None:
    asked = "> 1. Is this the whole list? 2. Shall they get the account email? 3. Which group?\n"
    spoken = read("1. Yes\n2. No\n3. Drivers\n\n" + ATTRIBUTION + asked)
    assert ("Shall they get the account email?", "No") in pairs(spoken)
    assert read_preference(spoken).answer is Answer.NO


def forms(spoken: Spoken) -> dict[str, str]:
    return {s.question: s.text for s in spoken.readings[0] if s.kind is SegmentKind.FORM}


@pytest.mark.parametrize(
    "asked",
    [
        "Should we email all of the learners once their account exists?:",
        "Should we email all of the learners once their account exists?",
        "Welcome email to every one of the learners on the list:",
        "¿Enviamos a los alumnos el aviso de que la cuenta está creada?:",
    ],
)
@pytest.mark.parametrize("below", ["Note: none", "Contact: Ruth", "Obs.: factura por correo"])
def test_a_field_that_nobody_filled_in_is_blank_however_long_its_label(asked: str, below: str) -> None:
    spoken = read(f"Company: Acme\nLearners: 7\n{asked}\n{below}\n")
    assert forms(spoken)[asked.rstrip(":")] == ""
    assert read_preference(spoken).answer is Answer.UNSTATED


def test_a_field_may_be_set_apart_by_an_equals_sign() -> None:
    assert (
        read_preference(read("Week 35\nLearners = 3\nWelcome mail =\nCourse = GDPR\n")).answer
        is Answer.UNSTATED
    )
    assert (
        read_preference(read("Week 35\nLearners = 3\nWelcome mail = no\nCourse = GDPR\n")).answer is Answer.NO
    )


def test_who_asked_for_the_accounts_is_no_learner() -> None:
    told = "Users: see attachment\nNotify requester on completion: yes\nNotify new users by email: no\n"
    assert read_preference(read(f"Requested by: B. Kay\n{told}")).answer is Answer.NO


def test_more_lines_than_questions_are_paired_with_none() -> None:
    assert pairs(read("Seven\nno\nThanks for asking us\n\n" + ATTRIBUTION + QUESTIONS)) == []


def test_a_mail_quoted_without_a_mark_begins_where_it_greets_the_sender() -> None:
    spoken = read("No thanks.\n\nHi Dana,\n\nWould you like them to get the account email?\n\nSam\n")
    assert spoken.newest_text == "No thanks."
    assert "Would you like" in spoken.quoted


def test_a_greeting_of_somebody_else_begins_no_quote() -> None:
    spoken = read("Please pass this on.\n\nHi Sam,\n\nthe list is attached.\n")
    assert "the list is attached" in spoken.newest_text


def test_the_slash_beside_struck_words_goes_with_them() -> None:
    spoken = read("<p>Account email: <s>do not send</s> / send</p>", kind="html")
    assert spoken.newest_text == "Account email: send"
