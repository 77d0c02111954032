"""Which new passwords are taken, and why others are not."""

import pytest

from bot.portal.passwords import Weakness, common_passwords, find_weakness, tidy_password

EMAIL = "sam.lee@customer.test"


def weakness(password: str) -> Weakness | None:
    return find_weakness(password, password, email=EMAIL, site="Acme Learning")


@pytest.mark.parametrize(
    "password",
    [
        "quiet lanterns over fjords",
        "correct horse battery anything",
        "gXk29!!kdoQp1",
        "83920174836251",
        "ein ganz langer satz",
        "今日はとても良い天気ですね本当に",
        "MyDogHasFleas99",
        "sam likes tall ships",
        "-----tree-----frog-----moon-----",
    ],
)
def test_a_password_that_nobody_would_guess_first_is_taken(password: str) -> None:
    assert weakness(password) is None


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", Weakness.MISSING),
        ("elevenchars", Weakness.SHORT),
        ("x y" * 100, Weakness.LONG),
        (EMAIL, Weakness.ADDRESS),
        (EMAIL.upper(), Weakness.ADDRESS),
        ("sam.lee@customer.test1", Weakness.ADDRESS),
        ("sam.leesam.lee", Weakness.ADDRESS),
        ("aaaaaaaaaaaaaa", Weakness.PATTERN),
        ("123456789012", Weakness.PATTERN),
        ("abcdefghijklmn", Weakness.PATTERN),
        ("qwertyuiopasdf", Weakness.PATTERN),
        ("abcabcabcabcabc", Weakness.PATTERN),
        ("password1234", Weakness.COMMON),
        ("P@ssw0rd!2026", Weakness.COMMON),
        ("Summer2026!!!!", Weakness.COMMON),
        ("monkeydragon1", Weakness.COMMON),
        ("correct horse battery staple", Weakness.COMMON),
        ("correct-horse-battery-staple", Weakness.COMMON),
        ("welcome to acme 2026", Weakness.COMMON),
    ],
)
def test_a_weak_password_is_refused_for_its_reason(password: str, why: Weakness) -> None:
    assert weakness(password) is why


def test_both_fields_must_hold_the_same() -> None:
    assert find_weakness("quiet lanterns", "quiet lantern", email=EMAIL) is Weakness.DIFFERENT


def test_every_way_of_writing_a_letter_is_one() -> None:
    assert tidy_password("cafe\u0301") == tidy_password("caf\u00e9")


def test_the_list_is_in_the_form_that_it_is_compared_in() -> None:
    assert len(common_passwords()) > 500
    assert all(word == word.casefold().strip() and " " not in word for word in common_passwords())


def test_a_login_name_that_is_short_forbids_nothing() -> None:
    assert find_weakness("a quiet lantern", "a quiet lantern", email="a@b.cd") is None
