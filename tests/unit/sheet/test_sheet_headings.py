"""What a heading says its column holds."""

import pytest

from bot.sheet.headings import Field, read_heading
from bot.sheet.vocabulary import load_vocabulary, normal


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Email address *", Field.EMAIL),
        ("E-Mail-Adresse", Field.EMAIL),
        ("Correo electrónico", Field.EMAIL),
        ("Emal adress", Field.EMAIL),
        ("Email (not the manager's)", Field.EMAIL),
        ("Learner's first name", Field.FIRST),
        ("Particpant surname", Field.LAST),
        ("Prénom / First name", Field.FIRST),
        ("Vorname", Field.FIRST),
        ("SURNAME", Field.LAST),
        ("Cognome", Field.LAST),
        ("Nachname", Field.LAST),
        ("Vor- und Nachname", Field.FULL),
        ("Last name, First name", Field.LAST_FIRST),
        ("Nom", Field.NAME),
        ("Company name", Field.OTHER),
        ("User name", Field.LOGIN),
        ("Manager email", Field.REFUSED),
        ("E-mail leidinggevende", Field.REFUSED),
        ("Secondary email", Field.REFUSED),
        ("Old e-mail address", Field.REFUSED),
        ("Email 2", Field.REFUSED),
        ("Email (old - do not use)", Field.REFUSED),
        ("E-mail rodzica", Field.REFUSED),
        ("名", Field.FIRST),
        ("Vezetéknév", Field.LAST),
        ("ФИО", Field.LAST_FIRST),
        ("Fahrzeug", Field.UNKNOWN),
        (
            "Please enter the first name, the last name and the email address of each learner below",
            Field.UNKNOWN,
        ),
    ],
)
def test_a_heading_is_placed_in_any_of_the_languages(heading, field):
    assert read_heading(heading).field is field


def test_the_learners_own_email_ranks_before_a_plain_one_and_that_before_a_personal_one():
    ranks = [
        read_heading(heading).rank for heading in ("Learner email", "Email", "Work email", "Personal email")
    ]
    assert ranks == sorted(set(ranks))


def test_headings_compare_without_accents_case_and_signs():
    assert normal("  É-mail_ADDRESS (neu)!") == "email address neu"
    assert normal("firstName") == "first name"


def test_every_language_names_every_field():
    words = load_vocabulary()
    assert {"email", "first_name", "last_name", "full_name", "last_first", "name"} <= set(
        words.headings.values()
    )
    assert words.totals
    assert words.signoffs
    assert words.sections
