"""SCIM look-ups: the best way that the service understands, found out by trying and then kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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
_IN_AN_ADDRESS = 5  # learners whose filter still fits a URL


class Way(IntEnum):
    """How to look up, from the best to the last resort."""

    NAMES_AND_ADDRESSES = 0  # many at once, by username or address
    NAMES = 1  # many at once, by username
    ONE_NAME = 2  # one by one
    LIST = 3  # every account, compared here


_IN_WORDS = {
    Way.NAMES_AND_ADDRESSES: "many at once, by username and address",
    Way.NAMES: "many at once, by username",
    Way.ONE_NAME: "one by one, by username",
    Way.LIST: "by reading the list of all accounts",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Method:
    """A way, and whether its filter goes by POST: that keeps addresses out of URLs, and so out of logs."""

    way: Way
    posts: bool

    def after(self, *, posts_known: bool) -> Method | None:
        """What to try next: the same by GET, then the next way; None after the last."""
        if self.way is Way.LIST:
            return None
        if self.posts and not posts_known:
            return Method(way=self.way, posts=False)
        return Method(way=Way(self.way + 1), posts=self.posts or not posts_known)

    def size(self, most: int) -> int:
        """How many learners go into one request; 0 for all of them."""
        if self.way is Way.LIST:
            return 0
        if self.way is Way.ONE_NAME:
            return 1
        return most if self.posts else min(most, _IN_AN_ADDRESS)

    def filter(self, usernames: Iterable[str], emails: Iterable[str]) -> str:
        """The filter that asks for them; '' for everybody."""
        if self.way is Way.LIST:
            return ""
        if self.way is Way.NAMES_AND_ADDRESSES:
            return filter_names_and_addresses(usernames, emails)
        return filter_names(usernames)

    def describe(self) -> str:
        """For the check: how accounts are looked up."""
        return _IN_WORDS[self.way] + (
            "" if self.posts or self.way is Way.LIST else ", with addresses in URLs"
        )


class NotThisWay(Exception):
    """The service does not understand this way of asking; the next one may do."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


class ScimFinder:
    """Finds accounts, `size` learners a request; `most_listed` accounts bound the last resort.

    The first way that works is kept; a look-up that fails in it goes further down for itself alone.
    """

    def __init__(self, wire: ScimWire, rules: NameRules, *, size: int, most_listed: int) -> None:
        self._wire = wire
        self._rules = rules
        self._size = size
        self._most_listed = most_listed
        self._kept: Method | None = None

    @property
    def method(self) -> Method:
        """How look-ups are begun."""
        if self._kept is not None:
            return self._kept
        if not self._wire.provider().filters:
            return Method(way=Way.LIST, posts=False)
        return Method(way=Way.NAMES_AND_ADDRESSES if self._size > 1 else Way.ONE_NAME, posts=True)

    def find(self, emails: Sequence[str]) -> dict[str, Account]:
        """Accounts by identity key."""
        unique = list({identity_key(email): email for email in emails}.values())
        if not unique:
            return {}
        method: Method | None = self.method
        while method is not None:
            try:
                found = self._find_in_parts(unique, method)
            except NotThisWay as error:
                answer = error.answer
                method = method.after(posts_known=self._kept is not None)
            else:
                self._kept = self._kept or method
                return found
        raise self._wire.refusal("to look accounts up", answer)

    def _find_in_parts(self, emails: Sequence[str], method: Method) -> dict[str, Account]:
        found: dict[str, Account] = {}
        size = method.size(self._size) or len(emails)
        for start in range(0, len(emails), size):
            part = emails[start : start + size]
            usernames = {identity_key(email): username_of(email, self._rules) for email in part}
            found |= match_resources(self._pages(method, part, usernames), usernames)
        return found

    def _pages(
        self, method: Method, emails: Sequence[str], usernames: Mapping[str, str]
    ) -> Iterator[Resource]:
        """Every page of an answer (RFC 7644 §3.4.2.4), as far as it goes on and within `most_listed`."""
        filter_text = method.filter(usernames.values(), [email.strip().lower() for email in emails])
        limit = self._wire.provider().max_results
        count = min(len(emails) * 2, limit) if limit else len(emails) * 2
        seen: set[str] = set()
        start = 1
        while True:
            page = self._page(method, filter_text, start, count)
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

    def _page(self, method: Method, filter_text: str, start: int, count: int) -> Mapping[str, Any]:
        if method.posts and filter_text:
            body = {"schemas": [SEARCH_REQUEST], "filter": filter_text, "startIndex": start, "count": count}
            answer = self._wire.send("POST", "/Users/.search", body)
        else:
            # A list is asked for without a count: some services that cannot filter stumble over it.
            params = {"startIndex": str(start)} if start > 1 else {}
            if filter_text:
                params |= {"filter": filter_text, "count": str(count)}
            answer = self._wire.send("GET", "/Users", params=params)
        if answer.status in _NOT_THIS_WAY:
            raise NotThisWay(answer)
        if not answer.ok:
            raise self._wire.refusal("to look accounts up", answer)
        return self._wire.read(answer)
