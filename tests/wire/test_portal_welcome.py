"""The one-time link over HTTP, against the running process: looked at by machines, used by one person."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx
import pytest

from tests.acceptance.scene import Scene
from tests.wire.portal_fixtures import module_portal as module_portal
from tests.wire.portal_fixtures import portal_scene as portal_scene
from tests.wire.portal_scene import BETTER, GOOD, PortalScene, link_in, username


@pytest.fixture
def portal(portal_scene: Scene) -> PortalScene:
    """A running portal."""
    return PortalScene(portal_scene)


def test_a_learner_sets_a_password_signs_out_and_in_again(portal: PortalScene) -> None:
    (link,) = portal.invite("ann")
    with portal.visitor() as ann:
        assert "Set your password" in ann.open(link)
        assert username("ann").partition("@")[0] in ann.page.text
        assert portal.notice_state("ann") == "sent"
        assert "Your password is set" in ann.submit(password=GOOD, repeated=GOOD)
        assert "Hello, Ann" in ann.words()
        assert portal.notice_state("ann") == "password_set"
        assert "You are signed out" in ann.submit()
        assert "do not go together" in ann.submit(username=username("ann"), password=BETTER)
        assert "Hello, Ann" in ann.submit(username=username("ann").upper(), password=GOOD)
        assert "This link was used" in ann.open(link)
        assert ann.page.status_code == 410


def test_scanners_that_fetch_and_press_everything_use_up_nothing(portal: PortalScene) -> None:
    (link,) = portal.invite("ann")
    rubbish = "Xx-0123456789-rubbish"

    def scan(number: int) -> None:
        with portal.visitor() as scanner:
            for method in ("GET", "HEAD", "OPTIONS"):
                scanner.client.request(method, link)
            scanner.client.post(link)
            scanner.client.post(link, data={"password": rubbish, "repeated": rubbish})
            scanner.open(link)
            scanner.submit()
            scanner.open(link)
            scanner.submit(password="x", repeated=str(number))
            scanner.open(link)
            everything = {name: rubbish for name in scanner.forms()[0].fields if name != "form_token"}
            assert "Enter a password" in scanner.submit(**everything)

    with ThreadPoolExecutor(20) as crowd:
        list(crowd.map(scan, range(40)))
    ((used, claimed),) = portal.scene.query("SELECT used, claimed FROM login_tokens")
    assert (used, claimed) == (0, 0)
    assert portal.notice_state("ann") == "opened"
    with portal.visitor() as ann:
        ann.open(link)
        assert "Your password is set" in ann.submit(password=GOOD, repeated=GOOD)
        assert "This link was used" in ann.open(link)


def test_of_many_who_post_at_once_one_wins(portal: PortalScene) -> None:
    (link,) = portal.invite("ann")
    together = Barrier(8)
    words = [f"{GOOD} number {number}" for number in range(8)]

    def post(password: str) -> bool:
        with portal.visitor() as visitor:
            visitor.open(link)
            together.wait(10)
            return "Your password is set" in visitor.submit(password=password, repeated=password)

    with ThreadPoolExecutor(8) as crowd:
        won = [word for word, in_ in zip(words, crowd.map(post, words), strict=True) if in_]
    assert len(won) == 1
    with portal.visitor() as ann:
        ann.open("/signin")
        assert "Hello, Ann" in ann.submit(username=username("ann"), password=won[0])


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("", "Enter a password"),
        ("short", "at least 12 characters"),
        (username("ann"), "other than your email address"),
        ("password1234", "less common"),
        ("123456789012", "not a run of keys"),
        ("x" * 500, "at most 200"),
    ],
)
def test_a_weak_password_leaves_the_link_as_it_was(
    module_portal: PortalScene, password: str, told: str
) -> None:
    link = module_portal.links["ann"]
    with module_portal.visitor() as ann:
        ann.open(link)
        assert told in ann.submit(password=password, repeated=password)
        assert ann.page.status_code == 422
        assert "Set your password" in ann.open(link)


def test_another_repetition_is_told(module_portal: PortalScene) -> None:
    with module_portal.visitor() as ann:
        ann.open(module_portal.links["ann"])
        assert "same password in both" in ann.submit(password=GOOD, repeated=BETTER)


def test_an_expired_link_sends_a_new_one_and_the_new_one_ends_the_old(portal: PortalScene) -> None:
    (link,) = portal.invite("ann")
    portal.change("UPDATE login_tokens SET expires = 1")
    with portal.visitor() as ann:
        assert "no longer works" in ann.open(link)
        assert username("ann") not in ann.page.text
        assert "Look into your mailbox" in ann.submit()
        first = link_in(portal.mail(username("ann")))
        assert "Set your password" in ann.open(first)
        ann.open("/newlink")
        ann.submit(email=f" {username('ann').title()} ")
        second = link_in(portal.mail(username("ann"), count=2))
        assert "no longer works" in ann.open(first)
        ann.open(second)
        assert "Your password is set" in ann.submit(password=GOOD, repeated=GOOD)
    assert portal.notice_state("ann") == "password_set"
    assert no_token_in(portal.scene, link, first, second)


def no_token_in(scene: Scene, *links: str) -> bool:
    """Whether no token of these links lies anywhere in the database's file."""
    tokens = [link.rpartition("/")[2].encode() for link in links]
    files = [path.read_bytes() for path in scene.folder.glob("rollcall.db*")]
    return not any(token in content for token in tokens for content in files)


