"""The Moodle connector: accounts made over its REST web service, as measured on a running 4.5."""

from collections.abc import Callable, Mapping, Sequence
from copy import copy

import httpx

from bot.directories.http import MAX_ANSWER, HttpEdge, Token, plain_words
from bot.directories.moodle_check import check_moodle
from bot.directories.moodle_create import MoodleMaker
from bot.directories.moodle_find import MoodleFinder
from bot.directories.moodle_rules import moodle_rules
from bot.directories.moodle_wire import MoodleError, MoodleWire, records
from bot.directories.names import read_fallback
from bot.errors import DirectoryRefused
from bot.ports import CheckLine
from bot.values.customer import Customer, NotifyBy
from bot.values.learner import Account, CreateResult, CreateStatus, Learner

_IN_COHORT_ALREADY = "3"


class MoodleDirectory:
    """A `Directory` on a Moodle site at `base_url` (the address of its front page).

    `token` is a web service token or a provider of it. `batch_size` learners are created and `find_size`
    looked up in a request. `username_fallback` is "refuse" or "replace"; `extended_usernames` mirrors the
    site's setting. `stamp_idnumber` keeps our mark in the ID number. `cohort` is the ID number of a cohort
    that every new account joins ('id:12' names it by id). `platform_mails` lets Moodle make the password and
    mail it. `probe_username` is an account that must always be visible, if neither guest nor admin is.
    """

    serial = True

    def __init__(
        self,
        base_url: str,
        token: str | Callable[[], str],
        *,
        name: str = "moodle",
        batch_size: int = 50,
        find_size: int = 200,
        username_fallback: str = "refuse",
        extended_usernames: bool = False,
        stamp_idnumber: bool = True,
        cohort: str = "",
        platform_mails: bool = False,
        password_length: int = 32,
        probe_username: str = "",
        timeout: float = 60.0,
        connect_timeout: float = 10.0,
        max_bytes: int = MAX_ANSWER,
        ca_file: str = "",
        proxy: str = "",
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.name = name
        self.batch_size = min(max(1, batch_size), 50)
        rules = moodle_rules(read_fallback(username_fallback), extended_usernames=extended_usernames)
        self._cohort = cohort
        self._edge = HttpEdge(
            base_url,
            platform="Moodle",
            timeout=timeout,
            connect_timeout=connect_timeout,
            max_bytes=max_bytes,
            ca_file=ca_file,
            proxy=proxy,
            transport=transport,
        )
        self._wire = MoodleWire(self._edge, Token(token))
        chunk = min(max(1, find_size), 200)
        self._finder = MoodleFinder(self._wire, rules, chunk=chunk, probe=probe_username)
        self._maker = MoodleMaker(
            self._wire,
            self._finder,
            rules,
            batch_size=self.batch_size,
            stamps=stamp_idnumber,
            password_length=0 if platform_mails else max(16, password_length),
        )

    def __repr__(self) -> str:
        return f"MoodleDirectory({self.name!r}, {self._edge.base_url!r})"

    def for_customer(self, customer: Customer) -> "MoodleDirectory":
        """This directory over the same connection, with the cohort and the notices that a customer has."""
        twin = copy(self)
        twin._cohort = customer.cohort or self._cohort
        if customer.notify_by is NotifyBy.PLATFORM:
            twin._maker = self._maker.mailing()
        return twin

    def check(self) -> Sequence[CheckLine]:
        """Try the connection, each function and each capability; nothing is changed."""
        return check_moodle(self._wire, self._finder, cohort=bool(self._cohort))

    def find(self, emails: Sequence[str]) -> dict[str, Account]:
        """Accounts by identity key, at most two requests for `find_size` addresses."""
        return self._finder.find(emails)

    def create(self, learners: Sequence[Learner], stamp: str) -> list[CreateResult]:
        """Create in batches; what is refused as a whole is halved until the cause stands alone."""
        results = self._maker.create(learners, stamp)
        created = [one.account for one in results if one.account and one.status is CreateStatus.CREATED]
        self.adopt(created)
        return results

    def adopt(self, accounts: Sequence[Account]) -> None:
        """Do what is done for new accounts besides making them: they join the cohort, if one is set.

        For accounts that an interrupted call turned out to have made. Those in the cohort already stay.
        """
        kind, value = (
            ("id", self._cohort[3:]) if self._cohort.startswith("id:") else ("idnumber", self._cohort)
        )
        for start in range(0, len(accounts) if self._cohort else 0, self.batch_size):
            rows = [
                [
                    ("cohorttype][type", kind),
                    ("cohorttype][value", value),
                    ("usertype][type", "id"),
                    ("usertype][value", account.id),
                ]
                for account in accounts[start : start + self.batch_size]
            ]
            reply = self._wire.call("core_cohort_add_cohort_members", records("members", rows))
            for warning in _warnings(reply):
                if str(warning.get("warningcode")) != _IN_COHORT_ALREADY:
                    said = plain_words(warning.get("message", ""))
                    text = f'{self._wire.platform} cannot add to the cohort "{self._cohort}": {said}'
                    raise DirectoryRefused(text)

    def set_password(self, account_id: str, password: str) -> None:
        """Set it; what the site's password policy misses is the text of the `DirectoryRefused`."""
        self._update(account_id, ("password", password))

    def deactivate(self, account_id: str) -> bool:
        """Suspend an account that was never used; one whose first access is hidden from us is left alone."""
        user = self._finder.by_id(account_id) if account_id.isdecimal() else None
        if user is None or user.get("firstaccess") != 0 or user.get("lastaccess") != 0:
            return False
        if not user.get("suspended"):
            self._update(account_id, ("suspended", "1"))
        return True

    def close(self) -> None:
        """Let go of connections."""
        self._edge.close()

    def _update(self, account_id: str, field: tuple[str, str]) -> None:
        if not account_id.isdecimal():
            raise DirectoryRefused(
                f"{self._wire.platform} has no account {plain_words(account_id, limit=40)}"
            )
        try:
            reply = self._wire.ask("core_user_update_users", records("users", [[("id", account_id), field]]))
        except MoodleError as error:
            if error.is_password_policy:
                raise DirectoryRefused(plain_words(error.code)) from None
            raise self._wire.verdict("core_user_update_users", error) from None
        for warning in _warnings(reply):
            raise DirectoryRefused(plain_words(warning.get("message") or warning.get("warningcode", "")))


def _warnings(reply: object) -> list[Mapping[str, object]]:
    """The `warnings` of an answer; older Moodles answer null."""
    warnings = reply.get("warnings") if isinstance(reply, dict) else None
    return [one for one in warnings if isinstance(one, dict)] if isinstance(warnings, list) else []
