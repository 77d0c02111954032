"""Letters of ours that came back: which, in whose thread, and what was said of them."""

from dataclasses import dataclass

from bot.values.bounce import BounceKind
from bot.values.learner import ImportRow
from bot.values.outgoing import LetterKind


@dataclass(frozen=True, kw_only=True, slots=True)
class SentLetter:
    """A letter that was handed to the SMTP server. `position` is the import row of a notice, else -1.

    `under_way`: it is being sent at this moment; whether the server took it is not written down yet.
    """

    id: int
    kind: LetterKind
    recipients: tuple[str, ...]
    import_id: int = 0
    position: int = -1
    under_way: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ReturnedLetter:
    """A letter that came back, and how final that is. `words` are the server's own, for the staff."""

    letter: SentLetter
    words: str
    kind: BounceKind


@dataclass(frozen=True, kw_only=True, slots=True)
class LostNotice:
    """A notice that was refused or came back, and that the customer has not heard of yet."""

    row: ImportRow
    import_id: int
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LostLetter:
    """A letter to a customer (or to the staff) that was refused or came back, and nobody was told yet."""

    letter: SentLetter
    mailbox: str
    words: str
    body: bytes
    created: float
