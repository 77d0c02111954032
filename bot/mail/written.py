"""Header values of outgoing mail: encoded, folded, and closed to line breaks from outside.

The standard library's new policy writes long message identifiers as encoded words, so that the thread is
lost, and takes encoded words in a subject for what they decode to; so these values are made ready by its
older, plainer functions and written as they stand.
"""

import re
from collections.abc import Iterable
from email.header import Header
from email.policy import Compat32
from email.utils import encode_rfc2231
from typing import Any

from bot.errors import DeliveryRefused
from bot.values.address import domain_key
from bot.values.message import Address

LINE = 78  # RFC 5322 §2.1.1
_UNPRINTABLE = re.compile(
    "[\\s\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+"
)
_ATOM = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\x80-\U0010ffff-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~\x80-\U0010ffff-]+)*"
)
_HOST = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,900}>")
_FIELD_NAME = re.compile(r"[!-9;-~]{1,60}")
_PLAIN_FILE = re.compile(r"[A-Za-z0-9 !#$&'()+,.;=@^_`{}~-]{1,60}")


class AsWritten(Compat32):
    """The standard library's older policy, for SMTP. It parses no field that is set, and here it folds none:
    ours are ready, and the few that the library sets are short."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        """A value goes out as it stands."""
        return f"{name}: {value}\r\n".encode()


AS_WRITTEN = AsWritten(linesep="\r\n", mangle_from_=False)


class Ready(str):
    """A header value that is encoded and folded already."""

    __slots__ = ()


def words(text: str, field: str, limit: int = 500) -> Ready:
    """Unstructured words (RFC 5322 §3.2.5), as RFC 2047 encoded words where they are not plain ASCII."""
    text = _UNPRINTABLE.sub(" ", text[:limit]).strip()
    # Words that look encoded are encoded once more, so that they arrive as they were written.
    # A word that fits no line is encoded too: folded before it, the field would begin with an empty line.
    plain = text.isascii() and "=?" not in text and max(map(len, text.split(" "))) < LINE - 20
    if plain and len(field) + 2 + len(text) <= LINE:
        return Ready(text)
    charset = "us-ascii" if plain else "utf-8"
    return Ready(Header(text, charset, maxlinelen=LINE, header_name=field).encode(linesep="\r\n"))


def mailboxes(addresses: Iterable[Address]) -> Ready:
    """A list of mailboxes (RFC 5322 §3.4), one a line. Raises DeliveryRefused for what is no address."""
    return Ready(",\r\n ".join(_mailbox(address) for address in addresses))


def _mailbox(address: Address) -> str:
    route = sendable(address.email)
    name = _UNPRINTABLE.sub(" ", address.name[:100]).strip()
    if not name or name == address.email:
        return route
    if name.isascii() and "=?" not in name:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}" <{route}>'
    return Header(name, "utf-8", maxlinelen=LINE - 10).encode(linesep="\r\n") + f"\r\n <{route}>"


def sendable(email: str) -> str:
    """The address as SMTP takes it: domain in A-labels, local part as it is. Raises DeliveryRefused."""
    local, _, domain = email.strip().rpartition("@")
    host = domain_key(domain)
    fits = len(local.encode(errors="replace")) <= 64 and len(host) <= 253  # RFC 5321 §4.5.3.1
    if not (fits and _ATOM.fullmatch(local) and _HOST.fullmatch(host)) or _UNPRINTABLE.search(local):
        raise DeliveryRefused("This is not an address that mail can be sent to.", code=553)
    return f"{local}@{host}"


def identifiers(ids: Iterable[str]) -> Ready:
    """Message identifiers (RFC 5322 §3.6.4), one a line; what is none is left out."""
    return Ready("\r\n ".join(valid_ids(ids)))


def valid_ids(ids: Iterable[str]) -> tuple[str, ...]:
    """Only real message identifiers, each once, in order."""
    return tuple(dict.fromkeys(one for one in ids if _MESSAGE_ID.fullmatch(one)))


def field_name(name: str) -> str:
    """A header field name (RFC 5322 §2.2); anything else is a mistake in our own code."""
    if not _FIELD_NAME.fullmatch(name):
        raise ValueError(f"not a header field name: {name!r}")
    return name


def disposition(file_name: str) -> Ready:
    """`Content-Disposition: attachment` with the name, by RFC 2231 where it is not plain."""
    name = _UNPRINTABLE.sub(" ", file_name).strip() or "attachment"
    if _PLAIN_FILE.fullmatch(name):
        return Ready(f'attachment;\r\n filename="{name}"')
    # 255 bytes become 765 characters at most: within a line's hard limit of 998 (RFC 5322 §2.1.1).
    cut = name.encode()[:255].decode(errors="ignore")
    return Ready(f"attachment;\r\n filename*={encode_rfc2231(cut, 'utf-8')}")
