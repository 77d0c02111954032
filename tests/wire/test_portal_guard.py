"""What keeps the portal safe, over HTTP: headers, cookies, errors, throttles, no word about who is known."""

import re
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.acceptance.scene import Scene, a_message, a_sheet, learners, wait_for
from tests.wire.portal_fixtures import module_portal as module_portal
from tests.wire.portal_fixtures import portal_scene as portal_scene
from tests.wire.portal_scene import BETTER, GOOD, PortalScene, link_in, username
from tests.wire.visitor import TRUST

PAGES = ("/signin", "/newlink", "/ticket", "/ticket/confirm/x", "/welcome/x", "/nothing", "/template")
NOBODY = "customer2+eve@customer.test"  # as long as Ann's and Bob's


@pytest.mark.parametrize("path", PAGES)
def test_every_page_carries_the_protecting_headers(module_portal: PortalScene, path: str) -> None:
    headers = httpx.get(module_portal.base + path, verify=TRUST).headers
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src" not in policy
    assert "server" not in headers


def test_no_page_has_a_script_or_a_style_of_its_own(module_portal: PortalScene) -> None:
    with module_portal.visitor() as visitor:
        for path in (*PAGES[:-1], module_portal.links["ann"]):
            visitor.open(path)
            assert not re.search(r"<script|<style|\sstyle=|\son\w+=|https?://(?!learning)", visitor.page.text)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("PUT", "/signin", 405),
        ("OPTIONS", "/signin", 405),
        ("POST", "/signin", 403),
        ("POST", "/newlink", 403),
        ("POST", "/signout", 403),
        ("GET", "/welcome/" + "x" * 5000, 410),
        ("GET", "/welcome/%00%ff", 410),
    ],
)
def test_what_is_wrong_gets_a_page_that_says_so(
    module_portal: PortalScene, method: str, path: str, status: int
) -> None:
    answer = httpx.request(method, module_portal.base + path, verify=TRUST)
    assert answer.status_code == status
    assert "<h1>" in answer.text
    assert "YourCompany Learning" in answer.text


def test_garbled_and_oversized_forms_are_refused(module_portal: PortalScene) -> None:
    parts = {"content-type": "multipart/form-data; boundary=x"}
    pairs = {"content-type": "application/x-www-form-urlencoded"}
    with httpx.Client(base_url=module_portal.base) as client:
        assert client.post("/ticket", content=b"--x\r\ngarbage", headers=parts).status_code in (400, 403)
        assert client.post("/signin", data={"username": "x" * 100_000}).status_code == 413
        assert client.post("/signin", data={"username": "x" * 20_000}).status_code == 413
        unannounced = (b"x" * 1000 for _ in range(100))
        assert client.post("/signin", content=unannounced, headers=pairs).status_code == 413
        assert client.post("/signin", content=b"\xff\xfe=\x00", headers=pairs).status_code == 403


def test_cookies_are_out_of_the_reach_of_scripts_and_other_sites(module_portal: PortalScene) -> None:
    (cookie,) = httpx.get(module_portal.base + "/signin").headers.get_list("set-cookie")
    assert "httponly" in cookie.lower()
    assert "samesite=lax" in cookie.lower()
    assert "max-age" not in cookie.lower()


def test_a_portal_behind_tls_says_so_in_cookies_and_headers(portal_scene: Scene) -> None:
    portal = PortalScene(portal_scene, public_url="https://learning.yourcompany.test/rollcall")
    answer = httpx.get(portal.base + "/signin")
    assert answer.headers["strict-transport-security"].startswith("max-age=")
    assert "secure" in answer.headers["set-cookie"].lower()
    assert "path=/rollcall" in answer.headers["set-cookie"].lower()
    assert 'action="/rollcall/signin"' in answer.text
    assert httpx.get(portal.base + "/rollcall/signin").status_code == 200


def same_page(portal: PortalScene, path: str, **typed: str) -> tuple[int, str, float]:
    """Status, page without its form token, and the time it took."""
    with portal.visitor() as visitor:
        visitor.open(path)
        begun = time.perf_counter()
        visitor.submit(**typed)
        took = time.perf_counter() - begun
        return (
            visitor.page.status_code,
            re.sub(r'name="form_token" value="[^"]+"', "", visitor.page.text),
            took,
        )


