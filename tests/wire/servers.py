"""The servers under test behind one face: the embedded pair, or Dovecot and Postfix."""

import ssl
from pathlib import Path
from typing import Protocol

from bot.demo.mailserver import EmbeddedMail
from bot.wire.imap import ImapMailbox
from bot.wire.security import Credentials
from bot.wire.smtp import SmtpMailer
from tests.servers.certificates import Certificates
from tests.servers.daemons import wait_until
from tests.servers.mail import MailLab
from tests.wire.pair import MailPair, MailUser

SUPPORT = "support@yourcompany.test"
CUSTOMER = "customer1@customer.test"


def a_mail(subject: str = "New starters", *, size: int = 0, message_id: str = "") -> bytes:
    """A small mail from the customer, padded to about `size` bytes."""
    head = (
        f"From: Dana <{CUSTOMER}>\r\nTo: {SUPPORT}\r\nSubject: {subject}\r\n"
        f"Message-ID: {message_id or '<' + subject.replace(' ', '.') + '@customer.test>'}\r\n\r\n"
    )
    return (head + "Please add them.\r\n" + ("x" * 70 + "\r\n") * (size // 72)).encode()


class Servers(Protocol):
    """What a wire test does to the servers, beside talking to them."""

    pair: MailPair

    def arrive(self, raw: bytes) -> None:
        """A mail comes from the customer to support; it is there when this returns."""
        ...

    def messages(self, user: str, folder: str = "INBOX") -> list[bytes]: ...

    def cut(self) -> None:
        """Every IMAP connection is lost."""
        ...

    def freeze(self) -> None:
        """IMAP keeps its connections and says nothing more."""
        ...

    def answer(self, reply: str, *, recipient: str = "") -> None:
        """The next mail gets this answer: for the recipient, or after its content."""
        ...

    def lose_ack(self) -> MailPair:
        """The next mail is taken but the connection breaks before the 250; through this pair."""
        ...


class EmbeddedServers:
    """The embedded pair, IMAP over TLS and SMTP with STARTTLS, as most offices have it."""

    def __init__(self, certificates: Certificates) -> None:
        context = server_context(certificates.server, certificates.server_key)
        users = {
            "support": MailUser(address=SUPPORT, login=SUPPORT, password='sé"c\\ret 1'),
            "customer1": MailUser(address=CUSTOMER, login=CUSTOMER, password="c1"),
        }
        self.mail = EmbeddedMail(
            {user.address: user.password for user in users.values()}, tls=context, starttls=context
        )
        self.mail.start()
        self.pair = MailPair(
            imap_host="127.0.0.1",
            imap_port=self.mail.imap_port,
            imap_security="tls",
            smtp_host="127.0.0.1",
            smtp_port=self.mail.smtp_port,
            smtp_security="starttls",
            ca_file=str(certificates.authority),
            users=users,
        )

    def arrive(self, raw: bytes) -> None:
        self.mail.deliver(raw, CUSTOMER, [SUPPORT])

    def messages(self, user: str, folder: str = "INBOX") -> list[bytes]:
        return self.mail.messages(self.pair.users[user].address, folder)

    def cut(self) -> None:
        self.mail.drop_connections()

    def freeze(self) -> None:
        self.mail.freeze()

    def answer(self, reply: str, *, recipient: str = "") -> None:
        self.mail.smtp_fault(int(reply[:3]), reply[4:], recipient=recipient or None)

    def lose_ack(self) -> MailPair:
        self.mail.lose_ack()
        return self.pair

    def stop(self) -> None:
        self.mail.stop()


class RealServers:
    """Dovecot and Postfix."""

    def __init__(self, lab: MailLab) -> None:
        self.lab = lab
        self.pair = lab.pair()

    def arrive(self, raw: bytes) -> None:
        expected = self.lab.next_uid("support")
        self.lab.deliver(raw, sender=CUSTOMER)
        # Not by the mails that lie there: a bot may have filed this one already, or another meanwhile.
        assert wait_until(lambda: self.lab.next_uid("support") > expected, 10)

    def messages(self, user: str, folder: str = "INBOX") -> list[bytes]:
        return self.lab.messages(user, folder)

    def cut(self) -> None:
        self.lab.imap.kill()

    def freeze(self) -> None:
        self.lab.imap.pause()

    def answer(self, reply: str, *, recipient: str = "") -> None:
        self.lab.smtp_fault(rcpt=recipient or "*", reply=reply, stage="rcpt" if recipient else "eom", times=1)

    def lose_ack(self) -> MailPair:
        self.lab.lose_ack()
        return self.lab.pair(unreliable=True)


def server_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """A server's side of TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def a_mailbox(
    pair: MailPair,
    *,
    password: str = "",
    connect_timeout: float = 5.0,
    read_timeout: float = 10.0,
    **more: object,
) -> ImapMailbox:
    """The support mailbox of a pair, not yet connected."""
    user = pair.users["support"]
    return ImapMailbox(
        pair.imap_host,
        pair.imap_port,
        Credentials(username=user.login, secret=lambda: password or user.password),
        security=pair.imap_security,
        ca_file=pair.ca_file or None,
        connect_timeout=connect_timeout,
        read_timeout=read_timeout,
    )


def a_mailer(
    pair: MailPair, *, password: str = "", timeout: float = 10.0, connections: int = 4
) -> SmtpMailer:
    """The way out of a pair, as support."""
    user = pair.users["support"]
    return SmtpMailer(
        pair.smtp_host,
        pair.smtp_port,
        Credentials(username=user.login, secret=lambda: password or user.password),
        security=pair.smtp_security,
        ca_file=pair.ca_file or None,
        timeout=timeout,
        connections=connections,
    )
