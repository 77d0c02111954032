"""The portal's part of the ledger, on every database: links spent once, counts that hold, tickets."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from bot.store.portal_links import LinkStore
from bot.store.tickets import TicketStore
from bot.store.visits import SessionStore, ThrottleStore
from bot.values.learner import NoticeState, Outcome
from bot.values.ledger import ImportState, MessageState, NoticeAction, NoticeOrder, Settlement
from bot.values.outgoing import LetterKind
from bot.values.portal import Closed, LinkPurpose, Rate, Session, Ticket, Turnstile, token_digest
from tests.contract.ledger_builders import Clock, Node, an_arrival, begun

EMAIL = "learner0@customer.test"
RATE = Turnstile(key="k" * 64, rate=Rate(burst=2, seconds=10.0))


def token_of(message_id: str) -> str:
    return f"token of {message_id}"


@dataclass
class PortalStores:
    node: Node
    throttle: ThrottleStore
    links: LinkStore
    sessions: SessionStore
    tickets: TicketStore

    def letters(self) -> list[str]:
        """The Message-IDs of the portal's letters that are due."""
        items = self.node.outbox.claim(100)
        return [item.message_id for item in items if item.kind is LetterKind.PORTAL]

    def new_link(self) -> str:
        """Ask for a link; the digest of its token."""
        assert self.links.renew(self.links.accounts_of(EMAIL), [RATE]) is None
        (message_id,) = self.letters()
        return token_digest(token_of(message_id))


@pytest.fixture
def stores(node: Node) -> PortalStores:
    """A ledger with one learner who was created and sent a notice."""
    throttle = ThrottleStore(node.database)
    job, record = begun(node, rows=1)
    node.imports.journal_outcomes(job, record.id, [(0, Outcome.CREATED, "", "7")])
    node.settler.settle(
        job,
        Settlement(
            state=MessageState.ANSWERED,
            reason="done",
            thread=record.thread,
            finish_import=record.id,
            finish_as=ImportState.DONE,
            notices=NoticeOrder(action=NoticeAction.QUEUE, import_id=record.id),
        ),
    )
    node.outbox.sent(node.outbox.claim(10))
    return PortalStores(
        node=node,
        throttle=throttle,
        links=LinkStore(
            node.database, node.book, throttle, token_of=token_of, domain="portal.test", link_seconds=1000.0
        ),
        sessions=SessionStore(node.database),
        tickets=TicketStore(
            node.database, node.messages, throttle, token_of=token_of, keep_seconds=100.0, room_bytes=10_000
        ),
    )


def test_a_new_link_is_for_the_account_that_we_created(stores: PortalStores) -> None:
    link = stores.links.find(stores.new_link())
    assert link is not None
    assert (link.purpose, link.directory, link.account) == (LinkPurpose.NEW_LINK, "embedded", "7")
    assert (link.email, link.position) == (EMAIL, 0)
    assert stores.links.accounts_of("nobody@customer.test") == ()


def test_a_newer_link_ends_the_older_one(stores: PortalStores, clock: Clock) -> None:
    old, new = stores.new_link(), stores.new_link()
    assert not stores.links.claim(old, 60.0)
    assert stores.links.claim(new, 60.0)


def test_of_many_at_once_one_claims_and_one_spends(stores: PortalStores) -> None:
    digest = stores.new_link()
    with ThreadPoolExecutor(8) as crowd:
        claims = list(crowd.map(lambda _: stores.links.claim(digest, 60.0), range(8)))
        spent = list(crowd.map(lambda _: stores.links.spend(digest), range(8)))
    assert sum(map(bool, claims)) == 1
    assert sum(spent) == 1


def test_a_claim_is_given_back_by_its_holder_alone_and_lapses_by_itself(
    stores: PortalStores, clock: Clock
) -> None:
    digest = stores.new_link()
    claim = stores.links.claim(digest, 60.0)
    stores.links.give_back(digest, claim - 1)
    assert not stores.links.claim(digest, 60.0)
    stores.links.give_back(digest, claim)
    assert stores.links.claim(digest, 60.0)
    clock.forward(61)
    assert stores.links.claim(digest, 60.0)


