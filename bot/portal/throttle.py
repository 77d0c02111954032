"""How often somebody may try: counted in the ledger, refused from memory, so that a flood costs nothing."""

import hashlib
import ipaddress
import time
from collections.abc import Callable

from bot.portal.crews import Crew
from bot.ports.portal import Throttles
from bot.values.portal import Closed, Rate, Turnstile

MINUTE = 60.0
SIGN_IN_ADDRESS = Rate(burst=20, seconds=15.0)
SIGN_IN_ACCOUNT = Rate(burst=10, seconds=MINUTE)
SET_ADDRESS = Rate(burst=60, seconds=2.0)
SET_LINK = Rate(burst=20, seconds=15.0)
LINK_ADDRESS = Rate(burst=10, seconds=2 * MINUTE)
LINK_EMAIL = Rate(burst=3, seconds=10 * MINUTE)
TICKET_ADDRESS = Rate(burst=20, seconds=2 * MINUTE)
TICKET_EMAIL = Rate(burst=5, seconds=10 * MINUTE)
# All visitors together, so that a crowd of addresses cannot keep the machine hashing.
HASHES = Rate(burst=60, seconds=0.15)
REMEMBERED = 20_000


class Throttle:
    """The counts of all turnstiles. `clock` gives epoch seconds."""

    def __init__(self, counts: Throttles, crew: Crew, *, clock: Callable[[], float] = time.time) -> None:
        self._counts = counts
        self._crew = crew
        self._clock = clock
        self._closed_until: dict[str, float] = {}
        self._hashes_full_at = 0.0

    async def admit(self, *turnstiles: Turnstile) -> float:
        """Before a password is hashed: count one more at each, and one for all visitors together.

        Returns the seconds to wait where one says no. What memory can refuse costs the ledger nothing.
        """
        if wait := self.closed(*turnstiles):
            return wait
        wait, self._hashes_full_at = HASHES.admit(self._hashes_full_at, self._clock())
        return wait or await self.admit_with(lambda: self._counts.admit(turnstiles), *turnstiles)

    async def admit_with(self, count: Callable[[], Closed | None], *turnstiles: Turnstile) -> float:
        """The same without a hash, where something else is written in the one transaction that counts."""
        if wait := self.closed(*turnstiles):
            return wait
        closed = await self._crew.do(count)
        if closed is None:
            return 0.0
        self._remember(closed)
        return closed.seconds

    def closed(self, *turnstiles: Turnstile) -> float:
        """The seconds to wait at these, as far as is known without asking the ledger."""
        now = self._clock()
        return max(0.0, *(self._closed_until.get(turnstile.key, 0.0) - now for turnstile in turnstiles))

    def _remember(self, closed: Closed) -> None:
        now = self._clock()
        if len(self._closed_until) >= REMEMBERED:
            self._closed_until = {key: until for key, until in self._closed_until.items() if until > now}
        if closed.key and len(self._closed_until) < REMEMBERED:
            self._closed_until[closed.key] = now + closed.seconds

    async def give_back(self, *turnstiles: Turnstile) -> None:
        """It was all right: it does not count."""
        await self._crew.do(self._counts.give_back, turnstiles)


def turnstile(what: str, who: str, rate: Rate) -> Turnstile:
    """The turnstile of one kind of visitor at one kind of door."""
    return Turnstile(key=hashlib.sha256(f"{what}\n{who}".encode(errors="replace")).hexdigest(), rate=rate)


def neighbourhood(address: str) -> str:
    """An IPv4 address, or the /64 that one IPv6 customer usually has for itself alone."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False).network_address)
    return str(found)
