"""Send me a new link: the same answer, after the same work, whether or not there is such an account."""

from email_validator import EmailNotValidError, validate_email
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.portal.desk import Desk, address_of, by_method, text_of
from bot.portal.throttle import LINK_ADDRESS, LINK_EMAIL, turnstile
from bot.values.address import domain_key, identity_key
from bot.values.portal import LinkPurpose, token_digest

LONGEST_TOKEN = 200


class NewLink:
    """`/newlink`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[Route]:
        """The page and its form."""
        return [Route("/newlink", by_method(get=self.show, post=self.send), methods=["GET", "POST"])]

    async def show(self, request: Request) -> Response:
        """The form."""
        return self._desk.page(request, "newlink", email="")

    async def send(self, request: Request) -> Response:
        """By address, or by the old link, which tells us the address and shows it to nobody."""
        desk = self._desk
        form = await desk.form(request)
        typed = text_of(form, "email").strip()
        email = await self._address_behind(text_of(form, "old_link")) or read_address(typed)
        if not email:
            fault = "bad_email" if typed else "missing"
            return desk.page(request, "newlink", status=422, email=typed[:320], errors={"email": fault})
        counted = (
            turnstile("link from", address_of(request), LINK_ADDRESS),
            turnstile("link to", identity_key(email), LINK_EMAIL),
        )
        accounts = await desk.crews.ledger.do(desk.links.accounts_of, email)
        wait = await desk.throttle.admit_with(lambda: desk.links.renew(accounts, counted), *counted)
        if wait:
            return desk.too_often(request, wait)
        desk.on_letter()
        return desk.page(request, "newlink_sent")

    async def _address_behind(self, token: str) -> str:
        if not token or len(token) > LONGEST_TOKEN:
            return ""
        link = await self._desk.crews.ledger.do(self._desk.links.find, token_digest(token))
        return link.email if link and link.purpose is not LinkPurpose.TICKET else ""


def read_address(typed: str) -> str:
    """An address that mail can be sent to, in lower case; '' where it is none."""
    try:
        found = validate_email(typed, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return ""
    return found.normalized.lower()


def ascii_address(email: str) -> str:
    """The address with its domain in A-labels; '' where the local part is not ASCII (RFC 6531 §3.2)."""
    local, _, domain = email.rpartition("@")
    return f"{local}@{domain_key(domain)}" if local and local.isascii() else ""
