"""The shapes of four helpdesks: whom a mail speaks for, which ticket, and where an answer lands."""

import pytest

from bot.mail.parse import parse_message
from bot.request.helpdesk import find_helpdesk, own_text, read_requester, return_address, ticket_key
from bot.values.helpdesk import Helpdesk
from bot.values.message import Message

DESK = Helpdesk(name="Desk", address="help@desk.test", requester_line="Requester:")
HEADER = Helpdesk(name="Desk", address="help@desk.test", requester_header="X-Requester")


def a_mail(text: str, *, kind: str = "plain", subject: str = "[#12] Upload", **headers: str) -> Message:
    fields = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in headers.items())
    head = f"From: Desk <help@desk.test>\nSubject: {subject}\nContent-Type: text/{kind}; charset=utf-8\n"
    return parse_message(f"{head}{fields}\n{text}".encode())


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Requester: dana@customer.test\n\nhello", "plain"),
        (
            "##- Please type your reply above this line -##\n\nRequester: Dana <Dana@Customer.test>\nhi",
            "plain",
        ),
        ("requester : dana@customer.test", "plain"),
        ("**Requester:** dana@customer.test", "plain"),
        ("| Requester: | dana@customer.test |", "plain"),
        ("Requester\nDana Miller\ndana@customer.test\nSubject\nUpload", "plain"),
        ("Requester: Dana Miller\n  dana@customer.test\n", "plain"),
        ("<p><b>Requester:</b> <a href='mailto:dana@customer.test'>dana@customer.test</a></p>", "html"),
        ("<table><tr><td>Requester</td><td>Dana</td><td>dana@customer.test</td></tr></table>", "html"),
        ("Requester: dana@customer.test\nlater\nRequester: dana@customer.test", "plain"),
    ],
)
def test_the_requester_is_read_from_its_line(text: str, kind: str) -> None:
    mail = a_mail(text, kind=kind)
    person, why = read_requester(mail, DESK, own_text(mail))
    assert person is not None, why
    assert person.email == "dana@customer.test"
    assert why == "named by Desk in its text"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("hello", "names no requester"),
        ("Requester: Dana", "names no requester"),
        ("I am the Requester: dana@customer.test", "names no requester"),
        ("Requester: a@customer.test\nRequester: b@other.test", "names 2 requesters in its text"),
        ("Requesters of old: dana@customer.test", "names no requester"),
    ],
)
def test_nobody_or_several_are_nobody(text: str, why: str) -> None:
    mail = a_mail(text)
    assert read_requester(mail, DESK, own_text(mail)) == (None, f"Desk {why}")


def test_a_header_field_names_the_requester_and_the_text_is_not_asked() -> None:
    mail = a_mail("Requester: eve@other.test", X_Requester="Dana Miller <dana@customer.test>")
    person, why = read_requester(mail, HEADER, own_text(mail))
    assert person is not None
    assert (person.name, person.email) == ("Dana Miller", "dana@customer.test")
    assert why == "named by Desk in X-Requester"


@pytest.mark.parametrize(
    ("subject", "number"),
    [
        ("[Acme] New starters [#4711]", "4711"),
        ("Re: [Acme Support] Re: Upload (#4711)", "4711"),
        ("[Ticket#4711] New starters", "4711"),
        ("New starters [#4711]", "4711"),
        ("Re: New starters #4711", "4711"),
        ("[Request ID: #4711] New starters", "4711"),
        ("[Case: 4711] New starters", "4711"),
        ("New starters for March 2026", ""),
        ("New starters (12 of them)", ""),
    ],
)
def test_a_ticket_is_known_by_its_tag(subject: str, number: str) -> None:
    expected = f"<ticket.{number}@help@desk.test>" if number else ""
    assert ticket_key(a_mail("x", subject=subject), DESK) == expected


@pytest.mark.parametrize(
    ("reply_to", "expected"),
    [
        ("help+id12@desk.test", "help+id12@desk.test"),
        ("reply-12@desk.test", "reply-12@desk.test"),
        ("dana@customer.test", "help@desk.test"),
        ("thief@desk.test.evil.test", "help@desk.test"),
        ("", "help@desk.test"),
    ],
)
def test_an_answer_lands_at_an_address_of_the_helpdesk(reply_to: str, expected: str) -> None:
    mail = a_mail("x", **({"Reply_To": reply_to} if reply_to else {}))
    assert return_address(mail, DESK).email == expected


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("help@desk.test", True),
        ("HELP@Desk.test", True),
        ("help+id12@desk.test", True),
        ("helper@desk.test", False),
        ("help@desk.test.evil.test", False),
        ("", False),
    ],
)
def test_a_helpdesk_is_known_by_its_address(address: str, found: bool) -> None:
    assert (find_helpdesk(address, [DESK]) is DESK) is found
