"""The one-time link where accounts live elsewhere: a platform that refuses, is away, is slow, or takes it."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update
from starlette.types import ASGIApp

from bot.directories.sign_in import EmbeddedSignIns
from bot.errors import DirectoryRefused, DirectoryUnavailable
from bot.portal.assets import Assets
from bot.portal.colours import make_palette
from bot.portal.crews import Crews
from bot.portal.desk import Desk
from bot.portal.hashing import Hasher
from bot.portal.keys import Keys
from bot.portal.pages import House
from bot.portal.serve import make_server, open_socket, serve
from bot.portal.site import make_portal
from bot.portal.throttle import Throttle
from bot.store.engine import Database
from bot.store.messages import MessageStore
from bot.store.notices import NoticeBook
from bot.store.portal_links import LinkStore
from bot.store.schema import tokens
from bot.store.tickets import TicketStore
from bot.store.upgrade import upgrade
from bot.store.visits import SessionStore, ThrottleStore
from bot.values.customer import Site
from bot.values.portal import token_digest
from tests.wire.portal_scene import BETTER, GOOD
from tests.wire.visitor import Visitor

SITE = Site(name="Acme Learning", login_url="https://moodle.acme.test/login")
TOKEN = "a" * 43
LINK = f"/welcome/{TOKEN}"


@dataclass
class Platform:
    """A directory somewhere else; `answer` is raised once, `passwords` are those it took."""

    answer: Exception | None = None
    passwords: list[str] = field(default_factory=list)
    on_call: Callable[[], object] = lambda: None

    def set_password(self, account: str, password: str) -> None:
        self.on_call()
        if self.answer:
            answer, self.answer = self.answer, None
            raise answer
        self.passwords.append(password)


@dataclass
class Clock:
    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Stage:
    """A portal in this process, over a real SQLite."""

    platform: Platform
    database: Database
    clock: Clock
    base: str

    def visitor(self) -> Visitor:
        return Visitor(base=self.base)

    def spent(self) -> bool:
        with self.database.read() as connection:
            return bool(connection.execute(select(tokens.c.used)).scalar_one())


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A portal whose learner has a link to an account on the platform."""
    clock, platform = Clock(), Platform()
    database = Database(f"sqlite:///{tmp_path}/ledger.db", owner="test", clock=clock)
    upgrade(database)
    with database.write() as connection:
        connection.execute(
            insert(tokens).values(
                digest=token_digest(TOKEN),
                purpose="welcome",
                directory="moodle",
                account="7",
                email="ann@acme.test",
                customer="Acme",
                created=clock(),
                expires=clock() + 1000,
            )
        )
    crews = Crews()
    app = make_portal(a_desk(database, platform, clock, crews), Assets(make_palette("#1f5fbf")), tls=False)

    with served(app) as base:
        yield Stage(platform=platform, database=database, clock=clock, base=base)
    crews.close()
    database.close()


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """The portal's own server, in a thread."""
    listener = open_socket("127.0.0.1:0")
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    server = make_server(app, trusted_proxies=())
    thread = threading.Thread(target=loop.run_until_complete, args=[serve(server, listener, stop)])
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    loop.call_soon_threadsafe(stop.set)
    thread.join(20)
    loop.close()
    listener.close()


def a_desk(database: Database, platform: Platform, clock: Clock, crews: Crews) -> Desk:
    throttles = ThrottleStore(database)
    notices = NoticeBook(database, domain="acme.test")
    return Desk(
        house=House(site=SITE, sign_in=False),
        sites={"Acme": SITE},
        links=LinkStore(database, notices, throttles, token_of=str, domain="acme.test", link_seconds=1000.0),
        sessions=SessionStore(database),
        tickets=TicketStore(database, MessageStore(database), throttles, token_of=str),
        sign_ins=EmbeddedSignIns(database.engine, names=(), clock=clock),
        directories={"moodle": platform},  # type: ignore[dict-item]  only what the portal asks of it
        throttle=Throttle(throttles, crews.ledger, clock=clock),
        keys=Keys(b"k" * 32, secure=False),
        crews=crews,
        hasher=Hasher(crews.hashing),
        mailbox_name="support",
        mailbox_address="support@acme.test",
        message_id_domain="acme.test",
        own_addresses=frozenset(),
        upload_bytes=1024 * 1024,
        now=clock,
    )


