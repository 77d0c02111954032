"""The mailbox over IMAP: reading, filing and the cursor, on every kind of server."""

import imapclient
import pytest

from bot.errors import LoginRefused, MailboxRefused
from bot.ports import Health
from bot.wire.imap import ImapMailbox
from tests.wire.servers import Servers, a_mail, a_mailbox


def test_new_mail_is_found_after_the_cursor_and_never_before(servers: Servers, mailbox: ImapMailbox) -> None:
    for number in range(3):
        servers.arrive(a_mail(f"Mail {number}"))
    mailbox.select("INBOX")
    uids = mailbox.uids_after(0)
    assert len(uids) == 3
    assert uids == sorted(uids)
    assert mailbox.uids_after(uids[0]) == uids[1:]
    assert mailbox.uids_after(uids[-1]) == []
    assert mailbox.uids_after(uids[-1] + 1000) == []


def test_the_folder_state_names_the_next_uid(servers: Servers, mailbox: ImapMailbox) -> None:
    before = mailbox.select("INBOX")
    servers.arrive(a_mail())
    after = mailbox.select("INBOX")
    assert after.uidvalidity == before.uidvalidity != 0
    assert after.exists == before.exists + 1
    assert mailbox.uids_after(before.uidnext - 1) == [after.uidnext - 1]


def test_fetching_gives_the_stored_bytes_and_marks_nothing_seen(
    servers: Servers, mailbox: ImapMailbox
) -> None:
    servers.arrive(a_mail("Grüße".encode().decode("utf-8")))
    mailbox.select("INBOX")
    uids = mailbox.uids_after(0)
    (fetched,) = mailbox.fetch(uids)
    assert [fetched.raw] == servers.messages("support")
    assert fetched.received > 1_600_000_000
    assert mailbox.unseen_uids() == uids


def test_sizes_are_those_of_the_stored_messages_and_leave_out_what_is_gone(
    servers: Servers, mailbox: ImapMailbox
) -> None:
    servers.arrive(a_mail(size=5000))
    mailbox.select("INBOX")
    (uid,) = mailbox.uids_after(0)
    (raw,) = servers.messages("support")
    assert mailbox.sizes([uid, uid + 7]) == {uid: len(raw)}
    assert [fetched.uid for fetched in mailbox.fetch([uid, uid + 7])] == [uid]


def test_the_header_section_comes_without_the_body(servers: Servers, mailbox: ImapMailbox) -> None:
    servers.arrive(a_mail("Only the head", size=100_000))
    mailbox.select("INBOX")
    (uid,) = mailbox.uids_after(0)
    header = mailbox.fetch_headers(uid)
    assert b"Subject: Only the head" in header
    assert len(header) < 5000
    assert mailbox.fetch_headers(uid + 1) == b""


def test_a_header_of_a_megabyte_is_cut(servers: Servers, mailbox: ImapMailbox) -> None:
    mailbox.append("INBOX", b"X-Long: " + b"y" * 70 + b"\r\n" + b" z" * 10_000 + b"\r\n" * 2, seen=False)
    mailbox.append("INBOX", b"".join(b"X-%d: %s\r\n" % (n, b"y" * 70) for n in range(13_000)), seen=False)
    mailbox.select("INBOX")
    assert len(mailbox.fetch_headers(mailbox.uids_after(0)[-1])) == 256 * 1024


def test_folders_are_made_once_with_names_in_any_script(servers: Servers, mailbox: ImapMailbox) -> None:
    folders = ["Rollcall/Done", "Rollcall/Hälden & 日本", "INBOX"]
    mailbox.ensure_folders(folders)
    mailbox.ensure_folders(folders)
    mailbox.append("Rollcall/Hälden & 日本", a_mail("Filed"), seen=True)
    assert mailbox.select("Rollcall/Hälden & 日本").exists == 1


def test_moving_takes_the_message_away_and_tells_when_it_was_gone(
    servers: Servers, mailbox: ImapMailbox
) -> None:
    servers.arrive(a_mail("To be filed"))
    mailbox.select("INBOX")
    (uid,) = mailbox.uids_after(0)
    mailbox.ensure_folders(["Rollcall/Done"])
    assert mailbox.move([uid], "Rollcall/Done") == [uid]
    assert mailbox.move([uid], "Rollcall/Done") == []
    assert mailbox.uids_after(0) == []
    assert servers.messages("support") == []
    assert len(servers.messages("support", "Rollcall/Done")) == 1


def test_a_folder_that_people_removed_is_made_again_when_mail_goes_there(
    servers: Servers, mailbox: ImapMailbox
) -> None:
    servers.arrive(a_mail())
    mailbox.select("INBOX")
    assert mailbox.move(mailbox.uids_after(0), "Rollcall/Held")
    mailbox.append("Rollcall/Problem", a_mail("A note"), seen=False)
    assert len(servers.messages("support", "Rollcall/Held")) == 1
    assert len(servers.messages("support", "Rollcall/Problem")) == 1


def test_what_a_person_marked_deleted_is_not_new_mail(servers: Servers, mailbox: ImapMailbox) -> None:
    servers.arrive(a_mail("Keep"))
    servers.arrive(a_mail("Throw away"))
    mailbox.select("INBOX")
    keep, drop = mailbox.uids_after(0)
    a_person(mailbox).add_flags([drop], [imapclient.DELETED])
    assert mailbox.uids_after(0) == [keep]


