"""The outbox: letters are claimed with their attempt written first, and keep one final Message-ID."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, func, select, update
from sqlalchemy.sql.elements import ColumnElement

from bot.store import outbox_statements as statements
from bot.store.engine import Database
from bot.store.import_values import import_row
from bot.store.notices import NoticeBook
from bot.store.schema import chores, imports, messages, notices, outbox, tokens
from bot.values.learner import NoticeState
from bot.values.ledger import ChoreKind, NoticeRow, OutboxItem
from bot.values.outgoing import LetterKind

COPIED_TO_SENT = (LetterKind.REPLY, LetterKind.FOLLOW_UP, LetterKind.QUESTION)
CHUNK = 500
LETTERS_GIVEN = 20
_INSERT_CHORE = chores.insert()


class OutboxStore:
    """`ports.Outbox` on a database. `sent_folders` names each mailbox's Sent folder; '' leaves the copying
    to the server, and '?' lets the mailbox connection find it by its special use."""

    def __init__(self, database: Database, notice_book: NoticeBook, *, sent_folders: dict[str, str]) -> None:
        self._db = database
        self._notices = notice_book
        self._sent_folders = sent_folders

    def claim(self, limit: int) -> list[OutboxItem]:
        now = self._db.clock()
        # What a letter is about was settled by a step: from here on somebody outside may hear of it.
        with self._db.write() as connection:
            rows = list(connection.execute(statements.abandoned(), {"now": now, "at_most": limit}))
            rows += connection.execute(statements.due(), {"now": now, "at_most": limit - len(rows)})
            if rows:
                ours = {"owner": self._db.owner, "until": now + self._db.lease_seconds}
                connection.execute(statements.taken(), [{"letter": row.id, **ours} for row in rows])
        return [_item(row) for row in rows]

    def prolong(self, items: Sequence[OutboxItem]) -> None:
        with self._db.step() as connection:
            for start in range(0, len(items), CHUNK):
                ids = [item.id for item in items[start : start + CHUNK]]
                connection.execute(
                    update(outbox)
                    .where(outbox.c.id.in_(ids), *self._ours())
                    .values(lease_until=self._db.clock() + self._db.lease_seconds)
                )

    def _ours(self) -> tuple[ColumnElement[bool], ...]:
        return outbox.c.state == "sending", outbox.c.lease_owner == self._db.owner

    def abandon_own(self) -> None:
        """At start, on a ledger that only we serve: letters the last process was sending are free again."""
        with self._db.write() as connection:
            connection.execute(update(outbox).where(outbox.c.state == "sending").values(lease_until=0))

    def sent(self, items: Sequence[OutboxItem], refused: Sequence[tuple[int, str]] = ()) -> None:
        words = dict(refused)
        with self._db.write() as connection:
            # Another node may have sent it too after a lost lease; what it wrote down stands.
            items = self._still_open(connection, items)
            taken = [item for item in items if item.id not in words]
            words = {item.id: words[item.id] for item in items if item.id in words}
            self._end(connection, [item.id for item in taken], "sent")
            self._end(connection, list(words), "failed", words)
            notices_of = [item for item in items if item.kind is LetterKind.NOTICE]
            for state in (NoticeState.SENT, NoticeState.BOUNCED):
                refused_now = state is NoticeState.BOUNCED
                moved = [
                    (item.import_id, item.position, words.get(item.id, ""))
                    for item in notices_of
                    if (item.id in words) is refused_now
                ]
                self._notices.move_each(connection, moved, state)
            for item in items:
                if item.kind in COPIED_TO_SENT and item.id not in words:
                    self._copy_to_sent(connection, item)

    def _still_open(self, connection: Connection, items: Sequence[OutboxItem]) -> list[OutboxItem]:
        found: set[int] = set()
        for start in range(0, len(items), CHUNK):
            ids = [item.id for item in items[start : start + CHUNK]]
            found.update(connection.execute(statements.open_still(), {"letters": ids}).scalars())
        return [item for item in items if item.id in found]

    def _end(
        self, connection: Connection, ids: Sequence[int], state: str, words: dict[int, str] | None = None
    ) -> None:
        if ids:
            now = self._db.clock()
            ends = [
                {"letter": key, "end": state, "now": now, "why": (words or {}).get(key, "")} for key in ids
            ]
            connection.execute(statements.ended(), ends)

    def _copy_to_sent(self, connection: Connection, item: OutboxItem) -> None:
        folder = self._sent_folders.get(item.mailbox, "")
        if folder:
            copy = {"mailbox": item.mailbox, "kind": ChoreKind.COPY_SENT, "state": "due", "folder": folder}
            connection.execute(_INSERT_CHORE, copy | {"outbox": item.id, "message_id": item.message_id})

    def deferred(self, items: Sequence[tuple[OutboxItem, str, float]]) -> None:
        now = self._db.clock()
        with self._db.write() as connection:
            for item, why, delay in items:
                connection.execute(
                    update(outbox)
                    .where(outbox.c.id == item.id, *self._ours())
                    .values(
                        state="queued",
                        recipients="\n".join(item.recipients),
                        next_attempt=now + delay,
                        failure=why,
                        lease_owner=None,
                        lease_until=0,
                    )
                )

    def notice_rows(self, items: Sequence[OutboxItem]) -> dict[int, NoticeRow]:
        found: dict[int, NoticeRow] = {}
        with self._db.read() as connection:
            for start in range(0, len(items), CHUNK):
                ids = [item.id for item in items[start : start + CHUNK]]
                rows = connection.execute(statements.addressees(), {"letters": ids})
                found.update(
                    {
                        row.letter: NoticeRow(
                            row=import_row(row),
                            account=row.account,
                            customer=row.customer,
                            directory=row.directory,
                        )
                        for row in rows
                    }
                )
        return found

    def store_tokens(self, links: Sequence[tuple[str, OutboxItem, NoticeRow, float]]) -> None:
        if not links:
            return
        now = self._db.clock()
        with self._db.write() as connection:
            connection.execute(
                self._db.insert_new(tokens),
                [
                    {
                        "digest": digest,
                        "purpose": "welcome",
                        "directory": whose.directory,
                        "account": whose.account,
                        "email": whose.row.email,
                        "customer": whose.customer,
                        "import_id": item.import_id,
                        "position": item.position,
                        "created": now,
                        "expires": expires,
                    }
                    for digest, item, whose, expires in links
                ],
            )

    def set_notice(self, import_id: int, position: int, state: NoticeState) -> None:
        with self._db.write() as connection:
            one = (notices.c.import_id == import_id) & (notices.c.position == position)
            self._notices.move(connection, one, state)

    def replies_within(self, address: str, seconds: float) -> int:
        # A forger who has questions sent to somebody must not use up what that one may be answered.
        return self._count(statements.replies_to(), {"to": address, "since": self._db.clock() - seconds})

    def replies_in_thread(self, thread: int, seconds: float) -> int:
        return self._count(
            statements.replies_in(), {"in_thread": thread, "since": self._db.clock() - seconds}
        )

    def letters_in_thread(self, thread: int) -> list[bytes]:
        with self._db.read() as connection:
            found = connection.execute(
                select(outbox.c.body)
                .where(outbox.c.thread == thread, outbox.c.body.is_not(None), outbox.c.position < 0)
                .order_by(outbox.c.id.desc())
                .limit(LETTERS_GIVEN)
            )
            return [bytes(body) for body in found.scalars()]

    def questions_within(self, address: str, seconds: float) -> int:
        to = outbox.c.counted_for == address if address else outbox.c.counted_for != ""
        written = statements.written(to, outbox.c.kind == LetterKind.QUESTION)
        return self._count(written, {"since": self._db.clock() - seconds})

    def _count(self, written: Select[Any], values: dict[str, Any]) -> int:
        with self._db.read() as connection:
            return int(connection.execute(written, values).scalar_one())

    def pending(self) -> tuple[int, float]:
        with self._db.read() as connection:
            row = connection.execute(
                select(func.count(), func.min(outbox.c.created)).where(
                    outbox.c.state.in_(("queued", "sending"))
                )
            ).one()
        return row[0], self._db.clock() - row[1] if row[0] else 0.0

    def sender_of(self, import_id: int) -> str:
        """The address of the message an import came from; '' where unknown."""
        with self._db.read() as connection:
            found = connection.execute(
                select(messages.c.sender)
                .join(imports, imports.c.message == messages.c.id)
                .where(imports.c.id == import_id)
            ).scalar()
        return found or ""


def _item(row: Any) -> OutboxItem:
    return OutboxItem(
        id=row.id,
        kind=LetterKind(row.kind),
        message_id=row.message_id,
        sender=row.sender,
        recipients=tuple(row.recipients.split("\n")),
        body=row.body or b"",
        attempts=row.attempts + 1,
        mailbox=row.mailbox,
        import_id=row.import_id,
        position=row.position,
        created=row.created,
    )
