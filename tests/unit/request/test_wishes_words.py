"""What else a mail asks for, sentence by sentence in seven languages."""

import time

import pytest

from bot.request.wishes import read_wishes
from bot.values.request import Segment, SegmentKind, Spoken, Wishes
from tests.pace import seconds


def spoken(text: str, subject: str = "") -> Spoken:
    """A mail read in one way, with a subject if one is given."""
    segments = [Segment(kind=SegmentKind.SUBJECT, text=subject)] if subject else []
    segments += [Segment(kind=SegmentKind.TEXT, text=text)] if text else []
    return Spoken(newest_text=text, readings=(tuple(segments),))


def wishes(text: str, subject: str = "", files: tuple[str, ...] = ()) -> Wishes:
    return read_wishes(spoken(text, subject), files)


UPLOADS = """
please create accounts for the attached
new learners attached
Can you upload these users
Hi, please can the attached be added to the platform? Thanks
Please see attached our new starters for March.
Could we have accounts created for these people?
We need logins for 12 new joiners, list attached.
I would like to request accounts for the following: see list
Pls add the below to the LMS
New hires attached for upload
Attached are the learners for March. Thanks for your help with the contract renewal!
We cannot create accounts ourselves, please create accounts for the attached list
Please do not create duplicate accounts. Please add the attached learners.
Bitte legen Sie Konten für die angehängten Teilnehmer an
Anbei die neuen Mitarbeiter
Merci de créer des comptes pour les collaborateurs en pièce jointe
Por favor, den de alta a los alumnos adjuntos
Si prega di creare gli account per gli utenti in allegato
Graag accounts aanmaken voor de bijgevoegde medewerkers
Por favor, criem contas para os colaboradores em anexo
""".strip().splitlines()

OTHER_MATTERS = """
Please find attached invoice 1234 for payment.
I can't log in to my account, please reset my password
Could we set up a meeting to discuss our account?
How do I add learners?
Can I add learners myself?
Uploading learners fails with an error
What does it cost to add 20 users?
When will the accounts be created?
Please update my email address
Just checking whether you got my list
We are having a problem: learner Tom Smith cannot open the module
Our learners need to complete the course by Friday, is there a report?
Please cancel our subscription
Can you unsubscribe me
Hi, yes please send them the default email.
No thanks, we will tell them ourselves.
Yes please
Anbei die Rechnung
Ich habe mein Passwort vergessen
Ci-joint la facture
Adjunto la factura
In allegato la fattura
Bijgevoegd de factuur
Segue a fatura
""".strip().splitlines()

CHECKS = """
Please only check the attached
please only check it
Dry run please
Please don't create anything yet, just validate the file
This is a test only
Can you check the list for errors before creating the accounts?
Could you check whether the sheet is in the right format?
Check first and let me know before you create them
Please hold off creating them until Monday
Run a test import first please
Do nothing yet: what would happen if you imported this?
Please just validate
Can you validate this list?
We don't want any accounts created yet
Attached for validation only
Bitte nur prüfen, noch nichts anlegen
Merci de seulement vérifier le fichier, sans créer les comptes
Solo verificar, no crear nada todavía
Verificate soltanto, non create ancora nulla
Alleen controleren, nog niet aanmaken aub
Apenas verificar, não criar as contas ainda
""".strip().splitlines()

NO_CHECKS = """
please check the attached and create the accounts
Please do not create duplicate accounts. Please add the attached learners.
Please add the attached learners but don't add them to any courses
Just checking whether you got my list
We cannot create accounts ourselves, please create accounts for the attached list
This is not a test. Please create the accounts.
No need for a dry run, please create them
Please create accounts for the attached, and don't send the emails
""".strip().splitlines()


@pytest.mark.parametrize("text", UPLOADS)
def test_a_request_for_accounts_is_an_upload_request(text: str) -> None:
    found = wishes(text)
    assert found.upload
    assert not found.dry_run


@pytest.mark.parametrize("text", OTHER_MATTERS)
def test_mail_about_anything_else_asks_for_nothing_of_ours(text: str) -> None:
    found = wishes(text)
    asked = (found.upload, found.template, found.single_learner, found.courses, found.undo)
    assert not any(asked)


@pytest.mark.parametrize("text", CHECKS)
def test_a_wish_to_check_only_is_never_missed(text: str) -> None:
    found = wishes(text)
    assert found.dry_run
    assert not found.go_ahead


@pytest.mark.parametrize("text", NO_CHECKS)
def test_a_check_in_passing_does_not_hold_back_the_accounts(text: str) -> None:
    assert not wishes(text).dry_run


@pytest.mark.parametrize("text", ["Go ahead", "Looks good, please proceed", "Yes please create them now"])
def test_a_go_ahead_is_heard(text: str) -> None:
    assert wishes(text).go_ahead


@pytest.mark.parametrize("text", ["Don't go ahead yet", "We will not proceed", "Please only check it"])
def test_a_refused_go_ahead_is_none(text: str) -> None:
    assert not wishes(text).go_ahead


