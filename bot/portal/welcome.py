"""The page behind a one-time link: looked at as often as you like, spent by one valid new password.

GET and HEAD change nothing, since mail scanners fetch links. The notice counts as opened only when a form
comes back from the page, and the link is spent only when the directory has taken the password: a claim on
it, which lapses by itself, keeps two people from doing so at once, and a crash in between loses nothing.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.errors import DirectoryRefused, DirectoryUnavailable
from bot.portal.desk import Desk, address_of, by_method, text_of
from bot.portal.passwords import Weakness, find_weakness, tidy_password
from bot.portal.throttle import SET_ADDRESS, SET_LINK, turnstile
from bot.values.portal import LinkPurpose, LinkRecord, token_digest
from bot.values.times import readable_time

# Longer than any directory's time-out, so that a claim never lapses under a password on its way.
CLAIM_SECONDS = 180.0


class Welcome:
    """`/welcome/{token}`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[Route]:
        """The page and its form."""
        return [
            Route("/welcome/{token}", by_method(get=self.show, post=self.take), methods=["GET", "POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """The form, or why there is none."""
        link = await self._link(request)
        if link is None or not link.is_live(self._desk.now()):
            return self._gone(request, link)
        return self._form(request, link)

    async def take(self, request: Request) -> Response:
        """A new password: judged, set in the directory, and only then is the link spent."""
        desk = self._desk
        form = await desk.form(request)
        link = await self._link(request)
        if link is None or not link.is_live(desk.now()):
            return self._gone(request, link)
        await desk.crews.ledger.do(desk.links.note_opened, link)
        password = tidy_password(text_of(form, "password"))
        weakness = find_weakness(
            password,
            tidy_password(text_of(form, "repeated")),
            email=link.email,
            site=desk.site_of(link.customer).name,
        )
        if text_of(form, "leave_empty"):
            # A person does not see this field; what fills in every field is a machine trying the form.
            weakness = Weakness.MISSING
        if weakness is not None:
            return self._form(request, link, weakness=weakness)
        if wait := await self._wait(request):
            return desk.too_often(request, wait)
        return await self._set(request, link, password)

    async def _set(self, request: Request, link: LinkRecord, password: str) -> Response:
        desk, digest = self._desk, token_digest(request.path_params["token"])
        claim = await desk.crews.ledger.do(desk.links.claim, digest, CLAIM_SECONDS)
        if not claim:
            return self._gone(request, await self._link(request))
        spent = False
        try:
            await self._set_in_directory(link, password)
            spent = await desk.crews.ledger.do(desk.links.spend, digest)
        except DirectoryRefused as refusal:
            desk.log("password_refused", directory=link.directory, reason=str(refusal))
            return self._form(request, link, refusal=str(refusal))
        except DirectoryUnavailable as trouble:
            desk.log("password_waits", directory=link.directory, reason=str(trouble))
            return self._form(request, link, status=503, away=True)
        finally:
            if not spent:
                await desk.crews.ledger.do(desk.links.give_back, digest, claim)
        desk.log("password_set", directory=link.directory)
        return await self._welcome_in(request, link)

    async def _set_in_directory(self, link: LinkRecord, password: str) -> None:
        directory = self._desk.directories.get(link.directory)
        if directory is None:
            raise DirectoryUnavailable(f"the directory {link.directory!r} is not configured any more")
        ours = await self._desk.crews.ledger.do(self._desk.sign_ins.by_account, link.directory, link.account)
        crew = self._desk.crews.hashing if ours else self._desk.crews.platform
        await crew.do(directory.set_password, link.account, password)

    async def _welcome_in(self, request: Request, link: LinkRecord) -> Response:
        desk = self._desk
        account = await desk.crews.ledger.do(desk.sign_ins.by_account, link.directory, link.account)
        if account is not None and account.active:
            return await desk.sign_in(desk.go("/account?done=password"), account)
        return desk.page(request, "done", site=desk.site_of(link.customer), username=link.email)

    async def _link(self, request: Request) -> LinkRecord | None:
        digest = token_digest(request.path_params["token"])
        link = await self._desk.crews.ledger.do(self._desk.links.find, digest)
        return link if link and link.purpose is not LinkPurpose.TICKET else None

    async def _wait(self, request: Request) -> float:
        return await self._desk.throttle.admit(
            turnstile("set from", address_of(request), SET_ADDRESS),
            turnstile("set by", token_digest(request.path_params["token"]), SET_LINK),
        )

    def _form(
        self,
        request: Request,
        link: LinkRecord,
        *,
        weakness: Weakness | None = None,
        refusal: str = "",
        away: bool = False,
        status: int = 0,
    ) -> Response:
        field = "repeated" if weakness is Weakness.DIFFERENT else "password"
        errors = {field: weakness.value if weakness else "refused"} if weakness or refusal else {}
        return self._desk.page(
            request,
            "welcome",
            status=status or (422 if errors else 200),
            site=self._desk.site_of(link.customer),
            username=link.email,
            expires=readable_time(link.expires),
            errors=errors,
            refusal=refusal,
            away=away,
        )

    def _gone(self, request: Request, link: LinkRecord | None) -> Response:
        """Used, ended, or never there: whoever holds the old link may ask for a new one with it."""
        token = request.path_params["token"] if link else ""
        return self._desk.page(
            request,
            "gone",
            status=410,
            used=bool(link and link.used),
            busy=bool(link and link.is_live(self._desk.now())),
            old_link=token,
            site=self._desk.site_of(link.customer if link else ""),
        )
