"""Checks DKIM signatures ourselves, for mailboxes whose server writes no results that can be trusted.

Needs the extra `dkim` (dkimpy, dnspython); without it the class cannot be made, and says so.
"""

import importlib.util
import re
from collections.abc import Callable
from typing import Any

from bot.errors import ConfigurationError, Temporary

_DNS_SECONDS = 5.0
_MOST_SIGNATURES = 5
_LONGEST_HEADER = 256 * 1024
# The fields a person sees or we act on: each must be there once and be signed, or what is shown is not
# what was signed (RFC 6376 §8.15).
_ONCE = ("from", "subject", "date")
_OFTEN_ONCE = ("to", "cc", "reply-to", "message-id", "content-type", "mime-version")
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_FIELD_NAME = re.compile(rb"^([!-9;-~]+)[ \t]*:", re.MULTILINE)
_SIGNATURE = re.compile(rb"^dkim-signature[ \t]*:((?:[^\r\n]|\r?\n[ \t])*)", re.IGNORECASE | re.MULTILINE)
_TAG = re.compile(r"(?:^|;)\s*([a-z]+)\s*=\s*([^;]*)", re.IGNORECASE)

Resolve = Callable[[str, float], bytes | None]


class DkimVerifier:
    """Implements `ports.SignatureVerifier`. `resolve` maps a DNS name and a time-out to its TXT record.

    Without `resolve`, dnspython asks the system's resolvers, for 5 seconds at most a question.
    """

    def __init__(self, resolve: Resolve | None = None, *, dns_seconds: float = _DNS_SECONDS) -> None:
        for needed in ("dkim", "dns") if resolve is None else ("dkim",):
            if importlib.util.find_spec(needed) is None:
                raise ConfigurationError(
                    "Checking DKIM signatures needs the extra 'dkim': pip install 'rollcall[dkim]', "
                    "or set verify_dkim = false."
                )
        self._resolve = resolve or _ask_dns
        self._dns_seconds = dns_seconds

    def signing_domains(self, raw: bytes) -> tuple[str, ...]:
        """The `d=` of every signature that holds; Temporary where DNS gave no answer.

        Refused: `l=` (text can be added below it), `x=` in the past, keys shorter than 1,024 bits, a second
        From, Subject or Date, and signatures that leave one of these out.
        """
        end = _HEADER_END.search(raw)
        head = raw[: end.start()] if end else raw
        names = [name.lower().decode("ascii") for name in _FIELD_NAME.findall(head)]
        if len(head) > _LONGEST_HEADER or any(names.count(name) != 1 for name in _ONCE):
            return ()
        if any(names.count(name) > 1 for name in _OFTEN_ONCE):
            return ()
        signatures = [_tags(found) for found in _SIGNATURE.findall(head)][:_MOST_SIGNATURES]
        holding = [
            tags["d"].lower()
            for index, tags in enumerate(signatures)
            if _is_strict(tags) and self._holds(raw, index)
        ]
        return tuple(dict.fromkeys(holding))

    def _holds(self, raw: bytes, index: int) -> bool:
        # The extra is optional, so it is first looked for when a signature is to be checked.
        import dkim

        failed: list[str] = []

        def txt(name: bytes | str, timeout: float = _DNS_SECONDS) -> bytes | None:
            asked = name.decode("ascii", "replace") if isinstance(name, bytes) else name
            try:
                return self._resolve(asked, min(timeout, self._dns_seconds))
            except Temporary as error:
                failed.append(str(error))
                return None

        try:
            held = bool(dkim.DKIM(raw, timeout=int(self._dns_seconds)).verify(idx=index, dnsfunc=txt))
        except (dkim.DKIMException, ValueError, LookupError, TypeError, AttributeError):
            # dkimpy lets its parsers' exceptions out for keys and signatures that are not well formed.
            held = False
        if failed and not held:
            raise Temporary(f"DNS did not answer for a DKIM key: {failed[0]}")
        return held


def _tags(signature: bytes) -> dict[str, str]:
    text = re.sub(r"\s+", " ", signature.decode("ascii", "replace"))
    return {name.lower(): re.sub(r"\s", "", value) for name, value in _TAG.findall(text)}


def _is_strict(tags: dict[str, str]) -> bool:
    signed = tags.get("h", "").lower().split(":")
    return bool(tags.get("d")) and "l" not in tags and all(name in signed for name in _ONCE)


def _ask_dns(name: str, timeout: float) -> bytes | None:
    """The TXT record of a name, None where there is none; Temporary where nobody answered."""
    import dns.exception
    import dns.resolver

    try:
        answer: Any = dns.resolver.resolve(name, "TXT", lifetime=timeout, raise_on_no_answer=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.exception.SyntaxError, UnicodeError):
        return None
    except (dns.exception.DNSException, OSError) as error:
        raise Temporary(f"{name}: {type(error).__name__}") from error
    for record in answer.rrset or ():
        text: bytes = b"".join(record.strings)
        if text.startswith(b"v=DKIM1") or b"p=" in text:
            return text
    return None
