"""Intake: every message ever taken in, once, and the way a known one is brought back."""

import zlib
from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, select, update
from sqlalchemy.sql.elements import ColumnElement

from bot.store.engine import Database
from bot.store.schema import chores, cursors, messages
from bot.values.ledger import Arrival, ChoreKind, Cursor, MessageState, Place

OPEN_STATES = (MessageState.RECEIVED, MessageState.WORKING, MessageState.WAITING)


class ArrivalBook:
    """The intake half of `ports.Messages`. `done_folder` is where second copies are filed."""

    def __init__(self, database: Database, *, done_folder: str = "Rollcall/Done") -> None:
        self._db = database
        self._done_folder = done_folder

    def cursor(self, mailbox: str, folder: str) -> Cursor | None:
        with self._db.read() as connection:
            row = connection.execute(select(cursors).where(_cursor_is(mailbox, folder))).first()
        if row is None:
            return None
        return Cursor(uidvalidity=row.uidvalidity, last_uid=row.last_uid, since=row.since)

    def start_cursor(self, mailbox: str, folder: str, cursor: Cursor) -> None:
        with self._db.write() as connection:
            self._move_cursor(connection, mailbox, folder, cursor.uidvalidity, cursor.last_uid)
            connection.execute(update(cursors).where(_cursor_is(mailbox, folder)).values(since=cursor.since))

    def receive(self, arrivals: Sequence[Arrival], *, rescan: Cursor | None = None) -> int:
        with self._db.write() as connection:
            known = self._known(connection, arrivals)
            new = 0
            for arrival in arrivals:
                row = known.get((arrival.message_id, arrival.fingerprint))
                if row is None and rescan and arrival.received < rescan.since:
                    continue
                if row is None:
                    new += self._take_in(connection, arrival)
                    known.update(self._known(connection, [arrival]))
                else:
                    new += self._seen_again(connection, arrival, row, rescan=rescan is not None)
            for place in _furthest(arrivals):
                self._move_cursor(connection, place.mailbox, place.folder, place.uidvalidity, place.uid)
        return new

    def _known(self, connection: Connection, arrivals: Sequence[Arrival]) -> dict[tuple[str, str], Any]:
        prints = [arrival.fingerprint for arrival in arrivals]
        names = [arrival.message_id for arrival in arrivals]
        rows = connection.execute(_named_and_printed(), {"names": names, "prints": prints})
        return {(row.message_id, row.fingerprint): row for row in rows}

    def take_in(self, connection: Connection, arrival: Arrival) -> int:
        """Take one message in as part of a transaction, without a mailbox's cursor; 0 where it is known."""
        known = self._known(connection, [arrival])
        return 0 if known else self._take_in(connection, arrival)

    def _take_in(self, connection: Connection, arrival: Arrival) -> int:
        twin = None if arrival.approved else self._twin(connection, arrival)
        state = MessageState.RECEIVED if twin is None else MessageState.IGNORED
        now = self._db.clock()
        key = connection.execute(
            _INSERT_MESSAGE,
            {
                **_place_columns(arrival.place),
                "message_id": arrival.message_id,
                "fingerprint": arrival.fingerprint,
                "digest": arrival.digest,
                "raw": zlib.compress(arrival.raw, 1) if twin is None else None,
                "sender": arrival.sender,
                "subject": arrival.subject,
                "size": arrival.size,
                "too_large": arrival.too_large,
                "state": state,
                "reason": "" if twin is None else f"a second copy of message {twin}",
                "release": arrival.release or ("staff" if arrival.approved else ""),
                "received": arrival.received,
                "finished": 0 if twin is None else now,
            },
        ).inserted_primary_key
        if twin is not None and key is not None:
            self._file_copy(connection, arrival.place, key[0], arrival.message_id)
        return int(twin is None)

    def _twin(self, connection: Connection, arrival: Arrival) -> int | None:
        """The same mail delivered twice differs in its trace headers only. A copy of one that was held or
        left is worked for itself: it may carry the proof that the first one lacked."""
        return connection.execute(_acted_on(), {"says": arrival.digest, "name": arrival.message_id}).scalar()

    def _file_copy(self, connection: Connection, place: Place, message: int, message_id: str) -> None:
        connection.execute(
            chores.insert().values(
                mailbox=place.mailbox,
                kind=ChoreKind.MOVE,
                state="due",
                folder=self._done_folder,
                source_folder=place.folder,
                uidvalidity=place.uidvalidity,
                uid=place.uid,
                message=message,
                message_id=message_id,
            )
        )

    def _seen_again(self, connection: Connection, arrival: Arrival, row: Row[Any], *, rescan: bool) -> int:
        place = arrival.place
        same_place = (row.folder, row.uidvalidity, row.uid) == (place.folder, place.uidvalidity, place.uid)
        if same_place and not arrival.approved:
            return 0
        brought_back = row.filed and not rescan
        # Renumbered, a folder shows mails again that wait there to be filed: nobody has brought them anew.
        approved = arrival.approved and not (rescan and row.folder == place.folder)
        if approved or brought_back:
            return self._work_again(connection, row.id, arrival)
        if row.filed or (row.uidvalidity == place.uidvalidity and row.folder == place.folder):
            # A restored mailbox, or the same bytes delivered twice: file the copy beside the first.
            self._file_copy(connection, place, row.id, arrival.message_id)
            return 0
        connection.execute(update(messages).where(messages.c.id == row.id).values(**_place_columns(place)))
        connection.execute(
            update(chores)
            .where(chores.c.message == row.id, chores.c.kind == ChoreKind.MOVE, chores.c.state == "due")
            .values(source_folder=place.folder, uidvalidity=place.uidvalidity, uid=place.uid)
        )
        return 0

    def _work_again(self, connection: Connection, message: int, arrival: Arrival) -> int:
        """Brought back by the staff: the same message, one more run, with the bytes at hand again."""
        result = connection.execute(
            update(messages)
            .where(
                messages.c.id == message,
                messages.c.state.not_in((MessageState.RECEIVED, MessageState.WORKING, MessageState.WAITING)),
            )
            .values(
                **_place_columns(arrival.place),
                raw=zlib.compress(arrival.raw, 1),
                filed=False,
                **_again("staff" if arrival.approved else None),
            )
        )
        return result.rowcount

    def release(self, message: int, by: str) -> bool:
        with self._db.write() as connection:
            return self.release_in(connection, message, by)

    def release_in(self, connection: Connection, message: int, by: str) -> bool:
        """`release` inside a transaction; only a message whose bytes are still kept can be worked again."""
        result = connection.execute(
            update(messages)
            .where(
                messages.c.id == message,
                messages.c.raw.is_not(None),
                messages.c.state.not_in(OPEN_STATES),
            )
            .values(**_again(by))
        )
        return result.rowcount == 1

    def _move_cursor(
        self, connection: Connection, mailbox: str, folder: str, uidvalidity: int, last_uid: int
    ) -> None:
        connection.execute(
            self._db.insert_new(cursors),
            {"mailbox": mailbox, "folder": folder, "uidvalidity": 0, "last_uid": 0},
        )
        connection.execute(
            update(cursors)
            .where(_cursor_is(mailbox, folder))
            .values(uidvalidity=uidvalidity, last_uid=last_uid)
        )


