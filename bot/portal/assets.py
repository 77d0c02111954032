"""What pages are dressed with: one stylesheet, the operator's logo, and a small icon in its colour."""

import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.errors import ConfigurationError
from bot.portal.colours import Palette

KEPT = {"cache-control": "public, max-age=3600"}
LARGEST_LOGO = 512 * 1024
PICTURES = {
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".gif": "image/gif",
}


class Assets:
    """The static files, read once when the portal is made."""

    def __init__(self, palette: Palette, *, logo: str = "") -> None:
        files = Environment(loader=FileSystemLoader(Path(__file__).parent / "static"), autoescape=False)  # noqa: S701  CSS and colours of ours
        self._styles = files.get_template("portal.css").render(palette=palette)
        self._icon = files.get_template("icon.svg").render(palette=palette)
        self._logo, self._logo_type = read_logo(logo) if logo else (b"", "")
        self.version = hashlib.sha256(self._styles.encode()).hexdigest()[:8]

    def routes(self) -> list[Route]:
        """Their addresses."""
        found = [
            Route("/static/portal.css", self.styles, methods=["GET"]),
            Route("/static/icon.svg", self.icon, methods=["GET"]),
        ]
        return [*found, Route("/static/logo", self.logo, methods=["GET"])] if self._logo else found

    async def styles(self, request: Request) -> Response:
        """The stylesheet."""
        return Response(self._styles, media_type="text/css", headers=KEPT)

    async def icon(self, request: Request) -> Response:
        """The icon of the browser's tab."""
        return Response(self._icon, media_type="image/svg+xml", headers=KEPT)

    async def logo(self, request: Request) -> Response:
        """The logo; an SVG may hold scripts, and the page's policy lets none run."""
        return Response(self._logo, media_type=self._logo_type, headers=KEPT)


def read_logo(path: str) -> tuple[bytes, str]:
    """The picture and its type; raises ConfigurationError."""
    kind = PICTURES.get(Path(path).suffix.lower())
    if kind is None:
        raise ConfigurationError(f"portal.logo {path}: must end in {', '.join(PICTURES)}")
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise ConfigurationError(f"portal.logo {path}: {error.strerror}") from None
    if len(content) > LARGEST_LOGO:
        raise ConfigurationError(f"portal.logo {path}: is larger than {LARGEST_LOGO // 1024} KB")
    return content, kind
