"""Everything a platform may answer instead of an answer: one clear error each, in time, without our token."""

import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from bot.directories.moodle import MoodleDirectory
from bot.directories.scim import ScimDirectory
from bot.errors import DirectoryRefused, DirectoryUnavailable, RollcallError
from bot.ports import Directory, Health
from tests.contract.directory_suite import STAMP, a_learner
from tests.platforms import moodle_server, scim_server
from tests.platforms.loopback import Drop, Fault, Hang, LoopbackServer, Reply
from tests.platforms.moodle_server import MoodleServer
from tests.platforms.scim2_process import free_port
from tests.platforms.scim_server import ScimServer

LOGIN = b"<!DOCTYPE html><html><head><title>Log in to the site</title></head></html>"


@dataclass(kw_only=True)
class Platform:
    """A server and a way to open a connector to it."""

    server: LoopbackServer
    open: Callable[..., Directory]
    token: str


@pytest.fixture(params=["moodle", "scim"])
def platform(request: pytest.FixtureRequest) -> Iterator[Platform]:
    opened: list[Directory] = []

    def open_with(kind: Callable[..., Directory], url: str, right_token: str) -> Callable[..., Directory]:
        def open_directory(token: str = right_token, **options: Any) -> Directory:
            opened.append(kind(options.pop("url", url), token, **{"timeout": 2.0, **options}))
            return opened[-1]

        return open_directory

    if request.param == "moodle":
        with MoodleServer() as moodle:
            yield Platform(
                server=moodle,
                open=open_with(MoodleDirectory, moodle.url, moodle_server.TOKEN),
                token=moodle_server.TOKEN,
            )
    else:
        with ScimServer(bulk=50) as scim:
            yield Platform(
                server=scim,
                open=open_with(ScimDirectory, scim.base_url, scim_server.TOKEN),
                token=scim_server.TOKEN,
            )
    for directory in opened:
        directory.close()


TEMPORARY: dict[str, Fault] = {
    "an error page of the web server": Reply(status=500, body=b"<html><title>Oops</title></html>"),
    "a maintenance page": Reply(status=503, body=LOGIN, headers={"Retry-After": "60"}),
    "too many requests": Reply(status=429, headers={"Retry-After": "60"}),
    "a web page that claims success": Reply(status=200, body=LOGIN),
    "nothing that claims success": Reply(status=200),
    "half a JSON text": Reply(status=200, body=b'[{"id": 1, "userna'),
    "ten megabytes": Reply(status=200, body=b'"' + b"x" * 10_000_000 + b'"'),
    "JSON nested without end": Reply(status=200, body=b"[" * 200_000),
    "a body shorter than announced": Reply(status=200, body=b"[]", headers={"Content-Length": "1000"}),
    "no HTTP at all": Reply(status=200, headers={"Transfer-Encoding": "nonsense"}),
    "a broken compression": Reply(status=200, body=b"junk", headers={"Content-Encoding": "gzip"}),
    "a dropped connection": Drop(after=False),
    "no answer": Hang(after=False),
    "a slow drip of the body": Reply(status=200, body=b"[" + b" " * 100_000 + b"]", drip=0.02),
    "a slow drip of the headers": Reply(status=200, headers={"X-Long": "x" * 9000}, drip_head=0.02),
}

PERMANENT: dict[str, Reply] = {
    "a redirect to a login page": Reply(status=303, headers={"Location": "/login/index.php?session=s3cret"}),
    "a redirect to another host": Reply(status=302, headers={"Location": "https://sso.example.com/?to=x"}),
    "no entry": Reply(status=403),
    "no entry, with a page": Reply(status=403, body=LOGIN),
    "no such page": Reply(status=404, body=LOGIN),
    "no such token": Reply(status=401, body=b"{}"),
}


def calls(directory: Directory) -> dict[str, Callable[[], object]]:
    learners = [a_learner(), a_learner()]
    return {
        "find": lambda: directory.find([learners[0].email]),
        "create": lambda: directory.create(learners, STAMP),
        "set_password": lambda: directory.set_password("7", "Correct-horse-battery-4!"),
        "deactivate": lambda: directory.deactivate("7"),
    }


