"""The preference in short replies: to a quoted question, to options, in forms, through another's words."""

import pytest
from reading_cases import by_rules

from bot.request.passed_on import left_unread
from bot.request.preference import read_preference
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


LEFT_OFF = "Shall we leave the welcome email off for these learners?"
NEWS = "Would you like a notification when your upload has been processed?"


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        (LEFT_OFF, "Leave it on please", "yes"),
        (LEFT_OFF, "No, leave it on", "yes"),
        (LEFT_OFF, "off please", "no"),
        (LEFT_OFF, "Yes, leave it off", "no"),
        ("Any objection to us emailing the learners?", "None, go ahead", "yes"),
        (
            "Avez-vous une objection à ce que les apprenants soient avertis par email ?",
            "Aucune, allez-y.",
            "yes",
        ),
        ("¿Tiene inconveniente en que avisemos a los alumnos de su cuenta?", "Ninguno, adelante.", "yes"),
        (
            "Haben Sie etwas dagegen, dass die Lernenden eine E-Mail erhalten?",
            "Überhaupt nicht, nur zu.",
            "yes",
        ),
        ("Heeft u bezwaar tegen de accountmail aan de cursisten?", "Geen, ga uw gang", "yes"),
        ("Voyez-vous un inconvénient à ce que les apprenants reçoivent l'e-mail ?", "Aucun !", "yes"),
        (
            "Is there any reason your learners should not get the account email?",
            "None that I know of!",
            "yes",
        ),
        ("Would it be a problem if the learners did not get the account email?", "No", "no"),
        ("Would it be a problem if the learners did not get the account email?", "No problem at all", "no"),
        ("Would it be a problem if the learners did not get the account email?", "Yes", "yes"),
        ("Would it bother you if the learners got the account email?", "Yes it would.", "no"),
        ("Would it bother you if the learners got the account email?", "Not at all", "yes"),
        ("We will send the learners the account email. Any objection?", "No", "yes"),
        ("We will send the learners the account email. Is that OK?", "No", "no"),
        ("We send them the account email once we have the final list. Have you got it?", "Yes", "unstated"),
        (
            "We send each learner an email about the account. Do you have any objection to that?",
            "None whatsoever.",
            "yes",
        ),
        ("We will send the learners the account email. Is row 4 to be left out?", "No", "unstated"),
        (NEWS, "yes please!", "unstated"),
        ("Should we send the account created email once the import is done?", "Yes", "yes"),
        (QUESTION, "Not on this occasion", "no"),
        (QUESTION, "Not on your life", "no"),
        ("Sollen die Lernenden die E-Mail zum Konto erhalten?", "Von mir aus ja", "yes"),
        (SIDES, "Leave it on", "unclear"),
        ("There was a problem with the list; shall we email the learners about their account?", "Yes", "yes"),
        ("Is de lijst erg belangrijk? Zullen we de cursisten de accountmail sturen?", "Nee", "unstated"),
        ("Should the account emails be sent, or should they be suppressed?", "Yes", "unclear"),
        ("Do you want the account email sent or suppressed?", "Yes please", "unclear"),
        ("Would you like to have the account emails sent now or later?", "Yes please :)", "unclear"),
        ("Wollen Sie, dass die Lernenden die E-Mail jetzt oder später erhalten?", "Ja", "unclear"),
        ("Should learners get an email or notification of their account?", "Yes", "yes"),
        ("Should they get the account email or not?", "Yes", "yes"),
        (OBJECTION, "None until Monday", "unclear"),
        (OBJECTION, "Nobody has decided yet", "unclear"),
        ("Would it be a problem to email the learners about their account?", "Sounds good", "yes"),
        ("Would it be a problem to email the learners about their account?", "Fine by us", "yes"),
        ("We would not email the learners. Any questions?", "No", "unstated"),
        ("We will send the learners the account email. Anything else?", "No", "unstated"),
        ("We will send the learners the account email. Is row 4 OK?", "No", "unstated"),
    ],
)
def test_a_reply_means_what_it_means_to_this_question(question: str, text: str, expected: str) -> None:
    assert reply(text, question) == expected


@pytest.mark.parametrize(("value", "expected"), [("No thanks", "no"), ("x", "yes"), ("Ja", "yes")])
def test_a_form_line_about_something_else_changes_no_answer(value: str, expected: str) -> None:
    about = Segment(kind=SegmentKind.FORM, text=value, question="Send default account email?")
    other = Segment(kind=SegmentKind.FORM, text="email", question="Preferred contact")
    both = Spoken(newest_text="", readings=((about, other),))
    assert by_rules(both).answer.value == read_preference(both).answer.value == expected


