"""Options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from bot.settings import Settings

Command = TypeVar("Command", bound=Callable[..., object])
PLACES = (Path("config.toml"), Path("/etc/rollcall/config.toml"))


def config_option(command: Command) -> Command:
    """`--config FILE`, also by $ROLLCALL_CONFIG."""
    return click.option(
        "-c",
        "--config",
        "config",
        type=click.Path(path_type=Path),
        envvar="ROLLCALL_CONFIG",
        help="The configuration file  [$ROLLCALL_CONFIG, ./config.toml, /etc/rollcall/config.toml]",
    )(command)


def json_option(command: Command) -> Command:
    """`--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")(command)


def config_path(given: Path | None) -> Path:
    """The given file, or the first of the usual places; raises ConfigurationError where there is none."""
    if given is not None:
        return given
    for place in PLACES:
        if place.is_file():
            return place
    raise ConfigurationError(
        f"no configuration found ({', '.join(str(place) for place in PLACES)}); give one with --config. "
        "config.example.toml explains every key, and `rollcall demo` needs none."
    )


def required_settings(given: Path | None) -> "Settings":
    """The settings; relative paths in them count from the working directory."""
    return _load(config_path(given))


def optional_settings(given: Path | None) -> "Settings | None":
    """The settings where there are any: some commands work without."""
    place = given or next((place for place in PLACES if place.is_file()), None)
    return _load(place) if place else None


def _load(path: Path) -> "Settings":
    # Only here: the tables of the settings take longer to load than a preview needs to read a mail.
    from bot.settings import load_settings

    return load_settings(path)
