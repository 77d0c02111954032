"""What every page of the portal leans on, and how a request is answered with a page."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.portal.crews import Crews
from bot.portal.hashing import Hasher
from bot.portal.keys import SESSION, VISIT, Keys
from bot.portal.pages import House, draw
from bot.portal.throttle import Throttle, neighbourhood
from bot.ports import Directory
from bot.ports.portal import Links, Sessions, SignIns, Tickets
from bot.values.customer import Site
from bot.values.portal import Session, SignInRecord, token_digest

SESSION_SECONDS = 12 * 3600.0
FORM_TIME = 300.0
Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """Services and choices of the portal. `sites` are the customers' by name; `own_addresses` the mailboxes';
    `on_letter` and `on_message` are told that there is something to send or to work on."""

    house: House
    sites: Mapping[str, Site]
    links: Links
    sessions: Sessions
    tickets: Tickets
    sign_ins: SignIns
    directories: Mapping[str, Directory]
    throttle: Throttle
    keys: Keys
    crews: Crews
    hasher: Hasher
    mailbox_name: str
    mailbox_address: str
    message_id_domain: str
    own_addresses: frozenset[str]
    upload_bytes: int
    on_letter: Callable[[], None] = lambda: None
    on_message: Callable[[], None] = lambda: None
    now: Callable[[], float] = time.time
    log: Callable[..., None] = field(default=lambda event, **details: None)

    def site_of(self, customer: str) -> Site:
        """The customer's own site, or the one that the portal belongs to."""
        return self.sites.get(customer, self.house.site)

    def page(
        self,
        request: Request,
        name: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **facts: object,
    ) -> Response:
        """A page, with a form token for whoever looks at it."""
        visitor = self.keys.visitor(request)
        shown = {"form_token": self.keys.form_token(visitor), "errors": {}, "signed_in": False} | facts
        accepted = request.headers.get("accept-language", "")
        html, language = draw(name, self.house, accepted=accepted, facts=shown)
        known = {"content-language": language} | dict(headers or {})
        response = HTMLResponse(html, status_code=status, headers=known)
        if visitor.is_new:
            self.keys.write(response, VISIT, visitor.name)
        return response

    def go(self, path: str) -> Response:
        """Send the browser to another of our pages, by GET."""
        return RedirectResponse(self.house.path + path, status_code=303)

    def too_often(self, request: Request, wait: float) -> Response:
        """The 429 page, with how long to wait."""
        seconds = max(1, round(wait))
        return self.page(
            request, "too_often", status=429, headers={"retry-after": str(seconds)}, minutes=-(-seconds // 60)
        )

    async def form(self, request: Request) -> FormData:
        """The posted form, if it is of ours; HTTPException 403 where it is not, 408 where it never ends."""
        try:
            async with asyncio.timeout(FORM_TIME):
                form = await request.form(max_files=1, max_fields=20, max_part_size=64 * 1024)
        except TimeoutError:
            raise HTTPException(408) from None
        if not self.keys.is_own_form(request, text_of(form, "form_token")):
            raise HTTPException(403)
        return form

    async def signed_in(self, request: Request) -> SignInRecord | None:
        """Who is signed in; None where nobody is, or the password has changed since."""
        cookie = self.keys.read(request, SESSION)
        session = await self.crews.ledger.do(self.sessions.find, token_digest(cookie)) if cookie else None
        if session is None:
            return None
        found = await self.crews.ledger.do(self.sign_ins.by_account, session.directory, session.account)
        return found if found and found.active and found.epoch == session.epoch else None

    async def sign_in(self, response: Response, account: SignInRecord) -> Response:
        """Open a session; the visitor gets a new name, so that older forms are not theirs."""
        cookie = secrets.token_urlsafe(32)
        session = Session(
            directory=account.directory,
            account=account.account,
            epoch=account.epoch,
            expires=self.now() + SESSION_SECONDS,
        )
        await self.crews.ledger.do(self.sessions.open, token_digest(cookie), session)
        await self.crews.ledger.do(self.sign_ins.signed_in, account.directory, account.account)
        self.keys.write(response, SESSION, cookie, seconds=round(SESSION_SECONDS))
        self.keys.write(response, VISIT, secrets.token_urlsafe(24))
        return response


def address_of(request: Request) -> str:
    """Where the request comes from: the client's own address, or what a trusted proxy says it is."""
    return neighbourhood(request.client.host if request.client else "")


def text_of(form: FormData, name: str) -> str:
    """A text field of a form; '' where it is missing or a file."""
    value = form.get(name, "")
    return value.replace("\x00", "") if isinstance(value, str) else ""


def by_method(*, get: Endpoint, post: Endpoint) -> Endpoint:
    """One endpoint for a page and its form."""

    async def endpoint(request: Request) -> Response:
        return await (post if request.method == "POST" else get)(request)

    return endpoint
