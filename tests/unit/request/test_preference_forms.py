"""Forms ask of more than the account mail, and people answer what support wrote without a question mark."""

import time

import pytest
from reading_cases import by_rules

from bot.mail.newest import read_newest
from bot.mail.parse import parse_message
from bot.request.clauses import language_of, read_sentences
from bot.request.forms import may_ask
from bot.request.naming import names_a_mail
from bot.request.preference import read_preference
from bot.request.questions import asked_in, topic_of_label
from bot.request.tokens import Token
from bot.values.request import Answer, Segment, SegmentKind, Spoken
from fixtures.preference_mails import as_mail
from fixtures.score_preference import read_mail

ASKED = "Should we send the new learners the account mail?"


def form(*lines: tuple[str, str]) -> Spoken:
    """A filled-in form, as label and value."""
    said = tuple(Segment(kind=SegmentKind.FORM, text=value, question=label) for label, value in lines)
    return Spoken(newest_text="", readings=(said,))


def reply(text: str, asked: str = ASKED) -> str:
    """What a reply to a mail of support says by the rules."""
    said = (Segment(kind=SegmentKind.TEXT, text=text),)
    return by_rules(Spoken(newest_text=text, readings=(said,), quoted=asked)).answer.value


@pytest.mark.parametrize(
    "label",
    [
        "Notify admin on completion?",
        "Notify uploader when complete",
        "Reset existing passwords?",
        "Person to notify",
        "Confirmation email to uploader?",
        "Personne à prévenir une fois terminé",
        "Ansprechpartner für die Benachrichtigung",
        "Avisar al gestor",
        "Do they know about GDPR",
        "Welcome drink",
        "Mail when certificate expires",
        "Insurance mail received",
        "Bishop informed",
    ],
)
def test_a_label_that_names_somebody_or_something_else_is_not_about_the_account_mail(label: str) -> None:
    assert topic_of_label(label, language_of(label)) is None
    answers = form(("Notify learners of account creation?", "Y"), (label, "no"))
    assert by_rules(answers).answer.value == "yes"


@pytest.mark.parametrize(
    "label",
    [
        "Notify learners on completion of their account?",
        "Send welcome email on completion",
        "Willkommensmail nach Abschluss senden",
        "Notify each person by email",
        "Enviar correo a cada persona",
        "Send new hires the welcome email (HR)",
        "Email people once complete",
        "Email new users?",
        "Send login details to learners?",
        "Benachrichtigung der Lernenden",
        "Avisar a los alumnos",
        "Learners notified",
        "Have you told us to notify the learners",
        "Have the learners notified by email",
        "Do you want learners to know about their accounts?",
        "Employees notified",
        "Any account mail",
        "Current employees to receive account email",
        "Was soll mit der Willkommensmail passieren?",
        "Send mail when the account is made",
    ],
)
def test_a_label_that_names_the_learners_still_is(label: str) -> None:
    assert topic_of_label(label, language_of(label)) is not None
    assert by_rules(form((label, "No"))).answer.value == "no"


@pytest.mark.parametrize(
    ("asked", "text", "answer"),
    [
        ("Please confirm that we may send the account mail to all learners.", "Confirmed.", "yes"),
        ("I would like my learners to receive the default email notification: Yes / No", "Yes", "yes"),
        ("I would like my learners to receive the default email notification: Yes / No", "No.", "no"),
        ("Bitte bestätigen Sie, dass wir die Lernenden per E-Mail benachrichtigen sollen.", "Ja.", "yes"),
        ("Please confirm that you received the invoice.", "Confirmed.", "unstated"),
        (f"{ASKED} Please reply yes or no.", "Yes", "yes"),
        (f"We confirm that we have created the accounts. {ASKED}", "Yes", "yes"),
        (f"Wir können bestätigen, dass die Liste da ist. {ASKED}", "Yes please", "yes"),
    ],
)
def test_a_request_to_confirm_and_a_choice_are_questions(asked: str, text: str, answer: str) -> None:
    assert any(asked_in(sentence) for sentence in read_sentences(asked, language_of(asked)))
    assert reply(text, asked) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Affirmative.\n\nN. Eze\nDeputy Matron", "yes"),
        ("N", "no"),
        ("Yes. I take that back - no.", "unclear"),
        ("Yes. I mean, no.", "unclear"),
        ("Yes. I would not.", "unclear"),
        ("Sí. O no.", "unclear"),
        ("I don't see why we wouldn't.", "yes"),
        ("I wouldn't say no to that!", "yes"),
    ],
)
def test_a_short_reply_means_what_it_says_whatever_stands_below_it(text: str, answer: str) -> None:
    assert reply(text) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("The latter.", "no"),
        ("We would prefer latter please", "no"),
        ("Letzteres bitte", "no"),
        ("Il secondo", "no"),
        ("Second sheet attached now.", "unstated"),
        ("Segunda hoja adjunta.", "unstated"),
    ],
)
def test_one_of_two_ways_is_picked_by_its_place_and_an_ordinal_may_only_count(text: str, answer: str) -> None:
    asked = "Shall we send them the account mail, or would you rather tell them yourselves?"
    assert reply(text, asked) == answer


