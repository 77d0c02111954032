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
SAMPLE = re.compile(r"(?P<name>\w+)(?:\{(?P<labels>.*)\})? \S+$")
PAIR = re.compile(r'(\w+)="([^"]*)"')
EXPRESSION = re.compile(r"expr: (?:\|\n)?(.*?)\n +(?:for|labels):", re.DOTALL)
# What Prometheus itself adds to every figure.
SCRAPED = {"job", "instance"}
# A counter of troubles has its first label when the first trouble is there.
WITHOUT_SAMPLES = {"rollcall_troubles_total"}
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


def labels_exported() -> dict[str, dict[str, set[str]]]:
    """Of every figure each label with its values."""
    found: dict[str, dict[str, set[str]]] = {}
    for line in Meters(lambda: some_facts(secret_ends={"smtp": 1.9e9})).exposition().decode().splitlines():
        if sample := SAMPLE.match(line):
            labels = found.setdefault(sample["name"], {})
            for name, value in PAIR.findall(sample["labels"] or ""):
                labels.setdefault(name, set()).add(value)
    return found


def expressions() -> list[str]:
    """Every PromQL expression of the alerts and the dashboard."""
    rules = (OPS / "alerts.yml").read_text(encoding="utf-8")
    alerts = [" ".join(found.split()) for found in EXPRESSION.findall(rules)]
    return alerts + [target["expr"] for panel in dashboard()["panels"] for target in panel["targets"]]


def strange_labels(expression: str) -> list[str]:
    """The labels and values that an expression asks for and no figure of it has."""
    exported = labels_exported()
    names = set(NAME.findall(expression))
    known = {label for name in names for label in exported.get(name, {})} | SCRAPED
    strange = [
        label
        for listed in re.findall(r"\b(?:by|without|on) \(([\w, ]*)\)", expression)
        for label in re.findall(r"\w+", listed)
        if label not in known and not names <= WITHOUT_SAMPLES
    ]
    for name, matchers in re.findall(r"(rollcall_\w+)\{([^}]*)\}", expression):
        for label, _, wanted in re.findall(r'(\w+)(=~|!=|=)"([^"]*)"', matchers):
            values = exported[name].get(label, set()) if name in exported else set()
            if label not in SCRAPED and not set(wanted.split("|")) <= values:
                strange.append(f"{name}: {label}={wanted}")
    return strange


def test_every_expression_asks_for_labels_and_values_that_exist() -> None:
    asked = expressions()
    assert len(asked) > 30
    assert {expression: found for expression in asked if (found := strange_labels(expression))} == {}


def test_a_label_that_no_figure_has_is_found() -> None:
    assert strange_labels('sum by (state) (rollcall_rows_total{outcome="made"})') == [
        "state",
        "rollcall_rows_total: outcome=made",
    ]


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
