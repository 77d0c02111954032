"""The browser does what the portal's tests ask of it."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.servers.browser import Browser
from tests.servers.daemons import wait_until

pytestmark = pytest.mark.servers
PAGE = b"""<!doctype html><title>Sign in</title><h1>Welcome</h1>
<form method="post"><input name="who" id="who"><button>Go</button></form>"""


class OnePage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.answer(PAGE)

    def do_POST(self) -> None:
        said = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(b"<!doctype html><title>Done</title><p>" + said)

    def answer(self, page: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Set-Cookie", "seen=yes; HttpOnly; SameSite=Strict")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *words: object) -> None:
        """Says nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    """A site with one page and a form, on loopback."""
    with ThreadingHTTPServer(("127.0.0.1", 0), OnePage) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_a_form_is_read_filled_in_and_sent(browser: Browser, site: str, tmp_path: Path) -> None:
    browser.open(site)
    assert (browser.title, browser.text("h1"), browser.count("button")) == ("Sign in", "Welcome", 1)
    browser.resize(400, 800)
    browser.screenshot(tmp_path / "page.png")
    assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")
    browser.type("#who", "dana")
    browser.click("button")
    assert (browser.text("p"), browser.title) == ("who=dana", "Done")
    assert [cookie["httpOnly"] for cookie in browser.cookies()] == [True]


def test_the_keyboard_alone_is_enough(browser: Browser, site: str) -> None:
    browser.open(site)
    browser.press("\ue004")
    assert browser.run("return document.activeElement.id") == "who"
    browser.type("#who", "dana")
    browser.press("\ue007")
    assert wait_until(lambda: browser.title == "Done", 10)
    assert browser.text("p") == "who=dana"


def test_what_is_not_there_is_an_error(browser: Browser, site: str) -> None:
    browser.open(site)
    with pytest.raises(AssertionError, match="no such element"):
        browser.click("#nothing")
