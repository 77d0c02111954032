"""Line 1: an xlsx becomes validated rows, the limited child included; against calamine's bare read."""

from collections.abc import Iterator
from dataclasses import replace
from statistics import median

from benchmarks.bench_sheet import a_sheet, bare_read, timed
from benchmarks.figures import Figure, compared, show
from bot.app.collector import spare_collector
from bot.sheet.child import LimitedReader
from bot.values.sheet import SheetLimits

ROUNDS = 5
SIZES = (1_000, 10_000, 100_000)
LINEAR = 1.3  # a row of the longest sheet costs at most so much more than one of the middle one
WHERE = (
    "calamine's read, then one pass over the rows in the child (addresses, names, repairs), JSON over a "
    "socket, and `SheetRow`s made in the bot while the child goes on."
)
LIMIT = "unzipping and parsing the XML, which calamine does in Rust; everything else is Python, a pass a row."

NEXT = (
    "a sheet of 1,000 rows costs a way to the child and back, and a fork where no child waits for it: that "
    "is what its safety costs."
)


def measure() -> Iterator[Figure]:
    """The ratio at each size, and whether the time grows as the rows do."""
    spare_collector()
    each = []
    for rows in SIZES:
        content = a_sheet(rows)
        with LimitedReader(SheetLimits(rows=rows)) as reader:
            reader.read(b"a,b", "warm.csv")
            pairs = [(timed(reader, content), bare_read(content)) for _ in range(ROUNDS)]
        each.append(median(mine for mine, _ in pairs) / rows)
        figure = compared(1, f"{rows:,}-row xlsx → validated rows", pairs, target=3)
        # So small a read is over in two milliseconds; what is asked of it is to lie on the line.
        yield figure if rows > SIZES[0] else replace(figure, target="–", reached=None)
    small, middle, large = (1_000_000 * seconds for seconds in each)
    yield Figure(
        line=1,
        work="microseconds a row with 1,000, 10,000 and 100,000 rows",
        ours=f"{small:.1f}, {middle:.1f}, {large:.1f}",
        floor="–",
        ratio=f"{large / middle:.2f}x",
        target=f"≤ {LINEAR}x",
        reached=large <= LINEAR * min(small, middle),
    )


if __name__ == "__main__":
    show(measure())
