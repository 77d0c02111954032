"""Line 10: how many preference mails `preview` reads a second, in one process."""

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.figures import Figure, show
from bot.app.collector import spare_collector
from bot.app.reading import open_assessor, sheet_limits
from bot.cli.preview import preview_file
from bot.sheet.child import LimitedReader

ROUNDS = 3
TARGET = 200
MAILS = Path(__file__).parents[1] / "fixtures" / "preference"
WHERE = "finding the newest text in the HTML and the quotes below it, the vocabulary, a child for each sheet."
LIMIT = "one fork for each attachment (a few ms), and Python's regular expressions over each word."

NEXT = "a child that reads several small sheets before it ends, instead of a fork for each mail."


def measure() -> Iterator[Figure]:
    """Mails a second on the clock; the processor's own pace stands beside it."""
    spare_collector()
    files = sorted(MAILS.rglob("*.eml"))[:360]
    paces, busy = [], []
    with LimitedReader(sheet_limits(None)) as sheets:
        assessor = open_assessor(None, sheets)
        preview_file(files[0], assessor)
        for _ in range(ROUNDS):
            clock, work = time.perf_counter(), time.process_time()
            for file in files:
                preview_file(file, assessor)
            paces.append(len(files) / (time.perf_counter() - clock))
            busy.append(len(files) / (time.process_time() - work))
    yield Figure(
        line=10,
        work=f"{len(files)} preference mails through `preview`",
        ours=f"{median(paces):.0f} mails/s",
        floor="–",
        ratio=f"{median(busy):.0f} mails a CPU second of the bot's own process",
        target=f"≥ {TARGET} mails/s",
        reached=median(paces) >= TARGET,
    )


if __name__ == "__main__":
    show(measure())
