"""A mistake in the configuration is told by key, with the key that was probably meant."""

from typing import Any

import pytest

from bot.errors import ConfigurationError
from tests.unit.settings_builders import a_configuration

LOGIN = {"host": "x", "username": "a@b.test", "password": "p"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"databse": "x"}, "databse: is not a key of Rollcall; did you mean database?"),
        ({"imap": LOGIN | {"pasword_file": "x"}}, "mailboxes[0].imap.pasword_file: is not a key of Rollcall"),
        ({"imap": LOGIN | {"pasword_file": "x"}}, "did you mean password_file?"),
        ({"imap": LOGIN | {"oauth": {"provider": "gmail", "tennant": "x"}}}, "did you mean tenant?"),
        ({"portal": {"public_ulr": "x"}}, "did you mean public_url?"),
        ({"zzz": 1}, "zzz: is not a key of Rollcall; see config.example.toml"),
    ],
)
def test_a_key_that_is_none_is_told_with_the_likely_one(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        a_configuration(**changes)
    assert words in str(error.value)


@pytest.mark.parametrize(
    "url", ["", "rollcall.db", "sqlite:rollcall.db", "sqlite://rollcall.db", "mysql://x/y"]
)
def test_a_database_of_another_kind_is_told_before_it_is_opened(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"database: must begin with sqlite:/// or postgresql"):
        a_configuration(database=url)


def test_an_error_never_prints_a_value() -> None:
    with pytest.raises(ConfigurationError) as error:
        a_configuration(imap=LOGIN | {"port": "hunter2", "paswords": "hunter2"})
    assert "hunter2" not in str(error.value)
