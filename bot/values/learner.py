"""A learner's way through an import: one outcome a row, one notice state a learner.

An import makes several of these values for each of its rows. Those are not frozen, though nobody changes one:
a frozen value is made field by field through calls, which takes more than twice as long.
"""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What happened to a row; every row of an import ends in exactly one."""

    PENDING = "pending"  # not yet known: the import is running or the platform is down
    CREATED = "created"  # a new account
    EXISTING = "existing"  # already had an account: left untouched, never mailed again
    DUPLICATE = "duplicate"  # the same address stood in an earlier row of this upload
    INVALID = "invalid"  # something is missing or wrong in the row
    FAILED = "failed"  # the platform refused it
    WOULD_CREATE = "would_create"  # dry run only: a new account would be made


class NoticeState(StrEnum):
    """Where the Account Created mail of one created learner stands."""

    NOT_WANTED = "not_wanted"  # the customer said no, or never answered
    HELD = "held"  # waiting for the customer's answer
    QUEUED = "queued"  # in the outbox
    SENT = "sent"  # taken by the SMTP server
    BOUNCED = "bounced"  # refused at once or returned later
    OPENED = "opened"  # the link's page was fetched
    PASSWORD_SET = "password_set"  # noqa: S105  the learner is in


@dataclass(kw_only=True, slots=True)
class Learner:
    """A person to get an account; `email` is also the username."""

    first_name: str
    last_name: str
    email: str
    key: str  # see values.address.identity_key


@dataclass(kw_only=True, slots=True)
class Account:
    """A learner in a directory. `stamp` is the import row that made it, '' where unknown."""

    id: str
    username: str
    email: str
    key: str
    stamp: str = ""


class CreateStatus(StrEnum):
    """What a directory says of one learner it was asked to create."""

    CREATED = "created"  # made by this very call
    EXISTING = "existing"  # refused because the address or username is taken
    REFUSED = "refused"  # the platform will not take this learner; `reason` says why


@dataclass(kw_only=True, slots=True)
class CreateResult:
    """One learner's result of `Directory.create`, in the order asked."""

    key: str
    status: CreateStatus
    account: Account | None = None
    reason: str = ""


@dataclass(kw_only=True, slots=True)
class ImportRow:
    """A row of an import as the ledger keeps it.

    `position` counts from 0 over the whole upload; `file`, `sheet` and `number` say where it stood;
    `key` is '' for rows without a usable address; `reason` is a `values.sheet.Reason` or '';
    `detail` is what to tell a person.
    """

    position: int
    file: str
    sheet: str
    number: int
    first_name: str
    last_name: str
    email: str
    key: str
    outcome: Outcome
    reason: str = ""
    detail: str = ""
    hint: str = ""
    repairs: tuple[str, ...] = ()


@dataclass(kw_only=True, slots=True)
class OpenRow:
    """A row of an import that has no outcome yet, with whom it asks for."""

    position: int
    learner: Learner
