"""What an IMAP server may do wrong, played by a scripted one: each ends in time, in the right error."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.errors import ConfigurationError, LoginRefused, MailboxRefused, MailboxUnavailable
from bot.ports import Health
from bot.wire.imap import ImapMailbox
from bot.wire.security import Credentials
from tests.fake_imap import CLOSE, USUAL, FakeImap, Step

Answers = dict[str, tuple[Step, ...]]


def a_box(
    server: FakeImap, *, read_timeout: float = 2.0, user: str = "support", secret: str = "x"
) -> ImapMailbox:
    return ImapMailbox(
        "127.0.0.1",
        server.port,
        Credentials(username=user, secret=lambda: secret),
        security="none",
        connect_timeout=2.0,
        read_timeout=read_timeout,
        poll_seconds=0.05,
    )


@contextmanager
def watching(answers: Answers, **more: float) -> Iterator[tuple[ImapMailbox, FakeImap]]:
    """A mailbox with INBOX selected and searched, ready to wait."""
    with FakeImap(answers) as server:
        box = a_box(server, **more)
        box.connect()
        box.select("INBOX")
        box.uids_after(0)
        yield box, server
        box.close()


@pytest.mark.parametrize(
    "idling",
    [
        pytest.param((b"+ idling\r\n* 2 EXISTS\r\n",), id="in one packet with the continuation"),
        pytest.param((b"+ idling\r\n", 0.05, b"* 2 EX", 0.05, b"ISTS\r\n"), id="split over two packets"),
        pytest.param((b"* 2 EXISTS\r\n+ idling\r\n",), id="before the continuation"),
        pytest.param((b"* 2 EXISTS\r\n", 0.05, b"+ idling\r\n"), id="in a packet before the continuation"),
        pytest.param((b"+ idling\r\n* OK Still here\r\n* 2 EXISTS\r\n",), id="behind a keep-alive"),
    ],
)
def test_news_during_idle_is_noticed_however_it_is_cut(idling: tuple[Step, ...]) -> None:
    with watching({"IDLE": idling}) as (box, _):
        started = time.monotonic()
        assert box.wait(5.0) is True
        assert time.monotonic() - started < 1.0
        assert box.uids_after(0) == [1]


def test_keep_alives_are_no_news_and_idle_goes_on() -> None:
    with watching({"IDLE": (b"+ idling\r\n* OK Still here\r\n",)}) as (box, server):
        assert box.wait(0.1) is False
        assert server.commands.count("IDLE") >= 2


@pytest.mark.parametrize(
    "idling",
    [
        pytest.param((b"+ idling\r\n", CLOSE), id="silently"),
        pytest.param((b"+ idling\r\n* BYE going down\r\n", CLOSE), id="with a BYE"),
        pytest.param((CLOSE,), id="before the continuation"),
    ],
)
def test_a_server_that_closes_during_idle_is_unavailable_at_once(idling: tuple[Step, ...]) -> None:
    with watching({"IDLE": idling}) as (box, _):
        started = time.monotonic()
        with pytest.raises(MailboxUnavailable):
            box.wait(30.0)
        assert time.monotonic() - started < 1.0
        with pytest.raises(MailboxUnavailable, match="no connection"):
            box.wait(30.0)
        box.connect()
        assert box.select("INBOX").exists == 1


def test_a_server_that_freezes_during_idle_is_noticed_when_idle_ends() -> None:
    with watching({"DONE": (30.0,)}, read_timeout=0.2) as (box, server):
        server.answers["DONE"] = ()
        with pytest.raises(MailboxUnavailable, match="did not answer in time"):
            box.wait(0.05)


def test_a_server_that_offers_idle_and_refuses_it_is_an_error_and_no_hang() -> None:
    with watching({"IDLE": (b"{tag} BAD not today\r\n",)}) as (box, _), pytest.raises(MailboxUnavailable):
        box.wait(5.0)


def test_news_told_in_passing_ends_the_next_wait_at_once() -> None:
    late: Answers = {"UID SEARCH": (b"* SEARCH 1\r\n* 2 EXISTS\r\n{tag} OK found\r\n",)}
    with watching(late) as (box, server):
        server.answers["UID SEARCH"] = USUAL["UID SEARCH"]
        assert box.wait(5.0) is True
        assert "IDLE" not in server.commands
        box.uids_after(0)
        assert box.wait(0.05) is False


def test_news_told_by_another_select_ends_the_next_wait_at_once() -> None:
    with watching({}) as (box, server):
        server.answers["SELECT"] = (
            b"* 2 EXISTS\r\n* OK [UIDVALIDITY 7] .\r\n* OK [UIDNEXT 3] .\r\n{tag} OK [READ-WRITE] .\r\n",
        )
        box.select("INBOX")
        assert box.wait(5.0) is True
        assert box.wait(0.05) is False


def test_without_idle_it_polls_and_can_still_be_woken() -> None:
    plain: Answers = {"CAPABILITY": (b"* CAPABILITY IMAP4rev1\r\n{tag} OK done\r\n",)}
    with watching(plain) as (box, server):
        assert box.wait(60.0) is True  # after poll_seconds: there may be something
        assert box.wait(0.01) is False
        box.wake()
        assert box.wait(60.0) is True
        assert "IDLE" not in server.commands
    lines = box.check(["INBOX"])
    assert not lines or lines[0].health is Health.FAILED


def test_what_is_offered_after_the_login_counts() -> None:
    with watching({"LOGIN": (b"{tag} OK [CAPABILITY IMAP4rev1 UIDPLUS] in\r\n",)}) as (box, server):
        assert box.wait(0.01) is False
        assert "IDLE" not in server.commands


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("CAPABILITY", ()),
        ("LOGIN", ()),
        ("SELECT", (b"* 1 EXIS",)),
        ("UID SEARCH", (b"* SEARCH 1 2",)),
    ],
)
def test_a_server_that_stops_talking_is_unavailable_in_finite_time(
    command: str, answer: tuple[Step, ...]
) -> None:
    with FakeImap({command: answer}) as server:
        box = a_box(server, read_timeout=0.2)
        box.server = type(box.server)(
            host="127.0.0.1",
            port=server.port,
            security=box.server.security,
            connect_timeout=0.2,
            read_timeout=0.2,
        )
        with pytest.raises(MailboxUnavailable, match="did not answer in time"):
            use(box)


def test_a_server_that_never_greets_is_unavailable_in_finite_time() -> None:
    with FakeImap(greeting=b"") as server:
        box = ImapMailbox(
            "127.0.0.1",
            server.port,
            Credentials(username="u", secret=lambda: "s"),
            security="none",
            connect_timeout=0.2,
        )
        with pytest.raises(MailboxUnavailable, match="did not answer in time"):
            box.connect()
        assert box.check(())[0].health is Health.FAILED


@pytest.mark.parametrize("code", ["UNAVAILABLE", "INUSE", "LIMIT", "OVERQUOTA", "SERVERBUG"])
def test_a_temporary_refusal_waits_and_keeps_the_connection(code: str) -> None:
    with watching({}) as (box, server):
        server.answers["UID SEARCH"] = (b"{tag} NO [" + code.encode() + b"] not now\r\n",)
        with pytest.raises(MailboxUnavailable, match=code):
            box.uids_after(0)
        server.answers["UID SEARCH"] = USUAL["UID SEARCH"]
        assert box.uids_after(0) == [1]


@pytest.mark.parametrize("answer", [b"{tag} NO [NOPERM] no\r\n", b"{tag} BAD what?\r\n", b"{tag} NO no\r\n"])
def test_any_other_refusal_is_permanent(answer: bytes) -> None:
    with watching({}) as (box, server):
        server.answers["UID SEARCH"] = (answer,)
        with pytest.raises(MailboxRefused):
            box.uids_after(0)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"{tag} NO [AUTHENTICATIONFAILED] wrong\r\n", LoginRefused),
        (b"{tag} NO [EXPIRED] renew it\r\n", LoginRefused),
        (b"{tag} NO LOGIN failed.\r\n", LoginRefused),
        (b"{tag} BAD User is authenticated but not connected.\r\n", LoginRefused),
        (b"{tag} NO [UNAVAILABLE] backend down\r\n", MailboxUnavailable),
        (b"* BYE too many connections\r\n", MailboxUnavailable),
    ],
)
def test_a_refused_login_is_told_from_a_server_in_trouble(answer: bytes, error: type[Exception]) -> None:
    with FakeImap({"LOGIN": (answer, CLOSE)}) as server, pytest.raises(error):
        a_box(server).connect()


def test_gibberish_is_a_server_in_trouble_and_ends_the_connection() -> None:
    with watching({}) as (box, server):
        server.answers["UID SEARCH"] = (b"* SEARCH one two\r\n{tag} OK found\r\n",)
        with pytest.raises(MailboxUnavailable):
            box.uids_after(0)
        with pytest.raises(MailboxUnavailable, match="no connection"):
            box.uids_after(0)


def test_a_read_only_mailbox_is_refused_in_words() -> None:
    with FakeImap({"SELECT": (b"* 1 EXISTS\r\n{tag} OK [READ-ONLY] selected\r\n",)}) as server:
        box = a_box(server)
        box.connect()
        with pytest.raises(MailboxRefused, match="not writable"):
            box.select("INBOX")
        box.close()


def test_a_secret_with_a_line_break_never_reaches_the_wire() -> None:
    with FakeImap() as server:
        with pytest.raises(ConfigurationError, match="line break"):
            a_box(server, secret="x\r\na1 DELETE INBOX").connect()
        assert "DELETE" not in server.commands


def test_no_password_is_said_where_the_server_takes_none() -> None:
    disabled = b"* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\n{tag} OK done\r\n"
    with FakeImap({"CAPABILITY": (disabled,)}) as server:
        with pytest.raises(LoginRefused, match="takes no password on this connection"):
            a_box(server).connect()
        assert "LOGIN" not in server.commands


MOVES: Answers = {"UID FETCH": (b"* 1 FETCH (UID 1 FLAGS ())\r\n{tag} OK fetched\r\n",)}


def test_without_move_a_message_is_copied_and_only_itself_expunged() -> None:
    plain: Answers = {"CAPABILITY": (b"* CAPABILITY IMAP4rev1 UIDPLUS\r\n{tag} OK done\r\n",)}
    with watching({**MOVES, **plain}) as (box, server):
        assert box.move([1], "Rollcall/Done") == [1]
        assert server.commands[-4:] == ["UID FETCH", "UID COPY", "UID STORE", "UID EXPUNGE"]


def test_several_messages_are_moved_at_once_and_those_that_are_gone_are_told() -> None:
    flags = b"* 1 FETCH (UID 1 FLAGS ())\r\n* 2 FETCH (UID 3 FLAGS (\\Seen))\r\n{tag} OK fetched\r\n"
    with watching({"UID FETCH": (flags,), "UID MOVE": (b"{tag} OK moved\r\n",)}) as (box, server):
        assert box.move([1, 2, 3], "Rollcall/Done") == [1, 3]
        assert server.commands[-2:] == ["UID FETCH", "UID MOVE"]


def test_without_uidplus_nothing_is_expunged_and_the_marked_copy_counts_as_moved() -> None:
    plain: Answers = {"CAPABILITY": (b"* CAPABILITY IMAP4rev1\r\n{tag} OK done\r\n",)}
    with watching({**MOVES, **plain}) as (box, server):
        assert box.move([1], "Rollcall/Done") == [1]
        assert not [command for command in server.commands if "EXPUNGE" in command]
        server.answers["UID FETCH"] = (b"* 1 FETCH (UID 1 FLAGS (\\Deleted))\r\n{tag} OK fetched\r\n",)
        assert box.move([1], "Rollcall/Done") == []


def use(box: ImapMailbox) -> None:
    box.connect()
    box.select("INBOX")
    box.uids_after(0)


def checked(answers: Answers) -> tuple[str, Health, str, str]:
    """The last line of the check of such a server."""
    with FakeImap(answers) as server:
        line = a_box(server).check(["Rollcall/Done"])[-1]
        return line.subject, line.health, line.detail, line.mend


ACL: Answers = {
    "CAPABILITY": (b"* CAPABILITY IMAP4rev1 IDLE MOVE ACL\r\n{tag} OK done\r\n",),
    "LIST": (b'* LIST () "/" INBOX\r\n* LIST () "/" Rollcall/Done\r\n{tag} OK listed\r\n',),
}


@pytest.mark.parametrize("rights", [b"lrswipkxtecda", b"lriswd", b"lrte i"])
def test_rights_that_suffice_pass_the_check(rights: bytes) -> None:
    answer = b"* MYRIGHTS INBOX " + rights.replace(b" ", b"") + b"\r\n{tag} OK done\r\n"
    assert checked({**ACL, "MYRIGHTS": (answer,)})[:2] == ("IMAP folders", Health.OK)


def test_rights_that_are_missing_are_named_with_their_folder() -> None:
    answer = b"* MYRIGHTS INBOX lr\r\n{tag} OK done\r\n"
    subject, health, detail, mend = checked({**ACL, "MYRIGHTS": (answer,)})
    assert (subject, health) == ("IMAP folders", Health.FAILED)
    assert "INBOX: no right to mark mail deleted" in detail
    assert "Rollcall/Done: no right to insert mail" in detail
    assert mend


def test_a_login_whose_mailbox_does_not_open_is_told_from_a_wrong_password() -> None:
    subject, health, _, mend = checked({"LIST": (b"{tag} BAD User is authenticated but not connected.\r\n",)})
    assert (subject, health) == ("IMAP mailbox", Health.FAILED)
    assert "The login is right" in mend


def test_a_frozen_server_does_not_hold_up_the_end() -> None:
    with watching({"LOGOUT": ()}, read_timeout=0.2) as (box, _):
        started = time.monotonic()
        box.close()
        assert time.monotonic() - started < 1.0


def test_no_password_is_sent_where_starttls_is_not_offered() -> None:
    asked: list[str] = []
    with FakeImap() as server:
        box = ImapMailbox(
            "127.0.0.1",
            server.port,
            Credentials(username="u", secret=lambda: asked.append("asked") or "s"),
            security="starttls",
        )
        with pytest.raises(MailboxUnavailable, match="does not offer STARTTLS"):
            box.connect()
        assert server.commands == ["CAPABILITY"]
    assert asked == []


@pytest.mark.parametrize(("code", "fine"), [("ALREADYEXISTS", True), ("NOPERM", False)])
def test_a_folder_that_another_made_meanwhile_is_as_good_as_made(code: str, fine: bool) -> None:
    created = (b"{tag} NO [" + code.encode() + b"] no\r\n",)
    with watching({"CREATE": created, "SUBSCRIBE": (b"{tag} NO no\r\n",)}) as (box, server):
        if fine:
            box.ensure_folders(["Rollcall/Done"])
        else:
            with pytest.raises(MailboxRefused, match="NOPERM"):
                box.ensure_folders(["Rollcall/Done"])
        assert "CREATE" in server.commands
