"""Who a learner is: one identity key for every way of writing the same address."""

import unicodedata
from functools import lru_cache

import idna


@lru_cache(maxsize=4096)
def domain_key(domain: str) -> str:
    """The domain as IDNA A-labels in lower case (RFC 5891 §4.4); one that IDNA refuses is only folded."""
    folded = unicodedata.normalize("NFKC", domain).casefold().strip(".")
    if folded.isascii():
        return folded
    try:
        return idna.encode(folded, uts46=True).decode("ascii")
    except idna.IDNAError:
        return folded


def identity_key(email: str) -> str:
    """`casefold(NFKC(local part))@IDNA(domain)`; plus-tags and dots are part of the identity."""
    local, _, domain = email.strip().rpartition("@")
    if local.isascii():
        # What NFKC leaves alone and casefold only lowers: nearly every address there is.
        return f"{local.lower()}@{domain_key(domain)}"
    return f"{unicodedata.normalize('NFKC', local).casefold()}@{domain_key(domain)}"


def domain_of(email: str) -> str:
    """The domain part of an address, as a key; '' where there is none."""
    _, at, domain = email.rpartition("@")
    return domain_key(domain) if at else ""
