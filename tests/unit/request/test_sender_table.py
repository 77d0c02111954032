"""Nobody gets in by forging: every trick of the table is held, every honest mail gets through."""

import pytest

from bot.mail.parse import parse_message
from bot.request.screen import Facts, SheetFact, screen_message
from bot.request.sender import CustomerIndex, judge_sender
from bot.values.customer import Customer, TrustPolicy
from bot.values.request import Decision, Sender, Verified
from fixtures.forged.table import FORGED, HONEST, Case

CUSTOMERS = CustomerIndex.of(
    (
        Customer(name="Acme", senders=frozenset({"dana@acme.example"})),
        Customer(name="Globex", domains=frozenset({"globex.example"})),
        Customer(name="Müller", senders=frozenset({"eva@xn--mller-kva.example"})),
        Customer(name="Acme UK", domains=frozenset({"acme-group.co.uk"})),
    )
)


def _judge(case: Case) -> Sender:
    policy = TrustPolicy(
        authserv_ids=frozenset() if case.nameless else frozenset({case.trusted}),
        topmost_without_id=case.nameless,
    )
    return judge_sender(parse_message(case.raw), policy, CUSTOMERS, signing_domains=None)


def _decide(sender: Sender) -> Decision:
    return screen_message(Facts(sender=sender, sheet=SheetFact.USABLE, customer=sender.customer)).decision


@pytest.mark.parametrize("case", FORGED, ids=lambda case: case.name)
def test_a_forged_mail_is_held_and_never_worked(case: Case) -> None:
    sender = _judge(case)

    assert sender.verified is Verified.NO or not sender.customer, sender.why
    assert _decide(sender) is Decision.HOLD


@pytest.mark.parametrize("case", HONEST, ids=lambda case: case.name)
def test_an_honest_mail_gets_through(case: Case) -> None:
    sender = _judge(case)

    assert sender.verified is Verified.YES, sender.why
    assert sender.customer
    assert _decide(sender) is Decision.IMPORT


def test_the_table_is_as_long_as_it_should_be() -> None:
    assert len(FORGED) >= 40
    assert len(HONEST) >= 20
    assert len({case.name for case in (*FORGED, *HONEST)}) == len(FORGED) + len(HONEST)
