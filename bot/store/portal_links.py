"""One-time links, as the portal uses them: found, claimed, spent once, and replaced by newer ones."""

import secrets
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, select, update

from bot.store.engine import Database
from bot.store.notices import NoticeBook
from bot.store.schema import import_rows, imports, notices, outbox, tokens
from bot.store.visits import ThrottleStore
from bot.values.address import identity_key
from bot.values.learner import NoticeState, Outcome
from bot.values.outgoing import LetterKind
from bot.values.portal import Closed, LearnerAccount, LinkPurpose, LinkRecord, Turnstile, token_digest


class LinkStore:
    """`ports.portal.Links` on a database.

    `token_of` derives a token from the Message-ID of the mail that carries it, so that the mail can be
    written again and again without the token lying anywhere; `domain` ends those Message-IDs.
    """

    def __init__(
        self,
        database: Database,
        notice_book: NoticeBook,
        throttle: ThrottleStore,
        *,
        token_of: Callable[[str], str],
        domain: str,
        link_seconds: float,
    ) -> None:
        self._db = database
        self._notices = notice_book
        self._throttle = throttle
        self._token_of = token_of
        self._domain = domain
        self._link_seconds = link_seconds

    def find(self, digest: str) -> LinkRecord | None:
        with self._db.read() as connection:
            row = connection.execute(select(tokens).where(tokens.c.digest == digest)).first()
        return _link(row) if row else None

    def claim(self, digest: str, seconds: float) -> float:
        now = self._db.clock()
        with self._db.write() as connection:
            taken = connection.execute(
                update(tokens)
                .where(
                    tokens.c.digest == digest,
                    tokens.c.used == 0,
                    tokens.c.expires > now,
                    tokens.c.claimed <= now,
                )
                .values(claimed=now + seconds)
            ).rowcount
        return now + seconds if taken else 0.0

    def give_back(self, digest: str, claim: float) -> None:
        with self._db.write() as connection:
            connection.execute(
                update(tokens).where(tokens.c.digest == digest, tokens.c.claimed == claim).values(claimed=0)
            )

    def spend(self, digest: str) -> bool:
        now = self._db.clock()
        with self._db.write() as connection:
            spent = connection.execute(
                update(tokens).where(tokens.c.digest == digest, tokens.c.used == 0).values(used=now)
            ).rowcount
            if not spent:
                return False
            link = _link(connection.execute(select(tokens).where(tokens.c.digest == digest)).one())
            self._end_others(connection, link.directory, link.account)
            self._move_notice(connection, link, NoticeState.PASSWORD_SET)
        return True

    def note_opened(self, link: LinkRecord) -> None:
        with self._db.write() as connection:
            self._move_notice(connection, link, NoticeState.OPENED)

    def _move_notice(self, connection: Connection, link: LinkRecord, state: NoticeState) -> None:
        one = (notices.c.import_id == link.import_id) & (notices.c.position == link.position)
        self._notices.move(connection, one, state)

    def _end_others(self, connection: Connection, directory: str, account: str) -> None:
        connection.execute(
            update(tokens)
            .where(
                tokens.c.directory == directory,
                tokens.c.account == account,
                tokens.c.used == 0,
                tokens.c.expires > self._db.clock(),
            )
            .values(expires=self._db.clock())
        )

    def accounts_of(self, email: str) -> Sequence[LearnerAccount]:
        with self._db.read() as connection:
            rows = connection.execute(
                select(import_rows, imports.c.directory, imports.c.customer)
                .join(imports, imports.c.id == import_rows.c.import_id)
                .where(
                    import_rows.c.key == identity_key(email),
                    import_rows.c.outcome == Outcome.CREATED,
                    import_rows.c.account != "",
                )
                .order_by(import_rows.c.import_id)
            )
            newest = {row.directory: _account(row) for row in rows}
        return tuple(newest.values())

    def renew(self, accounts: Sequence[LearnerAccount], turnstiles: Sequence[Turnstile]) -> Closed | None:
        with self._db.write() as connection:
            if closed := self._throttle.admit_in(connection, turnstiles):
                return closed
            for account in accounts:
                self._end_others(connection, account.directory, account.account)
                self._post(connection, account)
        return None

    def _post(self, connection: Connection, account: LearnerAccount) -> None:
        """A letter without a body: its link is made when it leaves, and only the digest is kept here."""
        now = self._db.clock()
        message_id = f"<link.{secrets.token_hex(12)}@{self._domain}>"
        connection.execute(
            tokens.insert().values(
                digest=token_digest(self._token_of(message_id)),
                purpose=LinkPurpose.NEW_LINK,
                directory=account.directory,
                account=account.account,
                email=account.email,
                customer=account.customer,
                import_id=account.import_id,
                position=account.position,
                created=now,
                expires=now + self._link_seconds,
            )
        )
        post_portal_letter(connection, message_id, account.email, now)

    def find_all(self, digests: Sequence[str]) -> dict[str, LinkRecord]:
        """The links behind these digests, for writing the letters that carry them."""
        with self._db.read() as connection:
            rows = connection.execute(select(tokens).where(tokens.c.digest.in_(digests)))
            return {row.digest: _link(row) for row in rows}


def post_portal_letter(connection: Connection, message_id: str, email: str, now: float) -> None:
    """Put a letter of the portal into the outbox, to be written when it leaves."""
    connection.execute(
        outbox.insert().values(
            kind=LetterKind.PORTAL.value,
            state="queued",
            message_id=message_id,
            recipients=email,
            created=now,
        )
    )


def _link(row: Any) -> LinkRecord:
    return LinkRecord(
        purpose=LinkPurpose(row.purpose),
        directory=row.directory,
        account=row.account,
        email=row.email,
        customer=row.customer,
        import_id=row.import_id,
        position=row.position,
        created=row.created,
        expires=row.expires,
        used=row.used,
        claimed=row.claimed,
    )


def _account(row: Any) -> LearnerAccount:
    return LearnerAccount(
        directory=row.directory,
        account=row.account,
        customer=row.customer,
        email=row.email,
        first_name=row.first_name,
        import_id=row.import_id,
        position=row.position,
    )
