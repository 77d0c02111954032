"""Letters that came back: matched with what was really sent, and told once to whom they concern."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, func, or_, select, update

from bot.store.engine import Database
from bot.store.import_values import import_row
from bot.store.notices import NoticeBook
from bot.store.schema import DOUBTED, import_rows, imports, notices, outbox
from bot.store.settle import Settler
from bot.values.learner import NoticeState
from bot.values.ledger import Chore, Outgoing
from bot.values.outgoing import LetterKind
from bot.values.returned import LostLetter, LostNotice, SentLetter

# A notice's fate is the customer's business, and a portal letter's nobody's but its learner's.
CONCERN_STAFF = (LetterKind.REPLY, LetterKind.QUESTION, LetterKind.FOLLOW_UP, LetterKind.STAFF)
GONE = ("sent", "returned")
UNDER_WAY = "sending"


class ReturnStore:
    """`ports.Returns` on a database."""

    def __init__(self, database: Database, settler: Settler, notice_book: NoticeBook) -> None:
        self._db = database
        self._settler = settler
        self._notices = notice_book

    def sent_under(self, message_ids: Sequence[str]) -> list[SentLetter]:
        keys = [key[:255] for key in message_ids][:50]
        with self._db.read() as connection:
            rows = connection.execute(
                select(outbox).where(outbox.c.message_id.in_(keys), outbox.c.state.in_((*GONE, UNDER_WAY)))
            )
            return [_sent(row) for row in rows]

    def noticed_lately(self, addresses: Sequence[str], seconds: float) -> list[SentLetter]:
        since = self._db.clock() - seconds
        with self._db.read() as connection:
            rows = connection.execute(
                select(outbox, notices.c.email)
                .join(
                    notices,
                    and_(notices.c.import_id == outbox.c.import_id, notices.c.position == outbox.c.position),
                )
                .where(
                    notices.c.email.in_(list(addresses)[:50]),
                    or_(
                        outbox.c.state == UNDER_WAY,
                        and_(
                            outbox.c.state.in_(GONE),
                            outbox.c.finished > since,
                            notices.c.state.in_((NoticeState.SENT, NoticeState.BOUNCED)),
                        ),
                    ),
                )
                .order_by(outbox.c.id)
            )
            return list({row.email: _sent(row) for row in rows}.values())

    def give_up_doubted(self, seconds: float) -> int:
        before = self._db.clock() - seconds
        with self._db.write() as connection:
            # As the index says it, whose few rows this goes through.
            doubted = and_(DOUBTED, notices.c.doubted < before)
            return self._notices.move(
                connection, and_(doubted, notices.c.state == NoticeState.SENT), NoticeState.BOUNCED
            )

    def threads_to_tell(self, quiet: float, at_most: float) -> list[int]:
        now = self._db.clock()
        with self._db.read() as connection:
            return list(
                connection.execute(
                    select(imports.c.thread)
                    .join(notices, notices.c.import_id == imports.c.id)
                    .where(*_untold())
                    .group_by(imports.c.thread)
                    .having(
                        or_(
                            func.max(notices.c.changed) <= now - quiet,
                            func.min(notices.c.changed) <= now - at_most,
                        )
                    )
                ).scalars()
            )

    def lost_notices(self, thread: int) -> list[LostNotice]:
        with self._db.read() as connection:
            return [
                LostNotice(row=import_row(row), import_id=row.import_id, words=row.failure)
                for row in connection.execute(_lost(thread))
            ]

    def told(self, thread: int, lost: Sequence[LostNotice], letters: Sequence[Outgoing]) -> None:
        with self._db.write() as connection:
            changed = sum(
                connection.execute(
                    update(notices)
                    .where(
                        *_untold(),
                        notices.c.import_id == one.import_id,
                        notices.c.position == one.row.position,
                    )
                    .values(told=True)
                ).rowcount
                for one in lost
            )
            if changed:
                self._settler.post(connection, letters, thread)

    def lost_letters(self, limit: int) -> list[LostLetter]:
        with self._db.read() as connection:
            rows = connection.execute(
                select(outbox)
                .where(
                    outbox.c.state.in_(("failed", "returned")),
                    outbox.c.told.is_(False),
                    outbox.c.kind.in_(CONCERN_STAFF),
                )
                .order_by(outbox.c.id)
                .limit(limit)
            )
            return [
                LostLetter(
                    letter=_sent(row),
                    mailbox=row.mailbox,
                    words=row.failure,
                    body=row.body or b"",
                    created=row.created,
                )
                for row in rows
            ]

    def told_staff(self, lost: LostLetter, letters: Sequence[Outgoing], chores: Sequence[Chore]) -> None:
        with self._db.write() as connection:
            changed = connection.execute(
                update(outbox)
                .where(outbox.c.id == lost.letter.id, outbox.c.told.is_(False))
                .values(told=True)
            ).rowcount
            if changed:
                self._settler.post(connection, letters, 0)
                self._settler.list_chores(connection, chores, 0)


def _untold() -> tuple[Any, Any]:
    return notices.c.state == NoticeState.BOUNCED, notices.c.told.is_(False)


def _lost(thread: int) -> Select[Any]:
    return (
        select(import_rows, notices.c.failure)
        .join(
            notices,
            and_(
                notices.c.import_id == import_rows.c.import_id,
                notices.c.position == import_rows.c.position,
            ),
        )
        .join(imports, imports.c.id == import_rows.c.import_id)
        .where(*_untold(), imports.c.thread == thread)
        .order_by(import_rows.c.import_id, import_rows.c.position)
    )


def _sent(row: Any) -> SentLetter:
    return SentLetter(
        id=row.id,
        kind=LetterKind(row.kind),
        recipients=tuple(row.recipients.split("\n")),
        import_id=row.import_id,
        position=row.position,
        under_way=row.state == UNDER_WAY,
    )
