"""Where every exception of aiosmtplib, socket and ssl turns into one of ours."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPResponseException,
)

from bot.errors import DeliveryDeferred, DeliveryRefused, LoginRefused, Temporary
from bot.wire.troubles import connection_trouble

# How long the whole outbox rests when the server itself, not one recipient's mailbox, asks us to slow down.
SERVER_PAUSE = 60.0
# "Authentication required" and its kin may answer any command (RFC 4954 §6).
_LOGIN_CODES = frozenset({530, 534, 535, 538})


class ConnectionGone(DeliveryDeferred):
    """The connection was lost or closed while the mail had certainly not been handed over."""


def one_line(text: str) -> str:
    """A server's words as one line without control characters, at most 500 characters."""
    return re.sub(r"[\x00-\x20\x7f-\x9f]+", " ", text).strip()[:500]


@contextmanager
def connecting(server: str) -> Iterator[None]:
    """Up to the login nothing is said about any mail, so even a 5xx only means "not now"."""
    try:
        yield
    except SMTPAuthenticationError as error:
        words = f"{server} refuses our login: {error.code} {one_line(error.message)}"
        if 400 <= error.code < 500:
            raise DeliveryDeferred(words, retry_after=SERVER_PAUSE) from error
        raise LoginRefused(words) from error
    except LoginRefused:
        raise
    except DeliveryDeferred:
        raise
    except Temporary as error:
        raise DeliveryDeferred(str(error), retry_after=error.retry_after) from error
    except (SMTPException, OSError, ValueError) as error:
        raise DeliveryDeferred(_trouble(server, error), retry_after=SERVER_PAUSE) from error


@contextmanager
def sending(server: str, *, data_sent: bool) -> Iterator[None]:
    """One command of a mail transaction; with `data_sent` a lost connection leaves the outcome unknown."""
    try:
        yield
    except SMTPResponseException as error:
        raise refusal(error.code, error.message, server) from error
    except (SMTPException, OSError) as error:
        if data_sent:
            raise DeliveryDeferred(_trouble(server, error), outcome_unknown=True) from error
        raise ConnectionGone(_trouble(server, error)) from error


def refusal(code: int, message: str, server: str) -> DeliveryDeferred | DeliveryRefused | LoginRefused:
    """What a reply other than the good one means for this mail (RFC 5321 §4.2.1)."""
    words = f"{server}: {code} {one_line(message)}"
    if code == 421:  # closing the channel: nothing of this mail was taken (RFC 5321 §3.8)
        return ConnectionGone(words, retry_after=SERVER_PAUSE)
    if code in _LOGIN_CODES:
        return LoginRefused(words)
    if 500 <= code < 600:
        return DeliveryRefused(words, code=code)
    return DeliveryDeferred(words)


def _trouble(server: str, error: Exception) -> str:
    if (trouble := connection_trouble(error, server)) is not None:
        return trouble
    if isinstance(error, SMTPResponseException):
        return f"{server} is not ready for us: {error.code} {one_line(error.message)}"
    return f"The connection to {server} failed: {one_line(str(error)) or type(error).__name__}"
