"""The levers of the mail lab do what they say: what the wire and acceptance tests rest on."""

import imaplib
import smtplib
import ssl
import time
from email.message import EmailMessage
from email.utils import make_msgid

import pytest

from tests.servers.daemons import HOST, process_table, wait_until
from tests.servers.mail import MailLab
from tests.servers.place import USERS, LabOptions

pytestmark = pytest.mark.servers


def a_mail(*, sender: str = USERS["customer1"], subject: str = "New starters") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, USERS["support"], subject
    message["Message-ID"] = make_msgid(domain="customer.test")
    message.set_content("Please add them.\n")
    return message


def arrived(lab: MailLab, count: int, folder: str = "INBOX") -> list[bytes]:
    """The support mailbox once it holds that many mails."""
    assert wait_until(lambda: len(lab.messages("support", folder)) >= count, 10), "the mail did not arrive"
    return lab.messages("support", folder)


def imap_login(lab: MailLab, *, timeout: float = 10) -> imaplib.IMAP4:
    client = imaplib.IMAP4(HOST, lab.ports["imap"], timeout=timeout)
    client.login("support", lab.logins["support"].password)
    return client


def test_a_mail_of_a_customer_reaches_the_support_mailbox(mail_lab: MailLab) -> None:
    mail_lab.send(a_mail(subject="Hello from Dana"))
    (raw,) = arrived(mail_lab, 1)
    assert b"Subject: Hello from Dana" in raw


def test_nothing_leaves_the_lab(mail_lab: MailLab) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        mail_lab.send(a_mail(), to="somebody@elsewhere.example")


def test_frozen_imap_answers_nobody_until_it_is_resumed(mail_lab: MailLab) -> None:
    mail_lab.imap.pause()
    with pytest.raises(TimeoutError):
        imap_login(mail_lab, timeout=0.3)
    mail_lab.imap.resume()
    imap_login(mail_lab).logout()


@pytest.mark.parametrize("politely", [True, False])
def test_a_killed_imap_session_is_gone_and_a_new_one_is_taken(mail_lab: MailLab, politely: bool) -> None:
    client = imap_login(mail_lab)
    mail_lab.imap.kill(politely=politely)
    with pytest.raises((imaplib.IMAP4.abort, OSError)):
        client.noop()
    client.shutdown()
    imap_login(mail_lab).logout()


def test_mail_waits_in_the_queue_while_imap_is_down(mail_lab: MailLab) -> None:
    mail_lab.imap.stop()
    mail_lab.deliver(a_mail(), sender="x@elsewhere.example")
    mail_lab.imap.start()
    mail_lab.smtp.flush()
    arrived(mail_lab, 1)


def test_postfix_can_be_down_and_frozen(mail_lab: MailLab) -> None:
    mail_lab.smtp.stop()
    with pytest.raises(ConnectionRefusedError):
        mail_lab.send(a_mail())
    mail_lab.smtp.start()
    mail_lab.smtp.hang()
    with pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)):
        smtplib.SMTP(HOST, mail_lab.ports["submission"], timeout=0.3)
    mail_lab.smtp.resume()
    mail_lab.send(a_mail())
    arrived(mail_lab, 1)


def test_a_greylisted_recipient_is_taken_at_the_second_try(mail_lab: MailLab) -> None:
    fault = mail_lab.smtp_fault(rcpt="support@*", reply="451", times=1)
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        mail_lab.send(a_mail())
    assert refused.value.recipients[USERS["support"]][0] == 451
    mail_lab.send(a_mail())
    assert fault.hits == 1


@pytest.mark.parametrize("stage", ["data", "eom"])
def test_a_mail_can_be_refused_at_data_and_after_it(mail_lab: MailLab, stage: str) -> None:
    mail_lab.smtp_fault(stage=stage, reply="554 5.7.1 Not today")
    with pytest.raises(smtplib.SMTPDataError, match="Not today"):
        mail_lab.send(a_mail())


def test_a_lost_acknowledgement_leaves_the_mail_delivered(mail_lab: MailLab) -> None:
    mail_lab.lose_ack("smtp")
    trusted = ssl.create_default_context(cafile=mail_lab.place.certificates.authority)
    port = mail_lab.ports["unreliable_submissions"]
    client = smtplib.SMTP_SSL(HOST, port, timeout=10, context=trusted)
    client.login("customer1", mail_lab.logins["customer1"].password)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        client.sendmail(USERS["customer1"], [USERS["support"]], a_mail().as_bytes())
    client.close()
    arrived(mail_lab, 1)