@pytest.mark.parametrize("asked", ["¿Retenemos los correos de alta?", "¿Retenemos los correos automáticos?"])
def test_what_is_held_back_is_asked_in_the_negative(asked: str) -> None:
    assert reply("No, no los retengáis", asked) == "yes"


def test_a_mail_is_named_by_its_words_and_by_what_is_asked() -> None:
    assert names_a_mail([Token("link", ("send",), "S.")], "S.", "")
    assert names_a_mail([Token("avertissions", ("them",))], "S.", "")
    assert names_a_mail([Token("oui")], "S.", ASKED)
    assert not names_a_mail(
        [Token("link", ("send",), "T."), Token("proceed", (), "S.")], "S.", "Should we create them?"
    )


@pytest.mark.parametrize("marks", ["-, ", "- ", "-", "?:", ": yes /"])
def test_a_question_in_a_sea_of_marks_is_looked_for_in_no_time(marks: str) -> None:
    sea = f"As discussed below. {marks * (20_000 // len(marks))}"
    began = time.process_time()
    for quoted, text in ((sea, "As discussed below."), (sea, "Yes"), ("", sea)):
        said = (Segment(kind=SegmentKind.TEXT, text=text),)
        by_rules(Spoken(newest_text=text, readings=(said,), quoted=quoted))
    assert time.process_time() - began < 2.0


@pytest.mark.parametrize(
    "line", ["Are all emails individual (not shared)? Yes", "Emails valid: yes", "Welcome text changed: n/a"]
)
def test_what_a_form_asks_of_addresses_or_wordings_answers_nothing(line: str) -> None:
    raw = as_mail({"subject": "Form", "text": f"Company: Acme\nLearners: 4\n{line}\nContact: Bo"})
    assert read_mail(raw).answer is Answer.UNSTATED


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("Send Account Created: Yes", "yes"),
        ("Learners get Account Created: no", "no"),
        ("send_account_created=true", "yes"),
        ("Senden von Konto erstellt an Lernende: nein", "no"),
        ("Account created by: Bo\nDate account created: 3 May", "unstated"),
        ("Send Account Created on upload: Yes", "yes"),
        ('"Account Created" to learners: No', "no"),
        ("Envoyer le compte créé: oui", "yes"),
        ("Account Created to managers: Yes", "unstated"),
        ("New account created: Yes", "unstated"),
        ("Account created for learners: Yes", "unstated"),
        ("Account created already: No", "unstated"),
        ("Is an account created automatically? Yes", "unstated"),
        ("Skip if account created already: Yes", "unstated"),
        ("Do not send Account Created: Yes", "no"),
        ("Create accounts: Yes", "unstated"),
        ("Welcome email to parents: Yes", "unstated"),
        ("Trainer to be informed: Yes", "unstated"),
        ("Emails to parents: No", "unstated"),
        ("Inform managers: No\nInform learners of their account: Yes", "yes"),
        ("Inform managers: Yes\nInform learners of their account: No", "no"),
        ("Managers get account mail: Yes", "unstated"),
        ("Their parents get an email: yes", "unstated"),
        ("Inform new parents by email: yes", "unstated"),
        ("Aviso a nóminas: sí", "unstated"),
        ("Recruiter to get account e-mail? yes", "unstated"),
        ("Do all learners have an email? Yes", "unstated"),
        ("Haben alle eine E-Mail? Ja", "unstated"),
        ("Should all learners have the account email? Yes", "yes"),
        ("Reter os e-mails de acesso: sim", "no"),
        # Where nobody filled in the line about it, another line hardly answers it.
        ("Account mail to learners:\nTeam to be told by mail: yes", "unclear"),
        ("[x] Send the account mail\n[ ] Send nothing", "yes"),
        ("Account mail to learners [v] yes [ ] no", "yes"),
    ],
)
def test_a_label_asks_of_the_mail_by_its_title_and_of_nobody_else(lines: str, expected: str) -> None:
    raw = as_mail({"subject": "Form", "text": f"Company: Acme\nLearners: 4\n{lines}\nCourse: Fire"})
    assert by_rules(read_newest(parse_message(raw))).answer.value == expected


