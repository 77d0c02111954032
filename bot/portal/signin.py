"""Sign in, the account page, a new password for those who know the old one, sign out."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.portal.desk import Desk, address_of, by_method, text_of
from bot.portal.keys import SESSION, VISIT
from bot.portal.passwords import Weakness, find_weakness, tidy_password
from bot.portal.throttle import SIGN_IN_ACCOUNT, SIGN_IN_ADDRESS, turnstile
from bot.values.address import identity_key
from bot.values.portal import SignInRecord, Turnstile, token_digest

LONGEST_USERNAME = 320
LONGEST_PASSWORD = 1000


class SignIn:
    """`/signin`, `/account`, `/account/password` and `/signout`, for directories whose home is here."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[Route]:
        """The pages and their forms."""
        both = ["GET", "POST"]
        return [
            Route("/signin", by_method(get=self.show, post=self.enter), methods=both),
            Route("/account", self.account, methods=["GET"]),
            Route(
                "/account/password", by_method(get=self.show_change, post=self.change_password), methods=both
            ),
            Route("/signout", by_method(get=self.show_leave, post=self.leave), methods=both),
        ]

    async def show(self, request: Request) -> Response:
        """The form; whoever is signed in already goes on."""
        if await self._desk.signed_in(request):
            return self._desk.go("/account")
        return self._form(request)

    async def enter(self, request: Request) -> Response:
        """The same answer, after the same work, to a wrong password and to a name nobody has."""
        desk = self._desk
        form = await desk.form(request)
        username = text_of(form, "username").strip()[:LONGEST_USERNAME]
        password = text_of(form, "password")[:LONGEST_PASSWORD]
        if not username or not password:
            missing = {"username": "missing"} if not username else {"password": "missing"}
            return self._form(request, username=username, errors=missing)
        account, wait = await self._check(request, username, password)
        if wait:
            return desk.too_often(request, wait)
        if account is None:
            return self._form(request, username=username, errors={"password": "wrong"})
        return await desk.sign_in(desk.go("/account"), account)

    async def _check(
        self, request: Request, username: str, password: str
    ) -> tuple[SignInRecord | None, float]:
        """The account behind name and password, or None; or how long to wait before the next try."""
        desk = self._desk
        counted = self._turnstiles(request, username)
        if wait := await desk.throttle.admit(*counted):
            return None, wait
        accounts = await desk.crews.ledger.do(desk.sign_ins.by_username, username)
        account = await desk.hasher.find_match(tidy_password(password), accounts)
        if account is not None:
            await desk.throttle.give_back(*counted)
        return account, 0.0

    def _turnstiles(self, request: Request, username: str) -> tuple[Turnstile, Turnstile]:
        return (
            turnstile("sign in from", address_of(request), SIGN_IN_ADDRESS),
            turnstile("sign in as", identity_key(username), SIGN_IN_ACCOUNT),
        )

    async def account(self, request: Request) -> Response:
        """Who I am here, and the way to the courses."""
        account = await self._desk.signed_in(request)
        if account is None:
            return self._desk.go("/signin")
        done = request.query_params.get("done", "")
        return self._desk.page(
            request,
            "account",
            account=account,
            site=await self._site(account),
            done=done == "password",
            signed_in=True,
        )

    async def _site(self, account: SignInRecord) -> object:
        """The site of the customer who had the account made."""
        ours = await self._desk.crews.ledger.do(self._desk.links.accounts_of, account.username)
        customers = [one.customer for one in ours if one.directory == account.directory]
        return self._desk.site_of(customers[0] if customers else "")

    async def show_change(self, request: Request) -> Response:
        """The form for a new password."""
        account = await self._desk.signed_in(request)
        return self._change_form(request, account) if account else self._desk.go("/signin")

    async def change_password(self, request: Request) -> Response:
        """Old password right, new one good: set it, and every session but a fresh one has ended."""
        desk = self._desk
        form = await desk.form(request)
        account = await desk.signed_in(request)
        if account is None:
            return desk.go("/signin")
        password = tidy_password(text_of(form, "password"))
        repeated = tidy_password(text_of(form, "repeated"))
        weakness = find_weakness(password, repeated, email=account.username, site=desk.house.site.name)
        if weakness is not None:
            field = "repeated" if weakness is Weakness.DIFFERENT else "password"
            return self._change_form(request, account, errors={field: weakness.value})
        current = text_of(form, "current")[:LONGEST_PASSWORD]
        found, wait = await self._check(request, account.username, current)
        if wait:
            return desk.too_often(request, wait)
        if found is None or found.account != account.account:
            return self._change_form(request, account, errors={"current": "wrong"})
        directory = desk.directories[account.directory]
        await desk.crews.hashing.do(directory.set_password, account.account, password)
        fresh = await desk.crews.ledger.do(desk.sign_ins.by_account, account.directory, account.account)
        return await desk.sign_in(desk.go("/account?done=password"), fresh or account)

    async def show_leave(self, request: Request) -> Response:
        """A button to press: fetching an address signs nobody out."""
        signed_in = await self._desk.signed_in(request) is not None
        return self._desk.page(request, "signout", signed_in=signed_in) if signed_in else self._desk.go("/")

    async def leave(self, request: Request) -> Response:
        """The session ends here and in the ledger."""
        desk = self._desk
        await desk.form(request)
        if cookie := desk.keys.read(request, SESSION):
            await desk.crews.ledger.do(desk.sessions.close, token_digest(cookie))
        response = desk.go("/signin?done=signout")
        desk.keys.forget(response, SESSION)
        desk.keys.forget(response, VISIT)
        return response

    def _form(
        self, request: Request, *, username: str = "", errors: dict[str, str] | None = None
    ) -> Response:
        return self._desk.page(
            request,
            "signin",
            status=422 if errors else 200,
            username=username,
            errors=errors or {},
            done=request.query_params.get("done") == "signout",
        )

    def _change_form(
        self, request: Request, account: SignInRecord, *, errors: dict[str, str] | None = None
    ) -> Response:
        return self._desk.page(
            request,
            "password",
            status=422 if errors else 200,
            username=account.username,
            errors=errors or {},
            signed_in=True,
        )
