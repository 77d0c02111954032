"""Killed again and again at random moments, over a correspondence of every kind: nothing lost, nothing twice.

`make torture` kills it three hundred times on each database; a shorter run is among the server tests.
"""

import random
import time
from collections import Counter
from dataclasses import dataclass

import pytest

from tests.acceptance.beside import beside
from tests.acceptance.correspondence import SENDERS, Correspondence
from tests.acceptance.invariants import answers_to, check_promises, letters_to, notices_received
from tests.acceptance.nursery import Bot, Nursery
from tests.acceptance.scene import Scene, real

SEED = 20260301
KILLS_IN_SHORT = 30
KILLS_AT_LENGTH = 300


@dataclass
class Torture:
    """One run. On PostgreSQL two bots share the work and either is killed; on SQLite there is one."""

    scene: Scene
    nursery: Nursery
    kills: int
    luck: random.Random
    fell_beside: int = 0

    def run(self) -> None:
        """Kill, let it end in peace, and check every promise."""
        self.scene.configure(
            lease_seconds=2,
            spread_after=1,  # so that processes beside it fall with it
            customers=[{"name": "Customer Ltd", "senders": SENDERS}],
            limits={"replies_per_sender_hour": 10_000, "replies_per_thread_hour": 10_000},
        )
        talk = Correspondence(scene=self.scene, luck=self.luck)
        began = time.monotonic()
        bots = [self._start() for _ in range(2 if real(self.scene.servers) else 1)]
        for _ in range(self.kills):
            talk.upload()
            talk.go_on()
            self._wait()
            victim = self.luck.randrange(len(bots))
            self.fell_beside += bool(beside(bots[victim].pid))
            self.scene.kill(bots[victim])
            bots[victim] = self._start()
        self._end_in_peace(talk)
        self._print_figures(talk, time.monotonic() - began)
        check_promises(self.scene, talk.expected)
        assert self.fell_beside

    def _start(self) -> Bot:
        config = str(self.scene.folder / "config.toml")
        bot = self.nursery.start(["run", "--config", config], self.scene.folder / "bot.log")
        self.scene.processes.append(bot)
        return bot

    def _wait(self) -> None:
        """Mostly a moment, in the thick of it; now and then long enough to get far."""
        longest = 1.2 if self.luck.random() < 0.75 else 5.0
        time.sleep(self.luck.uniform(0.02, longest))

    def _end_in_peace(self, talk: Correspondence) -> None:
        expected = talk.expected
        until = time.monotonic() + 60 + 2 * self.kills
        while time.monotonic() < until:
            still_open = talk.go_on()
            if not still_open and self.scene.at_rest(len(expected.mails) + len(expected.held)):
                return
            time.sleep(0.2)
        raise AssertionError(f"it does not come to rest\n{self.scene.log()[-4000:]}")

    def _print_figures(self, talk: Correspondence, seconds: float) -> None:
        """Duplicates are different mails for one cause; a copy carries the Message-ID of the first."""
        expected = talk.expected
        answers, notices = answers_to(self.scene, expected), notices_received(self.scene, expected)
        replies = Counter(str(mail["Message-ID"]) for mail in letters_to(self.scene, SENDERS))
        made = Counter(self.scene.accounts())
        several = [keys for keys in (*answers.values(), *notices.values()) if len(keys) > 1]
        lost = [mail for mail in expected.mails if str(mail["Message-ID"]) not in answers]
        lost_learners = len(expected.created) - len(made)
        lost_notices = len(set(expected.notified) - set(notices))
        print(
            f"\n{'PostgreSQL' if real(self.scene.servers) else 'SQLite'}: "
            f"{self.kills} kills in {seconds:.0f} s, {self.fell_beside} of them with a process beside, "
            f"{len(expected.mails) + len(expected.held)} mails ({len(expected.held)} held), "
            f"{len(made)} learners, {len(replies)} replies, {len(notices)} notices, "
            f"duplicates {len(several) + made.total() - len(made)}, "
            f"losses {len(lost) + lost_learners + lost_notices}, "
            f"copies under the same Message-ID {replies.total() - len(replies)}"
        )


@pytest.mark.servers
def test_killed_at_random_moments_it_loses_and_doubles_nothing(scene: Scene, nursery: Nursery) -> None:
    Torture(scene=scene, nursery=nursery, kills=KILLS_IN_SHORT, luck=random.Random(SEED)).run()


@pytest.mark.torture
def test_killed_three_hundred_times_it_loses_and_doubles_nothing(scene: Scene, nursery: Nursery) -> None:
    luck = random.Random(time.time_ns())
    Torture(scene=scene, nursery=nursery, kills=KILLS_AT_LENGTH, luck=luck).run()
