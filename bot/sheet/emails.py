"""The address in a cell: taken out of its wrapping, or the plain words for why there is none."""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote

import idna
from email_validator import EmailNotValidError, validate_email

from bot.sheet.cells import TRIMMED, WITHOUT_INVISIBLE

_ATEXT = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
# What nearly every address looks like: a dot-atom (RFC 5322 §3.2.3) at a dotted host name, all lower case.
PLAIN = re.compile(rf"{_ATEXT}(?:\.{_ATEXT})*@(?:{_LABEL}\.)+(?:[a-z][a-z0-9-]*[a-z0-9])")
_HOST = re.compile(rf"(?:{_LABEL}\.)+(?:[a-z][a-z0-9-]*[a-z0-9])")
_BRACKETED = re.compile(r"^([^<>]*)<([^<>]*@[^<>]*)>([^<>]*)$", re.DOTALL)
_MAILTO = re.compile(r"^mailto:\s*", re.IGNORECASE)
_QUOTES = "\"'`´‘’‚‛“”„‟«»‹›"
_TAIL = ".,;"
_MAX_LOCAL = 64  # RFC 5321 §4.5.3.1.1
_MAX_ADDRESS = 254  # RFC 5321 §4.5.3.1.3, less the angle brackets
_MAX_CELL = 1000  # characters that one address and its wrapping may take
_SEPARATED = re.compile(r"[\s,;/|]+")
_PHONE = re.compile(r"[+(]?[\d\s()./-]{6,}")


@dataclass(frozen=True, kw_only=True, slots=True)
class EmailCell:
    """`address` in the form it is used, or '' with `fault` in plain words; `repairs` tells what was done."""

    address: str
    fault: str = ""
    repairs: tuple[str, ...] = ()


def read_email(text: str) -> EmailCell:
    """The one address of a trimmed, non-empty cell (RFC 5322 §3.4.1, RFC 6531 §3.3 for other scripts)."""
    if PLAIN.fullmatch(text) and _fits(text):
        return EmailCell(address=text)
    if len(text) > _MAX_CELL:
        return EmailCell(address="", fault=_fault(text[:_MAX_CELL]))
    repairs: list[str] = []
    seen = _made_plain(text, repairs)
    bare = _unwrapped(seen, repairs)
    address = bare.lower()
    if address != bare:
        repairs.append("capital letters in the address made small")
    if is_address(address):
        return EmailCell(address=address, repairs=tuple(repairs))
    return EmailCell(address="", fault=_fault(bare))


def is_address(address: str) -> bool:
    """Whether it is one address by its syntax alone; nothing is looked up and no domain is special."""
    if not _fits(address):
        return False
    if address.isascii():
        return PLAIN.fullmatch(address) is not None
    local, _, domain = address.rpartition("@")
    try:
        host = domain if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii")
        validate_email(f"{local}@example.com", check_deliverability=False, strict=True)
    except (idna.IDNAError, UnicodeError, EmailNotValidError):
        return False
    return _HOST.fullmatch(host) is not None


def holds_address(text: str) -> bool:
    """Whether the cell as a whole is one address, for telling what a column holds."""
    return "@" in text and len(text) <= _MAX_CELL and bool(read_email(text).address)


def _fits(address: str) -> bool:
    return len(address) <= _MAX_ADDRESS and 0 < address.rfind("@") <= _MAX_LOCAL


def _made_plain(text: str, repairs: list[str]) -> str:
    plain = text.translate(WITHOUT_INVISIBLE)
    if plain != text:
        repairs.append("an invisible character removed from the address")
    folded = unicodedata.normalize("NFKC", plain)
    if folded != plain and folded.strip() != plain.replace("\u00a0", " ").strip():
        repairs.append("full-width or ornamental characters in the address made plain")
    return folded.strip(TRIMMED)


def _unwrapped(text: str, repairs: list[str]) -> str:
    """Peel off one wrapping at a time until nothing changes; each peel shortens the text, so it ends."""
    while True:
        peeled = _peel(text, repairs)
        if peeled == text:
            return text
        text = peeled


def _peel(text: str, repairs: list[str]) -> str:
    if link := _MAILTO.match(text):
        repairs.append("the address taken out of a mailto link")
        return unquote(text[link.end() :].partition("?")[0]).strip(TRIMMED)
    if wrapped := _BRACKETED.match(text):
        before, inside, after = wrapped.groups()
        if "@" not in before + after or _same_address(before, inside):
            repairs.append("the address taken out of “Name <address>”")
            return inside.strip(TRIMMED)
    if text[:1] in _QUOTES or text[-1:] in _QUOTES:
        stripped = text.strip(_QUOTES + TRIMMED)
        if stripped != text and "<" not in text:
            repairs.append("quotation marks around the address removed")
            return stripped
    if text[-1:] in _TAIL:
        stripped = text.rstrip(_TAIL + TRIMMED)
        if stripped != text:
            repairs.append(f"“{text[len(stripped) :].strip()}” after the address removed")
            return stripped
    return text


def _same_address(before: str, inside: str) -> bool:
    """`a@b <mailto:a@b>`: what Outlook pastes; the same address twice is still one address."""
    outer = before.strip(_QUOTES + TRIMMED).lower()
    return outer == _MAILTO.sub("", inside.strip(TRIMMED)).lower()


def _fault(text: str) -> str:
    """Why this is not one address, for the customer; `text` is not empty unless only wrapping was there."""
    if not text:
        return "there is no address in the cell"
    if text.startswith("#"):
        return f"the cell shows the error {text[:12]} instead of an address"
    parts = [part for part in _SEPARATED.split(text) if "@" in part]
    if len(parts) > 1:
        return "there is more than one address in the cell"
    if "@" not in text:
        phone = _PHONE.fullmatch(text)
        return "this looks like a phone number" if phone else "this is not an email address: it has no @"
    if text.count("@") > 1:
        return "the address has more than one @"
    if any(char.isspace() for char in text):
        return "there is a space inside the address" if parts[0] != text else "the address is not complete"
    local, _, domain = text.partition("@")
    if not local:
        return "there is nothing before the @"
    if not domain:
        return "there is nothing after the @"
    if "." not in domain.strip("."):
        return "the address has no ending such as .com"
    if ".." in text or text.startswith(".") or local.endswith(".") or domain.startswith("."):
        return "there is a dot too many in the address"
    if len(text) > _MAX_ADDRESS or len(local) > _MAX_LOCAL:
        return "the address is too long"
    return "the address has characters that no address can have"