def test_staff_reading_a_mail_does_not_hide_it_from_the_cursor(
    servers: Servers, mailbox: ImapMailbox
) -> None:
    servers.arrive(a_mail())
    mailbox.select("INBOX")
    (uid,) = mailbox.uids_after(0)
    a_person(mailbox).add_flags([uid], [imapclient.SEEN])
    assert mailbox.uids_after(0) == [uid]
    assert mailbox.unseen_uids() == []


def test_keywords_of_other_programs_survive_a_move(servers: Servers, mailbox: ImapMailbox) -> None:
    servers.arrive(a_mail())
    mailbox.select("INBOX")
    (uid,) = mailbox.uids_after(0)
    a_person(mailbox).add_flags([uid], [b"$Invoiced"])
    mailbox.move([uid], "Rollcall/Done")
    mailbox.select("Rollcall/Done")
    (moved,) = mailbox.uids_after(0)
    assert b"$Invoiced" in a_person(mailbox).get_flags([moved])[moved]


def test_a_copy_filed_in_sent_is_seen_and_can_be_found_again(servers: Servers, mailbox: ImapMailbox) -> None:
    mailbox.ensure_folders(["Sent"])
    assert mailbox.sent_folder() == "Sent"
    mailbox.append("Sent", a_mail("Re: New starters", message_id="<rc-1@yourcompany.test>"), seen=True)
    assert len(mailbox.find_message_id("Sent", "<rc-1@yourcompany.test>")) == 1
    assert mailbox.find_message_id("Sent", "<rc-2@yourcompany.test>") == []
    assert mailbox.find_message_id("Sent", '<"odd id\\"@x>') == []
    assert mailbox.find_message_id("Sent", "<ü@x>") == []
    assert mailbox.find_message_id("Sent", "<a\r\nb@x>") == []
    mailbox.select("Sent")
    assert mailbox.unseen_uids() == []


def test_a_sent_folder_that_people_rename_meanwhile_is_looked_for_anew(
    servers: Servers, mailbox: ImapMailbox
) -> None:
    mailbox.append("Sent", a_mail(message_id="<rc-3@yourcompany.test>"), seen=True)
    assert mailbox.sent_folder() == "Sent"
    a_person(mailbox).rename_folder("Sent", "Sent Items")
    mailbox.append("Sent", a_mail(message_id="<rc-4@yourcompany.test>"), seen=True)
    # Dovecot names the folder of that use in its own configuration, whatever people do.
    now = mailbox.sent_folder()
    assert now is not None
    assert len(mailbox.find_message_id(now, "<rc-4@yourcompany.test>")) == 1
    assert now == "Sent" or not a_person(mailbox).folder_exists("Sent")


def test_looking_for_a_message_id_leaves_the_selection_as_it_was(
    servers: Servers, mailbox: ImapMailbox
) -> None:
    mailbox.ensure_folders(["Sent"])
    servers.arrive(a_mail())
    mailbox.select("INBOX")
    uids = mailbox.uids_after(0)
    mailbox.find_message_id("Sent", "<x@y>")
    assert mailbox.uids_after(0) == uids


def test_line_ends_of_an_appended_mail_become_those_of_mail(servers: Servers, mailbox: ImapMailbox) -> None:
    mailbox.append("INBOX", b"Subject: x\n\nbody\n", seen=False)
    assert servers.messages("support") == [b"Subject: x\r\n\r\nbody\r\n"]


def test_many_mails_and_a_big_one_are_all_fetched(servers: Servers, mailbox: ImapMailbox) -> None:
    for number in range(120):
        mailbox.append("INBOX", a_mail(f"Mail {number}"), seen=False)
    mailbox.append("INBOX", a_mail("Big", size=1024 * 1024), seen=False)
    mailbox.append("INBOX", a_mail("Last"), seen=False)
    mailbox.select("INBOX")
    uids = mailbox.uids_after(0)
    fetched = list(mailbox.fetch(uids))
    assert [item.uid for item in fetched] == uids
    assert len(fetched[120].raw) > 1024 * 1024
    assert b"Subject: Last" in fetched[121].raw


def test_a_folder_that_is_not_there_is_refused(mailbox: ImapMailbox) -> None:
    with pytest.raises(MailboxRefused, match="No such folder"):
        mailbox.select("No such folder")
    assert mailbox.select("INBOX").uidvalidity


def test_a_wrong_password_is_a_refused_login(servers: Servers) -> None:
    box = a_mailbox(servers.pair, password="wrong")
    with pytest.raises(LoginRefused, match="refuses our login"):
        box.connect()


def test_the_check_of_a_good_mailbox_finds_nothing_wrong(servers: Servers, mailbox: ImapMailbox) -> None:
    lines = mailbox.check(["Rollcall/Done"])
    assert [line.health for line in lines] == [Health.OK] * 5
    assert "Rollcall/Done" in lines[-1].detail
    mailbox.ensure_folders(["Rollcall/Done"])
    assert "all of ours are there" in mailbox.check(["Rollcall/Done"])[-1].detail


def a_person(mailbox: ImapMailbox) -> imapclient.IMAPClient:
    """Somebody at another client; the session is ours, which makes no difference to the server."""
    assert mailbox._client is not None
    return mailbox._client
