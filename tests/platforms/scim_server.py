"""A SCIM server that can be odd in every way seen in the wild; for a good one there is scim2-server."""

import itertools
import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from tests.platforms.loopback import LoopbackServer, Reply, Request

TOKEN = "scim-token-0123456789"

_API = "urn:ietf:params:scim:api:messages:2.0:"
_TERM = re.compile(r'(userName|emails\.value) eq "((?:[^"\\]|\\.)*)"')


@dataclass(kw_only=True)
class Oddities:
    """How this server differs from the standard; the defaults differ in nothing."""

    config: str = "ok"  # or "html", "missing", "odd"
    bulk: int = 0  # operations a request, 0: not offered
    bulk_bytes: int = 1_048_576
    bulk_broken: int = 0  # a status that /Bulk answers although it is offered
    bulk_skips: int = 0  # operations at the end left out, of which nothing is executed
    bulk_silent: int = 0  # operations at the end left out of the answer, though executed
    bulk_status: str = "text"  # or "number", "code"
    bulk_locations: bool = True
    search: bool = True  # POST /Users/.search
    filters: str = "all"  # or "names", "one", "refused", "ignored", "none" (and says so)
    duplicate: tuple[int, str] = (409, "uniqueness")
    upserts: bool = False  # 200 with the account that was there
    patches: bool = True
    page: int = 1000
    hidden: set[str] = field(default_factory=set)  # usernames that no look-up shows
    bodiless: bool = False  # 201 with a Location and nothing else
    password_rule: int = 0
    strict: str = ""  # "emails": takes no type and no primary; "all": no displayName and externalId either
    forgets: bool = False  # externalId is taken and not kept
    needs_formatted: bool = False


