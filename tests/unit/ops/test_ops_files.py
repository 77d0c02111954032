"""The alert rules and the dashboard speak of figures that exist; every alert is explained in the guide."""

import json
import re
from pathlib import Path
from typing import Any

from bot.ops.meters import Meters
from tests.unit.ops.ops_facts import some_facts

ROOT = Path(__file__).parents[3]
OPS = ROOT / "ops"
NAME = re.compile(r"\brollcall_\w+|\bprocess_\w+")
ALERT = re.compile(r"- alert: (\w+)")


def figures() -> set[str]:
    """Every name that a scrape brings."""
    text = Meters(lambda: some_facts(secret_ends={"smtp": 1.9e9})).exposition().decode()
    samples = {line.partition("{")[0].partition(" ")[0] for line in text.splitlines() if line[:1] != "#"}
    # A counter that has no label value yet has a head and no sample.
    return samples | {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE rollcall_")}


def dashboard() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((OPS / "grafana-dashboard.json").read_text(encoding="utf-8"))
    return loaded


def test_the_alerts_ask_for_figures_that_exist() -> None:
    rules = (OPS / "alerts.yml").read_text(encoding="utf-8")
    assert set(NAME.findall(rules)) - figures() == set()


def test_the_dashboard_asks_for_figures_that_exist() -> None:
    asked = [target["expr"] for panel in dashboard()["panels"] for target in panel["targets"]]
    assert set(NAME.findall(" ".join(asked))) - figures() == set()
    assert all('job=~"$job"' in expression for expression in asked)


def test_every_panel_says_what_it_shows_and_lies_in_the_grid() -> None:
    places = set()
    for panel in dashboard()["panels"]:
        grid = panel["gridPos"]
        assert panel["title"]
        assert panel["description"]
        assert grid["x"] + grid["w"] <= 24
        places.add((grid["x"], grid["y"]))
    assert len(places) == len(dashboard()["panels"])


def test_every_alert_is_tested_and_has_its_words_in_the_guide() -> None:
    alerts = ALERT.findall((OPS / "alerts.yml").read_text(encoding="utf-8"))
    tests = (OPS / "alerts.test.yml").read_text(encoding="utf-8")
    guide = (ROOT / "docs/ops.md").read_text(encoding="utf-8")
    assert len(alerts) == len(set(alerts))
    assert [name for name in alerts if name not in tests] == []
    assert [name for name in alerts if f"`{name}`" not in guide] == []


def test_every_figure_is_explained_in_the_guide() -> None:
    guide = (ROOT / "docs/ops.md").read_text(encoding="utf-8")
    ours = {re.sub(r"_(bucket|count|sum)$", "", name) for name in figures() if name.startswith("rollcall_")}
    assert sorted(name for name in ours if f"`{name}`" not in guide) == []
