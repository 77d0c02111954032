"""Line 1: an xlsx becomes validated rows, the limited child included; against calamine's bare read."""

from collections.abc import Iterator

from benchmarks.bench_sheet import a_sheet, bare_read, timed
from benchmarks.figures import Figure, compared, show
from bot.app.collector import spare_collector
from bot.sheet.child import LimitedReader
from bot.values.sheet import SheetLimits

ROUNDS = 5
SIZES = (1_000, 10_000, 100_000)
WHERE = (
    "calamine's read, then one pass over the rows in the child (addresses, names, repairs), JSON over a "
    "socket, and `SheetRow`s made in the bot while the child goes on."
)
LIMIT = "unzipping and parsing the XML, which calamine does in Rust; everything else is Python, a pass a row."

NEXT = (
    "a small sheet costs the fork of its child, about 20 ms on a busy machine; that is what its safety costs."
)


def measure() -> Iterator[Figure]:
    """The ratio at each size: linear where it stays the same."""
    spare_collector()
    for rows in SIZES:
        content = a_sheet(rows)
        with LimitedReader(SheetLimits(rows=rows)) as reader:
            reader.read(b"a,b", "warm.csv")
            pairs = [(timed(reader, content), bare_read(content)) for _ in range(ROUNDS)]
        yield compared(1, f"{rows:,}-row xlsx → validated rows", pairs, target=3)


if __name__ == "__main__":
    show(measure())
