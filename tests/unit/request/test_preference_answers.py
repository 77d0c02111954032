"""The preference in short replies: to a quoted question, to options, in forms, through another's words."""

import pytest
from reading_cases import by_rules

from bot.values.request import Segment, SegmentKind, Spoken

QUESTION = "Would you like your new learners to receive the default email about their account?"
SUPPRESS = "Do you want us to suppress the account email?"
OBJECTION = "Do you have any objection to the learners being emailed?"
OPTIONS = (
    "How shall we handle the account email?\nA) All learners are sent the account email\nB) No email is sent"
)
SIDES = "Should we send the account email to your learners, or would you prefer to tell them yourselves?"


def reply(text: str, question: str = QUESTION) -> str:
    segment = Segment(kind=SegmentKind.TEXT, text=text)
    return by_rules(Spoken(newest_text=text, readings=((segment,),), quoted=question)).answer.value


def field(label: str, value: str) -> str:
    segment = Segment(kind=SegmentKind.FORM, text=value, question=label)
    return by_rules(Spoken(newest_text=f"{label}: {value}", readings=((segment,),))).answer.value


def passed_on(own: str, forwarded: str) -> str:
    reading = (
        Segment(kind=SegmentKind.TEXT, text=own),
        Segment(kind=SegmentKind.FORWARDED, text=forwarded),
    )
    return by_rules(Spoken(newest_text=own, readings=(reading,), forwarded=forwarded)).answer.value


@pytest.mark.parametrize(
    "text",
    [
        "They would, thank you.",
        "It's a yes from us",
        "No reason not to",
        "Wouldn't mind at all",
        "Sure thing!",
    ],
)
def test_a_reply_that_echoes_the_question_agrees(text: str) -> None:
    assert reply(text) == "yes"


@pytest.mark.parametrize(
    "text",
    ["Definitely not.", "Of course not!", "They shouldn't be", "its a no from us", "We'd sooner you didn't"],
)
def test_a_stressed_or_echoed_denial_is_a_no(text: str) -> None:
    assert reply(text) == "no"


@pytest.mark.parametrize(
    "text",
    [
        "Correct sheet attached.",
        "Required fields are filled in.",
        "All names are in the list.",
        "OK, new file attached.",
        "Yes, the list is final.",
        "Only 3 learners this time.",
        "Some of the surnames were wrong, corrected now.",
    ],
)
def test_a_word_that_might_reply_is_no_answer_in_a_sentence_of_its_own(text: str) -> None:
    assert reply(text) == "unstated"


@pytest.mark.parametrize(
    "text",
    [
        "Only if it doesn't contain their password.",
        "Most of them, though not the trustees.",
        "What does it say?",
        "Speak to Priya about that.",
        "Fine by me, but check with Tom",
        "The usual for us!",
        "Nurses yes, porters no.",
        "It's in column F of the sheet.",
    ],
)
def test_an_answer_that_evades_is_unclear(text: str) -> None:
    assert reply(text) == "unclear"


def test_a_question_that_offers_to_hold_it_back_turns_the_reply_round() -> None:
    assert (reply("Yes.", SUPPRESS), reply("No.", SUPPRESS)) == ("no", "yes")
    assert (reply("None whatsoever", OBJECTION), reply("Yes we do", OBJECTION)) == ("yes", "no")


@pytest.mark.parametrize(
    ("text", "question", "expected"),
    [
        ("A please", OPTIONS, "yes"),
        ("We'll go with B.", OPTIONS, "no"),
        ("A or B, up to you", OPTIONS, "unclear"),
        ("Yes, agreed.", OPTIONS, "unclear"),
        ("A new sheet is attached.", OPTIONS, "unstated"),
        ("The former.", SIDES, "yes"),
        ("The latter please.", SIDES, "no"),
    ],
)
def test_a_reply_picks_one_of_the_ways_offered(text: str, question: str, expected: str) -> None:
    assert reply(text, question) == expected


@pytest.mark.parametrize(
    ("label", "value", "expected"),
    [
        ("Learners to hear by email", "14 April, 9 am", "unclear"),
        ("Account email", "send", "yes"),
        ("Account email", "do not send", "no"),
        ("Welcome email to learners", "on creation", "yes"),
        ("Who gets your account message", "Nobody", "no"),
        ("Who gets your account message", "Everyone", "yes"),
        ("Email", "dana@acme.example", "unstated"),
    ],
)
def test_a_form_value_need_not_be_a_yes_or_no(label: str, value: str, expected: str) -> None:
    assert field(label, value) == expected


@pytest.mark.parametrize(
    "own",
    [
        "Please do exactly what Jo asks below.",
        "Our answer is in Jo's message beneath.",
        "Go by Jo's note below.",
    ],
)
def test_words_passed_on_as_the_answer_answer(own: str) -> None:
    assert passed_on(own, "No welcome mail for these please.") == "no"


@pytest.mark.parametrize(
    "own",
    ["Passing this on.", "Please ignore Jo's note below.", "Don't follow Jo's instructions below."],
)
def test_words_merely_passed_on_or_set_aside_answer_nothing(own: str) -> None:
    assert passed_on(own, "No welcome mail for these please.") == "unstated"


def test_a_subject_withdrawn_in_the_text_is_not_said() -> None:
    subject = Segment(kind=SegmentKind.SUBJECT, text="New accounts, please email all learners")
    text = Segment(kind=SegmentKind.TEXT, text="Ignore the subject line. No emails to the learners please.")
    assert by_rules(Spoken(newest_text=text.text, readings=((subject, text),))).answer.value == "no"


def test_a_change_of_mind_reaches_over_a_sentence_between() -> None:
    text = "Please email the learners. IT have just stopped me. Forget that, no emails to the learners."
    assert reply(text, "") == "no"
