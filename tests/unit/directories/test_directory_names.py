"""Account names: the address itself, or one that no other address can get."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.directories.moodle_rules import moodle_rules
from bot.directories.names import (
    UsernameFallback,
    mark_of,
    read_fallback,
    stamp_of,
    username_of,
    why_refused,
)
from bot.directories.scim_rules import scim_rules
from bot.errors import ConfigurationError
from bot.values.address import identity_key
from bot.values.learner import Learner

REFUSE = moodle_rules(UsernameFallback.REFUSE)
REPLACE = moodle_rules(UsernameFallback.REPLACE)


def learner(email: str = "ada@example.com", first: str = "Ada", last: str = "Lovelace") -> Learner:
    return Learner(first_name=first, last_name=last, email=email, key=identity_key(email))


def test_the_username_is_the_address_in_lower_case() -> None:
    assert username_of("Ada.Lovelace@Example.COM", REFUSE) == "ada.lovelace@example.com"
    assert username_of("Ada.Lovelace@Example.COM", REPLACE) == "ada.lovelace@example.com"


@pytest.mark.parametrize(
    "email", ["a+b@example.com", "o'brien@example.com", "zoë@example.com", "a&b@example.com"]
)
def test_moodle_refuses_a_character_it_does_not_take_and_names_it(email: str) -> None:
    character = re.sub(r"[-.@_a-z0-9]", "", email)
    assert f'"{character}"' in why_refused(learner(email), REFUSE)
    assert why_refused(learner(email), REPLACE) == ""


@given(st.emails())
def test_a_replaced_username_is_one_that_moodle_takes(email: str) -> None:
    username = username_of(email, REPLACE)
    assert re.fullmatch(r"[-.@_a-z0-9]{1,100}", username)
    assert username == username_of(email.upper().lower(), REPLACE)


def test_two_addresses_never_get_one_username() -> None:
    emails = ["a+b@x.com", "a_b@x.com", "a'b@x.com", "ab@x.com", "a-b@x.com", "a&b@x.com"]
    assert len({username_of(email, REPLACE) for email in emails}) == len(emails)


def test_a_very_long_domain_still_gives_a_username_of_its_own() -> None:
    one, two = (f"{name}@{'d' * 60}.{'e' * 60}.com" for name in ("ann", "bob"))
    names = {username_of(email, REPLACE) for email in (one, two)}
    assert len(names) == 2
    assert max(map(len, names)) <= 100


@pytest.mark.parametrize(
    ("someone", "words"),
    [
        (learner(first=" "), "the first name is empty"),
        (learner(last="x" * 101), "the last name is longer than the 100 characters Moodle takes"),
        (learner(first="x" * 101), "the first name is longer than the 100 characters Moodle takes"),
        (learner(email="x" * 60 + "@" + "y" * 40 + ".com"), "the address is longer than the 100 characters"),
        (learner(first="A<b>"), 'Moodle does not take "<" in a first name'),
        (learner(last="A\x00"), "Moodle does not take a control character in a last name"),
    ],
)
def test_a_limit_of_the_platform_is_named_in_plain_words(someone: Learner, words: str) -> None:
    assert words in why_refused(someone, REFUSE)


def test_names_at_the_limit_and_with_harmless_signs_pass() -> None:
    assert why_refused(learner(first="x" * 100, last="1 < 2 & O'Brien"), REFUSE) == ""


def test_a_site_with_extended_usernames_takes_them() -> None:
    rules = moodle_rules(UsernameFallback.REFUSE, extended_usernames=True)
    assert why_refused(learner("o'brien+x@example.com"), rules) == ""


def test_scim_takes_what_addresses_hold_within_its_limit() -> None:
    rules = scim_rules(UsernameFallback.REFUSE, longest=64)
    assert why_refused(learner("zoë+o'brien@example.com"), rules) == ""
    assert "64 characters" in why_refused(learner(first="x" * 65), rules)


def test_a_mark_is_of_one_learner_and_gives_the_stamp_back() -> None:
    one, two = identity_key("a@x.com"), identity_key("b@x.com")
    assert mark_of("RC-1", one) != mark_of("RC-1", two)
    assert stamp_of(mark_of("RC-1", one), one) == "RC-1"
    assert stamp_of(mark_of("RC-1", one), two) == mark_of("RC-1", one)
    assert stamp_of("HR-4711", one) == "HR-4711"
    assert mark_of("", one) == ""


def test_an_unknown_fallback_names_the_choices() -> None:
    assert read_fallback("replace") is UsernameFallback.REPLACE
    with pytest.raises(ConfigurationError, match=r'"refuse" or "replace"'):
        read_fallback("strip")
