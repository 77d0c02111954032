"""Who is believed and who is not, on mail that real OpenDKIM, OpenDMARC and Postfix signed and judged."""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid

import dkim
import pytest

from bot.mail.parse import parse_message
from bot.request.sender import judge_sender
from bot.values.customer import Customer, TrustPolicy
from bot.values.request import Sender, Verified
from tests.servers.daemons import wait_until
from tests.servers.mail import MailLab
from tests.servers.place import MX
from tests.servers.zone import SERVFAIL

pytestmark = pytest.mark.servers
CUSTOMERS = (
    Customer(name="Customer Ltd", domains=frozenset({"customer.test"})),
    Customer(name="Nothing published", domains=frozenset({"example.test"})),
)
POLICY = TrustPolicy(authserv_ids=frozenset({MX}))
DANA = "dana@customer.test"


def a_mail(sender: str = DANA, *, results: str = "") -> EmailMessage:
    """A mail from the sender; `results` is an Authentication-Results field it brings along."""
    message = EmailMessage()
    if results:
        message["Authentication-Results"] = results
    message["From"], message["To"], message["Subject"] = sender, "support@yourcompany.test", "New starters"
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain="customer.test")
    message.set_content("Please add them, and yes, notify them.\n")
    return message


def signed(
    lab: MailLab, message: EmailMessage, *, domain: str = "customer.test", length: bool = False
) -> bytes:
    """The mail as it leaves a server of the domain, which signs it; `length` leaves room for text below."""
    raw = message.as_bytes(policy=SMTP)
    key = (lab.place.directory / "dkim" / f"{domain}.key").read_bytes()
    fields = [b"from", b"subject", b"date"]
    return bytes(dkim.sign(raw, b"lab", domain.encode(), key, include_headers=fields, length=length)) + raw


def arrived(lab: MailLab) -> bytes:
    """The one mail that comes to the support mailbox."""
    assert wait_until(lambda: bool(lab.messages("support")), 20), "the mail did not arrive"
    (raw,) = lab.messages("support")
    return raw


def judged(lab: MailLab) -> Sender:
    """What is made of the one mail that comes to the support mailbox."""
    return judge_sender(parse_message(arrived(lab)), POLICY, CUSTOMERS)


def brought(lab: MailLab, mail: EmailMessage | bytes, *, origin: str, sender: str = DANA) -> Sender:
    """Bring a mail to the MX from a network, with an envelope sender, and judge what is delivered."""
    lab.deliver(mail, sender=sender, port=f"mx_from_{origin}")
    return judged(lab)


def test_a_customer_writing_through_its_own_server_is_believed(auth_lab: MailLab) -> None:
    auth_lab.send(a_mail("customer1@customer.test"))
    sender = judged(auth_lab)
    assert (sender.verified, sender.customer) == (Verified.YES, "Customer Ltd")
    assert "dmarc=pass" in sender.why


def test_a_signature_is_enough_when_a_forwarder_brings_the_mail(auth_lab: MailLab) -> None:
    sender = brought(auth_lab, signed(auth_lab, a_mail()), origin="stranger", sender="list@forwarder.test")
    assert sender.verified is Verified.YES


def test_the_senders_own_network_is_enough_without_a_signature(auth_lab: MailLab) -> None:
    assert brought(auth_lab, a_mail(), origin="customer").verified is Verified.YES


def test_a_stranger_with_the_customers_name_is_not_believed(auth_lab: MailLab) -> None:
    sender = brought(auth_lab, a_mail(), origin="stranger")
    assert (sender.verified, sender.address) == (Verified.NO, DANA)


def test_a_strangers_own_envelope_does_not_help(auth_lab: MailLab) -> None:
    sender = brought(auth_lab, a_mail(), origin="yourcompany", sender="x@yourcompany.test")
    assert sender.verified is Verified.NO


def test_a_valid_signature_of_another_domain_does_not_help(auth_lab: MailLab) -> None:
    mail = signed(auth_lab, a_mail(), domain="yourcompany.test")
    assert brought(auth_lab, mail, origin="stranger").verified is Verified.NO


def test_a_mail_changed_after_it_was_signed_is_not_believed(auth_lab: MailLab) -> None:
    changed = signed(auth_lab, a_mail()).replace(b"yes, notify them", b"no, do not")
    assert brought(auth_lab, changed, origin="stranger").verified is Verified.NO


def test_a_second_subject_above_the_signed_one_is_not_believed(auth_lab: MailLab) -> None:
    raw = signed(auth_lab, a_mail())
    doubled = raw.replace(b"Subject: New", b"Subject: Yes, notify them all\r\nSubject: New", 1)
    assert brought(auth_lab, doubled, origin="stranger").verified is Verified.NO


def test_text_added_below_a_signed_length_is_not_believed(auth_lab: MailLab) -> None:
    longer = signed(auth_lab, a_mail(), length=True) + b"On second thoughts, notify nobody.\r\n"
    assert brought(auth_lab, longer, origin="stranger").verified is Verified.NO


@pytest.mark.parametrize(
    "results",
    [
        f"{MX}; dmarc=pass header.from=customer.test; dkim=pass header.d=customer.test",
        f"{MX} 1; dmarc=pass (p=reject) header.from=customer.test",
        "other.example; dmarc=pass header.from=customer.test",
        f'{MX}; spf=pass smtp.mailfrom="x dmarc=pass"@customer.test',
    ],
)
def test_results_that_the_sender_wrote_are_not_believed(auth_lab: MailLab, results: str) -> None:
    assert brought(auth_lab, a_mail(results=results), origin="stranger").verified is Verified.NO


def test_two_senders_in_one_from_line_are_nobody(auth_lab: MailLab) -> None:
    raw = a_mail().as_bytes().replace(b"From: dana@customer.test", b"From: dana@customer.test, eve@evil.test")
    sender = brought(auth_lab, raw, origin="customer")
    assert (sender.verified, sender.customer) == (Verified.NO, "")


def test_a_display_name_that_looks_like_an_address_fools_nobody(auth_lab: MailLab) -> None:
    mail = a_mail('"dana@customer.test" <eve@example.test>')
    sender = brought(auth_lab, mail, origin="stranger", sender="eve@example.test")
    assert (sender.address, sender.verified) == ("eve@example.test", Verified.NO)


def test_a_reply_to_lends_no_identity(auth_lab: MailLab) -> None:
    mail = a_mail("eve@example.test")
    mail["Reply-To"] = DANA
    sender = brought(auth_lab, mail, origin="customer")
    assert (sender.address, sender.verified) == ("eve@example.test", Verified.NO)


def test_a_domain_that_publishes_nothing_proves_nothing(auth_lab: MailLab) -> None:
    sender = brought(auth_lab, a_mail("x@example.test"), origin="stranger", sender="x@example.test")
    assert (sender.customer, sender.verified) == ("Nothing published", Verified.NO)


def test_a_name_server_that_fails_proves_nothing(auth_lab: MailLab, monkeypatch: pytest.MonkeyPatch) -> None:
    failing = {name: {SERVFAIL: [""]} for name in auth_lab.zone.records if name.endswith("customer.test")}
    monkeypatch.setattr(auth_lab.zone, "records", auth_lab.zone.records | failing)
    assert brought(auth_lab, signed(auth_lab, a_mail()), origin="customer").verified is Verified.NO
