"""Signed cookies and form tokens: a visitor is known by a cookie, and a form belongs to one visitor."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from itsdangerous import BadData, URLSafeSerializer, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response

FORM_SECONDS = 12 * 3600
VISIT = "visit"
SESSION = "session"


class Keys:
    """Makes and checks what the portal signs with `secret`. `secure` is true where pages go over TLS only;
    `path` is where the portal begins on its host."""

    def __init__(self, secret: bytes, *, secure: bool, path: str = "") -> None:
        self._cookies = URLSafeSerializer(secret, salt="rollcall.cookie", signer_kwargs=_SIGNER)
        self._forms = URLSafeTimedSerializer(secret, salt="rollcall.form", signer_kwargs=_SIGNER)
        self._secure = secure
        # A __Host- cookie cannot be planted by a neighbouring host, but it must be for the whole host.
        self._prefix = "__Host-rollcall-" if secure and not path else "rollcall-"
        self._path = path or "/"

    def read(self, request: Request, name: str) -> str:
        """What we once put into a cookie; '' where it is not there, or not ours."""
        try:
            value = self._cookies.loads(request.cookies.get(self._prefix + name, ""))
        except BadData:
            return ""
        kind, _, text = str(value).partition(":")
        return text if kind == name else ""

    def write(self, response: Response, name: str, text: str, *, seconds: int | None = None) -> None:
        """Put something into a cookie that scripts can't read and other sites can't send with a POST."""
        response.set_cookie(
            self._prefix + name,
            str(self._cookies.dumps(f"{name}:{text}")),
            max_age=seconds,
            path=self._path,
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )

    def forget(self, response: Response, name: str) -> None:
        """Take a cookie back."""
        response.delete_cookie(
            self._prefix + name, path=self._path, secure=self._secure, httponly=True, samesite="lax"
        )

    def visitor(self, request: Request) -> "Visitor":
        """Who is looking: known by the cookie, or new."""
        known = self.read(request, VISIT)
        return Visitor(name=known or secrets.token_urlsafe(24), is_new=not known)

    def form_token(self, visitor: "Visitor") -> str:
        """What the forms of a page made for this visitor carry."""
        return str(self._forms.dumps(visitor.name))

    def is_own_form(self, request: Request, token: str) -> bool:
        """Whether a form comes from a page that we made for this very visitor, not too long ago."""
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return False
        try:
            name = str(self._forms.loads(token, max_age=FORM_SECONDS))
        except BadData:
            return False
        return hmac.compare_digest(name.encode(), self.read(request, VISIT).encode())


@dataclass(frozen=True, kw_only=True, slots=True)
class Visitor:
    """A browser, whoever sits before it."""

    name: str
    is_new: bool


_SIGNER = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
