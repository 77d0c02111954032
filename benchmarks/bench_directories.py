"""Connectors against a bare loop of the very same calls: rows a second, and their ratio.

Each round starts the platform anew as a process of its own, creates 1,000 learners through the connector,
starts it anew, and sends the same forms or JSON (recorded beforehand) with a bare httpx client.
Run it with `python -m benchmarks.bench_directories`.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx

from bot.directories.contract import a_learner
from bot.directories.moodle import MoodleDirectory
from bot.directories.scim import ScimDirectory
from bot.ports import Directory
from bot.values.learner import CreateStatus, Learner
from tests.platforms.moodle_server import TOKEN as MOODLE_TOKEN
from tests.platforms.scim2_process import TOKEN as SCIM_TOKEN
from tests.platforms.scim2_process import run_scim2_server

ROWS = 1_000
ROUNDS = 5
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One way of using a platform: how to start it and open it, and whether rows are looked up first."""

    name: str
    start: Callable[[], AbstractContextManager[str]]
    open: Callable[..., Directory]
    look_up: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """Rows a second in the best of all rounds, which other work on the machine disturbs least."""

    name: str
    connector: float
    bare: float
    ratio: float
    requests: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """A request as a bare loop would make it: a form or JSON still to be written."""

    method: str
    path: str
    headers: dict[str, str]
    form: dict[str, str] | None
    json: Any


class Recorder(httpx.BaseTransport):
    """Keeps every request that goes through it."""

    def __init__(self) -> None:
        self.inner = httpx.HTTPTransport()
        self.requests: list[Sent] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        kept = {k: v for k, v in request.headers.items() if k not in ("host", "content-length")}
        body, path = request.read(), request.url.raw_path.decode()
        form = "urlencoded" in request.headers.get("content-type", "")
        self.requests.append(
            Sent(
                method=request.method,
                path=path,
                headers=kept,
                form=dict(parse_qsl(body.decode(), keep_blank_values=True)) if form else None,
                json=json.loads(body) if body and not form else None,
            )
        )
        return self.inner.handle_request(request)

    def close(self) -> None:
        self.inner.close()


@contextmanager
def run_moodle() -> Iterator[str]:
    """The recorded-shape Moodle as a process."""
    command = [sys.executable, "-m", "tests.platforms.moodle_server"]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()


def open_moodle(url: str, **more: Any) -> Directory:
    """As an operator would."""
    return MoodleDirectory(url, MOODLE_TOKEN, **more)


def open_scim(url: str, **more: Any) -> Directory:
    """As an operator would."""
    return ScimDirectory(url, SCIM_TOKEN, **more)


def open_scim_singly(url: str, **more: Any) -> Directory:
    """Without bulk, and one term a filter, which this server has an index for."""
    return ScimDirectory(url, SCIM_TOKEN, bulk=False, find_size=1, **more)


CASES = (
    Case(name="Moodle", start=run_moodle, open=open_moodle, look_up=True),
    Case(name="scim2-server, created in bulk", start=run_scim2_server, open=open_scim, look_up=False),
    Case(name="scim2-server, one by one", start=run_scim2_server, open=open_scim_singly, look_up=False),
    Case(name="scim2-server, looked up too", start=run_scim2_server, open=open_scim_singly, look_up=True),
)


def main() -> None:
    """Print every case as it is measured."""
    print(f"{ROWS} learners, the best of {ROUNDS} rounds")
    for case in CASES:
        figure = measure(case)
        print(
            f"{figure.name:38} {figure.connector:7.0f} rows/s   bare {figure.bare:7.0f} rows/s   "
            f"ratio {figure.ratio:4.0%}   {figure.requests} requests"
        )


def measure(case: Case) -> Figure:
    """All rounds of one case, connector and bare loop by turns."""
    learners = [a_learner(f"n{number}", tag="benchmark") for number in range(ROWS)]
    recorder = Recorder()
    with case.start() as url:
        upload(case, case.open(url, transport=recorder), learners)
    connector, bare = [], []
    for _ in range(ROUNDS):
        with case.start() as url:
            connector.append(upload(case, case.open(url), learners))
        with case.start() as url:
            bare.append(replay(url, recorder.requests))
    return Figure(
        name=case.name,
        connector=max(connector),
        bare=max(bare),
        ratio=max(connector) / max(bare),
        requests=len(recorder.requests),
    )


def upload(case: Case, directory: Directory, learners: Sequence[Learner]) -> float:
    """As the import does: batch by batch, looked up and created. Rows a second."""
    began = time.perf_counter()
    for start in range(0, len(learners), directory.batch_size):
        batch = learners[start : start + directory.batch_size]
        if case.look_up:
            assert directory.find([learner.email for learner in batch]) == {}
        results = directory.create(batch, "RC-BENCH2")
        assert {result.status for result in results} == {CreateStatus.CREATED}
    rate = len(learners) / (time.perf_counter() - began)
    directory.close()
    return rate


def replay(url: str, requests: Sequence[Sent]) -> float:
    """The same requests with nothing around them but reading the answers as JSON. Rows a second."""
    origin = url.removesuffix("/v2")
    began = time.perf_counter()
    with httpx.Client(timeout=60) as client:
        for one in requests:
            address = origin + one.path
            response = client.request(
                one.method, address, headers=one.headers, data=one.form, content=dumped(one.json)
            )
            assert response.status_code < 300
            json.loads(response.content)
    return ROWS / (time.perf_counter() - began)


def dumped(body: Any) -> bytes | None:
    """JSON, where there is any."""
    return json.dumps(body).encode() if body is not None else None


if __name__ == "__main__":
    main()
