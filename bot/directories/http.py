"""The one way from a connector to its platform: bounded requests, plain answers, translated errors."""

import html
import json
import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from bot.directories.deadline import Deadline, DeadlineTransport
from bot.errors import ConfigurationError, DirectoryRefused, DirectoryUnavailable

MAX_ANSWER = 8 * 1024 * 1024  # bytes; a look-up of 200 accounts is some 300 KB
_LONGEST_PAUSE = 24 * 3600.0  # seconds; a Retry-After of years is a mistake
_LATER = frozenset({408, 425, 429})


class AnswerTooLarge(DirectoryUnavailable):
    """The platform's answer is over the limit; asking for less at once may help."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What came back: the status, the headers in lower case and the whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        """Any 2xx."""
        return 200 <= self.status < 300

    def json(self, platform: str) -> Any:
        """The body as JSON; a web page or anything else is `DirectoryUnavailable`."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise DirectoryUnavailable(f"{platform} answered {self.describe()} instead of JSON") from None

    def describe(self) -> str:
        """The kind of the body in a few words, with the title of a web page."""
        if not self.body.strip():
            return f"with nothing (status {self.status})"
        head = self.body[:20_000].decode("utf-8", "replace")
        if re.match(r"\s*(<!doctype html|<html|<head|<body|<div|<p\b|<br)", head, re.IGNORECASE):
            title = re.search(r"<title[^>]*>([^<]{1,200})", head, re.IGNORECASE)
            named = f' titled "{plain_words(title[1], limit=80)}"' if title else ""
            return f"with a web page{named} (status {self.status})"
        return f"with something else (status {self.status})"


class HttpEdge:
    """A bounded HTTP client for one platform.

    `base_url` has no credentials and no query; `timeout` (seconds) is for a whole exchange, `connect_timeout`
    for reaching the host; answers over `max_bytes` are cut off. `ca_file` is a PEM file that replaces the
    system's authorities; `proxy` an http:// proxy. `transport` is for tests.
    """

    def __init__(
        self,
        base_url: str,
        *,
        platform: str,
        timeout: float = 60.0,
        connect_timeout: float = 10.0,
        max_bytes: int = MAX_ANSWER,
        ca_file: str = "",
        proxy: str = "",
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.base_url = _checked_url(base_url, platform)
        self.platform = f"{platform} at {urlsplit(self.base_url).netloc}"
        self._timeout = timeout
        self._max_bytes = max_bytes
        self._deadline = Deadline()
        chosen = transport or DeadlineTransport(
            self._deadline, _trust(self.base_url, ca_file, platform), proxy=proxy
        )
        self._client = httpx.Client(
            timeout=httpx.Timeout(timeout, connect=connect_timeout),
            follow_redirects=False,  # a redirect leads to a login page, or would take the token elsewhere
            trust_env=False,
            transport=chosen,
            headers={"User-Agent": "rollcall"},
        )

    def send(
        self,
        method: str,
        path: str = "",
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> Answer:
        """One exchange, whatever its status. Raises `DirectoryUnavailable`; `DirectoryRefused` for TLS."""
        url = self.base_url + path
        request = self._client.build_request(method, url, headers=headers, params=params, content=content)
        with self._translated(), self._deadline.within(self._timeout):
            response = self._client.send(request, stream=True)
            try:
                return Answer(
                    status=response.status_code,
                    headers={name.lower(): value for name, value in response.headers.items()},
                    body=self._read(response),
                )
            finally:
                response.close()

    def close(self) -> None:
        """Let go of connections; may be called twice."""
        self._client.close()

    def _read(self, response: httpx.Response) -> bytes:
        body = bytearray()
        for part in response.iter_bytes():
            body += part
            if len(body) > self._max_bytes:
                raise AnswerTooLarge(f"{self.platform} answered with more than {self._max_bytes:,} bytes")
        return bytes(body)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """httpx's errors as ours; their texts never hold headers or bodies, so no token either."""
        try:
            yield
        except (httpx.TimeoutException, TimeoutError) as error:
            text = f"{self.platform} did not answer within {self._timeout:g} seconds"
            raise DirectoryUnavailable(text) from error
        except httpx.ConnectError as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                text = (
                    f"{self.platform} shows a certificate that is not trusted: give its authority as ca_file"
                )
                raise DirectoryRefused(text) from error
            raise DirectoryUnavailable(f"{self.platform} cannot be reached: {error}") from error
        except httpx.HTTPError as error:
            raise DirectoryUnavailable(f"the connection to {self.platform} broke: {error}") from error


def refuse_trouble(answer: Answer, platform: str) -> None:
    """Raise for the statuses that mean the same on every platform; the others are the connector's to judge.

    3xx, 401, 403 and 407 are `DirectoryRefused`; 408, 425, 429 and 5xx but 501 are `DirectoryUnavailable`,
    with the pause that `Retry-After` asks for (RFC 9110 §10.2.3).
    """
    status = answer.status
    if 300 <= status < 400:
        place = plain_words(answer.headers.get("location", "").partition("?")[0], limit=120)
        raise DirectoryRefused(
            f"{platform} sends us on to {place or 'another page'} (status {status}): "
            "the address may be wrong, or a login page stands in front of it"
        )
    if status == 401:
        raise DirectoryRefused(f"{platform} does not take our token (status 401)")
    if status in (403, 407):
        said = "" if answer.body.strip() else ", with an empty answer"
        raise DirectoryRefused(f"{platform} does not let us in (status {status}{said})")
    if status in _LATER or (status >= 500 and status != 501):
        text = f"{platform} answered {answer.describe()}"
        raise DirectoryUnavailable(text, retry_after=retry_after(answer.headers))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that `Retry-After` asks for; a date counts from the answer's own `Date` (RFC 9110 §10.2.3)."""
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}", value):
        return min(float(value), _LONGEST_PAUSE)
    try:
        until = parsedate_to_datetime(value)
        pause = (until - parsedate_to_datetime(headers.get("date", ""))).total_seconds()
    except (ValueError, TypeError):
        return None
    return min(max(pause, 0.0), _LONGEST_PAUSE)


def plain_words(text: object, *, limit: int = 200, secret: str = "") -> str:
    """A platform's words on one line: no tags, no control characters, cut to `limit`, `secret` blanked."""
    words = html.unescape(re.sub(r"<[^>]*>", " ", str(text)))
    if secret:
        words = words.replace(secret, "***")
    words = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"


class Token:
    """A platform's token, a fixed text or asked of a provider each time; never shown by `repr`."""

    __slots__ = ("_source",)

    def __init__(self, source: str | Callable[[], str]) -> None:
        self._source = source

    def read(self) -> str:
        """The token now. Raises `ConfigurationError` for an empty one or one that no header can carry."""
        token = self._source if isinstance(self._source, str) else self._source()
        token = token.strip()
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise ConfigurationError("the directory's token is empty or not a token")
        return token

    def __repr__(self) -> str:
        return "Token(***)"


def _checked_url(base_url: str, platform: str) -> str:
    parts = urlsplit(base_url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationError(f"the address of {platform} must begin with https:// (or http://)")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ConfigurationError(f"the address of {platform} must hold no user, password, query or #")
    return base_url.strip().rstrip("/")


def _trust(base_url: str, ca_file: str, platform: str) -> ssl.SSLContext:
    if base_url.startswith("http://"):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # never used, and reading authorities takes a while
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(f"ca_file of {platform} cannot be read: {ca_file}") from error
