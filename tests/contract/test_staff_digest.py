"""The staff's digest over a real ledger: once a day, with what was done and what waits for a person."""

from datetime import datetime, timedelta

import pytest

from bot.runners.staff import send_digest
from bot.values.outgoing import LetterKind
from tests.acceptance.scene import a_message, a_sheet, learners, words_of
from tests.contract.conversation_builders import Desk
from tests.contract.ledger_builders import Clock

DANA = "dana@customer.test"


@pytest.fixture
def desk(database_url: str, tmp_path, clock: Clock):  # type: ignore[no-untyped-def]
    made = Desk(
        database=database_url,
        folder=tmp_path,
        clock=clock,
        changes={"staff": {"address": "staff@yourcompany.test", "digest": True}},
    )
    yield made
    made.close()


def forward_to(clock: Clock, hour: int, minute: int = 0) -> None:
    """The next time the wall clock shows this."""
    now = datetime.fromtimestamp(clock.now).astimezone()
    then = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    clock.now = (then if then > now else then + timedelta(days=1)).timestamp()


def test_the_digest_comes_once_a_day_and_counts_what_was_done(desk: Desk, clock: Clock) -> None:
    forward_to(clock, 9)
    send_digest(desk.office, "07:30")
    sheet = a_sheet([*learners("ann", "bob"), ("Cy", "", "cy@customer.test")])
    desk.receive(a_message("Yes, send them the email.", sender=DANA, sheets=[("a.xlsx", sheet)]))
    desk.receive(a_message("Yes.", sender=DANA, trusted=False, sheets=[("a.xlsx", sheet)]))
    desk.deliver()
    forward_to(clock, 7, 29)
    assert not send_digest(desk.office, "07:30")
    forward_to(clock, 7, 31)
    assert send_digest(desk.office, "07:30")
    assert not send_digest(desk.office, "07:30")
    first, second = desk.letters(LetterKind.STAFF)
    assert "no uploads" in words_of(first)
    words = words_of(second)
    assert "1 upload with 3 rows, 2 new accounts" in words
    assert "2  learners were emailed" in words
    assert "is not proven" in words
    assert second["To"].addresses[0].addr_spec == "staff@yourcompany.test"
    assert second["Subject"].endswith("1 upload, 1 waiting for you")


def test_the_digests_own_mail_is_never_answered(desk: Desk, clock: Clock) -> None:
    send_digest(desk.office, "07:30")
    digest = desk.last(LetterKind.STAFF)
    assert desk.receive(digest).letters == ()
