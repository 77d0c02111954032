"""Connectors by name: found, opened, and refused in words that help."""

from importlib.metadata import EntryPoint

import pytest
from pydantic import SecretStr

from bot.directories.moodle import MoodleDirectory
from bot.directories.registry import GROUP, list_connectors, make_directory, open_directory
from bot.errors import ConfigurationError
from bot.settings.tables import DirectorySettings

MOODLE = EntryPoint("moodle", "bot.directories.moodle:MoodleDirectory", GROUP)
SCIM = EntryPoint("scim", "bot.directories.scim:ScimDirectory", GROUP)
OURS = (MOODLE, SCIM)


def test_a_connector_is_opened_by_its_name_with_its_options() -> None:
    options = {"base_url": "https://moodle.example.com", "token": "t0ken"}
    directory = open_directory("moodle", "academy", options, found=OURS)
    assert isinstance(directory, MoodleDirectory)
    assert directory.name == "academy"
    assert "t0ken" not in repr(directory)
    directory.close()


def test_an_unknown_connector_is_answered_with_those_installed() -> None:
    with pytest.raises(ConfigurationError, match="installed: moodle, scim"):
        open_directory("ldap", "x", {}, found=OURS)


def test_an_unknown_option_is_answered_with_those_there_are() -> None:
    options = {"base_url": "https://x.example", "token": "t", "bach_size": 5}
    with pytest.raises(ConfigurationError, match=r"no option bach_size .*batch_size"):
        open_directory("moodle", "x", options, found=OURS)


def test_a_missing_option_is_named() -> None:
    with pytest.raises(ConfigurationError, match="needs token"):
        open_directory("scim", "x", {"base_url": "https://x.example"}, found=OURS)


def test_a_wrong_value_is_a_mistake_of_the_configuration_and_not_shown() -> None:
    options = {"base_url": "https://x.example", "token": "t0ken", "batch_size": "t0ken"}
    with pytest.raises(ConfigurationError) as caught:
        open_directory("moodle", "x", options, found=OURS)
    assert "t0ken" not in str(caught.value)
    with pytest.raises(ConfigurationError, match=r'directory "x": username_fallback'):
        open_directory("moodle", "x", options | {"batch_size": 5, "username_fallback": "strip"}, found=OURS)


def test_a_connector_that_cannot_be_loaded_names_itself() -> None:
    broken = EntryPoint("broken", "no_such_package.at_all:Directory", GROUP)
    with pytest.raises(ConfigurationError, match="no_such_package"):
        open_directory("broken", "x", {}, found=[broken])


def test_a_connector_that_is_no_directory_is_told_what_it_lacks() -> None:
    odd = EntryPoint("odd", "types:SimpleNamespace", GROUP)
    with pytest.raises(ConfigurationError, match="batch_size, check"):
        open_directory("odd", "x", {}, found=[odd])


def test_two_packages_cannot_offer_one_name() -> None:
    other = EntryPoint("moodle", "elsewhere:Directory", GROUP)
    with pytest.raises(ConfigurationError, match="uninstall one"):
        list_connectors([MOODLE, other])
    assert list_connectors([MOODLE, MOODLE]) == {"moodle": MOODLE}


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.directories.registry.entry_points", lambda group: OURS if group == GROUP else ())


@pytest.mark.usefixtures("installed")
def test_a_table_of_the_configuration_becomes_a_directory() -> None:
    entry = DirectorySettings(
        name="academy",
        kind="moodle",
        url="https://moodle.example.com/",
        token=SecretStr("t0ken"),
        batch=20,
        username_fallback="replace",
        options={"cohort": "acme", "find_size": 100},
    )
    directory = make_directory(entry)
    assert isinstance(directory, MoodleDirectory)
    assert (directory.name, directory.batch_size) == ("academy", 20)
    assert repr(directory) == "MoodleDirectory('academy', 'https://moodle.example.com')"
    directory.close()


@pytest.mark.usefixtures("installed")
def test_a_key_given_twice_is_a_mistake() -> None:
    entry = DirectorySettings(
        name="academy", kind="scim", url="https://x.example", options={"base_url": "https://y.example"}
    )
    with pytest.raises(ConfigurationError, match="base_url is set twice"):
        make_directory(entry)


@pytest.mark.usefixtures("installed")
def test_a_table_without_a_token_is_told_so() -> None:
    with pytest.raises(ConfigurationError, match=r'directory "academy".* needs token'):
        make_directory(DirectorySettings(name="academy", kind="scim", url="https://x.example"))
