"""The SCIM 2.0 connector: accounts on any platform that speaks RFC 7643 and 7644, oddly or well."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import httpx

from bot.directories.http import MAX_ANSWER, Answer, HttpEdge, Token, plain_words
from bot.directories.names import read_fallback
from bot.directories.scim_check import check_scim
from bot.directories.scim_create import ScimMaker
from bot.directories.scim_find import ScimFinder
from bot.directories.scim_rules import scim_rules, was_changed
from bot.directories.scim_wire import PATCH_OP, ScimWire
from bot.errors import DirectoryRefused
from bot.ports import CheckLine
from bot.values.customer import Customer
from bot.values.learner import Account, CreateResult, Learner

_NO_PATCH = frozenset({404, 405, 501})
_READ_ONLY = ("meta", "groups")


class ScimDirectory:
    """A `Directory` on a SCIM service at `base_url` (such as https://example.com/scim/v2).

    `token` is a bearer token or a provider of it. At most `batch_size` learners go into a bulk request
    (`bulk` False: one by one) and `find_size` into a look-up. `longest` bounds username, address and names,
    since SCIM does not tell a platform's limits. `initial_password` gives new accounts a random password.
    `most_listed` bounds the accounts read where the service cannot filter.
    """

    serial = True

    def __init__(
        self,
        base_url: str,
        token: str | Callable[[], str],
        *,
        name: str = "scim",
        batch_size: int = 100,
        find_size: int = 50,
        bulk: bool = True,
        username_fallback: str = "refuse",
        longest: int = 255,
        initial_password: bool = False,
        most_listed: int = 20_000,
        timeout: float = 60.0,
        connect_timeout: float = 10.0,
        max_bytes: int = MAX_ANSWER,
        ca_file: str = "",
        proxy: str = "",
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.name = name
        self.batch_size = max(1, batch_size)
        self._edge = HttpEdge(
            base_url,
            platform="SCIM",
            timeout=timeout,
            connect_timeout=connect_timeout,
            max_bytes=max_bytes,
            ca_file=ca_file,
            proxy=proxy,
            transport=transport,
        )
        self._wire = ScimWire(self._edge, Token(token))
        rules = scim_rules(read_fallback(username_fallback), longest=longest)
        self._finder = ScimFinder(self._wire, rules, size=max(1, find_size), most_listed=most_listed)
        self._maker = ScimMaker(
            self._wire,
            self._finder,
            rules,
            batch_size=self.batch_size,
            bulk=bulk,
            password_length=32 if initial_password else 0,
        )

    def __repr__(self) -> str:
        return f"ScimDirectory({self.name!r}, {self._edge.base_url!r})"

    def check(self) -> Sequence[CheckLine]:
        """Try the connection, the token and a look-up; nothing is changed."""
        return check_scim(self._wire, self._finder)

    def find(self, emails: Sequence[str]) -> dict[str, Account]:
        """Accounts by identity key, in the best way the service understands."""
        return self._finder.find(emails)

    def create(self, learners: Sequence[Learner], stamp: str) -> list[CreateResult]:
        """Create in bulk or one by one; a 409 is an account that exists, wherever it came from."""
        return self._maker.create(learners, stamp)

    def for_customer(self, customer: Customer) -> "ScimDirectory":
        """SCIM knows nothing that differs by customer."""
        return self

    def adopt(self, accounts: Sequence[Account]) -> None:
        """Nothing belongs to a new account here besides the resource itself."""

    def set_password(self, account_id: str, password: str) -> None:
        """Set it; what the platform has against it is the text of the `DirectoryRefused`."""
        self._change(account_id, {"password": password})

    def deactivate(self, account_id: str) -> bool:
        """Set `active` to false, unless the account was changed since it was made: then it is in use."""
        account = self._read(account_id)
        if account is None:
            return False
        if account.get("active") is False:
            return True
        if was_changed(account):
            return False
        self._change(account_id, {"active": False})
        return True

    def close(self) -> None:
        """Let go of connections."""
        self._edge.close()

    def _change(self, account_id: str, values: Mapping[str, Any]) -> None:
        """By PATCH (RFC 7644 §3.5.2), or where that is not offered by putting the whole account back."""
        if self._wire.provider().patches:
            operations = [{"op": "replace", "path": path, "value": value} for path, value in values.items()]
            body = {"schemas": [PATCH_OP], "Operations": operations}
            answer = self._wire.send("PATCH", _path(account_id), body)
            if answer.status not in _NO_PATCH:
                self._expect_change(answer)
                return
        account = self._read(account_id)
        if account is None:
            raise DirectoryRefused(
                f"{self._wire.platform} has no account {plain_words(account_id, limit=40)}"
            )
        meta = account.get("meta")
        etag = str(meta.get("version") or "") if isinstance(meta, dict) else ""
        whole = {name: value for name, value in account.items() if name not in _READ_ONLY}
        answer = self._wire.send("PUT", _path(account_id), {**whole, **values}, etag=etag)
        self._expect_change(answer)

    def _expect_change(self, answer: Answer) -> None:
        """Nothing or the account is success, a web page is none. A 400 is about the value: its words only."""
        if answer.status == 403:
            raise self._wire.refusal("to change an account", answer)
        if not answer.ok:
            raise DirectoryRefused(self._wire.words(answer))
        if answer.body.strip():
            self._wire.read(answer)

    def _read(self, account_id: str) -> Mapping[str, Any] | None:
        answer = self._wire.send("GET", _path(account_id))
        if answer.status in (404, 410):
            return None
        if not answer.ok:
            raise self._wire.refusal("to show an account", answer)
        return self._wire.read(answer)


def _path(account_id: str) -> str:
    return f"/Users/{quote(account_id, safe='')}"
