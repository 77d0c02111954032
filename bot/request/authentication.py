"""Reads what the trusted mail server found out about the sender; everybody else's findings are hearsay.

RFC 8601: each Authentication-Results field names the server that wrote it. A sender can write such fields
too, so only those count that carry a configured name, stand on top, and do not contradict each other.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import authres
from authres.core import AuthenticationResult, AuthResError

from bot.request.alignment import is_aligned
from bot.values.address import domain_key
from bot.values.customer import TrustPolicy

_FIELD = "authentication-results"
# Fields the originator writes: below the first of them a server has added nothing (RFC 5321 §4.4).
_ORIGINATOR_FIELDS = frozenset(
    {"from", "to", "subject", "date", "message-id", "mime-version", "dkim-signature"}
)
_ONCE = ("subject", "date", "content-type")
_LONGEST = 16 * 1024
_NAMELESS = "topmost.invalid"  # stands in for the name Microsoft 365 leaves out


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What the trusted fields come to. `said_anything` is false where they leave DKIM and DMARC open."""

    proven: bool
    why: str
    said_anything: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class TrustedField:
    """One field of the trusted server; `results` is None where it cannot be parsed."""

    server: str
    results: tuple[AuthenticationResult, ...] | None


def weigh_results(headers: tuple[tuple[str, str], ...], from_domain: str, policy: TrustPolicy) -> Finding:
    """Whether the trusted server proves `from_domain`. `headers` are all of the message's, top first."""
    doubled = next((name for name in _ONCE if _count(headers, name) > 1), "")
    if doubled:
        # A signature covers the lowest; people and we would read the highest (RFC 6376 §8.15).
        return Finding(proven=False, why=f"more than one {doubled.title()} field")
    fields = list(_trusted_fields(headers, policy))
    if not fields:
        return Finding(proven=False, why="no result of a trusted mail server", said_anything=False)
    server = fields[0].server
    if any(field.results is None for field in fields):
        return Finding(proven=False, why=f"a result of {server} cannot be parsed")
    spoken = {method: _spoken_by(fields, method) for method in ("dmarc", "dkim", "spf")}
    aligned = _aligned_pass(spoken["dkim"], spoken["spf"], from_domain)
    if not aligned.startswith("spf") and _is_open_ended(headers, from_domain):
        return Finding(proven=False, why=f"the signature of {from_domain} lets text be added below it")
    verdicts = {str(result.result) for result in spoken["dmarc"]}
    if "fail" in verdicts:
        return Finding(proven=False, why=f"dmarc=fail for {from_domain}, said by {server}")
    if verdicts == {"pass"} and all(_header_from(result) == from_domain for result in spoken["dmarc"]):
        if spoken["dkim"] and spoken["spf"] and not aligned:
            return Finding(proven=False, why=f"dmarc=pass without an aligned dkim or spf, said by {server}")
        return Finding(proven=True, why=f"dmarc=pass for {from_domain}, said by {server}")
    if "pass" in verdicts:
        return Finding(
            proven=False, why=f"dmarc=pass for another domain than {from_domain}, said by {server}"
        )
    if aligned:
        return Finding(proven=True, why=f"{aligned}, aligned with {from_domain}, said by {server}")
    return Finding(
        proven=False,
        why=f"{server} proves nothing that is aligned with {from_domain}",
        said_anything=bool(spoken["dkim"] or spoken["dmarc"]),
    )


def _trusted_fields(headers: tuple[tuple[str, str], ...], policy: TrustPolicy) -> Iterator[TrustedField]:
    """The trusted server's fields: those on top that carry its name (RFC 8601 §5).

    Several may stand there, one a filter. They end where the next server's trace begins: a Received field
    below them was written before the message reached the trusted server.
    """
    found = False
    topmost = True
    anchors = frozenset(name.lower() for name in policy.authserv_ids)
    for name, value in headers:
        lowered = name.lower()
        if found and (lowered == "received" or lowered in _ORIGINATOR_FIELDS):
            return
        if lowered != _FIELD:
            continue
        server = server_of(value)
        if server in anchors:
            yield TrustedField(server=server, results=_parse(value))
            found = True
        elif topmost and server is None and policy.topmost_without_id:
            yield TrustedField(server="the topmost result", results=_parse(f"{_NAMELESS}; {value}"))
            return
        topmost = False


