"""Logs to standard error: JSON for the journal or text for people, without control characters or secrets."""

import logging
import sys
import traceback
from collections.abc import Callable, MutableMapping
from typing import Any

import structlog

from bot.cli.screen_text import harmless

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
# Events that deserve more than "info".
WARNINGS = ("trouble", "refused", "unavailable", "postponed", "lost", "missed", "deferred", "waits")
ERRORS = ("failed", "error")


def make_log(level: str, style: str) -> Callable[..., None]:
    """A function that logs an event with details; `style` is 'json' or 'text'."""
    renderer: Any = structlog.processors.JSONRenderer(ensure_ascii=False)
    if style == "text":
        renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    logger = structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr),
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.add_log_level,
            _exception,
            _harmless,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
    )

    def log(event: str, **details: object) -> None:
        method = logger.info
        if event.endswith(ERRORS):
            method = logger.error
        elif event.endswith(WARNINGS):
            method = logger.warning
        method(event, **details)

    return log


def _exception(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A traceback without the values of variables: no mail's content reaches the journal by it."""
    error = event.pop("exception", None)
    if isinstance(error, BaseException):
        event["traceback"] = [
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)
        ]
        event["error"] = type(error).__name__
    return event


def _harmless(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: harmless(value) if isinstance(value, str) else value for key, value in event.items()}
