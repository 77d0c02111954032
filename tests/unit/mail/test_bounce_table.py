"""Bounces are read for what came back, for whom and why; receipts and autoreplies are no bounces."""

import pytest

from bot.mail.bounce import read_bounce
from bot.mail.parse import parse_message
from bot.values.bounce import Bounce
from fixtures.automatic.bounces import BOUNCES, Expected
from fixtures.automatic.build import Case, case
from fixtures.automatic.machines import MACHINES
from fixtures.automatic.people import PEOPLE

NO_BOUNCES = tuple(
    mail
    for mail in MACHINES
    if not any(word in mail.name.lower() for word in ("bounce", "daemon", "postmaster"))
)


def read(mail: Case) -> Bounce | None:
    return read_bounce(parse_message(mail.raw))


@pytest.mark.parametrize("expected", BOUNCES, ids=lambda expected: expected.mail.name)
def test_a_bounce_tells_for_whom_and_how_finally(expected: Expected) -> None:
    bounce = read(expected.mail)

    assert bounce is not None
    assert bounce.kind is expected.kind
    assert tuple((one.email, one.status) for one in bounce.recipients) == expected.recipients


@pytest.mark.parametrize(
    "expected", [bounce for bounce in BOUNCES if bounce.ids], ids=lambda expected: expected.mail.name
)
def test_a_bounce_tells_which_mail_came_back(expected: Expected) -> None:
    bounce = read(expected.mail)

    assert bounce is not None
    assert bounce.original_message_ids[:1] == expected.ids


@pytest.mark.parametrize("mail", [*NO_BOUNCES, *PEOPLE], ids=lambda mail: mail.name)
def test_what_is_no_bounce_is_not_read_as_one(mail: Case) -> None:
    assert read(mail) is None


def test_the_servers_words_are_kept_for_people() -> None:
    bounce = read(BOUNCES[0].mail)

    assert bounce is not None
    assert bounce.recipients[0].words == "550 5.1.1 User unknown"


def test_the_token_in_the_address_it_came_to_is_kept() -> None:
    bounced = case(
        "verp",
        "MAILER-DAEMON@a.example",
        "failure notice",
        "<ada@acme.example>: 550 5.1.1 gone",
        "Delivered-To: bounce+n42@yourcompany.example",
    )
    bounce = read(bounced)

    assert bounce is not None
    assert bounce.verp == "bounce+n42"


def test_a_notice_that_was_delivered_is_no_bounce() -> None:
    relayed = BOUNCES[0].mail.raw.replace(
        b"Action: failed\r\nStatus: 5.1.1", b"Action: relayed\r\nStatus: 2.0.0"
    )

    assert (
        read_bounce(parse_message(relayed.replace(b"Undelivered Mail Returned to Sender", b"Relayed")))
        is None
    )
