"""Who may upload, on what proof, and what stands for proof where the server says nothing."""

import time

import pytest

from bot.mail.parse import parse_message
from bot.request.alignment import is_aligned, organisational_domain
from bot.request.sender import CustomerIndex, find_customer, judge_sender
from bot.values.customer import Customer, TrustPolicy, VerificationMode
from bot.values.message import Message
from bot.values.request import Verified

ACME = Customer(name="Acme", senders=frozenset({"Dana@Acme.example"}))
GLOBEX = Customer(name="Globex", domains=frozenset({"globex.example", "müller.example"}))
NAMED = TrustPolicy(authserv_ids=frozenset({"mx.ours.example"}))


def mail(*fields: str, sender: str = "Dana <dana@acme.example>") -> Message:
    return parse_message("".join(f"{field}\r\n" for field in (*fields, f"From: {sender}", "", "Hi")).encode())


@pytest.mark.parametrize(
    ("address", "customer"),
    [
        ("dana@acme.example", ACME),
        ("DANA@ACME.EXAMPLE", ACME),
        ("eve@acme.example", None),
        ("dana+x@acme.example", None),
        ("anyone@globex.example", GLOBEX),
        ("anyone@mail.globex.example", None),
        ("anyone@globex.example.evil.example", None),
        ("anyone@xn--mller-kva.example", GLOBEX),
        ("anyone@globex.examp1e", None),
        ("globex.example", None),
        ("", None),
    ],
)
def test_an_address_belongs_to_the_customer_that_names_it_or_its_domain(
    address: str, customer: Customer | None
) -> None:
    assert find_customer(address, (ACME, GLOBEX)) is customer


def test_a_full_address_counts_before_its_domain() -> None:
    branch = Customer(name="Branch", senders=frozenset({"bart@globex.example"}))

    assert find_customer("bart@globex.example", (GLOBEX, branch)) is branch


def test_a_thousand_customers_are_found_in_no_time() -> None:
    index = CustomerIndex.of(
        [Customer(name=str(n), domains=frozenset({f"c{n}.example"})) for n in range(1000)]
    )
    started = time.perf_counter()

    assert all(find_customer(f"x@c{n}.example", index) for n in range(1000))
    assert time.perf_counter() - started < 1.0


def test_without_a_policy_nothing_is_known_of_the_sender() -> None:
    sender = judge_sender(mail(), None, (), signing_domains=None)

    assert sender.verified is Verified.UNKNOWN
    assert sender.address == "dana@acme.example"


def test_verification_that_is_off_believes_from_but_not_two_of_them() -> None:
    off = TrustPolicy(mode=VerificationMode.OFF)
    two = mail(sender="dana@acme.example, eve@acme.example")

    assert judge_sender(mail(), off, (ACME,)).verified is Verified.YES
    assert judge_sender(two, off, (ACME,)).verified is Verified.NO


def test_our_own_check_of_signatures_counts_where_the_server_says_nothing() -> None:
    own = TrustPolicy(verify_dkim=True)

    assert judge_sender(mail(), own, (ACME,), signing_domains=("acme.example",)).verified is Verified.YES
    assert judge_sender(mail(), own, (ACME,), signing_domains=("relay.example",)).verified is Verified.NO
    assert judge_sender(mail(), own, (ACME,), signing_domains=()).verified is Verified.NO
    assert judge_sender(mail(), own, (ACME,), signing_domains=None).verified is Verified.NO


def test_our_own_check_is_not_asked_unless_it_is_switched_on() -> None:
    assert judge_sender(mail(), NAMED, (ACME,), signing_domains=("acme.example",)).verified is Verified.NO


def test_our_own_check_does_not_overrule_the_trusted_server() -> None:
    both = TrustPolicy(authserv_ids=NAMED.authserv_ids, verify_dkim=True)
    failed = mail("Authentication-Results: mx.ours.example; dmarc=fail header.from=acme.example")

    assert judge_sender(failed, both, (ACME,), signing_domains=("acme.example",)).verified is Verified.NO


def test_our_own_check_fills_in_for_a_server_that_reports_spf_alone() -> None:
    both = TrustPolicy(authserv_ids=NAMED.authserv_ids, verify_dkim=True)
    softfail = mail("Authentication-Results: mx.ours.example; spf=softfail smtp.mailfrom=dana@acme.example")

    assert judge_sender(softfail, both, (ACME,), signing_domains=("acme.example",)).verified is Verified.YES


def test_the_proof_is_told_in_words() -> None:
    proven = mail("Authentication-Results: mx.ours.example; dmarc=pass header.from=acme.example")

    sender = judge_sender(proven, NAMED, (ACME,))

    assert sender.why == "dmarc=pass for acme.example, said by mx.ours.example"
    assert sender.customer == "Acme"


@pytest.mark.parametrize(
    ("one", "other", "aligned"),
    [
        ("acme.example", "acme.example", True),
        ("mail.acme.example", "acme.example", True),
        ("acme.co.uk", "other.co.uk", False),
        ("co.uk", "acme.co.uk", False),
        ("a.github.io", "b.github.io", False),
        ("notacme.example", "acme.example", False),
        ("localhost", "localhost", True),
        ("", "acme.example", False),
        ("", "", False),
        ("...", "acme.example", False),
    ],
)
def test_domains_are_aligned_within_one_organisation(one: str, other: str, *, aligned: bool) -> None:
    assert is_aligned(one, other) is aligned


def test_the_registered_domain_is_found_below_a_long_suffix() -> None:
    assert organisational_domain("mail.eu.acme.co.uk") == "acme.co.uk"
