"""One sentence within every frame that programs and people put around it: only the sentence is the sender's."""  # noqa: E501

import pytest

from bot.mail.newest import read_newest
from bot.values.message import Address, Message, TextPart

SAID = "Please don't email any of them."
QUOTE = "Would you like them notified?\nRegards, Tom"


def newest(plain: str, subject: str = "New learners") -> str:
    message = Message(
        message_id="<1@acme.example>",
        subject=subject,
        sender=Address(name="Dana Smith", email="dana.smith@acme.example"),
        from_count=1,
        texts=(TextPart(kind="plain", text=plain),),
    )
    return read_newest(message).newest_text


ATTRIBUTIONS = [
    "On Mar 9, 2026, at 10:33 AM, Support wrote:",
    "Le 09/03/2026 à 10:33, Support a écrit :",
    "Am 09.03.2026 um 10:33 schrieb Support:",
    "Op 09-03-2026 10:33 schreef Support:",
    "El 09/03/2026 a las 10:33, Support escribió:",
    "Il 09/03/2026 10:33, Support ha scritto:",
    "Em 09/03/2026 10:33, Support escreveu:",
    "On Monday, March 9, 2026 10:33 AM, Support <s@x.y>\nwrote:",
    "Support <s@x.y> wrote on 09/03/2026 10:33:",
    "Support wrote on 09/03/2026, 10:33 AM:",
    "2026-03-09 10:33 GMT+01:00 Support <s@x.y>:",
    "From:\tSupport\nSent:\tMonday\nTo:\tDana\nSubject:\tRe: x",
    "From : Support\nDate : Monday\nTo : Dana\nSubject : Re",
    "Date: Mon\nFrom: Support <s@x.y>\nTo: Dana\nSubject: x",
    "---- On Mon, 09 Mar 2026 10:33:00 +0000 Support <s@x.y> wrote ----",
    "Von: Support\nGesendet: Montag, 9. März 2026 10:33\nAn: Dana\nCc: Mark\nBetreff: x",
    "-------- Original Message --------\nOn 9 Mar 2026, 10:33, Support < s@x.y> wrote:",
    '------ Original Message ------\nFrom: "Support" <s@x.y>\nTo: Dana\nSent: 09/03/2026 10:33\nSubject: x',
    "________________________________________\nFrom: Support [s@x.y]\nSent: 09 March 2026 10:33\nTo: Dana\nSubject: x",  # noqa: E501
    "Support schreef op 9-3-2026 om 10:33:",
    "Quoting Support <s@x.y>:",
    "Zitat von Support <s@x.y>:",
    "<support@x.y> wrote:",
    "From: Support <s@x.y>\nReply-To: s@x.y\nDate: Monday, March 9, 2026 at 10:33 AM\nTo: Dana <d@x>\nSubject: x",  # noqa: E501
    "*Von:* Support <s@x.y>\n*Gesendet:* Montag\n*An:* Dana\n*Betreff:* x",
    "De : Support <s@x.y>\nEnvoyé : lundi 9 mars 2026 10:33\nÀ : Dana\nObjet : x",
    "From: Tom Hill\nTo: Dana Smith",
    "De : Luc Bardin\nÀ : Inès Roche",
    "De: Support\nEnviada em: segunda-feira\nPara: Dana\nAssunto: x",
    '-----Reply message-----\nFrom: "Support" <s@x.y>\nTo: Dana\nSubject: x\nDate: Mon',
]

FOOTERS = [
    "Sent from Yahoo Mail on Android",
    "Sent from my Samsung Galaxy smartphone.",
    "Sent from Outlook for Android",
    "Sent from Mail for Windows",
    "Get Outlook for Android<https://aka.ms/AAb9ysg>",
    "Gesendet mit der GMX Mail App",
    "Von meinem iPad gesendet",
    "Envoyé depuis mon téléphone",
    "Enviado desde Outlook para iOS",
    "Obtener Outlook para iOS",
    "Télécharger Outlook pour iOS",
    "Outlook für iOS beziehen",
    "Scarica Outlook per iOS",
    "Outlook voor iOS downloaden",
    "Obter o Outlook para iOS",
    "Sent from my mobile - please excuse typos",
    "Sent from Gmail Mobile",
    "_____\nSent from my iPhone",
    "Sent via the Samsung Galaxy S21 5G, an AT&T 5G smartphone",
]

CLOSINGS = [
    "Kind regards,\nDana Smith",
    "KR\nDana",
    "Best,\n\nDana\n\nDana Smith (she/her)\nPeople Partner\nAcme",
    "Thanks in advance for your help,\nDana",
    "Thank you!\n\nDana",
    "Many thanks and kind regards\nDana Smith\n\nHR Advisor | Acme Ltd | 1 High St, Leeds LS1 1AA\nT 0113 496 0000 M 07700 900123",  # noqa: E501
    "Cheers D",
    "Mit freundlichen Grüßen / Kind regards\n\ni.A. Dana Smith\nPersonal",
    "LG Dana",
    "Bien à vous,\nDana",
    "Saludos cordiales,\n\nDana Smith\nDpto. RRHH",
    "Cordiali saluti\nDana Smith\nUfficio Formazione",
    "Met vriendelijke groet,\n\nDana Smith\nAdviseur opleidingen",
    "Atenciosamente,\nDana Smith\nRecursos Humanos",
    "Sincerely,\n\nDana Smith, CIPD\nVP People",
    "Regards\n\n*Dana Smith*\n*Head of People*\n\nFollow us on LinkedIn | Twitter\nAward winning training provider 2025",  # noqa: E501
    "Thx, Dana :)",
    "---\nDana Smith\nAcme Ltd",
    "— Dana",
    "Dana x",
    'Warm regards,\nDana\n\n"Tell everyone about us!"',
    "Thanks,\nDana\nAcme Training - we notify, you relax",
    "Kind regards\nDana Smith\nNotification Services Manager\nAcme Ltd",
    "Best regards,\nDana\n\nBook a meeting with me: https://cal.example/dana\nOur office is closed on 25 December.",  # noqa: E501
]

