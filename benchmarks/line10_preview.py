"""Line 10: how many preference mails `preview` reads a second, in one process and on all cores."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path
from statistics import median

from benchmarks.figures import Figure, show
from bot.app.collector import spare_collector
from bot.app.reading import open_assessor, sheet_limits
from bot.cli.preview import preview_file
from bot.request.encoder import laid_out
from bot.sheet.child import LimitedReader

ROUNDS = 3
COUNT = 360
TARGET = 200
MAILS = Path(__file__).parents[1] / "fixtures" / "preference"
WHERE = (
    "a fifth is the encoder, which one mail in six needs. Of the rest a third takes the mail apart, a "
    "tenth finds the newest text, a tenth is the vocabulary over its words, a fifth the rules, a tenth the "
    "network, a twentieth each the signs of a machine and the way to the sheet's child. Of the first third a "
    "quarter is the pattern that Python's MIME parser compiles for each boundary."
)
LIMIT = "Python's MIME parser and its regular expressions."
NEXT = (
    "the pace is the machine's: code hardly slower read 222 a second on the fastest one tried and 62 on the "
    "slowest. Next: Python's own MIME parser, which is the largest part left."
)


def a_mail_of_its_own(file: Path, folder: Path, number: int) -> Path:
    """The same mail with a sheet that no other has: what was just read is told from memory."""
    mail = message_from_bytes(file.read_bytes(), policy=SMTP)
    for part in mail.iter_attachments():
        if part.get_filename() == "learners.csv":
            sheet = f"First Name,Last Name,Email address\r\nAda,Byron,ada{number}@learners.example\r\n"
            part.set_content(sheet.encode(), "text", "csv", filename="learners.csv")
    path = folder / file.name
    path.write_bytes(mail.as_bytes())
    return path


def measure() -> Iterator[Figure]:
    """Mails a second on the clock; the processor's own pace stands beside it."""
    spare_collector()
    mails = sorted(MAILS.rglob("*.eml"))[:COUNT]
    paces, busy = [], []
    with LimitedReader(sheet_limits(None)) as sheets, tempfile.TemporaryDirectory() as name:
        files = [a_mail_of_its_own(mail, Path(name), number) for number, mail in enumerate(mails)]
        assessor = open_assessor(None, sheets, encoder=laid_out)
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
    pace, count = whole_corpus()
    yield Figure(
        line=10,
        work=f"one call of `preview` with all {count} preference mails, start and all",
        ours=f"{pace:.0f} mails/s",
        floor="–",
        ratio="it reads on all cores",
        target=f"≥ {TARGET} mails/s",
        reached=pace >= TARGET,
    )


def whole_corpus() -> tuple[float, int]:
    """Mails a second of one call of the command with the whole corpus, and how many they are."""
    files = sorted(MAILS.rglob("*.eml"))
    began = time.perf_counter()
    called = [sys.executable, "-m", "bot", "preview", "--json", *map(str, files)]
    done = subprocess.run(called, check=True, capture_output=True)
    took = time.perf_counter() - began
    assert len(done.stdout.splitlines()) == len(files)
    return len(files) / took, len(files)


if __name__ == "__main__":
    show(measure())
