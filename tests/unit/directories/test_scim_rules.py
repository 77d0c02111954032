"""Filters that cannot be broken out of, and resources read as accounts."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.directories.scim_rules import (
    addresses_of,
    filter_names,
    filter_names_and_addresses,
    match_resources,
    packed,
    quoted,
    user_resource,
    was_changed,
)
from bot.directories.scim_wire import Provider, read_provider
from bot.values.address import identity_key
from bot.values.learner import Learner

ADA = "ada@example.com"
KEY = identity_key(ADA)


@given(st.text())
def test_a_quoted_value_is_one_json_string_whatever_it_holds(value: str) -> None:
    assert json.loads(quoted(value)) == value


def test_quotes_and_backslashes_stay_inside_the_value() -> None:
    assert filter_names(['a"b\\c@x.com']) == 'userName eq "a\\"b\\\\c@x.com"'
    both = filter_names_and_addresses(["a@x.com"], ["b@x.com"])
    assert both == 'userName eq "a@x.com" or emails.value eq "b@x.com"'


def test_a_learner_becomes_a_user_resource_with_our_mark() -> None:
    ada = Learner(first_name="Ada", last_name="Lovelace", email="Ada@example.com", key=KEY)
    resource = user_resource(ada, ADA, "RC-1")
    assert resource["userName"] == ADA
    assert resource["emails"] == [{"value": "Ada@example.com", "type": "work", "primary": True}]
    assert resource["externalId"].startswith("RC-1/")
    assert "externalId" not in user_resource(ada, ADA, "")
    assert match_resources([resource | {"id": "7"}], {KEY: ADA})[KEY].stamp == "RC-1"


def test_accounts_are_matched_by_username_first_and_then_by_any_address() -> None:
    by_email = {"id": "1", "userName": "jdoe", "emails": [{"value": "x@y.z"}, {"value": "ADA@example.com"}]}
    by_name = {"id": "2", "userName": "ADA@example.com"}
    assert match_resources([by_email], {KEY: ADA})[KEY].id == "1"
    assert match_resources([by_email, by_name], {KEY: ADA})[KEY].id == "2"
    assert match_resources([by_name, by_email], {KEY: ADA})[KEY].id == "2"
    assert match_resources([{"id": "3", "userName": "xada@example.com"}], {KEY: ADA}) == {}


def test_the_primary_address_comes_first_and_odd_emails_are_no_error() -> None:
    emails = [{"value": "b@x.z"}, {"value": "a@x.z", "primary": True}, "c@x.z", {"value": None}]
    assert addresses_of({"emails": emails}) == ["a@x.z", "b@x.z"]
    assert addresses_of({"emails": "a@x.z"}) == []


@pytest.mark.parametrize(
    ("created", "modified", "changed"),
    [
        ("2026-03-01T10:00:00Z", "2026-03-01T10:00:00.9Z", False),
        ("2026-03-01T10:00:00Z", "2026-03-01T11:00:00+01:00", False),
        ("2026-03-01T10:00:00Z", "2026-03-02T10:00:00Z", True),
        ("2026-03-01T10:00:00", "2026-03-02T10:00:00Z", False),
        (None, "2026-03-02T10:00:00Z", False),
    ],
)
def test_an_account_changed_after_its_creation_is_seen_as_used(
    created: str | None, modified: str, changed: bool
) -> None:
    assert was_changed({"meta": {"created": created, "lastModified": modified}}) is changed


def test_bulk_is_split_by_count_and_by_bytes_and_loses_nothing() -> None:
    sized = [(number, 10) for number in range(7)]
    assert list(packed(sized, most=3, bytes_in_all=1000)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert list(packed(sized, most=100, bytes_in_all=25)) == [[0, 1], [2, 3], [4, 5], [6]]
    assert list(packed([("big", 99), ("small", 1)], most=9, bytes_in_all=50)) == [["big"], ["small"]]
    assert list(packed([], most=9, bytes_in_all=50)) == []


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b"[" * 100_000])
def test_a_service_that_says_nothing_sensible_gets_the_defaults(body: bytes) -> None:
    assert read_provider(body) == Provider(silent=True)


def test_what_a_service_says_is_read_leniently() -> None:
    said = {
        "bulk": {"supported": True, "maxOperations": "many", "maxPayloadSize": 0},
        "filter": {"supported": False},
    }
    provider = read_provider(json.dumps(said).encode())
    assert provider.bulk_operations == 100
    assert provider.bulk_bytes == 1_048_576
    assert provider.filters is False
    assert provider.patches is True
    assert read_provider(b'{"bulk": {"supported": "true", "maxOperations": 5}}').bulk_operations == 0
