"""What the portal knows of people: one-time links, sessions, sign-ins, tickets, and how much is too much."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum


class LinkPurpose(StrEnum):
    """What a one-time link opens."""

    WELCOME = "welcome"  # the set-password page, from an Account Created notice
    NEW_LINK = "new_link"  # the same page, asked for by the learner
    TICKET = "ticket"  # the page that confirms a ticket


def token_digest(token: str) -> str:
    """SHA-256 of a token, in hex: all that the ledger keeps of it."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkRecord:
    """A one-time link as the ledger keeps it; times in epoch seconds, 0 for "not yet".

    `claimed` is until when somebody is setting a password with it; `position` is the import row, or -1.
    """

    purpose: LinkPurpose
    directory: str
    account: str
    email: str
    customer: str
    import_id: int
    position: int
    created: float
    expires: float
    used: float = 0.0
    claimed: float = 0.0

    def is_live(self, now: float) -> bool:
        """Whether it can still be used."""
        return not self.used and self.expires > now


@dataclass(frozen=True, kw_only=True, slots=True)
class LearnerAccount:
    """An account that an import of ours created, so one whose password we may set."""

    directory: str
    account: str
    customer: str
    email: str
    first_name: str
    import_id: int
    position: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SignInRecord:
    """What a sign-in is checked against. `epoch` grows with every change of the password: sessions of an
    earlier epoch have ended. `password_hash` is '' until the learner has set a password."""

    directory: str
    account: str
    username: str
    first_name: str
    last_name: str
    password_hash: str
    epoch: int
    active: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """Who is signed in, and until when (epoch seconds)."""

    directory: str
    account: str
    epoch: int
    expires: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """At most `burst` at once, and one more every `seconds`."""

    burst: int
    seconds: float

    def admit(self, full_at: float, now: float) -> tuple[float, float]:
        """(seconds to wait or 0, the new `full_at`) where `full_at` is when nothing of the burst is spent.

        This one number is all that needs keeping of a caller (the generic cell rate algorithm).
        """
        spent_until = max(full_at, now) + self.seconds
        wait = spent_until - now - self.burst * self.seconds
        return (wait, full_at) if wait > 1e-9 else (0.0, spent_until)


@dataclass(frozen=True, kw_only=True, slots=True)
class Turnstile:
    """Something that is counted: `key` is a digest, so that the ledger holds no address of a visitor."""

    key: str
    rate: Rate


@dataclass(frozen=True, kw_only=True, slots=True)
class Closed:
    """A turnstile that lets nobody through for so many seconds; `key` is '' where it is not one visitor's."""

    seconds: float
    key: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticket:
    """A New ticket form that waits for its confirmation. `raw` is the mail it becomes."""

    email: str
    subject: str
    raw: bytes
    message_id: str