def server_of(value: str) -> str | None:
    """The authserv-id, '' where the field cannot be parsed, None where it begins with a result instead."""
    first = value[:_LONGEST].partition(";")[0]
    try:
        server = str(authres.AuthenticationResultsHeader.parse_value(f"{first}; none").authserv_id)
    except (AuthResError, RecursionError):
        server = ""
    # authres takes "spf=none" for a name; a token has no "=" in it (RFC 2045 §5.1).
    if server and "=" not in server:
        return server
    return None if _parse(f"{_NAMELESS}; {first}") else ""


def _parse(value: str) -> tuple[AuthenticationResult, ...] | None:
    """The results of a field, or None where it breaks the grammar; some servers end it with a semicolon."""
    if len(value) > _LONGEST:
        return None
    try:
        header = authres.AuthenticationResultsHeader.parse_value(value.rstrip("; \t"))
    except (AuthResError, RecursionError, ValueError, AttributeError):
        # authres reads a missing word as None in places and then asks it for its lower case.
        return None
    return tuple(result for result in header.results if isinstance(result, AuthenticationResult))


def _spoken_by(fields: list[TrustedField], method: str) -> tuple[AuthenticationResult, ...]:
    """A method's results in the topmost field that has any: a lower one may be the sender's own."""
    for field in fields:
        results = tuple(result for result in field.results or () if result.method == method)
        if results:
            return results
    return ()


def _aligned_pass(
    dkim: tuple[AuthenticationResult, ...], spf: tuple[AuthenticationResult, ...], from_domain: str
) -> str:
    """The first pass that is aligned, in words; '' where there is none."""
    for result in spf:
        # A pass for HELO alone says nothing about the envelope's sender.
        domain = _domain(_property(result, "smtp", "mailfrom"))
        if result.result == "pass" and is_aligned(domain, from_domain):
            return f"spf=pass of {domain_key(domain)}"
    for result in dkim:
        domain = _property(result, "header", "d") or _domain(_property(result, "header", "i"))
        if result.result == "pass" and is_aligned(domain, from_domain):
            return f"dkim=pass of {domain_key(domain)}"
    return ""


def _is_open_ended(headers: tuple[tuple[str, str], ...], from_domain: str) -> bool:
    """Whether an aligned signature has `l=`: the server's pass may then cover a part of the text only.

    A sheet could have been added below, and a second signature that fails beside it to hide that; the
    results do not tell which one passed (RFC 6376 §8.2).
    """
    tags = [_tags(value) for name, value in headers if name.lower() == "dkim-signature"]
    aligned = [found for found in tags if is_aligned(found.get("d", ""), from_domain)]
    return any("l" in found for found in aligned)


def _tags(signature: str) -> dict[str, str]:
    pairs = (piece.partition("=") for piece in signature.split(";"))
    return {name.strip().lower(): re.sub(r"\s", "", value) for name, _, value in pairs}


def _count(headers: tuple[tuple[str, str], ...], wanted: str) -> int:
    return sum(name.lower() == wanted for name, _ in headers)


def _header_from(result: AuthenticationResult) -> str:
    return domain_key(_domain(_property(result, "header", "from")))


def _property(result: AuthenticationResult, kind: str, name: str) -> str:
    """A property's value; one that is given twice proves nothing."""
    values = [str(item.value or "") for item in result.properties if (item.type, item.name) == (kind, name)]
    return values[0] if len(values) == 1 else ""


def _domain(value: str) -> str:
    return value.rpartition("@")[2]