def test_a_name_below_the_last_quoted_line_answers_nothing() -> None:
    asked = "Noted, we will send the account email to all learners."
    own = Segment(kind=SegmentKind.TEXT, text="Please upload the attached.")
    name = Segment(kind=SegmentKind.INLINE, text="Vera Hill", question=asked)
    assert by_rules(Spoken(newest_text=own.text, readings=((own, name),))).answer.value == "unstated"
    yes = Segment(kind=SegmentKind.INLINE, text="Yes please", question=QUESTION)
    assert by_rules(Spoken(newest_text=own.text, readings=((own, yes),))).answer.value == "yes"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("v2 had a note saying no emails. Ignore that. With v3 the emails do go out to the learners.", "yes"),
        ("This morning I wrote that they should all get the welcome mail. No welcome mail please.", "no"),
        (
            "Eben schrieb ich, die Lernenden sollten keine E-Mail erhalten. Sie sollen sie doch erhalten.",
            "yes",
        ),
        ("As I wrote on Monday, no welcome mail for the learners please.", "no"),
    ],
)
def test_what_they_wrote_before_gives_way_to_what_they_write_now(text: str, expected: str) -> None:
    assert reply(text, "") == expected


@pytest.mark.parametrize(
    "text",
    [
        "Purchasing: send the account mail. Warehouse: don't send.",
        "All teachers should be notified now. For the governors, not before the election on 12 May.",
        "Ida, ida@x.example - notify\nRae, rae@x.example - do not notify\n\nIt is the account email.",
        "Please send the account notice to those of them who are new to your system.",
    ],
)
def test_an_answer_for_some_beside_another_for_others_is_unclear(text: str) -> None:
    assert reply(text, "") == "unclear"


@pytest.mark.parametrize("label", ["All emails unique?", "Emails checked", "Are the emails valid?"])
def test_a_form_line_about_the_addresses_is_none_about_the_mail(label: str) -> None:
    assert field(label, "Yes") == "unstated"


def test_a_short_reply_may_give_its_reason_and_a_signature() -> None:
    reason = "our own portal sends them something already and two emails would be overkill."
    assert reply(f"Thanks for asking. No need - {reason}\n\nKathryn Ilse\nDigital Learning, Council") == "no"


def test_a_form_and_the_words_beside_it_that_agree_need_no_second_reader() -> None:
    reading = (
        Segment(kind=SegmentKind.SUBJECT, text="Suppress email? No"),
        Segment(kind=SegmentKind.TEXT, text="Sheet attached for the midday assistants."),
        Segment(kind=SegmentKind.FORM, text="No", question="Suppress account email"),
    )
    assert read_preference(Spoken(newest_text="", readings=(reading,))).answer.value == "yes"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("n\n\nKaz", "no"),
        ("y\nKaz", "yes"),
        ("Thanks!\n\nN", "unstated"),
        ("Y,\n\nThe list is attached.\n\nBill", "unstated"),
        ("X\n\nThe list is attached.", "unstated"),
        ("N\nBut wait", "unstated"),
        ("N.\nJones", "unstated"),
        ("J\nJansen", "unstated"),
    ],
)
def test_a_letter_that_begins_an_answer_is_no_initial(text: str, expected: str) -> None:
    said = Segment(kind=SegmentKind.TEXT, text=text)
    asked = "Send them the default email notification? (yes / no)"
    assert by_rules(Spoken(newest_text=text, readings=((said,),), quoted=asked)).answer.value == expected


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("No", "Have you told the learners yourself already? yes/no"),
        (
            "Ja",
            "Sollen die Teilnehmer eine Mail bekommen? Und ist die Liste vollst\u00e4ndig (ja/nein)?",
        ),
        ("No", "The learners will receive a notification email.\n\nWas this answer helpful? Yes / No"),
        ("Yes", "Should the learners get a notification email? And may we delete the old group (yes/no)?"),
        ("No thanks", "The learners get their notification email tomorrow. Would you like a call?"),
    ],
)
def test_a_bare_word_that_may_answer_something_else_is_no_yes_and_no_no(text: str, asked: str) -> None:
    said = Segment(kind=SegmentKind.TEXT, text=text)
    read = read_preference(Spoken(newest_text=text, readings=((said,),), quoted=asked))
    assert read.answer.value in {"unstated", "unclear"}


@pytest.mark.parametrize("text", ["Yes", "YES", "yep", "Yes please"])
def test_where_a_yes_or_a_no_is_asked_for_a_bare_one_answers(text: str) -> None:
    asked = "You do not say whether the learners should receive the default email. Please reply YES or NO."
    said = Segment(kind=SegmentKind.TEXT, text=text)
    assert read_preference(Spoken(newest_text=text, readings=((said,),), quoted=asked)).answer.value == "yes"


