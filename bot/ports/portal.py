"""What the portal needs: links, sessions, throttles and tickets from the ledger, sign-ins from a directory.

Everything from the ledger raises `LedgerUnavailable` when the database does not serve.
"""

from collections.abc import Sequence
from typing import Protocol

from bot.values.ledger import Arrival
from bot.values.portal import (
    Closed,
    LearnerAccount,
    LinkRecord,
    Session,
    SignInRecord,
    Ticket,
    Turnstile,
)


class Links(Protocol):
    """One-time links; the ledger holds only digests of their tokens."""

    def find(self, digest: str) -> LinkRecord | None:
        """The link behind a token's digest."""
        ...

    def claim(self, digest: str, seconds: float) -> float:
        """Take a live link for setting a password now; the claim to give back, or 0 where it is not to be
        had: used, expired, or claimed by somebody else this moment."""
        ...

    def give_back(self, digest: str, claim: float) -> None:
        """The password was not taken: the link is as it was."""
        ...

    def spend(self, digest: str) -> bool:
        """The password is set: spend the link, end the account's others, and note it with the notice, in one
        transaction; False where it had been spent already."""
        ...

    def note_opened(self, link: LinkRecord) -> None:
        """A person is at work on the page that the notice led to."""
        ...

    def accounts_of(self, email: str) -> Sequence[LearnerAccount]:
        """The accounts that we created under an address, the newest in each directory."""
        ...

    def renew(self, accounts: Sequence[LearnerAccount], turnstiles: Sequence[Turnstile]) -> Closed | None:
        """Mail each account a new link and end its older ones; nothing of it where that is too often.

        One transaction, whether there are accounts or none: its time tells nobody which.
        """
        ...


class Sessions(Protocol):
    """Who is signed in; the ledger holds only digests of the cookies."""

    def open(self, digest: str, session: Session) -> None:
        """Signed in."""
        ...

    def find(self, digest: str) -> Session | None:
        """The session behind a cookie, unless it has expired."""
        ...

    def close(self, digest: str) -> None:
        """Signed out."""
        ...


class Throttles(Protocol):
    """Counts that outlive a restart."""

    def admit(self, turnstiles: Sequence[Turnstile]) -> Closed | None:
        """Count one more at each; or at none, and say which is closed for longest."""
        ...

    def give_back(self, turnstiles: Sequence[Turnstile]) -> None:
        """That one was all right: don't count it."""
        ...


class Tickets(Protocol):
    """New ticket forms between their submission and their confirmation."""

    def submit(self, ticket: Ticket, turnstiles: Sequence[Turnstile]) -> Closed | None:
        """Keep it and mail the confirmation link; nothing of it where that is too often or too much."""
        ...

    def find(self, digest: str) -> Ticket | None:
        """The ticket behind a confirmation link, while it waits."""
        ...

    def confirm(self, digest: str, arrival: Arrival) -> bool:
        """Spend the link and take the ticket in as a message, in one transaction; False if it was spent."""
        ...


class SignIns(Protocol):
    """A directory whose learners sign in at the portal."""

    def by_username(self, username: str) -> Sequence[SignInRecord]:
        """Every account under this name, one a directory; none for a stranger."""
        ...

    def by_account(self, directory: str, account: str) -> SignInRecord | None:
        """One account; None where it is gone or its directory is none of these."""
        ...

    def signed_in(self, directory: str, account: str) -> None:
        """Note when the account was last used."""
        ...
