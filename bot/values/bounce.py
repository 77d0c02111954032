"""A mail of ours that came back: to whom, for good or not, and what the server said."""

from dataclasses import dataclass
from enum import StrEnum


class BounceKind(StrEnum):
    """How final the news is."""

    HARD = "hard"  # given up: this mail will not arrive, whether the address or the mailbox is at fault
    SOFT = "soft"  # refused for now, and nothing is said of further tries: the final word may follow
    DELAYED = "delayed"  # the server says that it goes on trying


@dataclass(frozen=True, kw_only=True, slots=True)
class ReturnedRecipient:
    """One recipient that was not reached; `status` is the enhanced code (RFC 3463) or ''."""

    email: str
    status: str = ""
    words: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounce:
    """What a bounce tells. `original_message_ids` are the identifiers found in what came back.

    `recipients` may hold more than were ours in a bounce without fields: match them against what was sent.
    `verp` is the local part the bounce was sent to where it carries a token ('' otherwise).
    """

    kind: BounceKind
    recipients: tuple[ReturnedRecipient, ...]
    original_message_ids: tuple[str, ...]
    verp: str = ""
