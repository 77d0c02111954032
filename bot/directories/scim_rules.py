"""Pure rules of SCIM: filters, the resource of a learner, and resources read as accounts."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any, TypeVar

from bot.directories.names import CONTROLS, NameRules, UsernameFallback, mark_of, stamp_of
from bot.values.address import identity_key
from bot.values.learner import Account, Learner

USER = "urn:ietf:params:scim:schemas:core:2.0:User"

T = TypeVar("T")

Resource = Mapping[str, Any]

# A change this soon after the creation is part of it; a person is slower.
_PART_OF_CREATION = timedelta(seconds=2)


def scim_rules(fallback: UsernameFallback, *, longest: int) -> NameRules:
    """RFC 7643 names no limits; `longest` bounds username, address and names."""
    return NameRules(
        platform="the platform",
        longest_username=longest,
        longest_name=longest,
        longest_email=longest,
        refused_in_username=CONTROLS,
        refused_in_name=CONTROLS,
        fallback=fallback,
    )


def filter_names(usernames: Iterable[str]) -> str:
    """`userName eq "…"` for any of them (RFC 7644 §3.4.2.2)."""
    return " or ".join(f"userName eq {quoted(name)}" for name in usernames)


def filter_names_and_addresses(usernames: Iterable[str], emails: Iterable[str]) -> str:
    """An account under any of the usernames, or with any of the addresses."""
    addresses = " or ".join(f"emails.value eq {quoted(email)}" for email in emails)
    return f"{filter_names(usernames)} or {addresses}"


def quoted(value: str) -> str:
    """A filter's value is a JSON string: backslash, quote and control characters are escaped."""
    return json.dumps(value, ensure_ascii=False)


class Leanness(IntEnum):
    """How much of a resource is left out for services that refuse what the standard allows."""

    WHOLE = 0  # nothing
    PLAIN_ADDRESS = 1  # all of an address but its value
    BARE = 2  # displayName and externalId as well, and with it our mark


def user_resource(
    learner: Learner, username: str, stamp: str, lean: Leanness = Leanness.WHOLE
) -> dict[str, Any]:
    """What to create (RFC 7643 §4.1); externalId is the client's to choose, and holds our mark."""
    whole = f"{learner.first_name} {learner.last_name}"
    resource: dict[str, Any] = {
        "schemas": [USER],
        "userName": username,
        # Optional by the standard, demanded by some services.
        "name": {"formatted": whole, "givenName": learner.first_name, "familyName": learner.last_name},
        "emails": [{"value": learner.email}],
        "active": True,
    }
    if lean < Leanness.PLAIN_ADDRESS:
        resource["emails"] = [{"value": learner.email, "type": "work", "primary": True}]
    if lean < Leanness.BARE:
        resource["displayName"] = whole
    if lean < Leanness.BARE and stamp:
        resource["externalId"] = mark_of(stamp, learner.key)
    return resource


def match_resources(resources: Iterable[Resource], usernames: Mapping[str, str]) -> dict[str, Account]:
    """Accounts by identity key. `usernames` maps each key asked for to the username it would have.

    Answers are compared exactly, since some services ignore filters. A username match comes first.
    """
    by_username = {username.lower(): key for key, username in usernames.items()}
    found: dict[str, Account] = {}
    for resource in resources:
        username = str(resource.get("userName", ""))
        key = by_username.get(username.lower()) or identity_key(username)
        if key in usernames:
            found[key] = read_account(resource, key)
            continue
        for email in addresses_of(resource):
            if (by_email := identity_key(email)) in usernames:
                found.setdefault(by_email, read_account(resource, by_email))
    return found


def read_account(resource: Resource, key: str) -> Account:
    """A User resource as an account."""
    return Account(
        id=str(resource.get("id", "")),
        username=str(resource.get("userName", "")),
        email=next(iter(addresses_of(resource)), str(resource.get("userName", ""))),
        key=key,
        stamp=stamp_of(str(resource.get("externalId") or ""), key),
    )


def addresses_of(resource: Resource) -> list[str]:
    """Every address of the `emails` attribute, the primary one first."""
    emails = resource.get("emails")
    entries = [one for one in emails if isinstance(one, dict)] if isinstance(emails, list) else []
    entries.sort(key=lambda one: one.get("primary") is not True)
    return [str(one["value"]) for one in entries if one.get("value")]


def was_changed(resource: Resource) -> bool:
    """Whether somebody changed the account after its creation; SCIM tells nothing of logins."""
    meta = resource.get("meta")
    if not isinstance(meta, dict):
        return False
    try:
        created = datetime.fromisoformat(str(meta.get("created")))
        modified = datetime.fromisoformat(str(meta.get("lastModified")))
        return modified - created > _PART_OF_CREATION
    except (ValueError, TypeError):
        return False


def packed(sized: Sequence[tuple[T, int]], *, most: int, bytes_in_all: int) -> Iterator[list[T]]:
    """Split into groups of at most `most` items and `bytes_in_all` bytes; one too large goes alone."""
    group: list[T] = []
    total = 0
    for item, size in sized:
        if group and (len(group) >= most or total + size > bytes_in_all):
            yield group
            group, total = [], 0
        group.append(item)
        total += size
    if group:
        yield group