COURSES = """
Please add the attached learners and also enrol them in Safety 101
please create accounts for the attached and assign the Fire Safety course
Please allocate the induction module to all of them
Bitte auch dem Kurs Brandschutz zuweisen
Merci de les inscrire à la formation incendie
""".strip().splitlines()


@pytest.mark.parametrize("text", COURSES)
def test_a_wish_for_courses_is_heard(text: str) -> None:
    assert wishes(text).courses


@pytest.mark.parametrize(
    "text",
    [
        "No need for courses",
        "Please do not enrol them in any courses",
        "Please enrol the attached learners on the platform",
        "Our training manager will tell them",
        "Training starts on Monday, please create the accounts",
    ],
)
def test_courses_in_passing_or_refused_are_no_wish(text: str) -> None:
    assert not wishes(text).courses


@pytest.mark.parametrize(
    "text",
    [
        "Could you send me the template please?",
        "Which columns does the file need?",
        "Template please",
        "Pouvez-vous m'envoyer le modèle ?",
        "Können Sie mir bitte die Vorlage schicken?",
    ],
)
def test_a_wish_for_the_template_is_heard(text: str) -> None:
    assert wishes(text).template


def test_a_filled_in_template_is_no_wish_for_one() -> None:
    assert not wishes("I've filled in the template, attached. Please upload these learners").template
    assert not wishes("Can you change the email template?").template
    assert not wishes("Please send the template back if wrong", files=("starters.xlsx",)).template


@pytest.mark.parametrize(
    "text",
    [
        "Please add one new learner: Jane Doe, jane@x.com",
        "Please create an account for Jane Doe jane.doe@acme.com",
        "Can you set up a new starter called Tom Hill (tom@acme.com)?",
    ],
)
def test_one_learner_named_in_the_text_is_a_single_learner(text: str) -> None:
    found = wishes(text)
    assert found.single_learner
    assert found.upload


def test_many_learners_are_not_a_single_one() -> None:
    assert not wishes(
        "please create accounts for the attached learners, ask me at dana@acme.com"
    ).single_learner


@pytest.mark.parametrize(
    "text",
    [
        "Please undo the last upload",
        "Please delete the accounts you created yesterday",
        "Please deactivate the attached leavers",
        "Bitte die Konten wieder löschen",
    ],
)
def test_a_wish_to_take_back_is_for_the_staff(text: str) -> None:
    found = wishes(text)
    assert found.undo
    assert not found.upload


def test_tidying_ones_own_list_takes_nothing_back() -> None:
    assert not wishes("I removed the duplicate rows, please upload the attached list").undo
    assert not wishes("Please delete row 4 and upload the rest of these users").undo
    assert not wishes("Please don't delete the old accounts").undo


@pytest.mark.parametrize(
    "link",
    [
        "https://docs.google.com/spreadsheets/d/abc/edit#gid=0",
        "https://acme-my.sharepoint.com/:x:/g/personal/dana/abc",
        "https://www.dropbox.com/s/abc/list.xlsx?dl=0",
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2F1drv.ms%2Fx%2Fabc&data=05",
    ],
)
def test_a_link_to_a_cloud_sheet_is_found_as_written(link: str) -> None:
    found = wishes(f"Our list is here: {link}. Please create accounts for these learners.")
    assert found.cloud_link == link
    assert found.upload


def test_any_other_link_is_no_cloud_sheet() -> None:
    assert wishes("see https://www.acme.example/list and https://mailbox.com/x").cloud_link == ""


def test_forwarded_words_ask_for_nothing() -> None:
    passed_on = Segment(kind=SegmentKind.FORWARDED, text="Please create accounts for the attached learners")
    assert read_wishes(Spoken(newest_text="", readings=((passed_on,),))) == Wishes()


def test_a_check_in_one_rendering_alone_is_believed() -> None:
    html = Segment(kind=SegmentKind.TEXT, text="Please create accounts for the attached")
    plain = Segment(kind=SegmentKind.TEXT, text="Please only check the attached")
    assert read_wishes(Spoken(newest_text="", readings=((html,), (plain,)))).dry_run


def test_a_ticked_form_line_speaks_by_its_label() -> None:
    def form(label: str, value: str) -> Wishes:
        entry = Segment(kind=SegmentKind.FORM, text=value, question=label)
        return read_wishes(Spoken(newest_text="", readings=((entry,),)))

    assert form("Dry run", "Yes").dry_run
    assert not form("Dry run", "No").dry_run
    assert not form("Dry run", "").dry_run
    assert form("Assign course", "Safety 101").courses


def test_a_subject_about_learners_over_a_short_body_is_an_upload_request() -> None:
    assert wishes("Hi, see attached. Thanks", "New learners").upload
    assert wishes("", "Learner upload").upload
    assert not wishes("Hi, see attached", "Invoice").upload
    assert not wishes("What is the price for new starters?", "New starters").upload


@pytest.mark.parametrize(
    "piece", ["please can you add the ", "check ", "not ", "a, b. ", "create " * 30 + "? "]
)
def test_a_long_text_is_read_in_bounded_time(piece: str) -> None:
    began = time.process_time()
    wishes(piece * (1_000_000 // len(piece)))
    assert time.process_time() - began < seconds(2)
