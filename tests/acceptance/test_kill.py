"""Killed between any two steps and started again, it ends in the same accounts and one reply."""

from tests.acceptance.invariants import Expected, check_promises
from tests.acceptance.nursery import Nursery
from tests.acceptance.saboteur import POINTS
from tests.acceptance.scene import Scene, a_message, a_sheet, learners, real


def test_killed_between_any_two_steps_it_ends_the_same(scene: Scene, nursery: Nursery) -> None:
    # Every point on the real servers; on the embedded pair those where something outside has just changed.
    points = POINTS if real(scene.servers) else [point for point in POINTS if point.endswith("after")]
    scene.configure(lease_seconds=1)
    run, log = ["run", "--config", str(scene.folder / "config.toml")], scene.folder / "bot.log"
    expected = Expected()
    for number, point in enumerate(points):
        names = [f"p{number}a", f"p{number}b"]
        notify = number % 3 != 0
        words = "Yes, send them the welcome email." if notify else "Please don't send them anything."
        sheet = a_sheet(learners(*names))
        mail = a_message(words, subject=f"Upload {number}", sheets=[("a.xlsx", sheet)])
        expected.mails.append(scene.send(mail))
        expected.created += names
        expected.notified += names if notify else []
        code = nursery.start(run, log, trap=point).wait(60)
        assert code == -9, f"the trap at {point} was not sprung\n{scene.log()[-2000:]}"
    nursery.start(run, log)
    scene.wait_until_at_rest(len(points), seconds=60)
    check_promises(scene, expected)
