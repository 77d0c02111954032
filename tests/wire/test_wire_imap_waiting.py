"""Waiting for mail: woken at once, by any thread, through lost and frozen connections."""

import threading
import time

import pytest

from bot.errors import MailboxUnavailable
from bot.ports import Health
from bot.wire.imap import ImapMailbox
from bot.wire.security import Credentials
from tests.servers.certificates import Certificates
from tests.wire.servers import Servers, a_mail, a_mailbox

SOON = 1.0


def test_new_mail_ends_the_wait_within_a_second(servers: Servers, mailbox: ImapMailbox) -> None:
    mailbox.uids_after(0)
    arrived: list[float] = []

    def arrive() -> None:
        servers.arrive(a_mail())
        arrived.append(time.monotonic())

    postman = threading.Timer(0.2, arrive)
    postman.start()
    assert mailbox.wait(20.0) is True
    woken = time.monotonic()
    postman.join()
    assert woken - arrived[0] < SOON
    assert len(mailbox.uids_after(0)) == 1


def test_mail_between_the_search_and_the_wait_is_never_lost(servers: Servers, mailbox: ImapMailbox) -> None:
    seen = 0
    for _ in range(40):
        uids = mailbox.uids_after(seen)
        seen = max(uids, default=seen)
        servers.arrive(a_mail())
        started = time.monotonic()
        assert mailbox.wait(20.0) is True
        assert time.monotonic() - started < SOON


def test_the_wait_ends_in_time_when_nothing_happens(mailbox: ImapMailbox) -> None:
    mailbox.uids_after(0)
    started = time.monotonic()
    assert mailbox.wait(0.3) is False
    assert 0.3 <= time.monotonic() - started < 0.3 + SOON


def test_another_thread_ends_the_wait_at_once(mailbox: ImapMailbox) -> None:
    mailbox.uids_after(0)
    threading.Timer(0.1, mailbox.wake).start()
    started = time.monotonic()
    assert mailbox.wait(20.0) is True
    assert time.monotonic() - started < 0.1 + SOON / 2


def test_a_wake_before_the_wait_is_not_lost_and_counts_once(mailbox: ImapMailbox) -> None:
    mailbox.uids_after(0)
    for _ in range(100_000):
        mailbox.wake()
    assert mailbox.wait(20.0) is True
    assert mailbox.wait(0.05) is False


def test_after_a_lost_connection_it_connects_again_and_finds_what_came_meanwhile(
    servers: Servers, mailbox: ImapMailbox
) -> None:
    mailbox.uids_after(0)
    threading.Timer(0.1, servers.cut).start()
    with pytest.raises(MailboxUnavailable):
        mailbox.wait(20.0)
    servers.arrive(a_mail("While we were away"))
    mailbox.connect()
    mailbox.select("INBOX")
    assert len(mailbox.uids_after(0)) == 1


def test_a_frozen_server_is_unavailable_in_finite_time(servers: Servers) -> None:
    box = a_mailbox(servers.pair, connect_timeout=0.5, read_timeout=0.5)
    box.connect()
    box.select("INBOX")
    servers.freeze()
    started = time.monotonic()
    with pytest.raises(MailboxUnavailable, match="did not answer in time"):
        box.uids_after(0)
    assert time.monotonic() - started < 0.5 + SOON
    assert box.check(())[0].health is Health.FAILED


def test_a_closed_port_is_unavailable_and_the_check_says_how_to_mend_it() -> None:
    box = ImapMailbox("127.0.0.1", 1, Credentials(username="u", secret=lambda: "s"), security="none")
    with pytest.raises(MailboxUnavailable, match=r"Nothing listens at 127\.0\.0\.1:1"):
        box.connect()
    (line,) = box.check(())
    assert (line.subject, line.health) == ("IMAP connection", Health.FAILED)
    assert "imap.port" in line.mend


def test_a_name_that_does_not_exist_is_unavailable_and_told_as_such() -> None:
    box = ImapMailbox("no-such-host.invalid", 993, Credentials(username="u", secret=lambda: "s"))
    with pytest.raises(MailboxUnavailable, match="cannot be resolved"):
        box.connect()
    assert "DNS" in box.check(())[0].mend


@pytest.mark.parametrize("trusted", ["stranger", "server"])
def test_a_certificate_of_somebody_else_is_told_plainly(
    servers: Servers, certificates: Certificates, trusted: str
) -> None:
    pair = servers.pair
    user = pair.users["support"]
    secrets_asked: list[str] = []
    box = ImapMailbox(
        pair.imap_host,
        pair.imap_port,
        Credentials(username=user.login, secret=lambda: secrets_asked.append("asked") or user.password),
        ca_file=str(certificates.stranger) if trusted == "stranger" else None,
    )
    with pytest.raises(MailboxUnavailable, match="certificate is not accepted"):
        box.connect()
    (line,) = box.check(())
    assert "imap.ca_file" in line.mend
    assert secrets_asked == []


def test_speaking_tls_to_a_port_without_it_is_told_plainly(servers: Servers) -> None:
    pair = servers.pair
    box = ImapMailbox(
        pair.smtp_host,
        pair.smtp_port,
        Credentials(username="u", secret=lambda: "s"),
        ca_file=pair.ca_file,
        connect_timeout=2.0,
    )
    with pytest.raises(MailboxUnavailable, match="is this a TLS port"):
        box.connect()
