"""What the route needs from the ledger once letters are out: what came back, and what a day came to.

All of it raises `LedgerUnavailable` when the database does not serve.
"""

from collections.abc import Sequence
from typing import Protocol

from bot.values.ledger import Chore, Outgoing
from bot.values.records import DayFigures
from bot.values.returned import LostLetter, LostNotice, SentLetter


class Records(Protocol):
    """What was done, counted."""

    def was_written(self, message_id: str) -> bool:
        """Whether a letter under this Message-ID was ever put into the outbox."""
        ...

    def day(self, since: float, until: float) -> DayFigures:
        """What was finished in a period (epoch seconds), and what is open now."""
        ...


class Returns(Protocol):
    """Letters that came back: which of ours they are, and who has to hear of it."""

    def sent_under(self, message_ids: Sequence[str]) -> list[SentLetter]:
        """The letters sent, or being sent, under these Message-IDs."""
        ...

    def noticed_lately(self, addresses: Sequence[str], seconds: float) -> list[SentLetter]:
        """The last notice sent to each of these addresses within so many seconds, or being sent."""
        ...

    def give_up_doubted(self, seconds: float) -> int:
        """Take notices for lost about which nothing better was heard for so long; returns how many."""
        ...

    def threads_to_tell(self, quiet: float, at_most: float) -> list[int]:
        """Threads with lost notices to be told: none new for `quiet` seconds, or some for `at_most`."""
        ...

    def lost_notices(self, thread: int) -> list[LostNotice]:
        """The lost notices of a thread that nobody was told of."""
        ...

    def told(self, thread: int, lost: Sequence[LostNotice], letters: Sequence[Outgoing]) -> None:
        """Note that these were told, and send the word, in one transaction, once."""
        ...

    def lost_letters(self, limit: int) -> list[LostLetter]:
        """Letters other than notices that were refused or came back, and nobody was told of."""
        ...

    def told_staff(self, lost: LostLetter, letters: Sequence[Outgoing], chores: Sequence[Chore]) -> None:
        """Note that the staff were told, in one transaction with the telling, once."""
        ...
