"""New ticket over HTTP: a form, a confirmation by mail, and then the whole way, as if it had been a mail."""

import io

import pytest
from openpyxl import load_workbook

from tests.acceptance.scene import Scene, a_sheet, file_names, learners, wait_for, words_of
from tests.wire.portal_fixtures import module_portal as module_portal
from tests.wire.portal_fixtures import portal_scene as portal_scene
from tests.wire.portal_scene import PortalScene, link_in
from tests.wire.servers import CUSTOMER
from tests.wire.visitor import Visitor

STRANGER = "eve@elsewhere.test"


@pytest.fixture
def portal(portal_scene: Scene) -> PortalScene:
    """A running portal."""
    return PortalScene(portal_scene)


def fill_in(visitor: Visitor, email: str, notify: str, *, sheet: bytes = b"", note: str = "") -> str:
    visitor.open("/ticket")
    files = {"sheet": ("March starters.xlsx", sheet)} if sheet else None
    return visitor.submit(email=email, notify=notify, note=note, files=files)


def confirm(portal: PortalScene, visitor: Visitor, email: str) -> str:
    """Open the link of the mail and press its button."""
    assert "Confirm your ticket" in visitor.open(link_in(portal.mail(email)))
    return visitor.submit()


def test_a_ticket_with_a_sheet_goes_the_whole_way(portal: PortalScene) -> None:
    with portal.visitor() as dana:
        said = fill_in(
            dana, CUSTOMER, "yes", sheet=a_sheet(learners("ann", "bob")), note="Thanks!\n-- \nDana"
        )
        assert f"link to {CUSTOMER}" in said
        assert portal.scene.query("SELECT count(*) FROM messages") == [(0,)]
        question = portal.mail(CUSTOMER)
        link = link_in(question)
        assert "Confirm your ticket" in dana.open(link)
        assert portal.scene.query("SELECT count(*) FROM messages") == [(0,)]
        assert "with us" in dana.submit()
        (reply,) = wait_for(lambda: portal.mails(CUSTOMER, "reply"), "the reply")
        assert "now have an account" in words_of(reply)
        assert "Yes, please send the new learners the Account Created email." in words_of(reply)
        assert "March starters - results.xlsx" in file_names(reply)
        assert question["Message-ID"] in reply["References"]
        wait_for(lambda: len(portal.scene.notices("ann", "bob")) == 2, "the notices")
        assert "no longer works" in dana.open(link)
    portal.scene.wait_until_at_rest(1)
    (filed,) = portal.scene.folder_of("Rollcall/Done")
    assert filed["Subject"] == "New ticket: learner upload"
    assert portal.scene.folder_of("INBOX") == []


def test_no_means_no_and_unsure_is_asked(portal: PortalScene) -> None:
    with portal.visitor() as dana:
        fill_in(dana, CUSTOMER, "no", sheet=a_sheet(learners("ann")))
        confirm(portal, dana, CUSTOMER)
        (reply,) = wait_for(lambda: portal.mails(CUSTOMER, "reply"), "the reply")
        assert "do not send" in words_of(reply)
        fill_in(dana, CUSTOMER, "unsure", sheet=a_sheet(learners("bob")))
        dana.open(link_in(portal.mail(CUSTOMER, count=2)))
        dana.submit()
        replies = wait_for(
            lambda: found if len(found := portal.mails(CUSTOMER, "reply")) == 2 else None, "a second reply"
        )
        assert words_of(replies[-1]).count("?") == 1
    portal.scene.wait_until_at_rest(2)
    assert portal.scene.notices("ann", "bob") == []
    assert len(portal.scene.accounts()) == 2


def test_a_ticket_without_a_sheet_is_answered_with_the_template(portal: PortalScene) -> None:
    with portal.visitor() as dana:
        fill_in(dana, CUSTOMER, "yes")
        confirm(portal, dana, CUSTOMER)
    (reply,) = wait_for(lambda: portal.mails(CUSTOMER, "ask"), "the reply")
    assert file_names(reply) == ["Learner Upload.xlsx"]


def test_a_strangers_ticket_is_held_told_and_can_be_approved_no_further(portal: PortalScene) -> None:
    with portal.visitor() as eve:
        fill_in(eve, STRANGER, "yes", sheet=a_sheet(learners("ann")))
        confirm(portal, eve, STRANGER)
    (word,) = wait_for(lambda: portal.mails(STRANGER, "ask"), "a word")
    assert "a colleague looks at it" in words_of(word).lower()
    portal.scene.wait_until_at_rest(1)
    held = portal.scene.folder_of("Rollcall/Held")
    assert {mail["Subject"].partition(":")[0] for mail in held} == {"New ticket", "Held for a person"}
    assert portal.scene.accounts() == []


def test_a_known_and_an_unknown_address_get_the_same_page(module_portal: PortalScene) -> None:
    pages = []
    for email in (CUSTOMER, "nobody-1@customer.test"):
        with module_portal.visitor() as visitor:
            fill_in(visitor, email, "yes")
            pages.append((visitor.page.status_code, visitor.page.text.replace(email, "EMAIL")))
    assert pages[0] == pages[1]


@pytest.mark.parametrize(
    ("email", "notify", "told"),
    [
        ("", "yes", "Enter your email address"),
        ("dana", "yes", "full email address"),
        ("dana@customer.test\r\nBcc: eve@elsewhere.test", "yes", "full email address"),
        ("support@yourcompany.test", "yes", "full email address"),
        ("jörg@customer.test", "yes", "full email address"),
        (CUSTOMER, "", "Choose whether"),
        (CUSTOMER, "maybe", "Choose whether"),
    ],
)
def test_what_is_missing_or_wrong_is_told(
    module_portal: PortalScene, email: str, notify: str, told: str
) -> None:
    with module_portal.visitor() as dana:
        assert told in fill_in(dana, email, notify)
        assert dana.page.status_code == 422


def test_the_template_can_be_downloaded(module_portal: PortalScene) -> None:
    with module_portal.visitor() as dana:
        dana.open("/template")
        book = load_workbook(io.BytesIO(dana.page.content))
        assert [cell.value for cell in book.worksheets[0][1]][:3] == [
            "First Name",
            "Last Name",
            "Email address",
        ]
        assert "Learner Upload.xlsx" in dana.page.headers["content-disposition"]


def test_a_sheet_over_the_limit_is_told_and_not_kept(module_portal: PortalScene) -> None:
    with module_portal.visitor() as dana:
        assert "up to 20 MB" in fill_in(dana, CUSTOMER, "yes", sheet=bytes(21 * 1024 * 1024))
        assert dana.page.status_code == 413
        fill_in(dana, CUSTOMER, "yes", sheet=bytes(20 * 1024 * 1024 + 1))
        assert dana.page.status_code == 422
    assert "up to 20 MB" in dana.words() or "too large" in dana.words()
