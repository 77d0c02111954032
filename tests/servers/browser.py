"""A headless Chromium, driven by WebDriver: the W3C's protocol needs no library but httpx."""

import base64
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

from tests.servers.daemons import HOST, Daemon, greets, wait_until
from tests.servers.ports import free_ports

# Seconds.
WAITS = 2.0
# The key under which WebDriver hands out elements (W3C WebDriver, "Elements").
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",  # tests run as root, where Chromium's own sandbox cannot
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--hide-scrollbars",
    "--no-first-run",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",  # loopback only
)


class Browser:
    """One browser with one window; use it as a context manager."""

    def __init__(self, *, width: int = 1280, height: int = 900, dark: bool = False) -> None:
        self._size = (width, height)
        self._dark = dark
        self._log = tempfile.NamedTemporaryFile(prefix="rollcall-browser-", suffix=".log")  # noqa: SIM115
        self._home = tempfile.TemporaryDirectory(prefix="rollcall-browser-")
        self._daemon: Daemon | None = None

    def __enter__(self) -> "Browser":
        port = free_ports(["driver"])["driver"]
        command = ["chromedriver", f"--port={port}", "--allowed-ips=127.0.0.1"]
        self._daemon = Daemon(command, log=Path(self._log.name))
        self._daemon.wait_for(lambda: greets(port, b""))
        self._http = httpx.Client(base_url=f"http://{HOST}:{port}", timeout=60, trust_env=False)
        arguments = [
            *ARGUMENTS,
            f"--user-data-dir={self._home.name}",
            "--window-size={},{}".format(*self._size),
        ]
        if self._dark:
            arguments.append("--force-dark-mode")
        wanted = {
            "browserName": "chrome",
            "acceptInsecureCerts": True,
            "goog:chromeOptions": {"args": arguments},
        }
        session = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self._session = f"/session/{session['sessionId']}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if hasattr(self, "_session"):
            self._ask("DELETE", self._session)
        if hasattr(self, "_http"):
            self._http.close()
        if self._daemon:
            self._daemon.stop()
        self._home.cleanup()
        self._log.close()

    def open(self, url: str) -> None:
        """Go to a page and wait until it is loaded."""
        self._do("POST", "/url", {"url": url})

    @property
    def url(self) -> str:
        return str(self._do("GET", "/url"))

    @property
    def title(self) -> str:
        return str(self._do("GET", "/title"))

    def text(self, css: str = "body") -> str:
        """What a person reads in the first element that matches."""
        return str(self._do("GET", f"/element/{self._find(css)}/text"))

    def count(self, css: str) -> int:
        """How many elements match."""
        return len(self._do("POST", "/elements", {"using": "css selector", "value": css}))

    def type(self, css: str, words: str) -> None:
        """Type into a field; for a file field, the path of the file."""
        self._do("POST", f"/element/{self._find(css)}/value", {"text": words})

    def click(self, css: str) -> None:
        """Click, and wait for the page that follows."""
        self._do("POST", f"/element/{self._find(css)}/click", {})

    def press(self, key: str) -> None:
        """Press one key, such as Tab ("\\ue004") or Enter ("\\ue007"), wherever the focus is."""
        strokes = [{"type": kind, "value": key} for kind in ("keyDown", "keyUp")]
        self._do("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": strokes}]})

    def run(self, script: str, *arguments: object) -> Any:
        """What a piece of JavaScript returns."""
        return self._do("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def resize(self, width: int, height: int) -> None:
        """As a phone has it, for example."""
        self._do("POST", "/window/rect", {"width": width, "height": height})

    def screenshot(self, path: Path) -> None:
        """A PNG of what is to be seen."""
        path.write_bytes(base64.b64decode(self._do("GET", "/screenshot")))

    def devtools(self, command: str, **parameters: object) -> Any:
        """A command of Chromium's own protocol, such as Emulation.setEmulatedMedia."""
        return self._do("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def cookies(self) -> list[dict[str, Any]]:
        """Name, value and flags of each cookie of the page."""
        found: list[dict[str, Any]] = self._do("GET", "/cookie")
        return found

    def forget_cookies(self) -> None:
        self._do("DELETE", "/cookie")

    def _find(self, css: str) -> str:
        # A click can return before the page that it leads to is there.
        wait_until(lambda: self.count(css) > 0, WAITS)
        found = self._do("POST", "/element", {"using": "css selector", "value": css})
        return str(found[ELEMENT])

    def _do(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        return self._ask(method, self._session + path, body)

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = self._http.request(method, path, json=body)
        value = answer.json()["value"]
        if answer.is_error:
            raise AssertionError(f"{value['error']}: {value['message'].splitlines()[0]}")
        return value