@pytest.mark.parametrize(
    ("label", "value", "asks"),
    [
        ("Emails to ushers re account creation", "Yes", True),
        ("Tell the masons automatically", "aye", True),
        ("Emails to ushers re account creation", "", False),
        ("Contact email", "bo@acme.example", False),
        ("Mail to learners", "No", False),
        ("Inform managers", "Yes", False),
        ("Create accounts", "Yes", False),
        ("Newsletter to all", "no", False),
        ("Tell us when all is done", "Yes", False),
    ],
)
def test_a_line_that_speaks_of_mails_may_ask_where_the_rules_do_not_know_it(
    label: str, value: str, asks: bool
) -> None:
    assert may_ask(label, value, "en") is asks


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_words_that_contradict_each_other_put_a_form_in_doubt(answer: str) -> None:
    beside = "Please don't email them about their accounts. I hand the logins out, so send them the mail."
    raw = as_mail(
        {"subject": "Form", "text": f"Company: Acme\nMail to learners: {answer}\nStart: 3 May\n\n{beside}"}
    )
    assert by_rules(read_newest(parse_message(raw))).answer is Answer.UNCLEAR


def test_two_boxes_ticked_that_say_the_opposite_are_a_contradiction_whoever_reads_them() -> None:
    text = "Choose one:\n\n(x) Yes, e-mail my learners\n(x) No, I will inform them myself\n\nName: Pip"
    assert read_mail(as_mail({"subject": "Choice", "text": text})).answer is Answer.UNCLEAR


@pytest.mark.parametrize(
    "remark",
    [
        "Sorry, the second line is a slip, please read it as a no.",
        "Habe mich bei der Mail vertippt, lesen Sie die Zeile bitte als nein.",
        "Rectificatif : c'est NON qu'il faut lire.",
        "Il primo SÌ è sbagliato: va letto come NO.",
        "De eerste ja klopt niet, dat is een foutje.",
        "Please read line 2 as No, not as yes.",
        "Ich meinte nat\u00fcrlich nein bei der Mail.",
        "A linha 2 est\u00e1 errada, deve ser n\u00e3o.",
        "scrap that - no",
        "Strike that, no.",
        "I meant the opposite.",
    ],
)
def test_a_remark_that_may_correct_a_form_is_asked_about(remark: str) -> None:
    text = f"Company: Acme\nMail to learners: yes\nStart: 3 May\n\n{remark}"
    assert read_mail(as_mail({"subject": "Form", "text": text})).answer is Answer.UNCLEAR


def test_a_remark_about_a_mistake_elsewhere_leaves_a_form_as_it_is() -> None:
    text = (
        "Company: Acme\nMail to learners: yes\nStart: 3 May\n\nThere is a mistake in row 3, the name is Ng."
    )
    assert read_mail(as_mail({"subject": "Form", "text": text})).answer is Answer.YES


def test_where_the_line_about_the_account_mail_is_blank_no_reader_takes_another_for_it() -> None:
    text = "Do they know of the training? Yes\nDo they need the account mail?\nNewsletter: No\nSite: Hull"
    assert read_mail(as_mail({"subject": "Form", "text": text})).answer in {Answer.UNSTATED, Answer.UNCLEAR}


@pytest.mark.parametrize(
    "lines",
    [
        "Email:\nPhone:\nSend welcome email to learners: Yes",
        "Language of the email:\nSend welcome email to learners: Yes",
        "Send welcome email to learners: Yes\nIf yes, when should the email go out?:",
        "Account mail to learners - yes: X\nAccount mail to learners - no:",
        "[X] Send the learners the account mail\n[ ] Send the learners no account mail",
    ],
)
def test_a_blank_line_about_less_leaves_a_form_as_it_is(lines: str) -> None:
    raw = as_mail({"subject": "Form", "text": f"Company: Acme\n{lines}\nCourse: Fire"})
    assert by_rules(read_newest(parse_message(raw))).answer is Answer.YES