# Making a statement takes SQLAlchemy longer than running it: what every message needs is made once.
_INSERT_MESSAGE = messages.insert()


@cache
def _named_and_printed() -> Select[Any]:
    """The messages that have one of these Message-IDs and one of these fingerprints."""
    table = messages.c
    return select(
        *(table.id, table.message_id, table.fingerprint, table.state, table.filed),
        *(table.folder, table.uidvalidity, table.uid),
    ).where(
        table.message_id.in_(bindparam("names", expanding=True)),
        table.fingerprint.in_(bindparam("prints", expanding=True)),
    )


@cache
def _acted_on() -> Select[Any]:
    """A message that says the same under the same Message-ID, and is or was acted on."""
    acted_on = (*OPEN_STATES, MessageState.ANSWERED)
    return (
        select(messages.c.id)
        .where(
            messages.c.digest == bindparam("says"),
            messages.c.message_id == bindparam("name"),
            messages.c.state.in_(acted_on),
        )
        .limit(1)
    )


def _again(by: str | None) -> dict[str, Any]:
    values: dict[str, Any] = {
        "state": MessageState.RECEIVED,
        "reason": "brought back to be worked again",
        "run": messages.c.run + 1,
        "crashes": 0,
        "witnessed": 0,
        "tries": 0,
        "next_attempt": 0,
        "waiting_since": 0,
        "finished": 0,
    }
    return values | ({"release": by} if by else {})


def _cursor_is(mailbox: str, folder: str) -> ColumnElement[bool]:
    return and_(cursors.c.mailbox == mailbox, cursors.c.folder == folder)


def _place_columns(place: Place) -> dict[str, Any]:
    return {
        "mailbox": place.mailbox,
        "folder": place.folder,
        "uidvalidity": place.uidvalidity,
        "uid": place.uid,
    }


def _furthest(arrivals: Sequence[Arrival]) -> list[Place]:
    last: dict[tuple[str, str, int], Place] = {}
    for arrival in arrivals:
        place = arrival.place
        key = (place.mailbox, place.folder, place.uidvalidity)
        if key not in last or last[key].uid < place.uid:
            last[key] = place
    return list(last.values())
