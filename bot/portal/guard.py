"""Around every page: a bound on what may be sent in, the headers that protect, and the path we live under."""

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

KILOBYTE = 1024
SMALL_FORM = 16 * KILOBYTE
# A browser that is cut off while it sends shows no page: what is over the limit is let run out, unread, up to
# so many times the limit, and never cut short of a megabyte.
DRAINED = 4
ALWAYS_DRAINED = 1024 * KILOBYTE

_CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": _CSP,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "x-robots-tag": "noindex, nofollow",
}
_TLS_ONLY = {"strict-transport-security": "max-age=31536000"}


class Headers:
    """Puts the protecting headers on every answer; what is not said to be kept is not kept anywhere."""

    def __init__(self, app: ASGIApp, *, tls: bool) -> None:
        self._app = app
        self._headers = _HEADERS | (_TLS_ONLY if tls else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        await self._app(scope, receive, send_with_headers)


class Mounted:
    """Takes the path of the public address off, where the proxy before us has not done so."""

    def __init__(self, app: ASGIApp, *, path: str) -> None:
        self._app = app
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._path and scope["type"] == "http" and scope["path"].startswith(self._path + "/"):
            scope = {**scope, "path": scope["path"].removeprefix(self._path)}
        await self._app(scope, receive, send)


class Bounded:
    """Answers 413 where more is sent than a page takes; `sizes` are bytes by path, others small forms."""

    def __init__(self, app: ASGIApp, *, sizes: dict[str, int]) -> None:
        self._app = app
        self._sizes = sizes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._sizes.get(scope["path"], SMALL_FORM)
        drained = max(most * DRAINED, ALWAYS_DRAINED)
        announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        taken = 0

        async def receive_bounded() -> Message:
            nonlocal taken
            if announced.isdigit() and int(announced) > drained:
                raise HTTPException(413)
            message = await receive()
            taken += len(message.get("body", b""))
            while taken > most:
                if taken > drained or not message.get("more_body"):
                    raise HTTPException(413)
                message = await receive()
                taken += len(message.get("body", b""))
            return message

        await self._app(scope, receive_bounded, send)
