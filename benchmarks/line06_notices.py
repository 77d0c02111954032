"""Line 6: notices through the outbox to Postfix; against a bare aiosmtplib loop over as many connections."""

import asyncio
import os
import ssl
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import aiosmtplib

from benchmarks.bench_sheet import a_sheet
from benchmarks.figures import Figure, show
from benchmarks.lab import a_lab, a_scene
from benchmarks.line02_import import Bot, ours
from bot.app.service import build
from bot.settings import load_settings
from bot.values.ledger import MessageState, NoticeAction, NoticeOrder, Settlement
from tests.servers.mail import MailLab

# 10,000 with ROLLCALL_BENCH_NOTICES=10000: each costs the same, and Postfix needs minutes for so many.
COUNT = int(os.environ.get("ROLLCALL_BENCH_NOTICES", "3000"))
TARGET = 0.8
WHERE = "Postfix takes each mail to its disk; beside that a template, a one-time link and a row per notice."
LIMIT = "the SMTP server's pace over the given connections."
NEXT = (
    "the floor sends one ready-made letter over and over; ours makes each from its template (0.9 ms for its "
    "words and 0.4 ms for its MIME parts), beside the server on the same cores, and writes down its link and "
    "its result. Server and bot together need 7.6 ms of processor for a notice, of which two cores do 263 a "
    "second at most: letters made in a process of their own would come near that, and no further."
)
LETTER = (
    b"From: support@yourcompany.test\r\nTo: customer2@customer.test\r\nSubject: An account\r\n\r\n"
    + (b"x" * 76 + b"\r\n") * 105  # as large as ours
)


async def bare(lab: MailLab, connections: int) -> float:
    """Notices a second of the floor."""
    pair = lab.pair()
    user = pair.users["support"]
    context = ssl.create_default_context(cafile=pair.ca_file)
    left = list(range(COUNT))

    async def one() -> None:
        client = aiosmtplib.SMTP(
            hostname=pair.smtp_host,
            port=pair.smtp_port,
            use_tls=pair.smtp_security == "tls",
            start_tls=pair.smtp_security == "starttls",
            tls_context=context,
        )
        async with client:
            await client.login(user.login, user.password)
            while left:
                left.pop()
                await client.sendmail(user.address, ["customer2@customer.test"], LETTER)

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(connections)))
    return COUNT / (time.perf_counter() - began)


def through_the_outbox(lab: MailLab) -> tuple[float, int]:
    """Notices a second from the outbox to Postfix, and over how many connections."""
    with a_scene(lab) as scene, tempfile.TemporaryDirectory():
        settings = load_settings(Path(scene.folder / "config.toml"))
        running = build(settings, log=lambda event, **details: None)
        ledger, office = running.ledger, running.office
        bot = Bot(ledger.database, ledger.messages, ledger.imports, ledger.threads, office.sheets)  # type: ignore[arg-type]
        ours(bot, a_sheet(COUNT), COUNT)
        with ledger.database.write() as connection:
            connection.exec_driver_sql(
                "UPDATE import_rows SET email = 'customer2+n' || position || '@customer.test',"
                " key = 'customer2+n' || position || '@customer.test'"
            )
            connection.exec_driver_sql("UPDATE imports SET customer = 'Customer Ltd'")
            connection.exec_driver_sql("UPDATE messages SET lease_until = 0")
        job = ledger.messages.claim()
        assert job is not None
        record = ledger.imports.of_job(job)
        assert record is not None
        order = NoticeOrder(action=NoticeAction.QUEUE, import_id=record.id)
        ledger.settler.settle(
            job,
            Settlement(
                state=MessageState.ANSWERED,
                reason="done",
                thread=record.thread,
                finish_import=record.id,
                notices=order,
            ),
        )
        seconds = asyncio.run(_drain(running))
        (sent,) = scene.query("SELECT count(*) FROM outbox WHERE state = 'sent'")[0]
        running.close()
        assert sent == COUNT, scene.query("SELECT state, failure, count(*) FROM outbox GROUP BY 1, 2")
        return COUNT / seconds, settings.smtp.connections


async def _drain(running: object) -> float:
    began = time.perf_counter()
    while await running.service.delivery.send_due():  # type: ignore[attr-defined]
        pass
    took = time.perf_counter() - began
    await running.mailer.close()  # type: ignore[attr-defined]
    return took


def measure() -> Iterator[Figure]:
    """Ours, then the floor on the same servers."""
    with a_lab() as lab:
        mine, connections = through_the_outbox(lab)
        floor = asyncio.run(bare(lab, connections))
    yield Figure(
        line=6,
        work=f"{COUNT} notices through the outbox, {connections} connections",
        ours=f"{mine:.0f}/s",
        floor=f"{floor:.0f}/s",
        ratio=f"{mine / floor:.2f}x",
        target=f"≥ {TARGET}x",
        reached=mine >= TARGET * floor,
    )


if __name__ == "__main__":
    show(measure())
