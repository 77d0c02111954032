"""Pure rules of Moodle: what it takes as username, name and address, and how records become accounts."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from bot.directories.names import NameRules, UsernameFallback, stamp_of
from bot.errors import DirectoryUnavailable
from bot.values.address import domain_key, identity_key
from bot.values.learner import Account

# Columns of Moodle's user table hold 100 characters; more ends the whole batch in a dmlwriteexception.
_LONGEST = 100

# A username is cleaned to these characters, and refused if that changed it (unless the site extends them).
_REFUSED = re.compile(r"[^-.@_a-z0-9]")

# Names are stripped of tags and refused if that changed them; a "<" before a space is no tag to PHP.
_REFUSED_IN_NAME = re.compile(r"<(?!\s)|[\x00-\x1f\x7f]")

# What PHP's FILTER_VALIDATE_EMAIL takes, near enough: one that is not taken would spoil a whole look-up.
_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_TAKEN_EMAIL = re.compile(rf"(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LABEL}")


def moodle_rules(fallback: UsernameFallback, *, extended_usernames: bool = False) -> NameRules:
    """Moodle's limits; `extended_usernames` mirrors the site's own setting `extendedusernamechars`."""
    return NameRules(
        platform="Moodle",
        longest_username=_LONGEST,
        longest_name=_LONGEST,
        longest_email=_LONGEST,
        refused_in_username=re.compile(r"[\x00-\x20\x7f]") if extended_usernames else _REFUSED,
        refused_in_name=_REFUSED_IN_NAME,
        fallback=fallback,
    )


def moodle_email(email: str) -> str:
    """The address as Moodle stores it: lower case, its domain as A-labels; '' where it takes it in none."""
    local, _, domain = email.strip().lower().rpartition("@")
    address = f"{local}@{domain_key(domain)}"
    return address if len(address) <= _LONGEST and _TAKEN_EMAIL.fullmatch(address) else ""


def like_pattern(email: str) -> str:
    """A LIKE pattern that finds the address in any letter case; the answers are compared exactly afterwards.

    `%` would find everybody and a backslash escapes on some databases: each becomes `_`, any one character.
    """
    return email.replace("%", "_").replace("\\", "_")


def read_users(reply: Any, platform: str) -> list[Mapping[str, Any]]:
    """The user records of a look-up's answer; any other shape is `DirectoryUnavailable`."""
    if not isinstance(reply, list) or not all(isinstance(user, dict) and "id" in user for user in reply):
        raise DirectoryUnavailable(f"{platform} answered a look-up in an unknown form")
    return reply


def match_users(users: Iterable[Mapping[str, Any]], usernames: Mapping[str, str]) -> dict[str, Account]:
    """The accounts by identity key. `usernames` maps each key asked for to the username it would have.

    An account is ours to name if its address or its username is; one with both comes before one with the
    address, and that before one with the username; then the oldest.
    """
    by_username = {username: key for key, username in usernames.items()}
    best: dict[str, tuple[tuple[int, int], Account]] = {}
    for user in users:
        username, email = str(user.get("username", "")), str(user.get("email", ""))
        by_email = identity_key(email) if email else ""
        for key in {by_email, by_username.get(username.lower(), "")} & usernames.keys():
            rank = (-2 * (key == by_email) - (username.lower() == usernames[key]), int(user["id"]))
            if key not in best or rank < best[key][0]:
                best[key] = (rank, _account(user, key))
    return {key: account for key, (_, account) in best.items()}


def _account(user: Mapping[str, Any], key: str) -> Account:
    return Account(
        id=str(user["id"]),
        username=str(user.get("username", "")),
        email=str(user.get("email", "")),
        key=key,
        stamp=stamp_of(str(user.get("idnumber") or ""), key),
    )
