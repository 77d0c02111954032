"""New ticket forms between submission and confirmation: kept ready as the mail they become."""

import zlib
from collections.abc import Callable, Sequence

from sqlalchemy import delete, func, select, update

from bot.store.engine import Database
from bot.store.messages import MessageStore
from bot.store.portal_links import post_portal_letter
from bot.store.schema import tickets, tokens
from bot.store.visits import ThrottleStore
from bot.values.ledger import Arrival
from bot.values.portal import Closed, LinkPurpose, Ticket, Turnstile, token_digest

DAY = 86400.0
# What strangers may make us keep, all together: beyond it the form says "later, please".
ROOM_BYTES = 512 * 1024 * 1024
WHEN_FULL = 3600.0


class TicketStore:
    """`ports.portal.Tickets` on a database; `token_of` derives a link's token from its mail's Message-ID."""

    def __init__(
        self,
        database: Database,
        messages: MessageStore,
        throttle: ThrottleStore,
        *,
        token_of: Callable[[str], str],
        keep_seconds: float = DAY,
        room_bytes: int = ROOM_BYTES,
    ) -> None:
        self._db = database
        self._messages = messages
        self._throttle = throttle
        self._token_of = token_of
        self._keep = keep_seconds
        self._room = room_bytes

    def submit(self, ticket: Ticket, turnstiles: Sequence[Turnstile]) -> Closed | None:
        now = self._db.clock()
        packed = zlib.compress(ticket.raw, 1)
        digest = token_digest(self._token_of(ticket.message_id))
        with self._db.write() as connection:
            kept = connection.execute(select(func.coalesce(func.sum(tickets.c.size), 0))).scalar_one()
            if kept + len(packed) > self._room:
                return Closed(seconds=WHEN_FULL)
            if closed := self._throttle.admit_in(connection, turnstiles):
                return closed
            connection.execute(
                tickets.insert().values(
                    digest=digest,
                    message_id=ticket.message_id,
                    email=ticket.email,
                    subject=ticket.subject,
                    raw=packed,
                    size=len(packed),
                    created=now,
                    expires=now + self._keep,
                )
            )
            connection.execute(
                tokens.insert().values(
                    digest=digest,
                    purpose=LinkPurpose.TICKET,
                    email=ticket.email,
                    created=now,
                    expires=now + self._keep,
                )
            )
            post_portal_letter(connection, ticket.message_id, ticket.email, now)
        return None

    def find(self, digest: str) -> Ticket | None:
        with self._db.read() as connection:
            row = connection.execute(
                select(tickets).where(tickets.c.digest == digest, tickets.c.expires > self._db.clock())
            ).first()
        if row is None:
            return None
        return Ticket(
            email=row.email, subject=row.subject, raw=zlib.decompress(row.raw), message_id=row.message_id
        )

    def confirm(self, digest: str, arrival: Arrival) -> bool:
        now = self._db.clock()
        with self._db.write() as connection:
            spent = connection.execute(
                update(tokens)
                .where(tokens.c.digest == digest, tokens.c.used == 0, tokens.c.expires > now)
                .values(used=now)
            ).rowcount
            if not spent:
                return False
            connection.execute(delete(tickets).where(tickets.c.digest == digest))
            self._messages.take_in(connection, arrival)
        return True

    def tidy(self) -> None:
        """Drop what was never confirmed."""
        with self._db.write() as connection:
            connection.execute(delete(tickets).where(tickets.c.expires < self._db.clock()))