@pytest.mark.parametrize("path", ["/signin", "/newlink"])
def test_nobody_learns_who_has_an_account(module_portal: PortalScene, path: str) -> None:
    people = {"bob": username("bob"), "ann, without a password": username("ann"), "nobody": NOBODY}
    seen: dict[str, set[tuple[int, str]]] = {who: set() for who in people}
    took: dict[str, list[float]] = {who: [] for who in people}
    for _ in range(3):
        for who, name in people.items():
            typed = {"username": name, "password": BETTER} if path == "/signin" else {"email": name}
            status, page, seconds = same_page(module_portal, path, **typed)
            seen[who].add((status, page.replace(name, "NAME")))
            took[who].append(seconds)
    assert len(set.union(*seen.values())) == 1
    medians = [statistics.median(times) for times in took.values()]
    assert max(medians) < 3 * min(medians) + 0.2


def test_guessing_is_stopped_and_stays_stopped_after_a_restart(portal_scene: Scene) -> None:
    portal = PortalScene(portal_scene)
    (link,) = portal.invite("ann")
    with portal.visitor() as ann:
        ann.open(link)
        ann.submit(password=GOOD, repeated=GOOD)
    answers = [guess(portal, f"guess number {number} of many") for number in range(12)]
    assert answers[:10] == [422] * 10
    assert answers[-1] == 429
    # From another address, and with the right password: the account itself is closed for a minute.
    assert guess(portal, GOOD) == 429
    portal.scene.kill(portal.process)
    portal.process = portal.scene.start()
    portal.wait_until_up()
    assert guess(portal, GOOD) == 429
    # The way out is always open: a link to the learner's own address.
    with portal.visitor() as ann:
        ann.open("/newlink")
        ann.submit(email=username("ann"))
        ann.open(link_in(portal.mail(username("ann"))))
        assert "Your password is set" in ann.submit(password=BETTER, repeated=BETTER)


def guess(portal: PortalScene, password: str) -> int:
    with portal.visitor() as visitor:
        visitor.open("/signin")
        visitor.submit(username=username("ann"), password=password)
        return visitor.page.status_code


def test_only_a_trusted_proxy_is_believed_about_addresses(portal_scene: Scene) -> None:
    portal = PortalScene(portal_scene, trusted_proxies=["192.0.2.250"])
    statuses = []
    for number in range(22):
        with portal.visitor() as visitor:
            visitor.open("/signin")
            visitor.submit(username=f"nobody{number}@customer.test", password=BETTER)
            statuses.append(visitor.page.status_code)
    assert statuses[-1] == 429


def test_a_flood_of_guesses_neither_gets_in_nor_holds_up_the_mail(portal_scene: Scene) -> None:
    portal = PortalScene(portal_scene)
    (link,) = portal.invite("ann")
    with portal.visitor() as ann:
        ann.open(link)
        ann.submit(password=GOOD, repeated=GOOD)
    stop = threading.Event()
    statuses: list[int] = []

    def flood(number: int) -> None:
        with portal.visitor(f"198.51.100.{number}") as visitor:
            visitor.open("/signin")
            fields = visitor.forms()[0].fields
            tries = 0
            while not stop.is_set():
                tries += 1
                typed = {"username": username("ann"), "password": f"guess {number} {tries}"}
                answer = visitor.client.post("/signin", data=fields | typed)
                statuses.append(answer.status_code)
                stop.wait(0.04)

    begun = time.monotonic()
    with ThreadPoolExecutor(8) as crowd:
        attackers = [crowd.submit(flood, number) for number in range(8)]
        try:
            asked = portal.scene.send(
                a_message("Please create them, no emails.", sheets=[("b.xlsx", a_sheet(learners("bob")))])
            )
            portal.scene.reply_to(asked, seconds=20)
            wait_for(lambda: len(statuses) > 300, "a flood")
        finally:
            stop.set()
    for attacker in attackers:
        attacker.result()
    minutes = (time.monotonic() - begun) / 60
    assert 303 not in statuses
    assert statuses.count(422) <= 11
    assert len(statuses) / minutes > 1000, "not much of a flood"
    with portal.visitor("192.0.2.99") as ann:
        begun = time.monotonic()
        ann.open("/newlink")
        assert time.monotonic() - begun < 5
    print(f"{len(statuses) / minutes:.0f} tries a minute")
