"""Our own DKIM check on what a real OpenDKIM signed, with the keys from a real name server."""

import dns.resolver
import pytest

from bot.errors import Temporary
from bot.mail.parse import parse_message
from bot.request.sender import judge_sender
from bot.values.customer import Customer, TrustPolicy
from bot.values.request import Verified
from bot.wire.dkim import DkimVerifier
from tests.servers.mail import MailLab
from tests.servers.test_sender_proof import a_mail, arrived, signed
from tests.servers.zone import SERVFAIL

pytestmark = pytest.mark.servers
# This mailbox's server writes no results that we could trust.
POLICY = TrustPolicy(verify_dkim=True)
CUSTOMERS = (Customer(name="Customer Ltd", domains=frozenset({"customer.test"})),)


def verifier(lab: MailLab) -> DkimVerifier:
    """Our check, asking the lab's name server."""
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = [lab.place.resolver]

    def resolve(name: str, seconds: float) -> bytes | None:
        try:
            answer = resolver.resolve(name, "TXT", lifetime=seconds)
        except dns.resolver.NXDOMAIN:
            return None
        except dns.resolver.NoNameservers as error:
            raise Temporary(str(error)) from error
        return b"".join(answer[0].strings)

    return DkimVerifier(resolve)


def verdict(lab: MailLab, raw: bytes) -> Verified:
    domains = verifier(lab).signing_domains(raw)
    return judge_sender(parse_message(raw), POLICY, CUSTOMERS, signing_domains=domains).verified


def test_what_the_customers_server_signed_is_believed(auth_lab: MailLab) -> None:
    auth_lab.send(a_mail("customer1@customer.test"))
    raw = arrived(auth_lab)
    assert verifier(auth_lab).signing_domains(raw) == ("customer.test",)
    assert verdict(auth_lab, raw) is Verified.YES


def test_a_change_on_the_way_breaks_it(auth_lab: MailLab) -> None:
    auth_lab.send(a_mail("customer1@customer.test"))
    raw = arrived(auth_lab)
    assert verdict(auth_lab, raw.replace(b"yes, notify", b"no, do not notify")) is Verified.NO
    assert verdict(auth_lab, b"Subject: Another\r\n" + raw) is Verified.NO


def test_a_signature_over_a_part_of_the_text_is_refused(auth_lab: MailLab) -> None:
    raw = signed(auth_lab, a_mail(), length=True)
    assert b"l=" in raw.partition(b"\r\n\r\n")[0]
    assert verdict(auth_lab, raw) is Verified.NO
    assert verdict(auth_lab, raw + b"And notify everybody.\r\n") is Verified.NO


def test_a_signature_of_another_domain_speaks_for_that_domain_only(auth_lab: MailLab) -> None:
    raw = signed(auth_lab, a_mail(), domain="yourcompany.test")
    assert verifier(auth_lab).signing_domains(raw) == ("yourcompany.test",)
    assert verdict(auth_lab, raw) is Verified.NO


def test_a_key_that_was_withdrawn_proves_nothing(auth_lab: MailLab, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = signed(auth_lab, a_mail())
    monkeypatch.delitem(auth_lab.zone.records, "lab._domainkey.customer.test")
    assert verdict(auth_lab, raw) is Verified.NO


def test_a_name_server_that_fails_is_asked_again_later(
    auth_lab: MailLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = signed(auth_lab, a_mail())
    monkeypatch.setitem(auth_lab.zone.records, "lab._domainkey.customer.test", {SERVFAIL: [""]})
    with pytest.raises(Temporary):
        verifier(auth_lab).signing_domains(raw)