class ScimServer(LoopbackServer):
    """Accounts in memory under `{url}/v2`; `users` is there to be looked at and put things into."""

    def __init__(self, **odd: Any) -> None:
        super().__init__(self._serve)
        self.odd = Oddities(**odd)
        self.users: dict[str, dict[str, Any]] = {}
        self._numbers = itertools.count(1)

    @property
    def base_url(self) -> str:
        """What a connector is given."""
        return f"{self.url}/v2"

    def add(self, username: str, **more: Any) -> str:
        """Put an account there, by hand."""
        number = f"u-{next(self._numbers)}"
        meta = {"created": "2026-03-01T10:00:00Z", "lastModified": "2026-03-01T10:00:00Z", "version": 'W/"1"'}
        user = {
            "id": number,
            "userName": username,
            "emails": [{"value": username}],
            "active": True,
            "meta": meta,
        }
        self.users[number] = user | more
        return number

    def usernames(self) -> list[str]:
        """Every username, oldest first."""
        return [user["userName"] for user in self.users.values()]

    def _serve(self, request: Request) -> Reply:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return error(401, "Authentication failure")
        path = request.path.removeprefix("/v2")
        body = json.loads(request.body) if request.body else {}
        if path == "/ServiceProviderConfig":
            return self._config()
        if path == "/Bulk":
            return self._bulk(body)
        if path == "/Users/.search" and request.method == "POST":
            return self._search(body) if self.odd.search else error(404, "no such resource")
        if path == "/Users" and request.method == "GET":
            return self._search({name: value[0] for name, value in parse_qs(request.query).items()})
        if path == "/Users" and request.method == "POST":
            return self._create(body)
        if path.startswith("/Users/"):
            return self._one(
                request.method, path.rpartition("/")[2], body, request.headers.get("if-match", "")
            )
        return error(404, "no such resource")

    def _config(self) -> Reply:
        if self.odd.config == "html":
            return Reply(body=b"<html><title>Welcome</title></html>")
        if self.odd.config == "missing":
            return error(404, "no such resource")
        if self.odd.config == "odd":
            return answer(200, {"bulk": "yes", "filter": None, "patch": []})
        bulk = {
            "supported": self.odd.bulk > 0,
            "maxOperations": self.odd.bulk,
            "maxPayloadSize": self.odd.bulk_bytes,
        }
        filters = {"supported": self.odd.filters != "none", "maxResults": self.odd.page}
        return answer(200, {"bulk": bulk, "filter": filters, "patch": {"supported": self.odd.patches}})

    def _search(self, asked: dict[str, Any]) -> Reply:
        text = str(asked.get("filter", ""))
        terms = [(name, json.loads(f'"{value}"').lower()) for name, value in _TERM.findall(text)]
        if text and (
            self.odd.filters in ("refused", "none")
            or (self.odd.filters == "names" and "emails" in text)
            or (self.odd.filters == "one" and len(terms) > 1)
        ):
            return error(400, "The specified filter is not supported", "invalidFilter")
        shown = [user for user in self.users.values() if user["userName"] not in self.odd.hidden]
        if text and self.odd.filters != "ignored":
            shown = [user for user in shown if any(term in values_of(user) for term in terms)]
        start = int(asked.get("startIndex", 1))
        page = shown[start - 1 : start - 1 + min(self.odd.page, int(asked.get("count", 100)))]
        body = {"schemas": [_API + "ListResponse"], "totalResults": len(shown), "startIndex": start}
        return answer(200, body | ({"itemsPerPage": len(page), "Resources": page} if page else {}))

    def _create(self, body: dict[str, Any]) -> Reply:
        if refusal := self._refusal(body):
            return refusal
        username = str(body.get("userName", ""))
        there = [user for user in self.users.values() if user["userName"].lower() == username.lower()]
        if there and self.odd.upserts:
            return answer(200, there[0])
        if there:
            status, kind = self.odd.duplicate
            return error(status, "User already exists in the database.", kind)
        number = self.add(
            **{"username": username} | {k: v for k, v in body.items() if k not in ("userName", "id")}
        )
        location = {"Location": f"{self.base_url}/Users/{number}"}
        if self.odd.bodiless:
            return Reply(status=201, headers=location)
        reply = answer(201, self.users[number])
        reply.headers |= location
        return reply

    def _refusal(self, body: dict[str, Any]) -> Reply | None:
        if self.odd.forgets:
            body.pop("externalId", None)
        if self.odd.strict and set(body["emails"][0]) != {"value"}:
            return error(400, "Extra inputs are not permitted: emails, 0, type")
        if self.odd.strict == "all" and {"displayName", "externalId"} & body.keys():
            return error(422, "Extra inputs are not permitted: displayName")
        if self.odd.needs_formatted and not body["name"].get("formatted"):
            return error(400, "Field 'formatted' is required but value is missing or null: name")
        return None

    def _bulk(self, body: dict[str, Any]) -> Reply:
        operations = body["Operations"]
        size = len(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode())
        if self.odd.bulk_broken:
            return error(self.odd.bulk_broken, "Bulk is not for you")
        if len(operations) > self.odd.bulk or size > self.odd.bulk_bytes:
            return error(413, "The size of the bulk operation exceeds the maxPayloadSize")
        results = [self._operation(one) for one in operations[: len(operations) - self.odd.bulk_skips]]
        results = results[: len(results) - self.odd.bulk_silent]
        return answer(200, {"schemas": [_API + "BulkResponse"], "Operations": results})

    def _operation(self, operation: dict[str, Any]) -> dict[str, Any]:
        reply = self._create(operation["data"])
        status: Any = {
            "text": str(reply.status), "number": reply.status, "code": {"code": str(reply.status)}
        }[self.odd.bulk_status]  # fmt: skip
        result = {"method": "POST", "bulkId": operation["bulkId"], "status": status}
        if reply.status >= 400:
            return result | {"response": json.loads(reply.body)}
        return result | ({"location": reply.headers["Location"]} if self.odd.bulk_locations else {})

    def _one(self, method: str, number: str, body: dict[str, Any], etag: str) -> Reply:
        user = self.users.get(number)
        if user is None:
            return error(404, f"Resource {number} not found")
        if method == "GET":
            return answer(200, {name: value for name, value in user.items() if name != "password"})
        if method == "PATCH" and not self.odd.patches:
            return error(501, "Not implemented")
        if method == "PUT" and etag != user["meta"]["version"]:
            return error(412, "Precondition failed")
        changes = {one["path"]: one["value"] for one in body["Operations"]} if method == "PATCH" else body
        if len(str(changes.get("password", "x" * 99))) < self.odd.password_rule:
            return error(400, f"The password needs {self.odd.password_rule} characters", "invalidValue")
        user |= changes
        return Reply(status=204)


def values_of(user: dict[str, Any]) -> set[tuple[str, str]]:
    """What an account can be found by."""
    emails = {("emails.value", str(one["value"]).lower()) for one in user["emails"]}
    return emails | {("userName", user["userName"].lower())}


def answer(status: int, body: Any) -> Reply:
    """A SCIM answer."""
    headers = {"Content-Type": "application/scim+json"}
    return Reply(status=status, body=json.dumps(body, ensure_ascii=False).encode(), headers=headers)


def error(status: int, detail: str, kind: str = "") -> Reply:
    """A SCIM error (RFC 7644 §3.12)."""
    body = {"schemas": [_API + "Error"], "status": str(status), "detail": detail}
    return answer(status, body | ({"scimType": kind} if kind else {}))
