"""A backlog is worked in processes beside the service; whichever of them is killed, no promise is broken."""

import contextlib
import os
import signal
import time
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.acceptance.beside import beside, fork_servers
from tests.acceptance.invariants import Expected, check_promises
from tests.acceptance.scene import Scene, a_message, a_sheet, learners, wait_for
from tests.wire.servers import CUSTOMER, SUPPORT, EmbeddedServers

pytestmark = pytest.mark.parametrize("servers", ["embedded"], indirect=True)
SENDERS = [f"customer1+s{number}@customer.test" for number in range(10)]


def pile_up(scene: Scene, count: int = 45, spread_after: int = 3) -> Expected:
    """So many uploads of one learner each lie in the mailbox before the bot starts: enough that work is left
    when a process beside it has got ready."""
    scene.configure(
        customers=[{"name": "Customer Ltd", "senders": [*SENDERS, CUSTOMER]}],
        limits={"replies_per_sender_hour": 1000},
        spread_after=spread_after,
    )
    mails = [an_upload(number) for number in range(count)]
    assert isinstance(scene.servers, EmbeddedServers)
    for mail in mails:
        scene.servers.mail.store(SUPPORT, "INBOX", mail.as_bytes())
    created = [f"n{number}" for number in range(count)]
    return Expected(mails=mails, created=created, senders=set(SENDERS))


def an_upload(number: int) -> EmailMessage:
    return a_message(
        "Please create these learners. Do not send them the default email.",
        subject=f"Upload {number}",
        sender=SENDERS[number % len(SENDERS)],
        sheets=[("a.xlsx", a_sheet(learners(f"n{number}")))],
    )


def lives(process: int) -> bool:
    """Whether a process still runs; one that waits to be buried does not."""
    try:
        return (Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]) != "Z"
    except OSError:
        return False


def works_beside(processes: list[int]) -> bool:
    """Whether one of them is ready for its first message: it has a sheet reader of its own."""
    return any(map(has_reader, processes))


def has_reader(process: int) -> bool:
    """Whether a process has started its sheet server: it holds a handle of it."""
    with contextlib.suppress(OSError):
        return any("pidfd" in os.readlink(entry) for entry in Path(f"/proc/{process}/fd").iterdir())
    return False


def unfinished(scene: Scene) -> int:
    """How many messages still wait to be settled."""
    ((count,),) = scene.query("SELECT count(*) FROM messages WHERE finished = 0")
    return int(count)


@pytest.mark.servers  # it starts everything anew, which takes its time
def test_started_as_on_the_command_line_it_has_processes_beside_it(scene: Scene) -> None:
    expected = pile_up(scene)
    scene.nursery = None
    bot = scene.start()
    wait_for(lambda: beside(bot.pid), "a process beside the service")
    scene.wait_until_at_rest(len(expected.mails), seconds=60)
    check_promises(scene, expected)


@pytest.mark.parametrize("spread_after", [3, 0])
def test_a_backlog_is_answered_in_one_process_or_in_several(scene: Scene, spread_after: int) -> None:
    expected = pile_up(scene, spread_after=spread_after)
    bot = scene.start()
    if spread_after:
        wait_for(lambda: beside(bot.pid), "a process beside the service")
    scene.wait_until_at_rest(len(expected.mails), seconds=60)
    assert spread_after or not beside(bot.pid)
    check_promises(scene, expected)
    assert scene.log().count('"import_under_way"') == len(expected.mails)
    assert scene.log().count('"message_settled"') == len(expected.mails)
    assert scene.stop(bot) == 0
    assert not beside(bot.pid)


def test_a_process_beside_that_is_killed_takes_nothing_with_it(scene: Scene) -> None:
    expected = pile_up(scene)
    bot = scene.start()
    processes = wait_for(lambda: beside(bot.pid), "a process beside the service")
    wait_for(lambda: works_beside(processes) or None, "one that works")
    for process in processes:
        os.kill(process, signal.SIGKILL)
    assert unfinished(scene)
    scene.wait_until_at_rest(len(expected.mails), seconds=60)
    check_promises(scene, expected)


def test_a_process_beside_dies_with_its_service_and_the_next_one_goes_on(scene: Scene) -> None:
    expected = pile_up(scene)
    bot = scene.start()
    processes = wait_for(lambda: beside(bot.pid), "a process beside the service")
    servers = fork_servers(bot.pid)
    wait_for(lambda: works_beside(processes) or None, "one that works")
    os.kill(bot.pid, signal.SIGKILL)
    bot.wait(10)
    wait_for(lambda: not any(map(lives, [*processes, *servers])), "their end", seconds=2)
    scene.start()
    scene.wait_until_at_rest(len(expected.mails), seconds=60)
    check_promises(scene, expected)


def test_a_stop_ends_the_processes_after_the_message_at_hand(scene: Scene) -> None:
    expected = pile_up(scene)
    bot = scene.start()
    processes = wait_for(lambda: beside(bot.pid), "a process beside the service")
    wait_for(lambda: works_beside(processes) or None, "one that works")
    # As a service manager does it: the whole group is told.
    began = time.monotonic()
    os.killpg(bot.pid, signal.SIGTERM)
    assert bot.wait(12) == 0
    assert time.monotonic() - began < 10
    assert not any(map(lives, processes))
    assert scene.query("SELECT count(*) FROM messages WHERE state = 'working'") == [(0,)]
    scene.start()
    scene.wait_until_at_rest(len(expected.mails), seconds=60)
    check_promises(scene, expected)
    assert scene.query("SELECT max(crashes), max(witnessed) FROM messages") == [(0, 0)]


def test_a_fork_server_that_is_killed_takes_nothing_with_it(scene: Scene) -> None:
    expected = pile_up(scene)
    bot = scene.start()
    processes = wait_for(lambda: beside(bot.pid), "a process beside the service")
    wait_for(lambda: works_beside(processes) or None, "one that works")
    (server,) = fork_servers(bot.pid)
    os.kill(server, signal.SIGKILL)
    assert unfinished(scene)
    scene.wait_until_at_rest(len(expected.mails), seconds=60)
    check_promises(scene, expected)
    assert scene.query("SELECT max(crashes), max(witnessed) FROM messages") == [(0, 0)]
    assert scene.stop(bot) == 0
    assert not any(map(lives, processes))
