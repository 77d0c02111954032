"""A sheet's way from file to validated rows, child and all, against calamine's bare read of the same file.

Run it with `python -m benchmarks.bench_sheet`.
"""

import io
import resource
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

import python_calamine
from openpyxl import Workbook

from bot.sheet.child import LimitedReader
from bot.values.sheet import SheetLimits

ROUNDS = 5
SIZES = (1_000, 10_000, 100_000)


def main() -> None:
    """Print seconds and ratios by size, then the peak memory of bot and child in a process of their own."""
    print(f"{'rows':>8} {'cold':>8} {'warm':>8} {'bare':>8} {'warm/bare':>10}   median of {ROUNDS} rounds")
    for rows in SIZES:
        content = a_sheet(rows)
        limits = SheetLimits(rows=rows)
        cold = statistics.median(cold_read(content, limits) for _ in range(ROUNDS))
        with LimitedReader(limits) as reader:
            reader.read(b"", "warm.csv")
            pairs = [(timed(reader, content), bare_read(content)) for _ in range(ROUNDS)]
        warm, bare = (statistics.median(column) for column in zip(*pairs, strict=True))
        ratio = statistics.median(ours / theirs for ours, theirs in pairs)
        print(f"{rows:>8} {cold:>7.3f}s {warm:>7.3f}s {bare:>7.3f}s {ratio:>10.2f}")
    for rows in SIZES:
        told = subprocess.run(
            [sys.executable, "-m", "benchmarks.bench_sheet", str(rows)],
            input=a_sheet(rows),
            capture_output=True,
            check=True,
        )
        print(f"{rows:>8} rows: {told.stdout.decode().strip()}")


def a_sheet(rows: int) -> bytes:
    """An .xlsx of that many learners, three columns."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Learners")
    sheet.append(["First Name", "Last Name", "Email address"])
    for number in range(rows):
        sheet.append([f"Jane{number}", f"Doe{number}", f"jane.doe{number}@acme{number % 7}.com"])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def timed(reader: LimitedReader, content: bytes) -> float:
    """Seconds of one reading."""
    begun = time.perf_counter()
    reading = reader.read(content, "learners.xlsx")
    took = time.perf_counter() - begun
    assert reading.rows, reading.problem
    return took


def cold_read(content: bytes, limits: SheetLimits) -> float:
    """Seconds of the first reading of a new reader, the fork server's start included."""
    with LimitedReader(limits) as reader:
        return timed(reader, content)


def bare_read(content: bytes) -> float:
    """Seconds calamine alone takes for the values."""
    begun = time.perf_counter()
    python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    return time.perf_counter() - begun


def peak(rows: int) -> None:
    """Peak memory of this process, which is given a sheet to read, and of its fork server and child."""
    content = sys.stdin.buffer.read()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with LimitedReader(SheetLimits(rows=rows)) as reader:
        highest = watched(reader, content)
    ours = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"bot {ours / 1024:.0f} MB ({(ours - before) / 1024:.0f} MB of it for this sheet), "
        f"server and child {highest / 1024:.0f} MB, together {(ours + highest) / 1024:.0f} MB at most"
    )


def watched(reader: LimitedReader, content: bytes) -> int:
    """The highest sum of what the server's process group held in memory of its own, in kB, by sampling."""
    done = threading.Event()
    highest = 0

    def sample() -> None:
        nonlocal highest
        while not done.wait(0.005):
            server = reader._server
            if server is not None:
                highest = max(highest, sum(private_memory(pid) for pid in group(server.pid)))

    watcher = threading.Thread(target=sample)
    watcher.start()
    timed(reader, content)
    done.set()
    watcher.join()
    return highest


def group(leader: int) -> list[int]:
    """The processes of the server's group."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[2]) == leader:
                found.append(int(entry.name))
    return found


def private_memory(pid: int) -> int:
    """Proportional set size in kB: what the processes share is counted once."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        peak(int(sys.argv[1]))
    else:
        main()