@pytest.mark.parametrize(
    ("own", "forwarded", "answer"),
    [
        (
            "Je vous transmets la réponse de notre directrice, merci de vous y conformer.",
            "Pas de mail.",
            "no",
        ),
        ("Please do exactly what Gwen says about the emails.", "They are not to be emailed.", "no"),
        (
            "Vi inoltro le indicazioni del direttore: valgono come risposta.",
            "Niente mail agli iscritti.",
            "no",
        ),
        (
            "See below what our lead says about the welcome mail and do it her way.",
            "Please mail them all.",
            "yes",
        ),
        (
            "The list is below, from Gwen. Please do the accounts.",
            "They are not to be emailed.",
            "unstated",
        ),
        ("Please don't follow the instructions below.", "Please email them all.", "unstated"),
        ("Here's what IT said about the account emails, do it like that.", "Please mail them all.", "yes"),
        ("Only the mail at the bottom counts.", "I'd like them to get the account mail.", "unclear"),
        ("On the welcome mail please follow what Tom and Jo say below.", "Let's not send it.", "unclear"),
    ],
)
def test_others_words_answer_where_they_are_to_be_followed(own: str, forwarded: str, answer: str) -> None:
    assert passed_on(own, forwarded) == answer


@pytest.mark.parametrize(
    ("first", "second", "answer"),
    [
        ("Please send the account mail to all.", "Except Bob, that is.", "unclear"),
        (
            "Please send the account mail to all.",
            "Apart from Lord Haverley, his office filters it.",
            "unclear",
        ),
        ("Please send the account mail to all.", "Oh, not to Bob though.", "unclear"),
        ("Please send the account mail to all.", "Bob doesn't need it.", "unclear"),
        ("Please send the account mail to all.", "Leave Bob out.", "unclear"),
        ("Please send the account mail to all.", "Only the managers.", "unclear"),
        ("Please send the account mail to all.", "The managers, that is.", "unclear"),
        ("Please send the account mail to all.", "If my boss agrees.", "unclear"),
        ("Please send the account mail to all.", "But only once I confirm.", "unclear"),
        ("Please send the account mail to all.", "By text, please.", "unclear"),
        ("Please don't send them the account mail.", "For now.", "unclear"),
        ("Please don't send them the account mail.", "Until Monday.", "unclear"),
        ("Bitte allen die Willkommensmail schicken.", "Nicht an Frau Sommer.", "unclear"),
        ("Inviate la mail di benvenuto a tutti.", "Tranne Luca.", "unclear"),
        ("Please send the account mail to all.", "Apart from that, all good.", "yes"),
        ("Please send the account mail to all.", "Bob is not in today.", "yes"),
        ("Please send the account mail to all.", "Bar staff are in column B.", "yes"),
        ("Please send the account mail to all.", "If that is possible.", "yes"),
        ("Please send the account mail to all.", "Assign Prevent Duty.", "yes"),
        ("Please send the account mail to all.", "See you on Monday.", "yes"),
        ("Please send the account mail to all.", "Till Friday!", "yes"),
        ("Please send the account mail to all.", "Hasta mañana.", "yes"),
        ("Please send the account mail to all.", "Only 12 this time.", "yes"),
        ("Please send the account mail to all.", "If so, great.", "yes"),
        ("Please send the account mail to all.", "Managers are in tab 2.", "yes"),
        ("Please send the account mail to all.", "No Tom, no problem.", "yes"),
        ("Please send the account mail to all.", "Not Bob's fault.", "yes"),
        ("Please send the account mail to all.", "Apart from Bob, everyone has an address.", "yes"),
        ("Bitte allen die Willkommensmail schicken.", "Nicht Hetzen.", "yes"),
    ],
)
def test_a_sentence_of_its_own_limits_the_one_before(first: str, second: str, answer: str) -> None:
    assert reply(f"{first} {second}", "") == answer


