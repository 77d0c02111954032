"""The preference in the other languages: refusals, places told apart, plans given up, words to support."""

import pytest
from reading_cases import by_rules

from bot.values.request import Answer, Segment, SegmentKind, Spoken


def answer(text: str) -> Answer:
    segment = Segment(kind=SegmentKind.TEXT, text=text)
    return by_rules(Spoken(newest_text=text, readings=((segment,),))).answer


@pytest.mark.parametrize(
    "text",
    [
        "Danke für das Angebot mit der Willkommensmail, aber wir verzichten.",
        "Merci de la proposition de les prévenir par mail, mais nous nous en passerons.",
        "Gracias por ofrecerlo, pero preferimos que no les llegue nada.",
        "Grazie dell'offerta di avvisarli via mail, ma preferiamo farne a meno.",
        "Obrigada pela oferta de avisar os formandos por email, mas preferimos que não.",
        "Bedankt voor het aanbod om ze te mailen, maar dat hoeft niet.",
    ],
)
def test_what_was_offered_may_be_turned_down_behind_a_but(text: str) -> None:
    assert answer(text) is Answer.NO


@pytest.mark.parametrize(
    "text",
    [
        "Bitte für München die Mail verschicken, für Köln nicht.",
        "Pour Lyon, envoyez le mail de bienvenue, pour Lille non.",
        "A los de Sevilla sí les pueden mandar el correo, a los de Cádiz no.",
        "Per Roma mandate la mail, per Napoli no.",
        "Para o Porto mandem o email, para Lisboa não.",
        "Stuur Utrecht de welkomstmail wel, Arnhem niet.",
    ],
)
def test_one_place_told_apart_from_another_is_no_single_answer(text: str) -> None:
    assert answer(text) is Answer.UNCLEAR


@pytest.mark.parametrize(
    "text",
    [
        "Désolée de vous importuner encore. Il ne manque personne dans le tableau.",
        "Perdonen que les moleste otra vez. No falta nadie en la lista.",
        "Desculpem incomodar de novo. Na lista não falta ninguém.",
        "Sorry dat ik jullie weer stoor. Er ontbreekt niemand op de lijst.",
    ],
)
def test_what_is_said_to_support_is_nothing_to_the_learners(text: str) -> None:
    assert answer(text) is Answer.UNSTATED


@pytest.mark.parametrize(
    "text",
    [
        "Wir hatten überlegt, die Mail zu unterdrücken, haben uns aber dagegen entschieden.",
        "Eerst wilden we geen mail, maar doe toch maar wel.",
    ],
)
def test_a_plan_given_up_is_not_read_as_the_plan(text: str) -> None:
    assert answer(text) is not Answer.NO


@pytest.mark.parametrize(
    "text",
    [
        "N'hésitez surtout pas à les prévenir par votre courriel d'ouverture de compte.",
        "Non mancate di mandare loro la mail di benvenuto.",
        "Non esitate a mandare loro la mail di benvenuto.",
        "No dejen de enviarles el correo de la cuenta.",
        "Não deixem de enviar o e-mail a eles.",
    ],
)
def test_not_to_hesitate_is_to_do_it(text: str) -> None:
    assert answer(text) is Answer.YES


@pytest.mark.parametrize(
    "text",
    [
        "Wir zögern noch, ob die Neuen die Kontomail bekommen sollen.",
        "We aarzelen nog of ze de welkomstmail moeten krijgen.",
        "Yo les mandaría el correo, pero mi socia prefiere que no. Estamos en ello.",
    ],
)
def test_to_hesitate_is_no_answer(text: str) -> None:
    assert answer(text) is Answer.UNCLEAR
