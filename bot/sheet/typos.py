"""Addresses that are well formed but likely mistyped: pointed out, never changed, never refused."""

from collections import Counter
from collections.abc import Iterable

from rapidfuzz.distance import OSA

_PROVIDERS = (
    *(
        "gmail.com",
        "googlemail.com",
        "hotmail.com",
        "hotmail.co.uk",
        "outlook.com",
        "yahoo.com",
        "yahoo.co.uk",
    ),
    *("icloud.com", "live.com", "aol.com", "gmx.de", "web.de", "t-online.de", "orange.fr", "wanadoo.fr"),
    *("free.fr", "libero.it", "hotmail.fr", "hotmail.it", "hotmail.es"),
)
# Real domains that are one edit away from a well-known one.
_REAL = frozenset(
    {
        "mail.com",
        "gmx.at",
        "gmx.ch",
        "gmx.net",
        "gmx.com",
        "live.fr",
        "live.it",
        "live.nl",
        "ymail.com",
        "email.com",
    }
)
_ENDINGS = {
    "con": "com", "cmo": "com", "ocm": "com", "comm": "com", "vom": "com", "cpm": "com", "xom": "com",
    "coom": "com", "comn": "com", "cim": "com", "col": "com", "nte": "net", "ner": "net", "nett": "net",
    "ogr": "org", "rog": "org", "orgg": "org", "ork": "org",
}  # fmt: skip
_MAJORITY = 0.5


def likely_typos(addresses: Iterable[str]) -> dict[str, str]:
    """Advice by domain: 'gmial.com' is near gmail.com, and any domain one edit from the sheet's own."""
    domains = Counter(address.rpartition("@")[2] for address in addresses)
    total = sum(domains.values())
    own, own_count = domains.most_common(1)[0] if domains else ("", 0)
    advice: dict[str, str] = {}
    for domain, count in domains.items():
        meant = _ending_meant(domain) or _provider_meant(domain)
        if (
            not meant
            and domain != own
            and own_count >= 3
            and own_count >= _MAJORITY * total
            and count * 3 <= own_count
        ):
            meant = own if OSA.distance(domain, own, score_cutoff=1) <= 1 else ""
        if meant:
            advice[domain] = f"“{domain}” may be a slip for “{meant}”"
    return advice


def _ending_meant(domain: str) -> str:
    rest, _, ending = domain.rpartition(".")
    return f"{rest}.{_ENDINGS[ending]}" if ending in _ENDINGS else ""


def _provider_meant(domain: str) -> str:
    if domain in _REAL or domain in _PROVIDERS:
        return ""
    return next((known for known in _PROVIDERS if OSA.distance(domain, known, score_cutoff=1) <= 1), "")
