"""How a SCIM 2.0 service is spoken to: requests, what it says it can do, and its errors in plain words."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.directories.http import Answer, HttpEdge, Token, plain_words, refuse_trouble
from bot.errors import DirectoryRefused, DirectoryUnavailable

_BULK_BYTES = 1_048_576
_API = "urn:ietf:params:scim:api:messages:2.0:"
BULK_REQUEST = _API + "BulkRequest"
PATCH_OP = _API + "PatchOp"
SEARCH_REQUEST = _API + "SearchRequest"


@dataclass(frozen=True, kw_only=True, slots=True)
class Provider:
    """What the service says of itself (RFC 7643 §5); a service that says nothing gets these defaults.

    `bulk_operations` is 0 where bulk is not offered; `bulk_bytes` bounds a bulk request's body;
    `max_results` is 0 where no limit is named.
    """

    bulk_operations: int = 0
    bulk_bytes: int = _BULK_BYTES
    filters: bool = True
    max_results: int = 0
    patches: bool = True
    silent: bool = False


class ScimWire:
    """Requests with a bearer token; the token goes in a header, never in an address."""

    def __init__(self, edge: HttpEdge, token: Token) -> None:
        self._edge = edge
        self._token = token
        self._provider: Provider | None = None

    @property
    def platform(self) -> str:
        """The platform as error texts name it."""
        return self._edge.platform

    @property
    def base_url(self) -> str:
        """The service's address, such as https://example.com/scim/v2."""
        return self._edge.base_url

    def send(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        params: Mapping[str, str] | None = None,
        etag: str = "",
    ) -> Answer:
        """One exchange. 2xx, 501 and the 4xx that depend on the request come back to be judged."""
        headers = {
            "Authorization": f"Bearer {self._token.read()}",
            "Accept": "application/scim+json, application/json;q=0.9",
        }
        if etag:
            headers["If-Match"] = etag
        content = None
        if body is not None:
            headers["Content-Type"] = "application/scim+json"
            content = dumped(body)
        answer = self._edge.send(method, path, headers=headers, params=params, content=content)
        if answer.status != 403:
            refuse_trouble(answer, self.platform)
        return answer

    def read(self, answer: Answer) -> Mapping[str, Any]:
        """The body as a JSON object."""
        body = answer.json(self.platform)
        if not isinstance(body, dict):
            raise DirectoryUnavailable(f"{self.platform} answered in an unknown form")
        return body

    def words(self, answer: Answer) -> str:
        """The service's own words for an error (RFC 7644 §3.12), or what came instead."""
        try:
            body = json.loads(answer.body)
        except (ValueError, RecursionError):
            return answer.describe()
        return self.detail(body, answer.status)

    def detail(self, error: object, status: int) -> str:
        """The `detail` of an error body, cleaned, without our token."""
        said = error.get("detail") if isinstance(error, dict) else ""
        return plain_words(said or f"status {status}", secret=self._token.read())

    def refusal(self, what: str, answer: Answer) -> DirectoryRefused:
        """The error for an answer that no other request would better."""
        return DirectoryRefused(
            f"{self.platform} refuses {what}: {self.words(answer)} (status {answer.status})"
        )

    def provider(self) -> Provider:
        """The service's ServiceProviderConfig, asked for once; a missing or odd one is the defaults."""
        if self._provider is None:
            answer = self.send("GET", "/ServiceProviderConfig")
            self._provider = read_provider(answer.body) if answer.ok else Provider(silent=True)
        return self._provider


def read_provider(body: bytes) -> Provider:
    """A ServiceProviderConfig (RFC 7643 §5), read leniently."""
    try:
        config = json.loads(body)
    except (ValueError, RecursionError):
        return Provider(silent=True)
    if not isinstance(config, dict):
        return Provider(silent=True)
    bulk, filters, patch = (_part(config, name) for name in ("bulk", "filter", "patch"))
    return Provider(
        bulk_operations=_count(bulk, "maxOperations", 100) if bulk.get("supported") is True else 0,
        bulk_bytes=_count(bulk, "maxPayloadSize", _BULK_BYTES) or _BULK_BYTES,
        filters=filters.get("supported") is not False,
        max_results=_count(filters, "maxResults", 0),
        patches=patch.get("supported") is not False,
    )


def dumped(body: object) -> bytes:
    """JSON as it is sent."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _part(config: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = config.get(name)
    return part if isinstance(part, dict) else {}


def _count(part: Mapping[str, Any], name: str, default: int) -> int:
    value = part.get(name, default)
    return value if isinstance(value, int) and value >= 0 else default
