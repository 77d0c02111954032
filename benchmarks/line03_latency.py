"""Line 3: from a mail's arrival to the reply in the customer's mailbox; against a bare responder."""

import smtplib
import ssl
import threading
import time
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from statistics import median, quantiles

from imapclient import IMAPClient

from benchmarks.figures import Figure, show
from benchmarks.lab import MEASURED, a_lab, a_scene, an_upload, mails_of, until
from tests.servers.mail import MailLab
from tests.wire.servers import CUSTOMER, SUPPORT

TIMES = 25
PAUSE = 1.5  # seconds between mails, so that each meets a mailbox in IDLE with everything filed
WHERE = (
    "four commits that wait for the disk (taken in, accounts about to be asked for, the letter claimed, its "
    "result), one fork for the sheet, then Postfix and Dovecot deliver the reply."
)
LIMIT = (
    "the servers' own delivery twice (the floor), and an fsync for each commit that somebody outside hears "
    "of."
)


def respond(lab: MailLab, ready: threading.Event, stop: threading.Event) -> None:
    """The floor: IDLE, FETCH, and a fixed answer, with nothing kept anywhere."""
    pair = lab.pair()
    user = pair.users["support"]
    context = ssl.create_default_context(cafile=pair.ca_file)
    with (
        IMAPClient(pair.imap_host, pair.imap_port, ssl=False)
        if pair.imap_security == "none"
        else IMAPClient(
            pair.imap_host, pair.imap_port, ssl=pair.imap_security == "tls", ssl_context=context
        ) as client
    ):
        if pair.imap_security == "starttls":
            client.starttls(context)
        client.login(user.login, user.password)
        client.select_folder("INBOX")
        last = max(client.search(["ALL"]), default=0)
        secure = pair.smtp_security == "tls"
        out: smtplib.SMTP = (
            smtplib.SMTP_SSL(pair.smtp_host, pair.smtp_port, context=context)
            if secure
            else smtplib.SMTP(pair.smtp_host, pair.smtp_port)
        )
        if pair.smtp_security == "starttls":
            out.starttls(context=context)
        out.login(user.login, user.password)
        ready.set()
        while not stop.is_set():
            client.idle()
            client.idle_check(timeout=5)
            client.idle_done()
            for uid in [uid for uid in client.search(["UID", f"{last + 1}:*"]) if uid > last]:
                last = uid
                came = message_from_bytes(client.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"])
                reply = EmailMessage()
                reply["From"], reply["To"], reply["Subject"] = SUPPORT, CUSTOMER, f"Re: {came['Subject']}"
                reply["In-Reply-To"] = came["Message-ID"]
                reply.set_content("Thank you.")
                out.send_message(reply)
        out.quit()


def answers(lab: MailLab, rows: int) -> list[float]:
    """Seconds until each of so many mails was answered, one after the other."""
    seconds = []
    for number in range(TIMES + 2):
        time.sleep(PAUSE)
        before = mails_of(lab, "customer1")
        raw = an_upload(number, rows)
        lab.deliver(raw, sender=CUSTOMER)
        seconds.append(until(lambda seen=before: mails_of(lab, "customer1") > seen, 60))  # type: ignore[misc]
    return seconds[2:]


def measure() -> Iterator[Figure]:
    """The bare responder first, then the bot, on the same servers."""
    with a_lab() as lab:
        ready, stop = threading.Event(), threading.Event()
        bare = threading.Thread(target=respond, args=(lab, ready, stop), daemon=True)
        bare.start()
        assert ready.wait(20)
        floor = answers(lab, 15)
        stop.set()
        bare.join(10)
        with a_scene(lab) as scene:
            scene.configure(**MEASURED, mailboxes=_only_new(scene.settings["mailboxes"]))
            scene.start()
            until(lambda: "mailbox_connected" in scene.log(), 60, 0.1)
            mine = answers(lab, 15)
    extra = (median(mine) - median(floor)) * 1000
    slowest = quantiles(mine, n=20)[-1] / median(mine)
    yield Figure(
        line=3,
        work=f"mail delivered → reply delivered, 15 learners, IDLE, {TIMES} times",
        ours=f"median {median(mine) * 1000:.0f} ms",
        floor=f"median {median(floor) * 1000:.0f} ms",
        ratio=f"floor + {extra:.0f} ms",
        target="≤ floor + 150 ms",
        reached=extra <= 150,
    )
    yield Figure(
        line=3,
        work="the slowest in twenty",
        ours=f"p95 {quantiles(mine, n=20)[-1] * 1000:.0f} ms",
        floor=f"median {median(mine) * 1000:.0f} ms",
        ratio=f"{slowest:.2f}x",
        target="≤ 2x the median",
        reached=slowest <= 2,
    )


def _only_new(mailboxes: list[dict[str, object]]) -> list[dict[str, object]]:
    return [mailbox | {"first_run": "new", "poll_seconds": 60} for mailbox in mailboxes]


if __name__ == "__main__":
    show(measure())
