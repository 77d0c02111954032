"""1,000 learners through crashes, time-outs and races: one account each, however often it is tried."""

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from bot.directories.moodle import MoodleDirectory
from bot.directories.scim import ScimDirectory
from bot.errors import DirectoryUnavailable
from bot.ports import Directory
from bot.values.learner import CreateStatus, Learner
from tests.contract.directory_suite import a_learner, a_tag
from tests.platforms import moodle_server, scim_server
from tests.platforms.loopback import Drop, Fault, Hang, LoopbackServer, Reply, Request
from tests.platforms.moodle_server import MoodleServer
from tests.platforms.scim2_process import TOKEN as REAL_TOKEN
from tests.platforms.scim2_process import run_scim2_server
from tests.platforms.scim_server import ScimServer

STAMP = "RC-ONCE22"


class Crash(Exception):
    """Our own process dies between a call and the note of its result."""


class Import:
    """What the pipeline does with a directory: look up, note the intent, create, note the result.

    `journal` outlives every crash. A learner found after its intent was noted, and absent before, is ours.
    """

    def __init__(
        self, open_directory: Callable[[], Directory], learners: list[Learner], luck: random.Random
    ) -> None:
        self.open_directory = open_directory
        self.learners = learners
        self.luck = luck
        self.journal: dict[str, str] = {}
        self.ids: dict[str, str] = {}
        self.tries = 0

    def run(self) -> None:
        while len(self.ids) < len(self.learners):
            self.tries += 1
            assert self.tries < 2000
            directory = self.open_directory()
            try:
                self.go_on(directory)
            except (DirectoryUnavailable, Crash):
                continue
            finally:
                directory.close()

    def go_on(self, directory: Directory) -> None:
        size = directory.batch_size
        rest = [learner for learner in self.learners if learner.key not in self.ids]
        for start in range(0, len(rest), size):
            batch = rest[start : start + size]
            found = directory.find([learner.email for learner in batch])
            for key, account in found.items():
                self.note(key, "created" if self.journal.get(key) == "creating" else "existing", account.id)
            new = [learner for learner in batch if learner.key not in found]
            self.journal.update({learner.key: "creating" for learner in new})
            self.crash_perhaps()
            results = directory.create(new, STAMP)
            self.crash_perhaps()
            for result in results:
                assert result.status is CreateStatus.CREATED, result
                assert result.account is not None
                self.note(result.key, "created", result.account.id)

    def note(self, key: str, outcome: str, account_id: str) -> None:
        self.journal[key] = outcome
        assert self.ids.setdefault(key, account_id) == account_id

    def crash_perhaps(self) -> None:
        if self.luck.random() < 0.1:
            raise Crash


def bad_luck(luck: random.Random) -> Callable[[Request], Fault]:
    """One request in six goes wrong: before it is carried out, after it, or with an error page."""

    def pick(_request: Request) -> Fault:
        if luck.random() > 1 / 6:
            return None
        html = Reply(status=luck.choice([500, 502, 503]), body=b"<html><title>Bad gateway</title></html>")
        return luck.choice([Drop(after=True), Drop(after=False), Hang(after=True), html])

    return pick


@contextmanager
def moodle() -> Iterator[tuple[LoopbackServer, Callable[[], Directory], Callable[[], list[str]]]]:
    with MoodleServer() as server:
        yield (
            server,
            lambda: MoodleDirectory(server.url, moodle_server.TOKEN, timeout=0.15),
            server.site.emails,
        )


@contextmanager
def scim(bulk: int) -> Iterator[tuple[LoopbackServer, Callable[[], Directory], Callable[[], list[str]]]]:
    with ScimServer(bulk=bulk) as server:
        yield (
            server,
            lambda: ScimDirectory(server.base_url, scim_server.TOKEN, timeout=0.15, batch_size=50),
            server.usernames,
        )


# A second run of luck, and a thousand requests for as many learners, are for those who have the time.
@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.servers)])
@pytest.mark.parametrize(
    "platform", ["moodle", "scim in bulk", pytest.param("scim one by one", marks=pytest.mark.servers)]
)
def test_a_thousand_learners_end_as_one_account_each(platform: str, seed: int) -> None:
    luck = random.Random(seed)
    with ExitStack() as stack:
        kinds = {"moodle": moodle, "scim in bulk": lambda: scim(50), "scim one by one": lambda: scim(0)}
        server, open_directory, accounts = stack.enter_context(kinds[platform]())
        # One by one, a batch of 50 would hardly ever get through with a fault in six requests.
        often = 1.0 if platform != "scim one by one" else 0.1
        unlucky = bad_luck(luck)
        server.pick_fault = lambda request: unlucky(request) if luck.random() < often else None
        tag = a_tag()
        work = Import(open_directory, [a_learner(f"n{number}", tag=tag) for number in range(1000)], luck)
        work.run()
        assert sorted(accounts()) == sorted(learner.email for learner in work.learners)
        assert set(work.journal.values()) == {"created"}
        assert work.tries > 5


@pytest.mark.servers
def test_a_thousand_learners_on_a_real_scim_server_end_as_one_account_each() -> None:
    luck = random.Random(3)
    tag = a_tag()
    with run_scim2_server() as url:
        learners = [a_learner(f"n{number}", tag=tag) for number in range(1000)]
        # Its filters take milliseconds a term, an index makes a single term quick.
        work = Import(lambda: ScimDirectory(url, REAL_TOKEN, find_size=1), learners, luck)
        work.run()
        directory = ScimDirectory(url, REAL_TOKEN, find_size=1)
        found = directory.find([learner.email for learner in learners])
        directory.close()
        assert {key: account.id for key, account in found.items()} == work.ids
        assert {account.stamp for account in found.values()} == {STAMP}
        assert len(set(work.ids.values())) == 1000


def test_a_time_out_after_success_is_found_by_the_next_look_up() -> None:
    with MoodleServer() as server:
        directory = MoodleDirectory(server.url, moodle_server.TOKEN, timeout=0.2)
        learners = [a_learner() for _ in range(40)]
        directory.find([learners[0].email])
        server.faults.append(Hang(after=True))
        with pytest.raises(DirectoryUnavailable, match="did not answer within"):
            directory.create(learners, STAMP)
        assert len(server.site.emails()) == 40
        found = directory.find([learner.email for learner in learners])
        assert {account.stamp for account in found.values()} == {STAMP}
        assert len(found) == 40
        directory.close()


def test_a_thousand_existing_learners_cost_moodle_at_most_twenty_requests() -> None:
    with MoodleServer() as server:
        learners = [a_learner(f"n{number}") for number in range(1000)]
        for number, learner in enumerate(learners):
            mixed = learner.email.title() if number % 2 else learner.email
            server.site.add(username=learner.email, email=mixed, firstname="A", lastname="B")
        with_directory = MoodleDirectory(server.url, moodle_server.TOKEN)
        found = with_directory.find([learner.email for learner in learners])
        assert found.keys() == {learner.key for learner in learners}
        assert len(server.requests) <= 20
        with_directory.close()