def test_the_platform_takes_it_and_the_learner_is_shown_the_way(stage: Stage) -> None:
    with stage.visitor() as ann:
        ann.open(LINK)
        said = ann.submit(password=GOOD, repeated=GOOD)
        assert "Your password is set" in said
        assert 'href="https://moodle.acme.test/login"' in ann.page.text
        assert stage.platform.passwords == [GOOD]
        assert "This link was used" in ann.open(LINK)


def test_what_the_platforms_policy_misses_is_told_and_the_link_stays(stage: Stage) -> None:
    stage.platform.answer = DirectoryRefused("the password must have at least 1 upper case letter <b>")
    with stage.visitor() as ann:
        ann.open(LINK)
        said = ann.submit(password=GOOD, repeated=GOOD)
        assert "at least 1 upper case letter <b>" in said
        assert ann.page.status_code == 422
        assert not stage.spent()
        assert "Your password is set" in ann.submit(password=BETTER, repeated=BETTER)
    assert stage.platform.passwords == [BETTER]


@pytest.mark.parametrize("trouble", [DirectoryUnavailable("timed out"), RuntimeError("a bug")])
def test_a_platform_that_is_away_costs_nobody_a_link(stage: Stage, trouble: Exception) -> None:
    stage.platform.answer = trouble
    with stage.visitor() as ann:
        ann.open(LINK)
        ann.submit(password=GOOD, repeated=GOOD)
        assert ann.page.status_code in (500, 503)
        assert not stage.spent()
        ann.open(LINK)
        assert "Your password is set" in ann.submit(password=GOOD, repeated=GOOD)


def test_while_one_is_at_it_another_waits_and_after_a_crash_the_link_is_free_again(stage: Stage) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def be_slow() -> None:
        inside.set()
        go_on.wait(20)

    stage.platform.on_call = be_slow
    with stage.visitor() as ann, stage.visitor() as other, ThreadPoolExecutor(1) as hand:
        ann.open(LINK)
        other.open(LINK)
        slow = hand.submit(ann.submit, password=GOOD, repeated=GOOD)
        assert inside.wait(20)
        assert "This link is being used" in other.submit(password=BETTER, repeated=BETTER)
        go_on.set()
        assert "Your password is set" in slow.result()
    assert stage.platform.passwords == [GOOD]


def test_a_claim_that_a_crash_left_behind_lapses(stage: Stage) -> None:
    with stage.database.write() as connection:
        connection.execute(update(tokens).values(claimed=stage.clock() + 100))
    with stage.visitor() as ann:
        ann.open(LINK)
        assert "This link is being used" in ann.submit(password=GOOD, repeated=GOOD)
        stage.clock.now += 101
        ann.open(LINK)
        assert "Your password is set" in ann.submit(password=GOOD, repeated=GOOD)


def test_a_link_that_has_run_out_is_not_spent(stage: Stage) -> None:
    with stage.visitor() as ann:
        ann.open(LINK)
        stage.clock.now += 1001
        assert "no longer works" in ann.submit(password=GOOD, repeated=GOOD)
    assert stage.platform.passwords == []


def test_without_a_directory_of_our_own_nobody_signs_in_here(stage: Stage) -> None:
    with stage.visitor() as ann:
        assert ann.client.get("/signin").status_code == 404
        assert ann.client.get("/").headers["location"] == "/ticket"


def test_when_the_ledger_does_not_serve_the_page_says_one_moment(stage: Stage) -> None:
    with stage.database.write() as connection:
        connection.exec_driver_sql("DROP TABLE login_tokens")
    with stage.visitor() as ann:
        assert "One moment" in ann.open(LINK)
        assert ann.page.status_code == 503


def test_what_strangers_leave_behind_is_bounded(stage: Stage) -> None:
    statuses = []
    for number in range(30):
        with stage.visitor() as eve:
            eve.open("/ticket")
            eve.submit(email=f"eve{number}@elsewhere.test", notify="yes")
            statuses.append(eve.page.status_code)
    assert statuses[:20] == [200] * 20
    assert set(statuses[20:]) == {429}
