"""Ten minutes of hostile bytes: real files with bytes changed, cut and doubled, each to end in a verdict."""

import random
import time
from pathlib import Path

import pytest

from bot.sheet.child import LimitedReader
from bot.values.sheet import SheetLimits, Verdict
from fixtures.score_sheets import CORPUS

MINUTES = 10
SECONDS_A_FILE = 10


def _files() -> list[Path]:
    return sorted(
        path for path in CORPUS.glob("*/*") if path.is_file() and path.suffix not in {".py", ".json"}
    )


def _damaged(content: bytes, luck: random.Random) -> bytes:
    """A few bytes flipped, a stretch cut, doubled or blanked."""
    changed = bytearray(content)
    for _ in range(luck.randint(1, 8)):
        if not changed:
            break
        start = luck.randrange(len(changed))
        stop = min(len(changed), start + luck.choice([1, 4, 64, 1024]))
        match luck.randrange(5):
            case 0:
                changed[start] = luck.randrange(256)
            case 1:
                del changed[start:stop]
            case 2:
                changed[start:start] = changed[start:stop] * luck.choice([1, 2, 50])
            case 3:
                changed[start:stop] = luck.choice([b"\0", b"\xff", b"<", b'"']) * (stop - start)
            case _:
                changed[start:start] = luck.choice(
                    [b"<!--", b"PK\x03\x04", b"sep=;\n", b"\r", b"@", b"&amp;"]
                )
    return bytes(changed)


@pytest.mark.fuzz
def test_damaged_files_end_in_verdicts_within_their_time():
    seed = random.SystemRandom().randrange(1 << 32)
    luck = random.Random(seed)
    files = [(path.name, path.read_bytes()) for path in _files()]
    end = time.monotonic() + 60 * MINUTES
    tried = 0
    with LimitedReader(SheetLimits()) as reader:
        while time.monotonic() < end:
            name, content = luck.choice(files)
            begun = time.monotonic()
            reading = reader.read(_damaged(content, luck), name)
            took = time.monotonic() - begun
            tried += 1
            assert took < SECONDS_A_FILE, f"{name} took {took:.1f} s, seed {seed}, file {tried}"
            assert bool(reading.rows) == (reading.verdict is Verdict.OK), f"seed {seed}, file {tried}"
            assert not any("stopped" in note for note in reading.notes), (
                f"{reading.notes}, seed {seed}, file {tried}"
            )
    assert tried > 1000
