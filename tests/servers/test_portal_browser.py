"""The portal as people meet it: in a real browser, by day and by night, on a phone and on a desktop."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.scene import Scene, a_sheet, learners, wait_for, words_of
from tests.servers.browser import Browser
from tests.servers.portal_window import DESKTOP, PHONE, Window, install_axe
from tests.wire.conftest import certificates as certificates
from tests.wire.portal_fixtures import portal_scene as portal_scene
from tests.wire.portal_scene import BETTER, GOOD, PortalScene, link_in, username
from tests.wire.servers import CUSTOMER

pytestmark = pytest.mark.servers


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The source of axe-core."""
    return install_axe(tmp_path_factory.mktemp("axe"))


@pytest.fixture
def portal(portal_scene: Scene) -> PortalScene:
    """A running portal."""
    return PortalScene(portal_scene)


@pytest.fixture
def window(browser: Browser, portal: PortalScene) -> Iterator[Window]:
    """A desktop's window on it, without cookies."""
    opened = Window(browser, portal.base)
    opened.look()
    yield opened
    browser.forget_cookies()


def test_from_the_notice_to_signed_in_out_and_in_again(portal: PortalScene, window: Window) -> None:
    (link,) = portal.invite("ann")
    assert "Set your password" in window.open(link)
    window.fill(password="short", repeated="short")
    assert "Use at least 12 characters" in window.press()
    window.fill(password=GOOD, repeated=GOOD)
    assert "Your password is set" in window.press()
    assert "Hello, Ann" in window.browser.text("h1")
    assert {cookie["httpOnly"] for cookie in window.browser.cookies()} == {True}
    assert window.browser.run("return document.cookie") == ""
    assert "You are signed out" in window.press("button.plain")
    window.fill(username=username("ann"), password=GOOD)
    assert "Hello, Ann" in window.press()


def test_a_used_and_an_expired_link_lead_to_a_new_one(portal: PortalScene, window: Window) -> None:
    ann, bob = portal.invite("ann", "bob")
    window.open(ann)
    window.fill(password=GOOD, repeated=GOOD)
    window.press()
    window.press("button.plain")
    assert "This link was used" in window.open(ann)
    portal.change("UPDATE login_tokens SET expires = 1 WHERE used = 0")
    assert "no longer works" in window.open(bob)
    assert "Look into your mailbox" in window.press()
    window.open(link_in(portal.mail(username("bob"))))
    window.fill(password=BETTER, repeated=BETTER)
    assert "Hello, Bob" in window.press()


def test_a_ticket_becomes_accounts_and_a_reply(portal: PortalScene, window: Window, tmp_path: Path) -> None:
    sheet = tmp_path / "March starters.xlsx"
    sheet.write_bytes(a_sheet(learners("ann", "bob")))
    window.open("/ticket")
    window.fill(email=CUSTOMER, sheet=str(sheet), note="They start on Monday.")
    window.browser.click("#notify-no")
    assert f"link to {CUSTOMER}" in window.press()
    window.open(link_in(portal.mail(CUSTOMER)))
    assert "Your ticket is with us" in window.press()
    (reply,) = wait_for(lambda: portal.mails(CUSTOMER, "reply"), "the reply")
    assert "now have an account" in words_of(reply)
    assert len(portal.scene.accounts()) == 2


def test_nothing_on_any_page_bars_anybody(
    portal: PortalScene, window: Window, axe: str, tmp_path: Path
) -> None:
    ann, bob = portal.invite("ann", "bob")
    found: list[str] = []

    def look_at(name: str) -> None:
        for size in (DESKTOP, PHONE):
            for dark in (False, True):
                window.look(size, dark=dark)
                kind = f"{name}-{'phone' if size == PHONE else 'desktop'}{'-dark' if dark else ''}"
                found.extend(f"{kind}: {barrier}" for barrier in window.barriers(axe))
                found.extend([f"{kind}: too wide"] if window.is_too_wide() else [])
                window.picture(tmp_path / f"{kind}.png")

    for name, path in (
        ("welcome", ann),
        ("unknown-link", "/welcome/x"),
        ("sign-in", "/signin"),
        ("new-link", "/newlink"),
        ("ticket", "/ticket"),
        ("ticket-gone", "/ticket/confirm/x"),
        ("not-found", "/nothing"),
    ):
        window.open(path)
        look_at(name)
    for name, path in (
        ("welcome", ann),
        ("sign-in", "/signin"),
        ("new-link", "/newlink"),
        ("ticket", "/ticket"),
    ):
        window.open(path)
        window.press()
        look_at(f"{name}-error")
    window.open(bob)
    window.fill(password=GOOD, repeated=GOOD)
    window.press()
    look_at("account")
    window.open("/account/password")
    look_at("password")
    window.open(bob)
    look_at("used-link")
    window.press()
    look_at("new-link-sent")
    window.open("/signout")
    look_at("sign-out")
    assert found == []


def test_everything_can_be_done_with_the_keyboard(portal: PortalScene, window: Window) -> None:
    (link,) = portal.invite("ann")
    window.open(link)
    window.browser.run("document.getElementById('password').focus()")
    tab, enter = "\ue004", "\ue007"
    for letter in GOOD:
        window.browser.press(letter)
    window.browser.press(tab)
    for letter in GOOD:
        window.browser.press(letter)
    window.browser.press(tab)
    outline = window.browser.run("return getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    window.browser.run("window.before = true")
    window.browser.press(enter)

    def greeted() -> bool:
        # While the next page comes, there may be no body to read.
        with contextlib.suppress(AssertionError):
            return "Hello, Ann" in window.browser.text()
        return False

    assert wait_for(greeted, "the account page")
