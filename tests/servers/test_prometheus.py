"""The rules and the dashboard in a real Prometheus that scrapes the real port."""

import json
import re
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.ops.meters import Meters
from bot.ops.pages import Pages
from bot.ops.serve import OpsServer
from tests.servers.daemons import wait_until
from tests.servers.ports import free_ports
from tests.unit.ops.ops_facts import some_facts
from tests.unit.ops.test_ops_pages import SILENT, serving

pytestmark = pytest.mark.servers
OPS = Path(__file__).parents[2] / "ops"


def promtool(*arguments: str | Path) -> None:
    done = subprocess.run(
        ["promtool", *map(str, arguments)], check=False, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_finds_nothing_wrong() -> None:
    promtool("check", "rules", OPS / "alerts.yml")
    promtool("check", "config", OPS / "prometheus.yml")
    promtool("test", "rules", OPS / "alerts.test.yml")


def test_promtool_finds_nothing_wrong_with_the_figures() -> None:
    done = subprocess.run(
        ["promtool", "check", "metrics"],
        input=Meters(some_facts).exposition(),
        check=False,
        capture_output=True,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, b"")


class Prometheus:
    """A running Prometheus, asked over its API."""

    def __init__(self, url: str) -> None:
        self.url = url

    def get(self, path: str, **parameters: str) -> Any:
        address = f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        with urllib.request.urlopen(address, timeout=5) as answer:
            return json.load(answer)["data"]

    def query(self, expression: str) -> list[Any]:
        found: list[Any] = self.get("query", query=expression)["result"]
        return found

    def scraped(self) -> bool:
        try:
            return bool(self.query("rollcall_build_info"))
        except OSError:
            return False


@pytest.fixture
def prometheus(tmp_path: Path) -> Iterator[Prometheus]:
    """It scrapes our port every second, under our own configuration."""
    facts = some_facts()
    meters = Meters(lambda: facts)
    meters.rows.labels("created").inc(3)
    meters.events.labels("letter_deferred").inc()
    server = OpsServer("127.0.0.1:0", Pages(look=lambda: facts, meters=meters).answer, log=SILENT)
    port = free_ports(["prometheus"])["prometheus"]
    written = (OPS / "prometheus.yml").read_text(encoding="utf-8")
    written = written.replace("15s", "1s").replace("127.0.0.1:9108", f"127.0.0.1:{server.port}")
    (tmp_path / "prometheus.yml").write_text(written)
    (tmp_path / "alerts.yml").write_text((OPS / "alerts.yml").read_text(encoding="utf-8"))
    command = [
        "prometheus",
        f"--config.file={tmp_path}/prometheus.yml",
        f"--storage.tsdb.path={tmp_path}/data",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=error",
    ]
    with serving(server), subprocess.Popen(command) as process:
        made = Prometheus(f"http://127.0.0.1:{port}")
        assert wait_until(made.scraped, 30)
        yield made
        process.terminate()


def test_a_real_prometheus_takes_figures_rules_and_every_panel(prometheus: Prometheus) -> None:
    (sample,) = prometheus.query('rollcall_rows_total{outcome="created"}')
    assert sample["value"][1] == "3"
    assert prometheus.query('up{job="rollcall"}')[0]["value"][1] == "1"
    (group,) = prometheus.get("rules")["groups"]
    rules = (OPS / "alerts.yml").read_text(encoding="utf-8")
    assert len(group["rules"]) == len(re.findall("- alert:", rules))
    assert {rule["health"] for rule in group["rules"]} <= {"ok", "unknown"}
    # A rate needs two scrapes.
    assert wait_until(lambda: bool(prometheus.query("rate(rollcall_rows_total[1m])")), 20)
    board = json.loads((OPS / "grafana-dashboard.json").read_text(encoding="utf-8"))
    for panel in board["panels"]:
        for target in panel["targets"]:
            expression = target["expr"].replace("$__rate_interval", "1m").replace("$job", ".*")
            assert prometheus.query(expression), f"{panel['title']} shows nothing: {expression}"
