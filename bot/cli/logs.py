"""Logs to standard error: JSON for the journal or text for people; no secrets, and of people only domains."""

import logging
import re
import sys
from collections import OrderedDict
from collections.abc import MutableMapping
from contextlib import suppress
from threading import Lock
from typing import Any, TextIO

import structlog

from bot.cli.screen_text import harmless
from bot.runners.events import LibraryHandler, lines_of, weight_of

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
# What servers say quotes addresses of learners, and reasons quote senders.
ADDRESS = re.compile(r"[^\s<>\"'(),;:=\[\]]+@(?=[\w\[])")
# These say every request with its address, and addresses hold tokens and people.
TALKATIVE = ("httpx", "httpcore", "imapclient", "aiosmtplib", "asyncio", "urllib3", "msal", "google")
REMEMBERED = 5000
Event = MutableMapping[str, Any]


class EventLog:
    """Called with an event's name and details. Lines about a message carry its import's reference, or M and
    its number as long as it has none; `set_level` changes what is left out."""

    def __init__(self, level: str, style: str, stream: TextIO | None = None) -> None:
        out = stream or sys.stderr
        renderer: Any = structlog.processors.JSONRenderer(ensure_ascii=False)
        if style == "text":
            renderer = structlog.dev.ConsoleRenderer(colors=out.isatty())
        self._logger = structlog.wrap_logger(
            structlog.PrintLogger(out),
            processors=[
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                _exception,
                _minimised,
                renderer,
            ],
            wrapper_class=structlog.BoundLogger,
        )
        self._references: OrderedDict[object, str] = OrderedDict()
        self._lock = Lock()
        self.set_level(level)

    def set_level(self, level: str) -> None:
        """From now on leave out what matters less."""
        self._least = LEVELS[level]

    def __call__(self, event: str, **details: object) -> None:
        weight = weight_of(event)
        if "message" in details:
            details["reference"] = self._reference(details["message"], details.get("reference"))
        if weight >= self._least:
            # On a full disk the line is lost; the thread that wanted to write it must not be.
            with suppress(OSError):
                self._logger.msg(event, level=weight.name.lower(), **details)

    def _reference(self, message: object, told: object) -> str:
        with self._lock:
            if told:
                self._references[message] = str(told)
                while len(self._references) > REMEMBERED:
                    self._references.popitem(last=False)
            return self._references.get(message, f"M{message}")


def make_log(level: str, style: str) -> EventLog:
    """The log of this process; `style` is 'json' or 'text'. Libraries' warnings go the same way."""
    log = EventLog(level, style)
    root = logging.getLogger()
    for earlier in [handler for handler in root.handlers if isinstance(handler, LibraryHandler)]:
        root.removeHandler(earlier)
    root.addHandler(LibraryHandler(log))
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    return log


def _exception(_: Any, __: str, event: Event) -> Event:
    """A traceback without the values of variables: no mail's content reaches the journal by it."""
    error = event.pop("exception", None)
    if isinstance(error, BaseException):
        event["traceback"] = lines_of(error)
        event["error"] = type(error).__name__
    return event


def _minimised(_: Any, __: str, event: Event) -> Event:
    """Without control characters, and of mail addresses only the domain."""
    return {
        key: ADDRESS.sub("…@", harmless(value)) if isinstance(value, str) else value
        for key, value in event.items()
    }
