"""The mail lab and the bot's process for the benchmarks that need the whole route."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.acceptance.scene import Scene, a_message, a_sheet
from tests.servers.mail import MailLab
from tests.wire.servers import CUSTOMER, RealServers, a_mailbox

SENDERS = 50
MEASURED = {
    "lease_seconds": 30,
    "limits": {"replies_per_sender_hour": 1_000_000},
    "customers": [{"name": "Customer Ltd", "domains": [CUSTOMER.partition("@")[2]]}],
}


@contextmanager
def a_lab() -> Iterator[MailLab]:
    """Dovecot and Postfix, for one benchmark."""
    with MailLab() as lab:
        yield lab


@contextmanager
def a_scene(lab: MailLab, database: str = "", **changes: object) -> Iterator[Scene]:
    """A configured bot on the lab, not yet started."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = Scene(
            servers=RealServers(lab), database=database or f"sqlite:///{folder}/rollcall.db", folder=folder
        )
        # One customer asks far more often than any would; the cap on replies is not what is measured.
        made.configure(**MEASURED | changes)
        try:
            yield made
        finally:
            made.end()


def an_upload(number: int, rows: int) -> bytes:
    """A mail with that many new learners and a no, so that nothing but the reply is sent.

    Its sender is one of fifty of the customer's: what one person sends is worked one after the other.
    """
    people = [(f"First{n}", f"Last{n}", f"customer2+u{number}n{n}@customer.test") for n in range(rows)]
    text = "Please create these learners. Do not send them the default email."
    name = f"<bench-{number}-{os.getpid()}-{time.time_ns()}@customer.test>"
    sender = CUSTOMER.replace("@", f"+{number % SENDERS}@")
    sheets = [("Starters.xlsx", a_sheet(people))]
    return a_message(text, sheets=sheets, message_id=name, sender=sender).as_bytes()


def maildir(lab: MailLab, user: str) -> Path:
    """Where Dovecot keeps the inbox of a user."""
    return lab.place.directory / "mail" / user / "maildir"


def mails_of(lab: MailLab, user: str) -> int:
    """How many mails are in somebody's inbox, read or not."""
    home = maildir(lab, user)
    return sum(len(os.listdir(home / part)) for part in ("new", "cur") if (home / part).is_dir())


def put(lab: MailLab, raws: list[bytes]) -> None:
    """Put mails straight into support's inbox: the backlog of a night."""
    home = maildir(lab, "support") / "new"
    if not home.is_dir():
        # Dovecot makes it when somebody looks.
        box = a_mailbox(lab.pair())
        box.connect()
        box.select("INBOX")
        box.close()
    owner = os.stat(home)
    for number, raw in enumerate(raws):
        path = home / f"{int(time.time())}.M{number}P{os.getpid()}.bench"
        path.write_bytes(raw.replace(b"\r\n", b"\n"))
        os.chown(path, owner.st_uid, owner.st_gid)


def until(test: Callable[[], bool], seconds: float, pause: float = 0.005) -> float:
    """Seconds until it is so; fails after so many."""
    began = time.perf_counter()
    while not test():
        if time.perf_counter() - began > seconds:
            raise TimeoutError("it did not come to its end in time")
        time.sleep(pause)
    return time.perf_counter() - began