def test_spending_a_link_is_noted_with_the_notice(stores: PortalStores) -> None:
    digest = stores.new_link()
    link = stores.links.find(digest)
    assert link is not None
    stores.links.note_opened(link)
    assert notice_state(stores) == NoticeState.OPENED
    stores.links.spend(digest)
    assert notice_state(stores) == NoticeState.PASSWORD_SET
    stores.links.note_opened(link)
    assert notice_state(stores) == NoticeState.PASSWORD_SET


def notice_state(stores: PortalStores) -> str:
    with stores.node.database.read() as connection:
        return str(connection.exec_driver_sql("SELECT state FROM notices").scalar_one())


def test_turnstiles_close_together_or_not_at_all(stores: PortalStores, clock: Clock) -> None:
    other = Turnstile(key="o" * 64, rate=Rate(burst=1, seconds=100.0))
    assert stores.throttle.admit([RATE, other]) is None
    assert stores.throttle.admit([RATE, other]) == Closed(seconds=100.0, key=other.key)
    assert stores.throttle.admit([RATE]) is None
    assert stores.throttle.admit([RATE]) == Closed(seconds=10.0, key=RATE.key)
    stores.throttle.give_back([RATE])
    assert stores.throttle.admit([RATE]) is None
    clock.forward(10_000)
    stores.throttle.tidy()
    assert stores.throttle.admit([RATE, other]) is None


def test_many_at_once_are_counted_one_by_one(stores: PortalStores) -> None:
    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(lambda _: stores.throttle.admit([RATE]), range(20)))
    assert sum(answer is None for answer in answers) == 2


def test_a_link_that_is_asked_for_too_often_is_not_sent(stores: PortalStores) -> None:
    accounts = stores.links.accounts_of(EMAIL)
    answers = [stores.links.renew(accounts, [RATE]) for _ in range(3)]
    assert [answer is None for answer in answers] == [True, True, False]
    assert len(stores.letters()) == 2


def test_a_session_ends_when_it_is_closed_or_runs_out(stores: PortalStores, clock: Clock) -> None:
    session = Session(directory="embedded", account="7", epoch=1, expires=clock() + 100)
    for digest in ("a" * 64, "b" * 64):
        stores.sessions.open(digest, session)
        assert stores.sessions.find(digest) == session
    stores.sessions.close("a" * 64)
    assert stores.sessions.find("a" * 64) is None
    clock.forward(101)
    assert stores.sessions.find("b" * 64) is None
    stores.throttle.tidy()


def a_ticket(number: int = 1, *, raw: bytes = b"Subject: x\r\n\r\nhello") -> Ticket:
    return Ticket(email="dana@customer.test", subject="x", raw=raw, message_id=f"<link.{number}@portal.test>")


def test_a_ticket_is_taken_in_once_whoever_presses_how_often(stores: PortalStores) -> None:
    ticket, arrival = a_ticket(), an_arrival()
    assert stores.tickets.submit(ticket, [RATE]) is None
    digest = token_digest(token_of(ticket.message_id))
    assert stores.tickets.find(digest) == ticket
    with ThreadPoolExecutor(8) as crowd:
        taken = list(crowd.map(lambda _: stores.tickets.confirm(digest, arrival), range(8)))
    assert sum(taken) == 1
    assert stores.tickets.find(digest) is None
    job = stores.node.messages.claim()
    assert job is not None
    assert job.message_id == arrival.message_id
    assert stores.node.messages.claim() is None


def test_an_unconfirmed_ticket_is_dropped_after_its_time(stores: PortalStores, clock: Clock) -> None:
    stores.tickets.submit(a_ticket(), [RATE])
    digest = token_digest(token_of(a_ticket().message_id))
    clock.forward(101)
    assert stores.tickets.find(digest) is None
    assert not stores.tickets.confirm(digest, an_arrival())
    stores.tickets.tidy()


def test_what_strangers_may_make_us_keep_is_bounded(stores: PortalStores) -> None:

    large = a_ticket(1, raw=b"".join(hash_of(number) for number in range(250)))
    assert stores.tickets.submit(large, [RATE]) is None
    refused = stores.tickets.submit(a_ticket(2, raw=large.raw), [RATE])
    assert refused is not None
    assert refused.key == ""


def hash_of(number: int) -> bytes:
    """Bytes that do not compress."""
    return bytes.fromhex(token_digest(str(number)))
