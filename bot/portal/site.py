"""Puts the portal together: its routes, what is around them, and the pages for everything that goes wrong."""

import math

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.errors import Temporary
from bot.portal.assets import Assets
from bot.portal.desk import Desk
from bot.portal.guard import SMALL_FORM, Bounded, Headers, Mounted
from bot.portal.newlink import NewLink
from bot.portal.signin import SignIn
from bot.portal.tickets import TicketDesk
from bot.portal.welcome import Welcome

KNOWN_STATUSES = (400, 403, 404, 405, 408, 413)


def make_portal(desk: Desk, assets: Assets, *, tls: bool) -> Starlette:
    """The application. `tls` is true where its public address is https."""
    house = desk.house
    routes = [Route("/", Front(desk).show, methods=["GET"])]
    routes += [*Welcome(desk).routes(), *NewLink(desk).routes(), *assets.routes()]
    routes += SignIn(desk).routes() if house.sign_in else []
    routes += TicketDesk(desk).routes() if house.tickets else []
    troubles = Troubles(desk)
    upload = desk.upload_bytes + 4 * SMALL_FORM
    return Starlette(
        routes=routes,
        middleware=[
            Middleware(Headers, tls=tls),
            Middleware(Mounted, path=house.path),
            Middleware(Bounded, sizes={"/ticket": upload}),
        ],
        exception_handlers={
            HTTPException: troubles.refused,
            Temporary: troubles.busy,
            Exception: troubles.broken,
        },
    )


class Front:
    """`/`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def show(self, request: Request) -> Response:
        """On to where most people want to go."""
        if self._desk.house.sign_in:
            return self._desk.go("/account" if await self._desk.signed_in(request) else "/signin")
        return self._desk.go("/ticket" if self._desk.house.tickets else "/newlink")


class Troubles:
    """The error pages."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def refused(self, request: Request, error: Exception) -> Response:
        """What the visitor asked for is not to be had, or not in this way."""
        assert isinstance(error, HTTPException)
        status = error.status_code if error.status_code in KNOWN_STATUSES else 400
        megabytes = self._desk.upload_bytes // (1024 * 1024)
        headers = dict(error.headers or {}) | ({"connection": "close"} if status in (408, 413) else {})
        return self._desk.page(
            request, "trouble", status=status, headers=headers, code=str(status), megabytes=megabytes
        )

    async def busy(self, request: Request, error: Exception) -> Response:
        """Something behind us does not answer, or too many people are here at once."""
        asked = getattr(error, "retry_after", None) or 30.0
        self._desk.log("portal_busy", reason=str(error))
        headers = {"retry-after": str(math.ceil(asked))}
        return self._desk.page(request, "trouble", status=503, headers=headers, code="503", megabytes=0)

    async def broken(self, request: Request, error: Exception) -> Response:
        """Our own mistake: logged, and told without details."""
        self._desk.log("portal_failed", route=route_of(request), error=type(error).__name__, exception=error)
        return self._desk.page(request, "trouble", status=500, code="500", megabytes=0)


def route_of(request: Request) -> str:
    """The first piece of the path: the rest may be a token, which belongs in no log."""
    return "/" + request.url.path.lstrip("/").partition("/")[0]