SWITCH = "The account email is switched off for you. Should I leave it off for the 9 or turn it on?"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Leave it off please Ines, they moan enough!", "no"),
        ("Please turn it on Ines, that'd be smashing.", "yes"),
        ("On please", "yes"),
        ("Don't turn it on", "no"),
        ("Off until May", "unclear"),
        ("Turn it on for the managers only", "unclear"),
        ("It depends on the day", "unstated"),
        ("On leave, back Monday.", "unstated"),
        ("Keep that on file.", "unstated"),
        ("Off sick today.", "unstated"),
        ("Turn it on, then off.", "unclear"),
        ("Could you turn it on please?", "yes"),
        ("No, please turn it on.", "yes"),
        ("Leave it off, we never use it.", "no"),
    ],
)
def test_a_switch_that_is_offered_is_left_or_turned(text: str, answer: str) -> None:
    assert reply(text, SWITCH) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("It is not necessary to prevent them by mail of it, it is me who will inform them.", "no"),
        ("Please prevent everyone of the account mail.", "no"),
        ("Please prevent the welcome email from going out.", "no"),
        ("Please strike the account message this time.", "no"),
        ("No account notifications are to leave your system for these people.", "no"),
        ("Wil je ervoor zorgen dat er niemand een mailtje van het systeem krijgt?", "no"),
        ("I'm on the train with no signal, so do email.", "unstated"),
        ("We want them to know, so do email them.", "yes"),
    ],
)
def test_words_of_foreigners_and_of_people_on_trains(text: str, answer: str) -> None:
    assert reply(text, "") == answer


def test_what_lies_below_unread_is_not_answered_by_the_words_that_lead_to_it() -> None:
    own = "The board's talk about the account mails is in the mail below, for your background."
    reading = (
        Segment(kind=SegmentKind.TEXT, text=own),
        Segment(kind=SegmentKind.FORWARDED, text="Do not send them any account mail."),
    )
    assert left_unread(reading, "en") == frozenset({own})
    spoken = Spoken(newest_text=own, readings=(reading,), forwarded=reading[1].text)
    assert read_preference(spoken).answer.value in {"unstated", "unclear"}


def test_my_answers_below_are_those_within_the_quote() -> None:
    asked = "Should the learners receive the account mail?"
    reading = (
        Segment(kind=SegmentKind.TEXT, text="See my answers below."),
        Segment(kind=SegmentKind.INLINE, text="No need, their supervisor does it.", question=asked),
    )
    quoted = "Just three things before we start: ..."
    assert by_rules(Spoken(newest_text="", readings=(reading,), quoted=quoted)).answer.value == "no"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Our people are anxious, so could the account email please be left off for all?", "no"),
        ("They get distracted, so no account mail goes to them from your side ok?", "no"),
        ("Do they get the account email ok?", "unclear"),
        ("The account mail goes to everyone, is that ok?", "unclear"),
        ("So they get the account email, right?", "unclear"),
    ],
)
def test_a_request_behind_a_so_and_an_ok_at_the_end_make_no_question(text: str, answer: str) -> None:
    assert reply(text, "") == answer
    segment = Segment(kind=SegmentKind.TEXT, text=text)
    read = read_preference(Spoken(newest_text=text, readings=((segment,),))).answer.value
    assert read == answer


def test_b_for_us_picks_b() -> None:
    assert reply("b for us", "A) all get the account mail\nB) nobody gets the account mail") == "no"
    assert reply("a for us", "A) all get the account mail\nB) nobody gets the account mail") != "no"


@pytest.mark.parametrize(
    "own",
    [
        "Please apply the name changes below.",
        "Please stick with the old price list, the offer is below.",
        "Die Liste unten gilt ab Mai.",
        "Do the opposite of what Mark says.",
        "Please go through what Mark wrote and tell me.",
        "We go to Spain as Mark says.",
    ],
)
def test_what_is_only_passed_on_answers_nothing(own: str) -> None:
    assert passed_on(own, "Please send the welcome mail to all of them.") == "unstated"


@pytest.mark.parametrize(
    ("own", "answer"),
    [
        ("Please create accounts for the people below and send them the welcome email.", "yes"),
        ("As you can see below, we want the welcome email sent to them all.", "yes"),
        ("Please send the welcome mail to everybody. The names are at the bottom.", "yes"),
        ("Please don't send any account mails, as Mark and Jo said.", "no"),
        ("As per Tom's reply below, but only for the advisors.", "unclear"),
    ],
)
def test_an_order_of_ones_own_above_what_is_passed_on_stands(own: str, answer: str) -> None:
    assert passed_on(own, "The names are Ann and Bob.") == answer


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("Should the new learners get the account mail?", "no"),
        ("The learners should get the account mail. Is the list final?", "unstated"),
        ("Did your learners get the account mail?", "unstated"),
        ("Do you mind if the new learners get the account mail?", "unstated"),
    ],
)
def test_a_lettered_no_answers_the_question_right_above_it(asked: str, answer: str) -> None:
    assert reply("B", f"{asked}\nA) Yes\nB) No") == answer
    assert reply("Sheet attached.\n\nB. Smith", f"{asked}\nA) Yes\nB) No") != "no"
