"""The fork server ends with the last process that was forked from it, and not before."""

import subprocess
from collections.abc import Iterator

import pytest

from bot.runners.apart import ForkServer


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "60"]) as running:
        yield running
        running.kill()


def ends(process: "subprocess.Popen[bytes]") -> bool:
    try:
        return process.wait(0.3) is not None
    except subprocess.TimeoutExpired:
        return False


def test_it_ends_when_the_last_of_its_users_is_at_rest(process: "subprocess.Popen[bytes]") -> None:
    server, users = ForkServer(), [object(), object()]
    for user in users:
        server.wanted(user)
    server.known_as(process.pid)
    server.spared(users[0], at_rest=True)
    assert not ends(process)
    server.spared(users[1], at_rest=True)
    assert ends(process)
    server.spared(users[1], at_rest=True)


def test_a_user_that_fell_leaves_it_running(process: "subprocess.Popen[bytes]") -> None:
    server, user = ForkServer(), object()
    server.wanted(user)
    server.known_as(process.pid)
    server.spared(user, at_rest=False)
    assert not ends(process)