LEGAL = [
    "This email is confidential. If you received it in error, tell the sender and delete it.",
    "Acme Ltd is registered in England, company number 123456. Registered office: 1 High St",
    "Please consider the environment before printing this email",
    "Wenn Sie nicht der richtige Adressat sind, benachrichtigen Sie bitte den Absender.",
    "Si vous avez reçu ce message par erreur, merci d'en informer l'expéditeur.",
    "Si ha recibido este mensaje por error, notifíquelo al remitente.",
    "Se avete ricevuto questo messaggio per errore siete pregati di darne comunicazione al mittente.",
    "Indien u niet de geadresseerde bent, verzoeken wij u de afzender te informeren.",
    "Se recebeu esta mensagem por engano, avise o remetente.",
]

OWN_WORDS = [
    "Our privacy policy requires that learners are told first, so please don't email them.",
    "Per abuis de verkeerde lijst gestuurd, graag niet mailen.",
    "On 1 March 2026 we go live at 10:00. Please do not email anyone before.",
    "Please add these.\n\nIf unsure ring 0113 496 0000 and please notify everyone.",
    "Thanks, please don't notify them.",
    "Attached.\n\nThanks\n\nHR will inform our staff, no emails needed.",
    "1. Yes\n2. No, just the first ten",
    "Hi Tom,\nQ: Notify the learners?\nA: Yes",
    "Please add ~20 of them now and ~30 later.",
    "From: 1 March\nTo: 31 March\nNotify: no",
    "Courses\nFrom: 1 March\nTo: 31 March\nNotify: no",
    "From: the whole team\nTo: Support\nPlease add them.",
    "No thanks. Regards, Dana",
    "Please forward the original message to them.",
    "Do not delete the old accounts, please.",
    "3. Best not, this floor is locked down for external mail and I brief every desk myself.",
    "External emails go straight to quarantine here, so please hold the welcome mails back.",
    "Please treat this with caution, nobody is to be written to.",
    "Mandate pure la mail a tutti, perché è importante.",
    "Unsere Firewall hält alles von außerhalb auf, bitte schreiben Sie die Neuen nicht an.",
    "1. Yes\n2. Nobody here gets external mail\n3. No",
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_an_attribution_begins_the_quote_with_marks_and_without(attribution: str) -> None:
    marked = "\n".join(f"> {line}" for line in QUOTE.split("\n"))
    assert newest(f"{SAID}\n\n{attribution}\n\n{QUOTE}\n", "Re: New learners") == SAID
    assert newest(f"{SAID}\n\n{attribution}\n{marked}\n", "Re: New learners") == SAID


@pytest.mark.parametrize("footer", [*FOOTERS, *CLOSINGS, *LEGAL])
def test_what_programs_and_habit_add_is_not_said(footer: str) -> None:
    assert newest(f"{SAID}\n\n{footer}\n") == SAID


@pytest.mark.parametrize(
    "banner",
    [
        "CAUTION: This email originated from outside of the organisation. Do not click links.",
        "Warning: external email. Exercise caution when opening attachments.",
        "WARNING: Message from external sender",
        "ATTENTION: mail from an external source",
        "You received this email from an external sender.",
        "This email was sent by an external sender. Treat attachments with caution.",
        "This message is from an external sender.",
        "[EXTERNAL]",
        "Achtung: Diese E-Mail kommt von außerhalb.",
        "Dies ist eine externe E-Mail.",
        "ATTENTION : expéditeur externe.",
        "Atención: remitente externo. No haga clic en enlaces.",
        "Attenzione: messaggio esterno. Non fare clic sui link. Scopri perché è importante.",
        "Let op: extern bericht",
        "ATENÇÃO: remetente externo",
        "[EXTERNAL] This message came from outside your company. Do not send passwords to unknown senders.",
        "[EXTERN] Diese Nachricht kommt von außerhalb. Antworten Sie nie an unbekannte Absender.",
    ],
)
def test_a_banner_above_is_not_said(banner: str) -> None:
    assert newest(f"{banner}\n\n{SAID}\n") == SAID


@pytest.mark.parametrize("words", OWN_WORDS)
def test_the_senders_own_words_are_never_taken_for_a_frame(words: str) -> None:
    assert newest(words) == words


@pytest.mark.parametrize("closing", CLOSINGS[:6])
def test_an_afterthought_below_a_signature_is_said(closing: str) -> None:
    assert newest(f"List attached.\n\n{closing}\n\nPS: {SAID}\n") == f"List attached.\n\nPS: {SAID}"


@pytest.mark.parametrize(
    "said",
    [
        "Our learners delete mail from unknown senders, so please do not send the account mails.",
        "We never send passwords by mail, so no account mails please.",
        "Bitte keine Account-Mails verschicken, unsere Leute löschen alles von unbekannten Absendern.",
    ],
)
def test_what_senders_say_of_strangers_and_passwords_is_no_banner(said: str) -> None:
    assert newest(f"{said}\n") == said
