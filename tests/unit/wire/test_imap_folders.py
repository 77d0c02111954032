"""Folder names: '/' in the configuration, whatever the server uses on the wire."""

from hypothesis import given
from hypothesis import strategies as st

from bot.wire.imap_folders import FolderNames, find_sent, missing_folders, selectable

DOVECOT = FolderNames(separator="/")
COURIER = FolderNames(separator=".", prefix="INBOX.")
EXCHANGE = FolderNames(separator="\\")
FLAT = FolderNames(separator="")


def test_levels_are_written_with_the_servers_separator() -> None:
    assert DOVECOT.on_server("Rollcall/Done") == "Rollcall/Done"
    assert COURIER.on_server("Rollcall/Done") == "INBOX.Rollcall.Done"
    assert EXCHANGE.on_server("Rollcall/Done") == "Rollcall\\Done"
    assert FLAT.on_server("Rollcall/Done") == "Rollcall-Done"


def test_inbox_is_inbox_in_any_case_and_never_gets_the_prefix() -> None:
    for names in (DOVECOT, COURIER, EXCHANGE, FLAT):
        assert names.on_server("inbox") == "INBOX"
    assert COURIER.on_server("Inbox/Uploads") == "INBOX.Uploads"
    assert DOVECOT.on_server("INBOX/Uploads") == "INBOX/Uploads"
    assert DOVECOT.on_server("Inboxes") == "Inboxes"


def test_a_name_written_as_the_server_has_it_is_left_alone() -> None:
    assert COURIER.on_server("INBOX.Rollcall.Done") == "INBOX.Rollcall.Done"


@given(
    st.sampled_from([DOVECOT, COURIER, EXCHANGE]),
    st.lists(
        st.text(st.characters(exclude_characters="/.\\", exclude_categories=["Cs"]), min_size=1), min_size=1
    ),
)
def test_every_name_comes_back_as_it_went(names: FolderNames, levels: list[str]) -> None:
    name = "/".join(levels)
    if levels[0].upper() != "INBOX":
        assert names.in_config(names.on_server(name)) == name


def test_sent_is_found_by_its_use_before_its_name() -> None:
    listing = [((b"\\HasNoChildren",), b".", "INBOX.Sent"), ((b"\\sent",), b".", "INBOX.Gesendete Objekte")]
    assert find_sent(listing, COURIER) == "INBOX.Gesendete Objekte"
    assert find_sent(listing[:1], COURIER) == "INBOX.Sent"
    assert find_sent([((), b"/", "Sent Items"), ((), b"/", "Archive")], DOVECOT) == "Sent Items"
    assert find_sent([((b"\\Noselect",), b"/", "Sent")], DOVECOT) is None


def test_only_folders_that_can_hold_mail_count_as_there() -> None:
    listing = [((b"\\NoSelect",), b"/", "Rollcall"), ((b"\\NonExistent",), b"/", "Gone"), ((), b"/", "INBOX")]
    assert selectable(listing) == {"INBOX"}
    assert missing_folders(["Rollcall", "INBOX", "Gone", "Rollcall"], listing, DOVECOT) == [
        "Rollcall",
        "Gone",
    ]