def test_a_lost_imap_answer_leaves_the_message_moved(mail_lab: MailLab) -> None:
    mail_lab.send(a_mail())
    arrived(mail_lab, 1)
    mail_lab.lose_ack("imap")
    trusted = ssl.create_default_context(cafile=mail_lab.place.certificates.authority)
    client = imaplib.IMAP4_SSL(HOST, mail_lab.ports["unreliable_imaps"], ssl_context=trusted, timeout=10)
    client.login("support", mail_lab.logins["support"].password)
    client.select("INBOX")
    with pytest.raises((imaplib.IMAP4.abort, OSError)):
        client.uid("MOVE", "1", "Archive")
    client.shutdown()
    assert mail_lab.messages("support") == []
    arrived(mail_lab, 1, "Archive")


def test_a_certificate_of_a_stranger_is_refused(mail_lab: MailLab) -> None:
    trusted = ssl.create_default_context(cafile=mail_lab.place.certificates.authority)
    with pytest.raises(ssl.SSLCertVerificationError):
        imaplib.IMAP4_SSL(HOST, mail_lab.ports["mistrusted_imaps"], ssl_context=trusted, timeout=10)
    with pytest.raises(ssl.SSLCertVerificationError):
        smtplib.SMTP_SSL(HOST, mail_lab.ports["mistrusted_submissions"], context=trusted, timeout=10)


@pytest.mark.parametrize("keep_uids", [True, False])
def test_uidvalidity_changes_with_and_without_new_uids(mail_lab: MailLab, keep_uids: bool) -> None:
    for _ in range(2):
        mail_lab.send(a_mail())
    arrived(mail_lab, 2)
    with imap_login(mail_lab) as client:
        client.select("INBOX")
        client.uid("MOVE", "1", "Archive")
    before, after = mail_lab.imap.bump_uidvalidity(keep_uids=keep_uids)
    assert after > before
    with imap_login(mail_lab) as client:
        client.select("INBOX")
        assert client.uid("SEARCH", "ALL")[1] == ([b"2"] if keep_uids else [b"1"])


def test_a_full_mailbox_refuses_an_append(mail_lab: MailLab) -> None:
    mail_lab.imap.set_quota("support", 1000)
    with imap_login(mail_lab) as client:
        answer, text = client.append(
            "INBOX", "", imaplib.Time2Internaldate(time.time()), b"X: y\r\n\r\n" + b"z" * 2000
        )
    assert (answer, b"OVERQUOTA" in text[0]) == ("NO", True)


def test_a_changed_password_is_asked_at_the_next_login(mail_lab: MailLab) -> None:
    old = mail_lab.logins["support"].password
    mail_lab.imap.set_password("support", "something else")
    with imaplib.IMAP4(HOST, mail_lab.ports["imap"]) as client, pytest.raises(imaplib.IMAP4.error):
        client.login("support", old)
    imap_login(mail_lab).logout()


def test_after_a_reset_the_lab_is_as_new(mail_lab: MailLab) -> None:
    old = mail_lab.logins["support"].password
    mail_lab.send(a_mail())
    arrived(mail_lab, 1)
    mail_lab.imap.doveadm("mailbox", "create", "-u", "support", "Rollcall/Done")
    mail_lab.imap.set_password("support", "something else")
    mail_lab.smtp_fault(reply="550")
    mail_lab.reset()
    assert mail_lab.logins["support"].password == old
    assert mail_lab.messages("support") == []
    assert "Rollcall" not in mail_lab.imap.doveadm("mailbox", "list", "-u", "support")
    mail_lab.send(a_mail())
    arrived(mail_lab, 1)


def test_an_old_server_can_be_played() -> None:
    with MailLab(LabOptions(capability="IMAP4rev1 UIDPLUS", separator=".", inbox_prefix="INBOX.")) as lab:
        client = imap_login(lab)
        client.capability()
        assert "IDLE" not in client.capabilities
        assert b'"." "INBOX.Sent"' in b"".join(
            part for part in client.list()[1] if isinstance(part, bytes)
        ) or any(b'"." INBOX.Sent' in part for part in client.list()[1] if isinstance(part, bytes))
        client.logout()


def test_a_stopped_lab_leaves_no_process_and_no_file() -> None:
    before = {pid for pid, _, _, name in process_table() if name in ("dovecot", "master", "imap-login")}
    with MailLab() as lab:
        directory = lab.place.directory
        lab.imap.pause()
        lab.smtp.hang()
    after = {pid for pid, _, _, name in process_table() if name in ("dovecot", "master", "imap-login")}
    assert after <= before
    assert not directory.exists()
