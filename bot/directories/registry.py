"""Connectors by name: ours and anybody's, found by the entry point group `rollcall.directories`."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any, cast

from bot.errors import ConfigurationError, RollcallError
from bot.ports import Directory
from bot.settings.tables import DirectorySettings

# What the configuration of a directory calls what a connector's factory calls otherwise.
_RENAMED = {"url": "base_url", "batch": "batch_size"}

GROUP = "rollcall.directories"

_NEEDED = ("name", "batch_size", "check", "find", "create", "set_password", "deactivate", "close")


def make_directory(entry: DirectorySettings) -> Directory:
    """The directory of one `[[directories]]` table.

    The factory gets `name`, the keys that are set (`url` as `base_url`, `batch` as `batch_size`, `token` as a
    function that reads it anew) and everything under `options`. Raises `ConfigurationError`.
    """
    values: dict[str, Any] = {
        _RENAMED.get(key, key): getattr(entry, key)
        for key in ("url", "ca_file", "timeout", "batch", "username_fallback")
        if key in entry.model_fields_set
    }
    if entry.model_fields_set & {"token", "token_file"}:
        values["token"] = entry.secret
    if twice := sorted(set(values) & set(entry.options)):
        raise ConfigurationError(f'directory "{entry.name}": {", ".join(twice)} is set twice')
    return open_directory(entry.kind, entry.name, values | entry.options)


def list_connectors(found: Iterable[EntryPoint] | None = None) -> dict[str, EntryPoint]:
    """The installed connectors by name. Raises `ConfigurationError` where two packages offer one name."""
    connectors: dict[str, EntryPoint] = {}
    for point in entry_points(group=GROUP) if found is None else found:
        other = connectors.setdefault(point.name, point)
        if other.value != point.value:
            raise ConfigurationError(
                f'two connectors are called "{point.name}": {other.value} and {point.value}; uninstall one'
            )
    return connectors


def open_directory(
    kind: str, name: str, options: Mapping[str, Any], *, found: Iterable[EntryPoint] | None = None
) -> Directory:
    """A directory of this kind, called `name`, made with the options of its configuration.

    Raises `ConfigurationError` for an unknown kind, a connector that cannot be loaded, or wrong options; its
    text never holds an option's value.
    """
    connectors = list_connectors(found)
    if kind not in connectors:
        known = ", ".join(sorted(connectors)) or "none"
        raise ConfigurationError(f'directory "{name}": no connector is called "{kind}" (installed: {known})')
    factory = _load(connectors[kind], name)
    _check_options(factory, kind, name, options)
    try:
        directory = factory(name=name, **options)
    except RollcallError as error:
        raise ConfigurationError(f'directory "{name}": {error}') from error
    except (TypeError, ValueError) as error:
        # Not chained and without its text: it may quote an option, and an option may be a token.
        text = (
            f'directory "{name}": the connector "{kind}" does not take these options ({type(error).__name__})'
        )
        raise ConfigurationError(text) from None
    missing = [part for part in _NEEDED if not hasattr(directory, part)]
    if missing:
        raise ConfigurationError(f'the connector "{kind}" lacks {", ".join(missing)}; see docs/connectors.md')
    return cast(Directory, directory)


def _load(point: EntryPoint, name: str) -> Callable[..., Any]:
    try:
        return cast(Callable[..., Any], point.load())
    except (ImportError, AttributeError) as error:
        text = f'directory "{name}": the connector "{point.name}" ({point.value}) cannot be loaded: {error}'
        raise ConfigurationError(text) from error


def _check_options(factory: Callable[..., Any], kind: str, name: str, options: Mapping[str, Any]) -> None:
    try:
        parameters = inspect.signature(factory).parameters.values()
    except (TypeError, ValueError):
        return  # a factory written in C tells nothing; calling it will
    if any(one.kind is inspect.Parameter.VAR_KEYWORD for one in parameters):
        return
    known = {one.name: one for one in parameters if one.name not in ("name", "transport")}
    if wrong := sorted(set(options) - set(known)):
        raise ConfigurationError(
            f'directory "{name}": the connector "{kind}" has no option {", ".join(wrong)} '
            f"(it has: {', '.join(sorted(known))})"
        )
    needed = [key for key, one in known.items() if one.default is inspect.Parameter.empty]
    if lacking := [key for key in needed if key not in options]:
        raise ConfigurationError(f'directory "{name}": the connector "{kind}" needs {", ".join(lacking)}')
