"""Decides who sent a message, for whom they may upload, and whether that is proven: by From alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.request.alignment import is_aligned
from bot.request.authentication import weigh_results
from bot.values.address import domain_key, domain_of, identity_key
from bot.values.customer import Customer, TrustPolicy, VerificationMode
from bot.values.message import Message
from bot.values.request import Sender, Verified


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerIndex:
    """Customers by sender and by domain; an address counts before a domain, the first before a later."""

    by_sender: dict[str, Customer] = field(default_factory=dict)
    by_domain: dict[str, Customer] = field(default_factory=dict)

    @classmethod
    def of(cls, customers: Sequence[Customer]) -> "CustomerIndex":
        """Build the index once a configuration."""
        index = cls()
        for customer in customers:
            for sender in customer.senders:
                index.by_sender.setdefault(identity_key(sender), customer)
            for domain in customer.domains:
                index.by_domain.setdefault(domain_key(domain.lstrip("@")), customer)
        return index

    def find(self, address: str) -> Customer | None:
        """The customer an address may upload for. A subdomain is not the domain: others may hold it."""
        if "@" not in address:
            return None
        return self.by_sender.get(identity_key(address)) or self.by_domain.get(domain_of(address))


def find_customer(address: str, customers: Sequence[Customer] | CustomerIndex) -> Customer | None:
    """The customer whose senders or domains hold the address, or None for a stranger."""
    index = customers if isinstance(customers, CustomerIndex) else CustomerIndex.of(customers)
    return index.find(address)


def judge_sender(
    message: Message,
    policy: TrustPolicy | None,
    customers: Sequence[Customer] | CustomerIndex,
    *,
    signing_domains: tuple[str, ...] | None = None,
) -> Sender:
    """Who sent the message, and on what proof.

    `signing_domains` are those of the signatures we checked ourselves, None where we did not. Reply-To,
    Sender and the envelope are never asked. Without a policy nothing can be judged.
    """
    address = message.sender.email if message.sender else ""
    if policy is None:
        return Sender(
            address=address, customer="", verified=Verified.UNKNOWN, why="no configuration to judge by"
        )
    if message.from_count != 1 or not address:
        why = f"From names {message.from_count} senders" if message.from_count else "From names nobody"
        return Sender(address="", customer="", verified=Verified.NO, why=why)
    customer = find_customer(address, customers)
    proven, why = _prove(message, domain_of(address), policy, signing_domains)
    return Sender(
        address=address,
        customer=customer.name if customer else "",
        verified=Verified.YES if proven else Verified.NO,
        why=why,
    )


def _prove(
    message: Message, domain: str, policy: TrustPolicy, signing_domains: tuple[str, ...] | None
) -> tuple[bool, str]:
    if policy.mode is VerificationMode.OFF:
        return True, "believed unproven: verification is off"
    finding = weigh_results(message.headers, domain, policy)
    if finding.proven or finding.said_anything or not policy.verify_dkim or signing_domains is None:
        return finding.proven, finding.why
    signer = next((signer for signer in signing_domains if is_aligned(signer, domain)), "")
    if signer:
        return True, f"a valid DKIM signature of {signer}, checked here"
    return False, f"{finding.why}, and no valid DKIM signature that is aligned with {domain}"
