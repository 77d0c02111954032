"""`python -m benchmarks`: every line in turn; prints the table and writes docs/performance.md."""

import importlib
import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.figures import Figure, missing, row

LINES = (
    "line08_start",
    "line02_import",
    "line01_sheet",
    "line10_preview",
    "line11_ledger",
    "line05_check",
    "line06_notices",
    "line07_memory",
    "line03_latency",
    "line04_backlog",
    "line09_postgres",
)
PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
MOST = 150  # seconds for one line, so that all of them end in ten minutes
HEAD = (
    "| line | work | ours (median) | floor (median) | ratio | to reach | reached |\n"
    "|---|---|---|---|---|---|---|"
)


def measured(name: str) -> list[Figure]:
    """A line in a process of its own, so that none warms another up or leaves anything behind."""
    number = int(name[4:6])
    command = [sys.executable, "-m", "benchmarks", name]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=MOST, check=False)
    except subprocess.TimeoutExpired:
        return [missing(number, name, f"did not end within {MOST} seconds")]
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it ended without a word"])[-1]
        return [missing(number, name, last[:160])]
    return [Figure(**json.loads(line)) for line in done.stdout.splitlines() if line.startswith("{")]


def main(names: tuple[str, ...]) -> None:
    """Measure, print, write."""
    figures: list[Figure] = []
    print(HEAD)
    began = time.monotonic()
    for name in names:
        for figure in measured(name):
            figures.append(figure)
            print(row(figure), flush=True)
    PAGE.write_text(
        page(sorted(figures, key=lambda one: one.line), time.monotonic() - began), encoding="utf-8"
    )


def page(figures: list[Figure], seconds: float) -> str:
    """docs/performance.md."""
    parts = ["# Performance", *_about(seconds), HEAD + "\n" + "\n".join(row(figure) for figure in figures)]
    for name in sorted(LINES):
        module = importlib.import_module(f"benchmarks.{name}")
        title = (module.__doc__ or "").strip().splitlines()[0]
        parts.append(
            f"## {title}\n\n`python -m benchmarks.{name}`\n\n"
            f"- Where the time goes: {module.WHERE}\n- The limit: {module.LIMIT}"
        )
        if next_idea := getattr(module, "NEXT", ""):
            parts.append(f"- Not reached, and what comes next: {next_idea}")
    return "\n\n".join(parts) + "\n"


def _about(seconds: float) -> list[str]:
    load = os.getloadavg()[0]
    system = f"{platform.machine()}, {platform.system()} {platform.release()}"
    return [
        f"Written by `make bench` ({datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {seconds:.0f} s). Every ratio is "
        "to a floor measured in the same run, by turns with ours where that can be: machines are noisy, and "
        "absolute times alone say nothing.",
        f"Machine: {os.cpu_count()} cores ({system}), Python {platform.python_version()}, load average "
        f"{load:.1f} at the end of the run. A load above the number of cores means that others were using "
        "the machine meanwhile, which hurts work spread over several processes more than its floor in one.",
        "So that a run ends in ten minutes, some lines do less than they are asked to: 25 mails not 50 (3), "
        "a backlog of 300 instead of 2,000 (9), 3,000 notices instead of 10,000 (6), 300 uploads "
        "instead of 10,000 (7). `ROLLCALL_BENCH_BACKLOG`, `ROLLCALL_BENCH_NOTICES` and "
        "`ROLLCALL_BENCH_UPLOADS` give other numbers to a line run by itself.",
    ]


if __name__ == "__main__":
    if len(sys.argv) > 1:
        module = importlib.import_module(f"benchmarks.{sys.argv[1]}")
        for found in module.measure():
            print(json.dumps(asdict(found)), flush=True)
    else:
        main(LINES)
