"""The preference: what a careful human agent would read in the sender's words."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.request.preference import read_preference
from bot.values.request import Answer, Preference, Segment, SegmentKind, Spoken
from tests.pace import seconds

OUR_QUESTION = "Would you like your new Learners to receive the default email notification?"


def spoken(text: str, *, subject: str = "", quoted: str = "", forwarded: str = "") -> Spoken:
    head = (Segment(kind=SegmentKind.SUBJECT, text=subject),) if subject else ()
    own = (Segment(kind=SegmentKind.TEXT, text=text),) if text else ()
    return Spoken(newest_text=text, readings=((*head, *own),), quoted=quoted, forwarded=forwarded)


def inline(question: str, text: str) -> Spoken:
    segment = Segment(kind=SegmentKind.INLINE, text=text, question=question)
    return Spoken(newest_text=text, readings=((segment,),))


def form(label: str, value: str) -> Spoken:
    segment = Segment(kind=SegmentKind.FORM, text=value, question=label)
    return Spoken(newest_text=f"{label}: {value}", readings=((segment,),))


def answer(text: str) -> Answer:
    return read_preference(spoken(text)).answer


@pytest.mark.parametrize(
    "text",
    [
        "Happy for them to get the welcome email.",
        "Please send them their login details.",
        "Please don't forget to send the notification to everyone.",
        "I can't see why not send them the account email.",
        "We wouldn't mind if they got the account email.",
        "They'll need their logins.",
        "Bitte benachrichtigen Sie alle Teilnehmer.",
        "Merci de prévenir les apprenants par mail.",
    ],
)
def test_words_that_want_the_mail_are_a_yes(text: str) -> None:
    assert answer(text) is Answer.YES


@pytest.mark.parametrize(
    "text",
    [
        "Please skip the welcome email.",
        "We will tell them ourselves.",
        "Make sure nobody gets the welcome mail.",
        "Please create the accounts without the email.",
        "No need to notify them.",
        "Wir informieren die Kollegen selbst.",
        "No hace falta avisarles.",
    ],
)
def test_words_that_refuse_the_mail_are_a_no(text: str) -> None:
    assert answer(text) is Answer.NO


@pytest.mark.parametrize(
    "text",
    [
        "Notify me when done.",
        "No rush.",
        "Yes, that's the right sheet.",
        "No duplicates please.",
        "Email addresses are in column C.",
        "Please let me know if any emails bounce.",
        "Yes",
        "👍",
    ],
)
def test_words_about_something_else_say_nothing(text: str) -> None:
    assert answer(text) is Answer.UNSTATED


@pytest.mark.parametrize(
    "text",
    [
        "Only the managers should be notified.",
        "Don't send the emails until 1 March.",
        "Do the learners get an email?",
        "Notify everyone except the last two.",
        "It's up to you whether you notify them.",
        "Please send the emails. Please do not send any emails.",
        "Could you text them instead of the email?",
    ],
)
def test_words_without_a_single_answer_are_unclear(text: str) -> None:
    assert answer(text) is Answer.UNCLEAR


def test_a_double_negation_is_a_yes() -> None:
    assert answer("Please do not suppress the welcome email.") is Answer.YES


def test_a_change_of_mind_counts_with_its_last_word() -> None:
    assert answer("Yes, send them the emails. Scrap that, don't.") is Answer.NO


def test_a_polite_if_is_no_condition() -> None:
    assert answer("If possible, please notify the learners.") is Answer.YES


def test_a_negation_is_never_guessed_from_a_misspelling() -> None:
    assert answer("Please note them in the sheet, I will now sent it.") is Answer.UNSTATED


def test_long_words_are_read_through_their_misspellings() -> None:
    assert answer("please send the notifcation to all lerners") is Answer.YES


def test_the_evidence_is_the_sentence_verbatim_and_where_it_stood() -> None:
    found = read_preference(spoken("Hello. Yes please, notify  them all! Thanks"))
    assert (found.evidence, found.where) == ("Yes please, notify  them all!", "text")


def test_a_bare_yes_counts_in_a_thread_where_we_asked() -> None:
    assert read_preference(spoken("Yes")).answer is Answer.UNSTATED
    assert read_preference(spoken("Yes"), asked=True).answer is Answer.YES
    assert read_preference(spoken("Actually no"), asked=True).answer is Answer.NO


def test_a_bare_yes_answers_the_question_quoted_above_it() -> None:
    assert read_preference(inline(OUR_QUESTION, "Yes")).answer is Answer.YES
    assert read_preference(inline("Is this the right sheet?", "Yes")).answer is Answer.UNSTATED
    assert read_preference(inline("Should we hold the emails back?", "Yes")).answer is Answer.NO
    assert (
        read_preference(inline("Shall we notify them or will you tell them?", "Yes")).answer is Answer.UNCLEAR
    )


def test_a_short_reply_on_top_answers_the_one_question_quoted_below() -> None:
    found = read_preference(spoken("Yes please", quoted=OUR_QUESTION))
    assert found.answer is Answer.YES
    silent = read_preference(spoken("Here is the sheet.", quoted=OUR_QUESTION))
    assert silent.answer is Answer.UNSTATED


@pytest.mark.parametrize(
    ("label", "value", "expected"),
    [
        ("Send welcome email?", "[ ] yes [x] no", Answer.NO),
        ("Send welcome email?", "☑ Yes ☐ No", Answer.YES),
        ("Send welcome email?", "[x] yes [x] no", Answer.UNCLEAR),
        ("Send welcome email?", "[ ] yes [ ] no", Answer.UNSTATED),
        ("Suppress the email?", "No", Answer.YES),
        ("Do not notify", "true", Answer.NO),
        ("Emails", "off", Answer.NO),
        ("Notification", "Y", Answer.YES),
        ("Notification", "Yes / ~~No~~", Answer.YES),
        ("Notification", "", Answer.UNSTATED),
        ("Notification", "Yes / No", Answer.UNSTATED),
        ("Notification", "N/A", Answer.UNCLEAR),
        ("Benachrichtigung senden", "Nein", Answer.NO),
        ("Notify me when done", "Yes", Answer.UNSTATED),
    ],
)
def test_a_form_says_what_its_label_and_value_say(label: str, value: str, expected: Answer) -> None:
    assert read_preference(form(label, value)).answer is expected


def test_the_subject_counts_and_may_contradict_the_text() -> None:
    assert read_preference(spoken("See attached.", subject="New users - no notification")).answer is Answer.NO
    both = spoken("Please notify them all.", subject="New users - no notification")
    assert read_preference(both).answer is Answer.UNCLEAR


def test_forwarded_words_answer_only_when_the_sender_points_to_them() -> None:
    forwarded = "Please send everyone the welcome email."
    assert read_preference(spoken("For upload please.", forwarded=forwarded)).answer is Answer.UNSTATED
    pointed = read_preference(spoken("See Mark's note below, do as he says.", forwarded=forwarded))
    assert (pointed.answer, pointed.where) == (Answer.YES, "forwarded")


def two_readings(first: str, second: str) -> Preference:
    readings = tuple((Segment(kind=SegmentKind.TEXT, text=text),) for text in (first, second))
    return read_preference(Spoken(newest_text=first, readings=readings))


def test_readings_that_contradict_each_other_are_unclear() -> None:
    assert two_readings("Please notify them.", "Please don't notify them.").answer is Answer.UNCLEAR


def test_a_reading_that_lost_the_words_costs_nothing() -> None:
    assert two_readings("Hi, list attached. Please notify them.", "Hi, list attached.").answer is Answer.YES
    assert two_readings("", "Please notify them.").answer is Answer.YES


def test_a_reading_with_other_words_is_not_trusted() -> None:
    other = "The quarterly newsletter is here, read what our gardeners did in spring"
    assert two_readings("Please notify them all today.", other).answer is Answer.UNCLEAR


def test_the_steps_show_segments_clauses_and_the_answer() -> None:
    steps = read_preference(spoken("Please notify them.")).steps
    assert steps[0].startswith("segment text")
    assert "notify" in steps[1]
    assert steps[-1] == "answer: yes"


@pytest.mark.parametrize(
    "piece",
    [
        *("Lorem ipsum notifikation nicht. ", " ", "a", "x, ", "(a: b) ", "[ ] ", "notify: maybe\n"),
        *("~~a ", "\n", "send them no mail and ", "tell them if it is fine because we want "),
    ],
)
def test_a_megabyte_of_text_is_read_within_a_second(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    read_preference(spoken("Bonjour, hola, hallo, ciao, olá"))
    start = time.process_time()
    read_preference(spoken(text))
    assert time.process_time() - start < seconds(1.0)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400), st.text(max_size=80))
def test_any_text_at_all_ends_in_an_answer(text: str, other: str) -> None:
    assert read_preference(spoken(text, subject=other, quoted=other, forwarded=text)).answer in Answer
    assert read_preference(inline(other, text)).answer in Answer
    assert read_preference(form(other, text)).answer in Answer
