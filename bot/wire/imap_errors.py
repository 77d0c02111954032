"""Where every exception of imapclient, imaplib, socket and ssl turns into one of ours."""

import imaplib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from imapclient.exceptions import LoginError

from bot.errors import LoginRefused, MailboxFull, MailboxRefused, MailboxUnavailable, Temporary
from bot.wire.troubles import connection_trouble

# Response codes after which the same command may succeed later (RFC 5530 §3, RFC 9208 §4.1.1).
_TEMPORARY_CODES = frozenset({"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG"})

# What imapclient and imaplib raise over an answer that makes no sense to them, found by feeding them such.
_UNPARSABLE = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RecursionError,
    OverflowError,
    MemoryError,
)

# imapclient writes "select failed: [CODE] words", its login the bare words, or the repr of bytes.
_CODE = re.compile(r"""(?:[\w ]+ failed: |b['"])?\[([A-Z0-9-]+)""")


def response_code(error: BaseException) -> str:
    """The response code in brackets that a tagged NO began with; '' where there was none."""
    found = _CODE.match(str(error))
    return found.group(1) if found else ""


def _lost(error: BaseException) -> bool:
    """Whether the connection is unusable now; imapclient dresses that up as a LoginError too."""
    cause = error.__context__ if isinstance(error, LoginError) else error
    return isinstance(cause, OSError | imaplib.IMAP4.abort) and not isinstance(cause, imaplib.IMAP4.readonly)


def _words(error: BaseException) -> str:
    text = str(error) or type(error).__name__
    return text.removeprefix("b'").rstrip("'") if text.startswith("b'") else text


@contextmanager
def translated(doing: str, server: str, drop: Callable[[], None]) -> Iterator[None]:
    """Run a piece of IMAP; `drop` is called where the connection can't be used any more.

    Raises `MailboxUnavailable` for everything that may pass, `LoginRefused` for refused credentials and
    `MailboxRefused` for any other NO or BAD.
    """
    try:
        yield
    except MailboxUnavailable:
        drop()
        raise
    except Temporary as error:
        drop()
        raise MailboxUnavailable(str(error), retry_after=error.retry_after) from error
    except (imaplib.IMAP4.error, OSError, *_UNPARSABLE) as error:
        raise _translate(error, doing, server, drop) from error


def _translate(error: Exception, doing: str, server: str, drop: Callable[[], None]) -> Exception:
    if (trouble := connection_trouble(error, server)) is not None:
        drop()
        return MailboxUnavailable(f"{trouble} ({doing})")
    if _lost(error):
        drop()
        return MailboxUnavailable(f"The connection to {server} failed ({doing}): {_words(error)}")
    if isinstance(error, _UNPARSABLE):
        drop()  # what follows on this connection is unsure
        return MailboxUnavailable(f"{server} gave an answer that makes no sense ({doing}): {_words(error)}")
    if response_code(error) == "OVERQUOTA":
        return MailboxFull(f"{server} has no room left ({doing}): {_words(error)}")
    if response_code(error) in _TEMPORARY_CODES:
        return MailboxUnavailable(f"{server} cannot do it now ({doing}): {_words(error)}")
    if isinstance(error, LoginError):
        drop()
        return LoginRefused(f"{server} refuses our login: {_words(error)}")
    if "got more than" in str(error):  # imaplib's own words when a line is over its limit; the rest is unread
        drop()
    return MailboxRefused(f"{server} refuses ({doing}): {_words(error)}")
