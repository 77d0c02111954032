"""Housekeeping: what is no longer needed goes, so that the ledger stays as small as what it promises."""

from sqlalchemy import delete, select, update

from bot.store.engine import Database
from bot.store.schema import chores, messages, outbox, tokens
from bot.values.ledger import MessageState

DAY = 86400.0
KEEP_TOKENS = 90 * DAY


class Keeping:
    """Purges bodies `keep_seconds` after their end; identities, outcomes and fingerprints stay."""

    def __init__(self, database: Database, *, keep_seconds: float) -> None:
        self._db = database
        self._keep = keep_seconds

    def tidy(self) -> int:
        """Purge what is due; returns how many bodies went."""
        before = self._db.clock() - self._keep
        ended = [state for state in MessageState if state.is_final]
        with self._db.write() as connection:
            gone = connection.execute(
                update(messages)
                .where(
                    messages.c.raw.is_not(None),
                    messages.c.state.in_(ended),
                    messages.c.finished > 0,
                    messages.c.finished < before,
                )
                .values(raw=None)
            ).rowcount
            still_to_copy = select(chores.c.outbox).where(chores.c.state == "due")
            gone += connection.execute(
                update(outbox)
                .where(
                    outbox.c.body.is_not(None),
                    outbox.c.finished > 0,
                    outbox.c.finished < before,
                    outbox.c.id.not_in(still_to_copy),
                )
                .values(body=None)
            ).rowcount
            connection.execute(delete(tokens).where(tokens.c.expires < self._db.clock() - KEEP_TOKENS))
        return gone
