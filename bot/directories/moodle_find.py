"""Moodle's look-ups: batched, and never fooled by an answer that was cut or hides what we may not see."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.directories.http import AnswerTooLarge
from bot.directories.moodle_rules import like_pattern, match_users, moodle_email, read_users
from bot.directories.moodle_wire import MoodleError, MoodleWire, listed
from bot.directories.names import NameRules, username_of
from bot.errors import DirectoryRefused
from bot.values.address import identity_key
from bot.values.learner import Account

BY_FIELD = "core_user_get_users_by_field"
BY_LIKENESS = "core_user_get_users"

# Accounts of every Moodle: the guest cannot be deleted; admin may have been renamed.
_ALWAYS_THERE = ("guest", "admin")

BLIND = (
    "shows us no other accounts: its user needs the capabilities moodle/user:viewdetails and "
    "moodle/user:viewalldetails in the system context"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Canary:
    """Values that a look-up by username or by address has to answer; '' where none is known."""

    username: str = ""
    email: str = ""
    addresses_shown: bool = False

    def for_field(self, field: str) -> str:
        """The value that must come back from a look-up by `field`."""
        return self.username if field == "username" else self.email


class MoodleFinder:
    """Finds accounts by address and username, `chunk` values a request.

    Without the capability Moodle answers `[]`, as if nobody existed, and PHP drops fields beyond its
    `max_input_vars` without a word. So a value that must be found goes last in every request: if it does not
    come back, fewer are asked for, and in the end it is said.
    """

    def __init__(self, wire: MoodleWire, rules: NameRules, *, chunk: int, probe: str) -> None:
        self._wire = wire
        self._rules = rules
        self._chunk = chunk
        self._probe = probe
        self._canary: Canary | None = None

    def canary(self) -> Canary:
        """What must always be found; empty while Moodle shows us nobody. Kept once it was seen."""
        if self._canary is None:
            asked = [name for name in (self._probe, *_ALWAYS_THERE) if name]
            users = read_users(self._wire.call(BY_FIELD, _by_field("username", asked)), self._wire.platform)
            # In the letter case it is stored in, which the look-up by address minds.
            emails = [str(user["email"]) for user in users if user.get("email")]
            seen = Canary(
                username=next((str(user["username"]) for user in users if user.get("username")), ""),
                email=next((email for email in emails if moodle_email(email)), ""),
                addresses_shown=bool(emails),
            )
            if not seen.username:
                return seen
            self._canary = seen
        return self._canary

    def find(self, emails: Sequence[str]) -> dict[str, Account]:
        """Accounts by identity key: first by address, then by username those not found."""
        usernames = {identity_key(email): self._username(email) for email in emails}
        addresses = {identity_key(email): moodle_email(email) for email in emails}
        found = match_users(self._look_up("email", filter(None, addresses.values())), usernames)
        missing = {key: username for key, username in usernames.items() if key not in found}
        return match_users(self._look_up("username", missing.values()), missing) | found

    def find_alike(self, email: str) -> Account | None:
        """The account under the address in any letter case; on PostgreSQL the look-up by field misses it."""
        address = moodle_email(email)
        if not address:
            return None
        fields = [("criteria[0][key]", "email"), ("criteria[0][value]", like_pattern(address))]
        try:
            reply = self._wire.ask(BY_LIKENESS, fields)
        except MoodleError as error:
            if error.code in ("accessexception", "invalidrecord", "invalidparameter"):
                return None  # the function is not in the service, which the check tells
            raise self._wire.verdict(BY_LIKENESS, error) from None
        users = read_users(reply.get("users") if isinstance(reply, dict) else None, self._wire.platform)
        key = identity_key(email)
        return match_users(users, {key: self._username(email)}).get(key)

    def by_id(self, account_id: str) -> Mapping[str, Any] | None:
        """The record of one account; None where there is none (or none that we may see)."""
        users = read_users(self._wire.call(BY_FIELD, _by_field("id", [account_id])), self._wire.platform)
        return next((user for user in users if str(user["id"]) == account_id), None)

    def _username(self, email: str) -> str:
        return username_of(email, self._rules)

    def _look_up(self, field: str, values: Iterable[str]) -> list[Mapping[str, Any]]:
        wanted = list(dict.fromkeys(values))
        users: list[Mapping[str, Any]] = []
        for start in range(0, len(wanted), self._chunk):
            users += self._look_up_part(field, wanted[start : start + self._chunk])
        return users

    def _look_up_part(self, field: str, values: Sequence[str]) -> list[Mapping[str, Any]]:
        """One request, or two of half the size where it was cut, too large or refused."""
        answered = self._look_up_once(field, values, alone=len(values) == 1)
        if answered is not None:
            return answered
        half = len(values) // 2
        return self._look_up_part(field, values[:half]) + self._look_up_part(field, values[half:])

    def _look_up_once(
        self, field: str, values: Sequence[str], *, alone: bool
    ) -> list[Mapping[str, Any]] | None:
        """The answer, or None where fewer have to be asked for at once."""
        canary = self.canary().for_field(field)
        asked = [*values, canary] if canary else list(values)
        try:
            users = read_users(self._wire.ask(BY_FIELD, _by_field(field, asked)), self._wire.platform)
        except AnswerTooLarge:
            if alone:
                raise
            return None
        except MoodleError as error:
            if error.code != "invalidparameter":
                raise self._wire.verdict(BY_FIELD, error) from None
            # Moodle takes one of the values in no form; nobody can have an account under it.
            return [] if alone else None
        if canary and not any(str(user.get(field, "")).lower() == canary.lower() for user in users):
            if alone:
                raise DirectoryRefused(f"{self._wire.platform} {BLIND}")
            return None
        return users


def _by_field(field: str, values: Sequence[str]) -> list[tuple[str, str]]:
    return [("field", field), *listed("values", values)]