@pytest.mark.parametrize("call", ["find", "create", "set_password", "deactivate"])
@pytest.mark.parametrize("trouble", TEMPORARY)
def test_temporary_trouble_is_said_as_such_and_in_time(platform: Platform, trouble: str, call: str) -> None:
    if (call, trouble) == ("set_password", "nothing that claims success") and "scim" in platform.token:
        return  # to a PATCH, nothing is a good answer
    platform.server.pick_fault = lambda _request: TEMPORARY[trouble]
    directory = platform.open(timeout=0.15)
    began = time.monotonic()
    with pytest.raises(DirectoryUnavailable) as caught:
        calls(directory)[call]()
    assert time.monotonic() - began < 1.5
    assert_fit_to_show(caught.value, platform)


@pytest.mark.parametrize("call", ["find", "create", "set_password"])
@pytest.mark.parametrize("trouble", PERMANENT)
def test_permanent_trouble_is_for_a_person(platform: Platform, trouble: str, call: str) -> None:
    platform.server.pick_fault = lambda _request: PERMANENT[trouble]
    with pytest.raises(DirectoryRefused) as caught:
        calls(platform.open())[call]()
    assert_fit_to_show(caught.value, platform)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("trouble", [*TEMPORARY, *PERMANENT])
def test_the_check_says_what_is_wrong_and_never_raises(platform: Platform, trouble: str) -> None:
    fault = (TEMPORARY | PERMANENT)[trouble]
    platform.server.pick_fault = lambda _request: fault
    lines = platform.open(timeout=0.15).check()
    failed = [line for line in lines if line.health is Health.FAILED]
    assert failed
    assert all(line.mend for line in failed)
    assert platform.token not in repr(lines)


def test_a_wrong_token_is_refused_and_never_shown(platform: Platform) -> None:
    wrong = "wr0ng-t0ken"
    directory = platform.open(token=wrong)
    for call in calls(directory).values():
        with pytest.raises(DirectoryRefused) as caught:
            call()
        assert wrong not in "".join(traceback.format_exception(caught.value))
    assert any(line.health is Health.FAILED for line in directory.check())
    assert wrong not in repr(directory) + repr(vars(directory))


def test_a_platform_that_nobody_listens_for_is_waited_for(platform: Platform) -> None:
    directory = platform.open(url=f"http://127.0.0.1:{free_port()}")
    for call in calls(directory).values():
        with pytest.raises(DirectoryUnavailable, match="cannot be reached"):
            call()


def test_the_pause_a_platform_asks_for_is_handed_on(platform: Platform) -> None:
    directory = platform.open()
    directory.find([a_learner().email])
    platform.server.faults.append(TEMPORARY["too many requests"])
    with pytest.raises(DirectoryUnavailable) as caught:
        directory.create([a_learner()], STAMP)
    assert caught.value.retry_after == 60


def test_a_platform_that_comes_back_is_used_again(platform: Platform) -> None:
    directory = platform.open(timeout=0.15)
    platform.server.faults.extend([Drop(after=False), Hang(after=False), Reply(status=503)])
    for _ in range(3):
        with pytest.raises(DirectoryUnavailable):
            directory.find([a_learner().email])
    assert directory.find([a_learner().email]) == {}


def test_a_token_provider_is_asked_anew_each_time(platform: Platform) -> None:
    tokens = iter(["stale", *[platform.token] * 20])
    directory = platform.open(token=lambda: next(tokens))
    with pytest.raises(DirectoryRefused):
        directory.find([a_learner().email])
    assert directory.find([a_learner().email]) == {}


def test_a_proxy_is_used_where_one_is_named(platform: Platform) -> None:
    directory = platform.open(url="http://learning.example.test", proxy=platform.server.url)
    platform.server.pick_fault = lambda _request: Reply(status=503)
    with pytest.raises(DirectoryUnavailable):
        directory.find([a_learner().email])
    assert platform.server.requests[-1].path.startswith("http://learning.example.test/")


def assert_fit_to_show(error: RollcallError, platform: Platform) -> None:
    """A sentence of a decent length that names the platform, and no token even in the whole trace."""
    text = str(error)
    assert "127.0.0.1" in text
    assert "\n" not in text
    assert len(text) < 500
    assert platform.token not in "".join(traceback.format_exception(error))