@pytest.mark.parametrize("value", ["managers", "Anna", "Monday", "English", "template B"])
def test_a_value_that_nobody_knows_is_asked_about_and_not_passed_over(value: str) -> None:
    raw = as_mail(
        {"subject": "Form", "text": f"Company: Acme\nSend welcome email to learners: {value}\nCourse: Fire"}
    )
    assert read_mail(raw).answer is Answer.UNCLEAR


@pytest.mark.parametrize("gap", [" ", "\u2003", "\x0b", "\t", " \t", "   \u00a0"])
def test_a_long_gap_in_a_line_is_read_in_no_time(gap: str) -> None:
    began = time.process_time()
    text = "\n".join(["see below marked" + gap * 400] * 20)
    read_newest(parse_message(as_mail({"subject": "Form", "text": text})))
    assert time.process_time() - began < 2.0


@pytest.mark.parametrize(
    "label",
    ["Additional information", "Weitere Hinweise", "Informations complémentaires", "Otras indicaciones"],
)
def test_room_for_remarks_asks_for_nothing(label: str) -> None:
    remarked = form(("Send account mail to learners", "Yes"), (label, "Two of them are called Sam Jones."))
    assert topic_of_label(label, language_of(label)) is None
    assert by_rules(remarked).answer is Answer.YES


def test_off_says_that_what_is_muted_is_not() -> None:
    assert by_rules(form(("Mute account emails", "off"))).answer is Answer.YES
    assert by_rules(form(("Account emails", "off"))).answer is Answer.NO


def test_a_question_in_the_subject_is_answered_below() -> None:
    subject = Segment(kind=SegmentKind.SUBJECT, text="Suppress e-mail?")
    line = Segment(kind=SegmentKind.FORM, text="No", question="Suppress the account email for these users?")
    text = Segment(kind=SegmentKind.TEXT, text="Please send them the account email.")
    assert by_rules(Spoken(newest_text="", readings=((subject, line),))).answer is Answer.YES
    assert by_rules(Spoken(newest_text="", readings=((subject, text),))).answer is Answer.YES
    assert by_rules(Spoken(newest_text="", readings=((subject,),))).answer is Answer.UNCLEAR


def test_a_name_that_begins_with_an_n_is_no_answer() -> None:
    assert reply("N. Yates") == "unstated"


def test_those_outside_the_list_are_others() -> None:
    said = "Please send the account mail to all. Nobody outside the list is to be contacted."
    assert reply(said, asked="") == "yes"


def test_what_somebody_has_read_is_no_wish() -> None:
    assert by_rules(form(("I have read the page about account e-mails", "x"))).answer is Answer.UNSTATED


def test_existing_learners_are_not_the_new_ones() -> None:
    answers = form(("E-mail new learners about their account", "YES"), ("E-mail existing learners", "NO"))
    assert by_rules(answers).answer is Answer.YES
    blank = form(("E-mail new learners about their account", ""), ("E-mail existing learners", "NO"))
    assert by_rules(blank).answer is Answer.UNSTATED


def test_of_two_boxes_the_blank_one_is_not_left_open() -> None:
    boxes = form(("Stuur leerlingen de e-mail over hun account", ""), ("Stuur leerlingen geen e-mail", "x"))
    assert by_rules(boxes).answer is Answer.NO


@pytest.mark.parametrize("value", ["Yes", "yes, please send it to everyone on the list"])
def test_what_a_form_says_is_taken_back_below_it(value: str) -> None:
    line = Segment(kind=SegmentKind.FORM, text=value, question="Account e-mail")
    text = Segment(kind=SegmentKind.TEXT, text="Scrap that, do not send it to them please.")
    assert by_rules(Spoken(newest_text="", readings=((line, text),))).answer is Answer.NO


def test_a_condition_below_a_form_that_only_the_network_hears_makes_it_unclear() -> None:
    line = Segment(kind=SegmentKind.FORM, text="Yes", question="Send account email")
    text = Segment(
        kind=SegmentKind.TEXT, text="Note: the account email should only go once I give you the nod."
    )
    spoken = Spoken(newest_text=text.text, readings=((line, text),))
    assert read_preference(spoken).answer is Answer.UNCLEAR


def test_other_boxes_beside_the_two_ways_change_nothing() -> None:
    boxes = form(
        ("I want the learners to be emailed a login link", ""),
        ("I do not want the learners to be emailed a login link", "x"),
        ("I agree to the terms", "x"),
    )
    assert by_rules(boxes).answer is Answer.NO
