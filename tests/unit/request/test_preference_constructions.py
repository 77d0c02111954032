"""The preference: a denial, a time or a label that stands near the wish without turning it."""

import pytest
from reading_cases import by_rules

from bot.values.request import Answer, Segment, SegmentKind, Spoken

SUPPORT_ASKS = (
    "Please let us know if you would like your new Learners to receive the default email notification."
)


def answer(text: str, *, quoted: str = "") -> Answer:
    segment = Segment(kind=SegmentKind.TEXT, text=text)
    return by_rules(Spoken(newest_text=text, readings=((segment,),), quoted=quoted)).answer


@pytest.mark.parametrize(
    "text",
    [
        "Emails yes for nurses, no for porters.",
        "I'd like the email sent, but HR would rather not.",
        "La notifica sì, ma non subito.",
    ],
)
def test_a_denial_that_no_rule_can_place_makes_a_yes_unclear(text: str) -> None:
    assert answer(text) is Answer.UNCLEAR


@pytest.mark.parametrize(
    "text",
    [
        "No we would not like our new learners to receive the email notification.",
        "On no account are they to be contacted by the system by email.",
        "The usual notification may be dispensed with.",
        "Upload w/o notification please.",
        "Wär super, wenn keiner eine Mail kriegen tät.",
    ],
)
def test_one_denial_said_twice_is_no_double_negation(text: str) -> None:
    assert answer(text) is Answer.NO


def test_two_plain_denials_in_one_clause_are_not_added_up_to_a_yes() -> None:
    assert answer("They should not never get the email.") is Answer.UNCLEAR


def test_an_act_that_is_only_named_is_no_wish() -> None:
    assert answer("Emailing the learners is on the agenda.") is not Answer.YES


def test_an_unknown_time_behind_an_answer_makes_it_unclear() -> None:
    assert answer("Send them the welcome email once the dust has settled.") is Answer.UNCLEAR


@pytest.mark.parametrize(("text", "expected"), [("Yes.", Answer.YES), ("No thanks", Answer.NO)])
def test_a_question_without_a_question_mark_is_answered_too(text: str, expected: Answer) -> None:
    assert answer(text, quoted=SUPPORT_ASKS) is expected


def test_a_label_without_a_value_says_nothing() -> None:
    assert answer("Auto-notify =") is Answer.UNSTATED


def test_the_ending_of_an_english_word_changes_nothing() -> None:
    assert answer("The welcome email was to be omitted, please omit it.") is Answer.NO
    assert answer("Dispensing with the welcome email suits us.") is not Answer.YES


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Not a peep to any of them about having an account, ok?", Answer.NO),
        ("Keine Mail an die Lernenden, ok?", Answer.NO),
        ("Would an email to the learners be ok?", Answer.UNCLEAR),
        ("Is an email to the learners usual?", Answer.UNCLEAR),
        ("Do the learners get the welcome email from you, okay?", Answer.UNCLEAR),
        ("When do the learners get the welcome email, ok?", Answer.UNCLEAR),
    ],
)
def test_who_only_wants_to_be_heard_does_not_ask(text: str, expected: Answer) -> None:
    assert answer(text) is expected
