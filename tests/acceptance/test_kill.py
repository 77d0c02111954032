"""Killed between any two steps and started again, it ends in the same accounts and one reply."""

import os
import subprocess
import sys
from pathlib import Path

from tests.acceptance.invariants import Expected, check_promises
from tests.acceptance.saboteur import POINTS
from tests.acceptance.scene import Scene, a_message, a_sheet, learners, real


def start_to_die(scene: Scene, point: str) -> int:
    """Start the service with a trap at `point`; returns its exit code, -9 when the trap was sprung."""
    with (scene.folder / "bot.log").open("ab") as log:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.acceptance.saboteur",
                point,
                "run",
                "--config",
                str(scene.folder / "config.toml"),
            ],
            stderr=log,
            stdout=log,
            start_new_session=True,
            env=os.environ | {"PYTHONPATH": str(Path.cwd())},
        )
    scene.processes.append(process)
    return process.wait(30)


def test_killed_between_any_two_steps_it_ends_the_same(scene: Scene) -> None:
    # Every point on the real servers; on the embedded pair those where something outside has just changed.
    points = POINTS if real(scene.servers) else [point for point in POINTS if point.endswith("after")]
    expected = Expected()
    for number, point in enumerate(points):
        names = [f"p{number}a", f"p{number}b"]
        notify = number % 3 != 0
        words = "Yes, send them the welcome email." if notify else "Please don't send them anything."
        mail = a_message(words, subject=f"Upload {number}", sheets=[("a.xlsx", a_sheet(learners(*names)))])
        expected.mails.append(scene.send(mail))
        expected.created += names
        expected.notified += names if notify else []
        assert start_to_die(scene, point) == -9, f"the trap at {point} was not sprung\n{scene.log()[-2000:]}"
    scene.start()
    scene.wait_until_at_rest(len(points), seconds=60)
    check_promises(scene, expected)
