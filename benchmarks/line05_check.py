"""Line 5: a mailbox check that finds nothing new, with 100,000 mails in the folder; against 1,000."""

import imaplib
import itertools
import os
import resource
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.figures import Figure, missing, show, timed
from bot.runners.intake import Intake
from bot.settings.tables import FirstRun, Folders
from bot.store.engine import Database
from bot.store.messages import MessageStore
from bot.store.upgrade import upgrade
from tests.servers.daemons import ServerFailed
from tests.servers.mail import MailLab
from tests.servers.place import LabOptions, ids_of
from tests.wire.servers import CUSTOMER, a_mail, a_mailbox

SIZES = (1_000, 100_000)
ROUNDS = 30
TARGET = 1.3
WHERE = "one round trip: UID SEARCH from the last UID on (the server answers from its index)."
LIMIT = "a round trip, and the server's own look at its index and folder."
_numbers = itertools.count(1)


def fill(lab: MailLab, mails: int) -> None:
    """So many mails, hard links to a few files: a maildir holds no more links to one than its disk allows."""
    home = lab.place.directory / "mail" / "support" / "maildir" / "cur"
    uid, gid = ids_of("vmail") if "vmail" in _users() else (os.stat(home).st_uid, os.stat(home).st_gid)
    source = Path("/nonexistent")
    for number in range(mails):
        name = home / f"1700000000.M{next(_numbers)}P1.bench:2,S"
        if number % 10_000 == 0:
            source = name
            source.write_bytes(a_mail(f"Old mail {number}"))
            os.chown(source, uid, gid)
        else:
            os.link(source, name)


def _users() -> str:
    return Path("/etc/passwd").read_text()


@contextmanager
def counted() -> Iterator[list[str]]:
    """The tags of all IMAP commands sent meanwhile: each is a round trip."""
    tags: list[str] = []
    tagged: Any = imaplib.IMAP4
    original = tagged._new_tag

    def noted(client: imaplib.IMAP4) -> Any:
        tag = original(client)
        tags.append(str(tag))
        return tag

    tagged._new_tag = noted
    try:
        yield tags
    finally:
        tagged._new_tag = original


def checks(mails: int, folder: Path) -> tuple[float, int, int]:
    """Median seconds of an empty check, its round trips, and kB that memory grew by."""
    with MailLab(LabOptions()) as lab:
        lab.deliver(a_mail("The first"), sender=CUSTOMER)
        subprocess.run(["sync"], check=True)
        box = a_mailbox(lab.pair(), read_timeout=120)
        box.connect()
        box.select("INBOX")
        fill(lab, mails)
        database = Database(f"sqlite:///{folder}/{mails}.db", owner="bench")
        upgrade(database)
        intake = Intake(
            name="support",
            mailbox=box,
            messages=MessageStore(database),
            folders=Folders(),
            first_run=FirstRun.NEW,
            limit_bytes=10**7,
            announce=lambda words: None,
        )
        intake.check_inbox()
        intake.check_inbox()
        held = lab.imap.doveadm("mailbox", "status", "-u", "support", "messages", "INBOX")
        assert int(held.rpartition("=")[2]) >= mails, held
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with counted() as tags:
            seconds = [timed(intake.check_inbox) for _ in range(ROUNDS)]
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        box.close()
        database.close()
        return median(seconds), -(-len(tags) // ROUNDS), grown


def measure() -> Iterator[Figure]:
    """Time, round trips and memory."""
    try:
        with tempfile.TemporaryDirectory() as name:
            (small, _, _), (large, trips, grown) = (checks(mails, Path(name)) for mails in SIZES)
    except (ServerFailed, FileNotFoundError) as error:
        yield missing(5, "an empty check", f"no Dovecot here: {error}")
        return
    yield Figure(
        line=5,
        work=f"a check that finds nothing new, mailbox of {SIZES[1]:,} against {SIZES[0]:,}",
        ours=f"{large * 1000:.1f} ms",
        floor=f"{small * 1000:.1f} ms",
        ratio=f"{large / small:.2f}x",
        target=f"≤ {TARGET}x",
        reached=large / small <= TARGET,
    )
    yield Figure(
        line=5,
        work="its round trips, and memory grown",
        ours=f"{trips}, {grown} kB",
        floor="2, 0 kB",
        ratio="–",
        target="≤ 2, no growth",
        reached=trips <= 2 and grown < 256,
    )


if __name__ == "__main__":
    show(measure())
