"""Takes a person out of the ledger: what was counted stays counted, under a name that says nothing."""

import hashlib
from dataclasses import dataclass
from email.utils import getaddresses
from typing import Any

from sqlalchemy import Connection, Table, and_, delete, func, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from bot.errors import ConfigurationError
from bot.store.engine import Database
from bot.store.schema import chores, import_rows, imports, messages, notices, outbox, threads, tickets, tokens
from bot.values.address import identity_key
from bot.values.ledger import MessageState


@dataclass(frozen=True, kw_only=True, slots=True)
class Forgotten:
    """What was taken out: `counts` in words, and `replacement`, the name that stands there now."""

    counts: tuple[tuple[str, int], ...]
    replacement: str


class Forgetting:
    """Removes one address from everything the ledger keeps. Accounts are the directory's, mails the
    mailbox's: there a person removes them."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def forget(self, address: str) -> Forgotten:
        """Take a learner's or a sender's data out, in one transaction.

        Raises ConfigurationError for what is no address, and while a mail or letter of theirs is under way.
        """
        if len(getaddresses([address])) != 1 or "@" not in address:
            raise ConfigurationError(f"forget: {address!r} is not an address")
        key = identity_key(address)
        replacement = f"forgotten-{hashlib.sha256(key.encode()).hexdigest()[:12]}@invalid"
        with self._db.write() as connection:
            self._refuse_while_open(connection, key)
            counts = (
                ("rows of uploads", self._rows(connection, key, replacement)),
                ("notices", _change(connection, notices, notices.c.email == key, email=replacement)),
                ("one-time links and tickets", self._links(connection, key)),
                ("letters", self._letters(connection, key, replacement)),
                ("mails kept", self._mails(connection, key, replacement)),
            )
        return Forgotten(counts=counts, replacement=replacement)

    def _refuse_while_open(self, connection: Connection, key: str) -> None:
        final = [state for state in MessageState if state.is_final]
        about = select(imports.c.message).join(import_rows, import_rows.c.import_id == imports.c.id)
        mail = connection.execute(
            select(messages.c.id)
            .where(
                messages.c.state.not_in(final),
                or_(_same(messages.c.sender, key), messages.c.id.in_(about.where(import_rows.c.key == key))),
            )
            .limit(1)
        ).scalar()
        letter = connection.execute(
            select(outbox.c.id)
            .where(outbox.c.state.in_(("queued", "sending")), _names(outbox.c.recipients, key))
            .limit(1)
        ).scalar()
        if mail is not None or letter is not None:
            what = f"M{mail}" if mail is not None else "a letter"
            raise ConfigurationError(
                f"forget: {what} of theirs is still under way; try again when it is done"
            )

    def _rows(self, connection: Connection, key: str, replacement: str) -> int:
        # The files and repairs of a whole upload may tell of anybody in it.
        ids = select(import_rows.c.import_id).where(import_rows.c.key == key)
        _change(connection, imports, imports.c.id.in_(ids), source="")
        return _change(
            connection,
            import_rows,
            import_rows.c.key == key,
            first_name="",
            last_name="",
            email=replacement,
            key=replacement,
            detail="",
            hint="",
            repairs="",
        )

    def _links(self, connection: Connection, key: str) -> int:
        gone = connection.execute(delete(tokens).where(_same(tokens.c.email, key))).rowcount
        return gone + connection.execute(delete(tickets).where(_same(tickets.c.email, key))).rowcount

    def _letters(self, connection: Connection, key: str, replacement: str) -> int:
        """Letters to them, and the reports of uploads that had them in."""
        theirs = _names(outbox.c.recipients, key)
        changed = _change(
            connection, outbox, theirs, recipients=replacement, body=None, failure="", counted_for=""
        )
        reported = select(import_rows.c.import_id).where(import_rows.c.key == replacement)
        _change(connection, outbox, and_(outbox.c.import_id.in_(reported), outbox.c.position < 0), body=None)
        return changed

    def _mails(self, connection: Connection, key: str, replacement: str) -> int:
        """Mails from them, and uploads that had them in."""
        sent = _same(messages.c.sender, key)
        theirs = select(messages.c.id).where(sent)
        _change(connection, chores, chores.c.message.in_(theirs), body=None)
        led_to = select(imports.c.thread).where(imports.c.message.in_(theirs))
        _change(connection, threads, threads.c.id.in_(led_to), evidence="")
        _change(connection, imports, imports.c.message.in_(theirs), evidence="")
        about = (
            select(imports.c.message)
            .join(import_rows, import_rows.c.import_id == imports.c.id)
            .where(import_rows.c.key == replacement)
        )
        bodies = _change(connection, messages, and_(messages.c.id.in_(about), ~sent), raw=None)
        return bodies + _change(
            connection, messages, sent, sender=replacement, subject="", reason="", raw=None
        )


def _change(connection: Connection, table: Table, where: ColumnElement[bool], **values: Any) -> int:
    return connection.execute(update(table).where(where).values(**values)).rowcount


def _same(column: Any, key: str) -> ColumnElement[bool]:
    return func.lower(column) == key


def _names(column: Any, key: str) -> ColumnElement[bool]:
    """Whether a list of addresses, one a line, has this one in it."""
    return ("\n" + func.lower(column) + "\n").contains(f"\n{key}\n", autoescape=True)
