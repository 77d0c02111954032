"""Tells whether a domain that is proven speaks for the domain in From (RFC 7489 §3.1)."""

from functools import lru_cache

from publicsuffixlist import PublicSuffixList

from bot.values.address import domain_key


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    """The public suffix list; reading it takes a quarter of a second, so only the first need pays."""
    return PublicSuffixList()


@lru_cache(maxsize=4096)
def organisational_domain(domain: str) -> str:
    """The registered domain a name belongs to, such as customer.co.uk; a public suffix stands for itself."""
    key = domain_key(domain)
    return str(_suffixes().privatesuffix(key) or key)


def is_aligned(proven: str, from_domain: str) -> bool:
    """Whether both belong to one organisation: the relaxed alignment that DMARC uses by default."""
    if not proven or not from_domain:
        return False
    return organisational_domain(proven) == organisational_domain(from_domain)