def test_a_new_password_by_link_ends_every_session(portal: PortalScene) -> None:
    (link,) = portal.invite("ann")
    with portal.visitor() as ann, portal.visitor() as elsewhere:
        ann.open(link)
        ann.submit(password=GOOD, repeated=GOOD)
        elsewhere.open("/newlink")
        elsewhere.submit(email=username("ann"))
        elsewhere.open(link_in(portal.mail(username("ann"))))
        elsewhere.submit(password=BETTER, repeated=BETTER)
        assert "Sign in" in ann.open("/account")
        assert "Hello" not in ann.words()
        assert "Hello, Ann" in elsewhere.open("/account")


def test_signing_out_ends_the_session_for_a_copied_cookie_too(portal: PortalScene) -> None:
    (link,) = portal.invite("ann")
    with portal.visitor() as ann:
        ann.open(link)
        ann.submit(password=GOOD, repeated=GOOD)
        copied = dict(ann.client.cookies)
        ann.submit()
    thief = httpx.Client(base_url=portal.base, cookies=copied)
    assert thief.get("/account").headers["location"] == "/signin"
    thief.close()


def test_a_password_is_changed_by_who_knows_it(portal: PortalScene) -> None:
    (link,) = portal.invite("ann")
    with portal.visitor() as ann, portal.visitor() as elsewhere:
        ann.open(link)
        ann.submit(password=GOOD, repeated=GOOD)
        elsewhere.open("/signin")
        elsewhere.submit(username=username("ann"), password=GOOD)
        ann.open("/account/password")
        assert "not your current password" in ann.submit(current="wrong", password=BETTER, repeated=BETTER)
        assert "Your password is set" in ann.submit(current=GOOD, password=BETTER, repeated=BETTER)
        assert "Sign in" in elsewhere.open("/account")
        assert "Hello, Ann" in ann.open("/account")


def test_a_form_of_another_visitor_is_not_taken(module_portal: PortalScene) -> None:
    link = module_portal.links["ann"]
    with module_portal.visitor() as ann, module_portal.visitor() as mallory:
        mallory.open(link)
        stolen = mallory.forms()[0].fields
        ann.open(link)
        answer = ann.client.post(link, data=stolen | {"password": GOOD, "repeated": GOOD})
        assert answer.status_code == 403
        own = ann.forms()[0].fields | {"password": GOOD, "repeated": GOOD}
        answer = ann.client.post(link, data=own, headers={"sec-fetch-site": "cross-site"})
        assert answer.status_code == 403
