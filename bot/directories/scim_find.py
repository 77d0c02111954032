"""SCIM look-ups: the best way that the service understands, found out by trying and then kept."""

from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum
from typing import Any

from bot.directories.http import Answer
from bot.directories.names import NameRules, username_of
from bot.directories.scim_rules import (
    Resource,
    filter_names,
    filter_names_and_addresses,
    match_resources,
)
from bot.directories.scim_wire import SEARCH_REQUEST, ScimWire
from bot.errors import DirectoryRefused, DirectoryUnavailable
from bot.values.address import identity_key
from bot.values.learner import Account

_NOT_THIS_WAY = frozenset({400, 403, 404, 405, 406, 413, 414, 415, 422, 431, 501})
_IN_AN_ADDRESS = 10  # learners whose filter still fits a URL
_PAGE = 200


class Way(IntEnum):
    """How to look up, from the best to the last resort."""

    NAMES_AND_ADDRESSES = 0  # many at once, by username or address
    NAMES = 1  # many at once, by username
    ONE_NAME = 2  # one by one
    LIST = 3  # every account, compared here


class NotThisWay(Exception):
    """The service does not understand this way of asking; the next one may do."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


class ScimFinder:
    """Finds accounts, `size` learners a request; `most_listed` accounts bound the last resort."""

    def __init__(self, wire: ScimWire, rules: NameRules, *, size: int, most_listed: int) -> None:
        self._wire = wire
        self._rules = rules
        self._size = size
        self._most_listed = most_listed
        self.way = Way.NAMES_AND_ADDRESSES if size > 1 else Way.ONE_NAME
        self._posts = True

    def find(self, emails: Sequence[str]) -> dict[str, Account]:
        """Accounts by identity key."""
        unique = list({identity_key(email): email for email in emails}.values())
        if unique and not self._wire.provider().filters:
            self.way = Way.LIST
        while True:
            try:
                return self._find_in_parts(unique)
            except NotThisWay as error:
                if self.way is Way.LIST:
                    raise self._wire.refusal("to look accounts up", error.answer) from None
                self.way = Way(self.way + 1)

    def describe(self) -> str:
        """The way in use, for the check."""
        how = {
            Way.NAMES_AND_ADDRESSES: "many at once, by username and address",
            Way.NAMES: "many at once, by username",
            Way.ONE_NAME: "one by one, by username",
            Way.LIST: "by reading the list of all accounts",
        }[self.way]
        return how + ("" if self._posts else ", with addresses in URLs")

    def _find_in_parts(self, emails: Sequence[str]) -> dict[str, Account]:
        found: dict[str, Account] = {}
        if self.way is Way.LIST:
            size = len(emails)
        else:
            size = 1 if self.way is Way.ONE_NAME else self._size
            size = size if self._posts else min(size, _IN_AN_ADDRESS)
        for start in range(0, len(emails), size or 1):
            part = emails[start : start + size]
            usernames = {identity_key(email): username_of(email, self._rules) for email in part}
            found |= match_resources(self._ask(part, usernames), usernames)
        return found

    def _ask(self, emails: Sequence[str], usernames: Mapping[str, str]) -> Iterator[Resource]:
        if self.way is Way.LIST:
            return self._pages("", _PAGE)
        if self.way is Way.NAMES_AND_ADDRESSES:
            addresses = [email.strip().lower() for email in emails]
            return self._pages(filter_names_and_addresses(usernames.values(), addresses), len(emails) * 2)
        return self._pages(filter_names(usernames.values()), len(emails) * 2)

    def _pages(self, filter_text: str, count: int) -> Iterator[Resource]:
        """Every page of an answer (RFC 7644 §3.4.2.4), as far as it goes on and within `most_listed`."""
        limit = self._wire.provider().max_results
        count = min(count, limit) if limit else count
        seen: set[str] = set()
        start = 1
        while True:
            page = self._page(filter_text, start, max(1, count))
            resources = page.get("Resources") or []
            if not isinstance(resources, list) or not all(isinstance(one, dict) for one in resources):
                raise DirectoryUnavailable(f"{self._wire.platform} answered a look-up in an unknown form")
            new = [one for one in resources if str(one.get("id")) not in seen]
            yield from new
            seen |= {str(one.get("id")) for one in new}
            start += len(resources)
            total = page.get("totalResults")
            if not new or not isinstance(total, int) or start > total:
                return
            if len(seen) > self._most_listed:
                raise DirectoryRefused(
                    f"{self._wire.platform} cannot look accounts up, and holds more than the "
                    f"{self._most_listed:,} that would be read one by one"
                )

    def _page(self, filter_text: str, start: int, count: int) -> Mapping[str, Any]:
        """By POST, which keeps addresses out of URLs and so out of logs; by GET where that is not offered."""
        if self._posts and filter_text:
            body = {"schemas": [SEARCH_REQUEST], "filter": filter_text, "startIndex": start, "count": count}
            answer = self._wire.send("POST", "/Users/.search", body)
            if answer.ok:
                return self._wire.read(answer)
        params = {"startIndex": str(start), "count": str(count)}
        if filter_text:
            params["filter"] = filter_text
        answer = self._wire.send("GET", "/Users", params=params)
        if answer.status in _NOT_THIS_WAY:
            raise NotThisWay(answer)
        if not answer.ok:
            raise self._wire.refusal("to look accounts up", answer)
        if filter_text:
            self._posts = False
        return self._wire.read(answer)
