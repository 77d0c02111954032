"""A local OAuth2 token service: it knows one client, renews refresh tokens, and can be made to refuse."""

import json
import ssl
import threading
from base64 import urlsafe_b64decode
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs

CLIENT, SECRET = "client-1", "secret-1"


class TokenServer:
    """Issues "token-1", "token-2" …, each told to `on_issue`; `refusal` (status, body) is given instead.

    Counts `issued`; `asked` holds the forms it was sent. `rotate` makes every refresh token good once only.
    """

    def __init__(self, context: ssl.SSLContext | None = None, *, lifetime: int = 3600) -> None:
        self.lifetime = lifetime
        self.issued = 0
        self.refresh_token = "refresh-0"
        self.rotate = False
        self.refusal: tuple[int, dict[str, Any] | str] | None = None
        self.asked: list[dict[str, str]] = []
        self.on_issue: Callable[[str], None] = lambda token: None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._scheme = "https" if context else "http"
        if context:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, form: dict[str, str]) -> tuple[int, dict[str, Any] | str]:
        """What a token request gets."""
        self.asked.append(form)
        if self.refusal is not None:
            return self.refusal
        if form["grant_type"].endswith("jwt-bearer"):
            payload = form["assertion"].split(".")[1]
            form.update(json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))
        elif (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET):
            return 401, {
                "error": "invalid_client",
                "error_description": "AADSTS7000215: Invalid client secret.",
            }
        return 200, self._issue(form)

    def _issue(self, form: dict[str, str]) -> dict[str, Any]:
        if form["grant_type"] == "refresh_token" and form["refresh_token"] != self.refresh_token:
            self.refusal = (400, {"error": "invalid_grant", "error_description": "Token has been revoked."})
            return dict(self.refusal[1])
        self.issued += 1
        token = f"token-{self.issued}"
        self.on_issue(token)
        answer = {"access_token": token, "expires_in": self.lifetime, "token_type": "Bearer"}
        if self.rotate and form["grant_type"] == "refresh_token":
            self.refresh_token = answer["refresh_token"] = f"refresh-{self.issued}"
        return answer

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                tenant = f"{server.url}{self.path.split('/v2.0')[0]}"
                if "unknown-tenant" in tenant:
                    self.reply(400, {"error": "invalid_tenant"})
                else:
                    self.reply(
                        200,
                        {
                            "issuer": f"{tenant}/v2.0",
                            "token_endpoint": f"{tenant}/oauth2/v2.0/token",
                            "authorization_endpoint": f"{tenant}/oauth2/v2.0/authorize",
                        },
                    )

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self.reply(*server.answer({key: values[0] for key, values in parse_qs(body).items()}))

            def reply(self, status: int, content: dict[str, Any] | str) -> None:
                body = (content if isinstance(content, str) else json.dumps(content)).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Nothing on the console."""

        return Handler
