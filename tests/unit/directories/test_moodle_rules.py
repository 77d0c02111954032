"""What Moodle takes, and which of its records is whose."""

import string
from itertools import pairwise

import pytest

from bot.directories.moodle_rules import like_pattern, match_users, moodle_email, read_users
from bot.directories.moodle_wire import listed, records
from bot.directories.passwords import random_password
from bot.errors import DirectoryUnavailable
from bot.values.address import identity_key

ADA = "ada@example.com"
KEY = identity_key(ADA)


def test_an_address_is_sent_in_lower_case_with_an_ascii_domain() -> None:
    assert moodle_email("Ada@Bücher.Example") == "ada@xn--bcher-kva.example"
    assert identity_key(moodle_email("Ada@Bücher.Example")) == identity_key("ada@bücher.example")


@pytest.mark.parametrize(
    "email", ["zoë@example.com", "a..b@example.com", "a@localhost", "x" * 65 + "@example.com", "a@b_c.de"]
)
def test_an_address_that_moodle_takes_in_no_form_is_not_sent(email: str) -> None:
    assert moodle_email(email) == ""


@pytest.mark.parametrize("email", ["o'brien+x@example.com", "a%b_c@example.com", "a&b@sub.example.co.uk"])
def test_odd_but_good_addresses_are_sent(email: str) -> None:
    assert moodle_email(email) == email


def test_a_search_pattern_cannot_find_everybody() -> None:
    assert like_pattern("%@%.com") == "_@_.com"
    assert like_pattern("a\\b@x.com") == "a_b@x.com"


def test_an_account_with_address_and_username_comes_before_one_with_either() -> None:
    users = [
        {"id": 7, "username": ADA, "email": "other@example.com"},
        {"id": 8, "username": "someone", "email": ADA},
        {"id": 9, "username": ADA, "email": "ADA@Example.com", "idnumber": "HR-1"},
    ]
    assert match_users(users, {KEY: ADA})[KEY].id == "9"
    assert match_users(users, {KEY: ADA})[KEY].stamp == "HR-1"
    assert match_users(users[:2], {KEY: ADA})[KEY].id == "8"
    assert match_users(users[:1], {KEY: ADA})[KEY].id == "7"


def test_an_account_nobody_asked_for_is_left_out() -> None:
    assert match_users([{"id": 7, "username": "x", "email": "x@example.com"}, {"id": 8}], {KEY: ADA}) == {}


def test_of_two_accounts_with_one_address_the_older_counts() -> None:
    users = [{"id": 12, "username": "b", "email": ADA}, {"id": 5, "username": "a", "email": ADA}]
    assert match_users(users, {KEY: ADA})[KEY].id == "5"


@pytest.mark.parametrize("reply", [None, {}, "x", [1], [{"username": "x"}]])
def test_an_answer_of_another_shape_is_no_answer(reply: object) -> None:
    with pytest.raises(DirectoryUnavailable):
        read_users(reply, "Moodle")


def test_form_fields_are_numbered_as_php_reads_them() -> None:
    assert listed("values", ["a", "b"]) == [("values[0]", "a"), ("values[1]", "b")]
    assert records("users", [[("id", "1")], [("id", "2")]]) == [("users[0][id]", "1"), ("users[1][id]", "2")]


def test_random_passwords_have_every_class_and_no_twins() -> None:
    passwords = [random_password(20) for _ in range(50)]
    assert len(set(passwords)) == 50
    for password in passwords:
        assert len(password) == 20
        for members in (string.ascii_lowercase, string.ascii_uppercase, string.digits, "-_"):
            assert set(password) & set(members)
        assert all(one != other for one, other in pairwise(password))
