"""A window on the portal: by day and by night, on a phone and a desktop, and what bars whom from a page."""

import base64
import subprocess
from pathlib import Path
from typing import Any

from tests.servers.browser import Browser
from tests.servers.daemons import wait_until

PHONE = (390, 844)
DESKTOP = (1280, 860)
AXE = "axe-core@4.14.1"


class Window:
    """A browser, and the address that paths are added to."""

    def __init__(self, browser: Browser, base: str) -> None:
        self.browser = browser
        self.base = base

    def open(self, path: str) -> str:
        """Go to a page; returns what can be read on it."""
        self.browser.open(self.base + path)
        return self.browser.text()

    def fill(self, **values: str) -> None:
        """Type into the fields of these ids."""
        for name, text in values.items():
            self.browser.run("document.getElementById(arguments[0]).value = ''", name)
            self.browser.type(f"#{name}", text)

    def press(self, css: str = "main button") -> str:
        """Press a button and wait for the page that follows; returns what can be read on it."""
        self.browser.run("window.before = true")
        self.browser.click(css)
        assert wait_until(self._has_moved_on, 20), f"nothing follows {css}"
        return self.browser.text()

    def _has_moved_on(self) -> bool:
        return bool(self.browser.run("return !window.before && document.readyState === 'complete'"))

    def look(self, size: tuple[int, int] = DESKTOP, *, dark: bool = False) -> None:
        """Be a phone or a desktop, by day or by night."""
        self.browser.devtools(
            "Emulation.setDeviceMetricsOverride",
            width=size[0],
            height=size[1],
            deviceScaleFactor=1,
            mobile=size == PHONE,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.browser.devtools("Emulation.setEmulatedMedia", features=[scheme])

    def picture(self, path: Path) -> None:
        """The whole page as PNG."""
        shot = self.browser.devtools("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))

    def is_too_wide(self) -> bool:
        """Whether the page must be scrolled sideways."""
        return bool(
            self.browser.run(
                "return document.documentElement.scrollWidth > document.documentElement.clientWidth"
            )
        )

    def barriers(self, axe: str) -> list[str]:
        """What axe-core finds on the page: rule, element and the trouble with it."""
        found = self.browser.devtools(
            "Runtime.evaluate",
            expression=f"{axe}; axe.run(document).then(found => found.violations)",
            awaitPromise=True,
            returnByValue=True,
        )
        return [line for rule in found["result"]["value"] for line in _lines(rule)]


def _lines(rule: dict[str, Any]) -> list[str]:
    return [f"{rule['id']}: {node['html'][:120]}: {node['failureSummary']}" for node in rule["nodes"]]


def install_axe(folder: Path) -> str:
    """The source of axe-core, which looks for barriers on a page; from npm, none of its scripts run."""
    words = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--ignore-scripts", AXE]
    subprocess.run(words, check=True, capture_output=True, timeout=180)
    return (folder / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
