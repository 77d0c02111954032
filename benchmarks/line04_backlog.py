"""Line 4: a backlog of uploads in Dovecot, until every reply is accepted and every mail filed.

The peers do a part of it, each in an environment of its own, which `make bench` makes. The floor is the least
that does the same to the mailbox and the wire: fetch each mail, send a fixed answer over one SMTP connection,
move the mail.
"""

import json
import os
import smtplib
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

from imapclient import IMAPClient

from benchmarks.figures import Figure, show
from benchmarks.lab import a_lab, a_scene, an_upload, put, until
from tests.servers.mail import MailLab
from tests.wire.servers import CUSTOMER, SUPPORT

# Another number with ROLLCALL_BENCH_BACKLOG=300.
COUNT = int(os.environ.get("ROLLCALL_BENCH_BACKLOG", "2000"))
# Their pace does not depend on the number.
PEERS_COUNT = min(COUNT, 300)
PEERS = Path(__file__).parents[1] / ".venv-peers" / "bin" / "python"
WHERE = (
    "the bot takes 18 ms of processor for a mail, the sheet's child 1.5 and the mail servers 10: two "
    "cores are busy to five sixths. Of the work itself a third is mail and words, a third the reply and "
    "its workbook, a quarter the ledger. Taking in, delivery and filing share the first worker's "
    "interpreter; the others work in processes of their own, which claim what is due by themselves. Until "
    "the first of these is there (2 s of processor to read all in, once) the pace is half of what it is "
    "afterwards."
)
LIMIT = (
    "a mail is answered only after its rows are durable: one fsync of its own, and those by which letters "
    "and filings are claimed and noted, many at a time; one writer at a time."
)
NEXT = (
    "the peers store or move a mail and do no more: no sheet is read, no account made, no answer written. "
    "Next: one transaction where a thread and its import begin (they are two), and processes that start "
    "when the mailbox shows a backlog, not after ten messages of it."
)


def bare(lab: MailLab, raws: list[bytes]) -> float:
    """Mails a second of fetching, answering and moving alone."""
    put(lab, raws)
    pair = lab.pair()
    user = pair.users["support"]
    context = ssl.create_default_context(cafile=pair.ca_file)
    began = time.perf_counter()
    with IMAPClient(
        pair.imap_host, pair.imap_port, ssl=pair.imap_security == "tls", ssl_context=context
    ) as client:
        if pair.imap_security == "starttls":
            client.starttls(context)
        client.login(user.login, user.password)
        if not client.folder_exists("Filed"):
            client.create_folder("Filed")
        client.select_folder("INBOX")
        secure = pair.smtp_security == "tls"
        out: smtplib.SMTP = (
            smtplib.SMTP_SSL(pair.smtp_host, pair.smtp_port, context=context)
            if secure
            else smtplib.SMTP(pair.smtp_host, pair.smtp_port)
        )
        with out:
            if not secure:
                out.starttls(context=context)
            out.login(user.login, user.password)
            for uid in client.search(["ALL"]):
                client.fetch([uid], ["BODY.PEEK[]"])
                reply = EmailMessage()
                reply["From"], reply["To"], reply["Subject"] = SUPPORT, CUSTOMER, "Re: New starters"
                reply.set_content("Thank you.")
                out.send_message(reply)
                client.move([uid], "Filed")
    return len(raws) / (time.perf_counter() - began)


def pace(lab: MailLab, database: str = "", bots: int = 1, count: int = COUNT, start: int = 0) -> float:
    """Mails a second of the whole route, from the bot's first log line to rest."""
    put(lab, [an_upload(start + number, 20) for number in range(count)])
    with a_scene(lab, database) as scene:
        began = time.perf_counter()
        for _ in range(bots):
            scene.start()
        until(lambda: scene.at_rest(count), 400, 0.1)
        return count / (time.perf_counter() - began)


def pace_of(peer: str, raws: list[bytes]) -> float:
    """Mails a second of another program on the same mailbox, without its start."""
    with a_lab() as lab, tempfile.TemporaryDirectory() as folder:
        put(lab, raws)
        pair = lab.pair()
        user = pair.users["support"]
        settings = {
            "host": pair.imap_host,
            "port": pair.imap_port,
            "login": user.login,
            "password": user.password,
            "ca_file": pair.ca_file,
            "folder": folder,
        }
        done = subprocess.run(
            [str(PEERS), str(Path(__file__).with_name("peers.py")), peer, json.dumps(settings)],
            stdout=subprocess.PIPE,
            check=True,
        )
        told = json.loads(done.stdout)
        assert told["mails"] == len(raws), told
        return len(raws) / float(told["seconds"])


def measure() -> Iterator[Figure]:
    """Our pace, the peers' and the floor's."""
    raws = [an_upload(10_000 + number, 20) for number in range(PEERS_COUNT)]
    with a_lab() as lab:
        floor = bare(lab, raws)
    with a_lab() as lab:
        mine = pace(lab)
    for peer, does, target in (
        ("django-mailbox", "stores them", 1.0),
        ("parsedmarc", "moves them", 0.5),
        ("imap-tools", "only fetches them", None),
    ):
        theirs = pace_of(peer, raws)
        yield Figure(
            line=4,
            work=f"backlog of {COUNT} uploads of 20 learners, beside {peer}, which {does}",
            ours=f"{mine:.1f} mails/s",
            floor=f"{theirs:.1f} mails/s",
            ratio=f"{mine / theirs:.2f}x",
            target=f"≥ {target:g}x" if target else "–",
            reached=mine >= target * theirs if target else None,
            note="" if target else "for comparison, no target",
        )
    yield Figure(
        line=4,
        work="the same beside a bare fetch, answer and move",
        ours=f"{mine:.1f} mails/s",
        floor=f"{floor:.1f} mails/s",
        ratio=f"{mine / floor:.2f}x",
        target="–",
        reached=None,
        note="for comparison, no target",
    )


if __name__ == "__main__":
    show(measure())
