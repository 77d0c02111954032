"""Pure rules of account names and limits: what a connector may send, and what it says of what it may not."""

import re
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from bot.errors import ConfigurationError
from bot.values.learner import Learner


class UsernameFallback(StrEnum):
    """What to do with an address that holds characters the platform takes in no username."""

    REFUSE = "refuse"  # the row fails, in plain words
    REPLACE = "replace"  # a username is made, with a short hash so that no two addresses share one


@dataclass(frozen=True, kw_only=True, slots=True)
class NameRules:
    """What a platform takes: `refused_in_username` matches one character that it does not (None: takes all).

    Lengths count characters. `refused_in_name` likewise for first and last names. `fallback` is the
    operator's choice.
    """

    platform: str
    longest_username: int
    longest_name: int
    longest_email: int
    refused_in_username: re.Pattern[str] | None = None
    refused_in_name: re.Pattern[str] | None = None
    fallback: UsernameFallback = UsernameFallback.REFUSE


CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


def read_fallback(value: str) -> UsernameFallback:
    """The setting `username_fallback`; raises `ConfigurationError` that names the choices."""
    try:
        return UsernameFallback(value)
    except ValueError:
        raise ConfigurationError('username_fallback must be "refuse" or "replace"') from None


def username_of(email: str, rules: NameRules) -> str:
    """The username for an address: itself in lower case, or the made one. The same each time it is asked.

    Nothing is ever stripped: that would turn two addresses into one account.
    """
    username = email.strip().lower()
    if rules.fallback is UsernameFallback.REFUSE or not _needs_replacing(username, rules):
        return username
    mark = "." + sha256(username.encode()).hexdigest()[:10]
    if rules.refused_in_username is not None:
        username = rules.refused_in_username.sub("_", username)
    local, _, domain = username.rpartition("@")
    room = rules.longest_username - len(mark) - 1 - len(domain)
    if room < 1:
        return (local + "_" + domain)[: rules.longest_username - len(mark)] + mark
    return f"{local[:room]}{mark}@{domain}"


def why_refused(learner: Learner, rules: NameRules) -> str:
    """Why the platform would not take this learner, in plain words; '' where nothing speaks against it."""
    for what, name in (("first name", learner.first_name), ("last name", learner.last_name)):
        if not name.strip():
            return f"the {what} is empty"
        if len(name) > rules.longest_name:
            return f"the {what} is longer than the {rules.longest_name} characters {rules.platform} takes"
        if found := (rules.refused_in_name or CONTROLS).search(name):
            return f"{rules.platform} does not take {_shown(found[0])} in a {what}"
    if len(learner.email) > rules.longest_email:
        return f"the address is longer than the {rules.longest_email} characters {rules.platform} takes"
    if rules.fallback is UsernameFallback.REPLACE:
        return ""
    username = learner.email.strip().lower()
    if len(username) > rules.longest_username:
        return f"the address is longer than the {rules.longest_username} characters of a username"
    if rules.refused_in_username and (found := rules.refused_in_username.search(username)):
        return f"{rules.platform} does not take {_shown(found[0])} in a username, and usernames are addresses"
    return ""


def mark_of(stamp: str, key: str) -> str:
    """What the platform keeps of `stamp` for one learner; unlike for any two, as some platforms demand."""
    return f"{stamp}/{_short(key)}" if stamp else ""


def stamp_of(mark: str, key: str) -> str:
    """The stamp inside a mark; a text that is no mark of ours for this learner comes back as it is."""
    return mark.removesuffix(f"/{_short(key)}")


def _short(key: str) -> str:
    return sha256(key.encode()).hexdigest()[:12]


def _needs_replacing(username: str, rules: NameRules) -> bool:
    if len(username) > rules.longest_username:
        return True
    return bool(rules.refused_in_username and rules.refused_in_username.search(username))


def _shown(character: str) -> str:
    return f'"{character}"' if character.isprintable() else "a control character"
