"""Other kinds of IMAP servers: dots between levels, everything below INBOX, hardly any extension."""

import dataclasses
from collections.abc import Iterator

import pytest

from bot.errors import LoginRefused, MailboxUnavailable
from bot.ports import Health
from bot.wire.imap import ImapMailbox
from tests.servers.mail import MailLab
from tests.servers.place import LabOptions
from tests.wire.servers import RealServers, a_mail, a_mailbox

pytestmark = pytest.mark.servers

DIALECTS = {
    "below inbox": LabOptions(separator=".", inbox_prefix="INBOX."),
    "old": LabOptions(capability="IMAP4rev1"),
    "old with uidplus": LabOptions(capability="IMAP4rev1 UIDPLUS"),
}


@pytest.fixture(params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> Iterator[tuple[RealServers, ImapMailbox, str]]:
    """A lab of that kind, with the mailbox connected."""
    with MailLab(DIALECTS[request.param]) as lab:
        servers = RealServers(lab)
        box = a_mailbox(servers.pair)
        box.connect()
        yield servers, box, request.param
        box.close()


def test_mail_is_found_filed_and_waited_for_on_every_kind(
    dialect: tuple[RealServers, ImapMailbox, str],
) -> None:
    servers, box, kind = dialect
    box.ensure_folders(["Rollcall/Done", "Rollcall/Ärger"])
    servers.arrive(a_mail("One"))
    servers.arrive(a_mail("Two"))
    box.select("INBOX")
    first, second = box.uids_after(0)
    assert box.move([first], "Rollcall/Ärger") == [first]
    assert box.move([first], "Rollcall/Ärger") == []
    assert box.uids_after(0) == [second]
    assert box.select("Rollcall/Ärger").exists == 1
    assert box.sent_folder() == "Sent"
    box.append("Sent", a_mail("Re: One", message_id="<rc@x>"), seen=True)
    assert len(box.find_message_id("Sent", "<rc@x>")) == 1
    box.select("INBOX")
    assert box.uids_after(second) == []
    left_behind = 2 if kind == "old" else 1
    assert len(servers.messages("support")) == left_behind
    assert box.check(["Rollcall/Done"])[-1].health is Health.OK


def test_folders_lie_where_the_server_keeps_them() -> None:
    with MailLab(DIALECTS["below inbox"]) as lab:
        servers = RealServers(lab)
        box = a_mailbox(servers.pair)
        box.connect()
        box.append("Rollcall/Done", a_mail(), seen=False)
        assert len(servers.messages("support", "INBOX.Rollcall.Done")) == 1
        box.close()


def test_a_server_without_idle_is_polled_and_the_check_says_so() -> None:
    with MailLab(DIALECTS["old"]) as lab:
        box = a_mailbox(RealServers(lab).pair)
        (line,) = [line for line in box.check(()) if line.subject == "IMAP capabilities"]
        assert line.health is Health.WARNING
        assert "no IDLE" in line.detail
        assert "no UIDPLUS" in line.detail


def test_an_account_over_quota_is_unavailable_and_not_refused(mail_lab: MailLab) -> None:
    box = a_mailbox(mail_lab.pair())
    mail_lab.imap.set_quota("support", 10_000)
    box.connect()
    with pytest.raises(MailboxUnavailable, match="OVERQUOTA"):
        box.append("INBOX", a_mail(size=50_000), seen=False)
    box.select("INBOX")
    box.close()


def test_a_mailbox_that_was_rebuilt_says_so_by_its_uidvalidity(mail_lab: MailLab) -> None:
    servers = RealServers(mail_lab)
    box = a_mailbox(servers.pair)
    box.connect()
    servers.arrive(a_mail())
    before = box.select("INBOX")
    box.close()
    mail_lab.imap.bump_uidvalidity("support")
    box.connect()
    assert box.select("INBOX").uidvalidity != before.uidvalidity
    assert len(box.uids_after(0)) == 1
    box.close()


def test_a_connection_that_turns_to_tls_by_command_works_like_any_other(mail_lab: MailLab) -> None:
    pair = dataclasses.replace(mail_lab.pair(), imap_port=mail_lab.ports["imap"], imap_security="starttls")
    servers = RealServers(mail_lab)
    box = a_mailbox(pair)
    assert [line.health for line in box.check(())] == [Health.OK] * 5
    box.connect()
    box.select("INBOX")
    box.uids_after(0)
    servers.arrive(a_mail())
    assert box.wait(10.0) is True
    assert len(box.uids_after(0)) == 1
    box.close()


def test_a_changed_password_is_a_refused_login_at_the_next_connect(mail_lab: MailLab) -> None:
    box = a_mailbox(mail_lab.pair())
    box.connect()
    mail_lab.imap.set_password("support", "another")
    assert box.select("INBOX").uidvalidity
    box.close()
    with pytest.raises(LoginRefused):
        box.connect()
