"""Line 7: the memory of the bot and its child: idle, during a sheet of 100,000 rows, and after uploads."""

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.bench_sheet import a_sheet, group, private_memory, watched
from benchmarks.figures import Figure, show
from benchmarks.line02_import import a_bot, ours
from bot.app.collector import spare_collector
from bot.request.encoder import Heard, taught
from bot.values.request import Segment, SegmentKind

ROWS = 100_000
UPLOADS = int(os.environ.get("ROLLCALL_BENCH_UPLOADS", "300"))
WHERE = "idle, the libraries' code; with a sheet, the rows as values on both sides and the file's own bytes."
LIMIT = "a row is held once in the child and twice in the bot (as read, as planned) until the ledger has it."


def peak() -> None:
    """In a process of its own: the job of line 2 with 100,000 rows; prints kB at each stage."""
    import bot.app.service  # noqa: F401  what a running bot has loaded

    spare_collector()
    with tempfile.TemporaryDirectory() as folder:
        made = a_bot(Path(folder), ROWS)
        before = private_memory(os.getpid())
        said = Segment(kind=SegmentKind.TEXT, text="Please send them the welcome mail.")
        taught().weigh(Heard(segments=(said,)))
        asked = private_memory(os.getpid())
        content = a_sheet(ROWS)
        child = watched(made.reader, content)
        ours(made, content, ROWS)
        highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        server = made.reader._server
        assert server is not None
        print(before, asked, highest, child, sum(private_memory(pid) for pid in group(server.pid)))
        made.reader.close()


def after_uploads() -> None:
    """In a process of its own: small uploads one after the other; prints (after 20 of them, after all) kB."""
    from benchmarks.line11_ledger import Upload, a_ledger
    from bot.sheet.child import LimitedReader
    from bot.values.sheet import SheetLimits

    with LimitedReader(SheetLimits()) as reader, a_ledger(10) as database:
        content = a_sheet(20)
        work = Upload(database, reader.read(content, "learners.xlsx"))
        for number in range(UPLOADS):
            reader.read(content, "learners.xlsx")
            work.one()
            if number == 20:
                early = private_memory(os.getpid())
        print(early, private_memory(os.getpid()))


def _apart(name: str) -> list[int]:
    told = subprocess.run(
        [sys.executable, "-c", f"from benchmarks.line07_memory import {name}; {name}()"],
        capture_output=True,
        check=True,
        text=True,
    )
    return [int(word) for word in told.stdout.split()]


def measure() -> Iterator[Figure]:
    """Idle, peak, and whether it grows."""
    idle, asked, highest, child, _ = _apart("peak")
    yield Figure(
        line=7,
        work="idle, everything loaded that each message needs",
        ours=f"{idle / 1024:.0f} MB",
        floor="–",
        ratio="–",
        target="≤ 100 MB",
        reached=idle <= 100 * 1024,
    )
    yield Figure(
        line=7,
        work="idle, with the encoder, after the first mail that needed it",
        ours=f"{asked / 1024:.0f} MB",
        floor=f"{idle / 1024:.0f} MB idle",
        ratio="–",
        target="≤ 100 MB",
        reached=asked <= 100 * 1024,
    )
    yield Figure(
        line=7,
        work=f"a sheet of {ROWS:,} rows, bot and child together (the peaks of both added)",
        ours=f"{(highest + child) / 1024:.0f} MB",
        floor=f"{idle / 1024:.0f} MB idle",
        ratio="–",
        target="≤ 400 MB",
        reached=highest + child <= 400 * 1024,
    )
    early, late = _apart("after_uploads")
    yield Figure(
        line=7,
        work=f"after {UPLOADS} uploads of 20 learners, against after 20",
        ours=f"{late / 1024:.1f} MB",
        floor=f"{early / 1024:.1f} MB",
        ratio=f"{late / early:.2f}x",
        target="≤ 1.15x",
        reached=late <= 1.15 * early,
    )


if __name__ == "__main__":
    show(measure())
