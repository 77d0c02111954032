"""The preference in phrasings written apart from the corpus: what is said, and what only looks so."""

import pytest
from reading_cases import by_rules

from bot.values.request import Segment, SegmentKind, Spoken

QUESTION = "Would you like your new Learners to receive the default email notification of their account?"


def answer(text: str, *, quoted: str = "", kind: SegmentKind = SegmentKind.TEXT, question: str = "") -> str:
    segment = Segment(kind=kind, text=text, question=question)
    return by_rules(Spoken(newest_text=text, readings=((segment,),), quoted=quoted)).answer.value


@pytest.mark.parametrize(
    "text",
    [
        "Attached is the list with names and emails.",
        "I've added the emails for everyone.",
        "I corrected the emails for rows 3 and 4.",
        "Sorry, here it is again with the emails fixed.",
        "The sheet has everyone's email.",
        "Each learner needs a unique email.",
        "Please use the emails given.",
        "Please don't share these emails with anyone.",
        "We don't have emails for two of them, please use the username instead.",
    ],
)
def test_emails_that_are_addresses_are_no_notification(text: str) -> None:
    assert answer(text) == "unstated"


@pytest.mark.parametrize(
    "text",
    [
        "I'd like to be notified on completion.",
        "We would also like to be informed when it is done.",
        "Please notify our billing department of the extra seats.",
        "Please send a confirmation email to dana@acme.example when done.",
        "Please let everyone in your team know how helpful you were!",
        "Wir möchten informiert werden, sobald alles fertig ist.",
        "Could you let us know the username format?",
    ],
)
def test_news_for_the_sender_or_for_others_is_not_the_learners(text: str) -> None:
    assert answer(text) == "unstated"


@pytest.mark.parametrize(
    "text",
    ["We want them to be notified.", "We would like everyone to be informed.", "I want all to be emailed."],
)
def test_a_wish_that_the_learners_be_told_is_still_theirs(text: str) -> None:
    assert answer(text) == "yes"


@pytest.mark.parametrize(
    "text",
    [
        "Please send the notification only to those on the night shift.",
        "Please only notify the apprentices.",
        "Bitte nur die Auszubildenden per Mail benachrichtigen.",
        "Please send the notifications to me instead of the learners.",
        "The email should go to the line managers rather than the learners themselves.",
        "Please notify the learners by phone.",
    ],
)
def test_a_part_of_the_learners_or_somebody_else_is_unclear(text: str) -> None:
    assert answer(text) == "unclear"


@pytest.mark.parametrize(
    "text",
    [
        "We have no objection against them getting the email.",
        "Wij hebben er geen bezwaar tegen dat ze de melding krijgen.",
        "I'll tell them to look out for the email.",
        "I said we didn't want the emails but scrap that, send them to everyone.",
    ],
)
def test_no_objection_and_a_change_of_mind_in_one_sentence_are_yes(text: str) -> None:
    assert answer(text) == "yes"


def test_an_article_before_a_german_noun_is_not_the_mail() -> None:
    assert answer("Bitte die Konten anlegen, aber keine Mail an die Lernenden schicken.") == "no"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ok to send", "yes"),
        ("Rather not, thanks", "no"),
        ("No. They all know already.", "no"),
        ("Not yet", "unclear"),
        ("From Monday please", "unclear"),
        ("only the managers", "unclear"),
    ],
)
def test_a_few_words_above_the_quoted_question_answer_it(text: str, expected: str) -> None:
    assert answer(text, quoted=QUESTION) == expected


@pytest.mark.parametrize(
    "text",
    ["Bitte geben Sie mir Bescheid, wenn alles erledigt ist.", "Laat u mij weten wanneer het klaar is?"],
)
def test_words_under_the_question_that_ask_for_news_do_not_answer_it(text: str) -> None:
    assert answer(text, kind=SegmentKind.INLINE, question=QUESTION) == "unstated"


def test_a_contact_field_is_no_question_about_the_mail() -> None:
    assert answer("Dana", kind=SegmentKind.FORM, question="Contact") == "unstated"


def test_pointing_to_somebody_elses_answer_is_no_answer_of_its_own() -> None:
    text = "See Mark's instructions below about the notification, please do as he says."
    own = Segment(kind=SegmentKind.TEXT, text=text)
    below = Segment(kind=SegmentKind.FORWARDED, text="Please don't send the learners the welcome email.")
    assert by_rules(Spoken(newest_text=text, readings=((own, below),))).answer.value == "no"


def test_pointing_to_supports_own_mail_does_not_make_its_question_an_answer() -> None:
    text = "As per your email, please find the list of learners."
    asked = f"When you do, please let us know if you would like this.\n{QUESTION}"
    assert answer(text, quoted=asked) == "unstated"


def test_a_question_in_the_quoted_mail_pointed_to_is_not_its_answer() -> None:
    asked = "Please let us know if you would like your learners to receive the default email notification."
    assert answer("See Mark's note below for the notification.", quoted=asked) == "unstated"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Could you make sure that the learners aren't notified when you add them?", "no"),
        ("Please notify them once you have added them.", "yes"),
        ("It's a yes from us regarding the email notification.", "yes"),
        ("I can see no downside to them getting the notification so please do.", "yes"),
        ("Nos gustaría que recibieran el correo de notificación.", "yes"),
        ("Please do not send email notifications to this mailbox, it is not monitored.", "unstated"),
    ],
)
def test_who_is_told_is_not_who_adds_or_likes(text: str, expected: str) -> None:
    assert answer(text) == expected


def test_doing_it_ourselves_under_the_question_is_no() -> None:
    text = "No, we'd prefer to do it ourselves."
    assert answer(text, kind=SegmentKind.INLINE, question=QUESTION) == "no"


@pytest.mark.parametrize(
    "text",
    [
        "New learners attached. Yes, this is the final version of the list.",
        "No, these aren't duplicates, there really are two John Smiths. Please add both.",
        "New starters attached. I will be out from Monday so please send any questions to Priya.",
        "Attached is the sheet. Please do not share the learners' details with third parties.",
        "Attached list. Everyone has given consent for their email address to be used.",
        "Bitte legen Sie die Personen an. Für Rückfragen stehe ich gerne zur Verfügung.",
    ],
)
def test_a_letter_above_the_quoted_question_does_not_answer_it_in_passing(text: str) -> None:
    asked = "Please let us know if you would like your learners to receive the default email notification."
    assert answer(text, quoted=asked) == "unstated"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hi Marta, thanks for getting back to me. Yes please.", "yes"),
        ("The list is attached to this mail as before. No thanks.", "no"),
        ("I'd have to ask my boss about that one before I could give you a proper answer.", "unclear"),
    ],
)
def test_a_bare_reply_answers_it_wherever_it_stands(text: str, expected: str) -> None:
    asked = "Please let us know if you would like your learners to receive the default email notification."
    assert answer(text, quoted=asked) == expected


@pytest.mark.parametrize(
    "text", ["I would prefer that you didn't", "I'd rather they didn't", "We'd prefer it if you did not"]
)
def test_preferring_that_it_is_not_done_is_no(text: str) -> None:
    assert answer(text, kind=SegmentKind.INLINE, question=QUESTION) == "no"


@pytest.mark.parametrize(
    "text",
    [
        "Please let me know the learners' login details once created.",
        "Anbei die korrigierte Liste, bitte die alte Mail ignorieren.",
    ],
)
def test_details_for_the_sender_and_an_earlier_mail_say_nothing(text: str) -> None:
    assert answer(text) == "unstated"
