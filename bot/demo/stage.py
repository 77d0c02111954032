"""Sets the stage for the demo: the embedded servers, a configuration for them, and the real service on it."""

import asyncio
import re
import smtplib
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path
from typing import Any, TypeVar

from bot.app.service import Running, build
from bot.demo.mailserver import EmbeddedMail
from bot.errors import ConfigurationError
from bot.mail.parse import read_envelope
from bot.settings import Settings, settings_from
from bot.store.queries import LedgerEntry, Queries

SUPPORT = "support@yourcompany.test"
CUSTOMER = "customer1@customer.test"
PASSWORD = "demo"  # noqa: S105  of servers on loopback that end with the demo
PATIENCE = 60.0
Found = TypeVar("Found")
BUSY = ("received", "working", "waiting")


def free_port() -> int:
    """A loopback port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def sample_folder() -> Path:
    """Where the sample mails are: beside the package in a checkout, inside it when installed."""
    inside = Path(__file__).with_name("mails")
    beside = Path(__file__).parents[2] / "fixtures" / "mails"
    for folder in (inside, beside):
        if folder.is_dir():
            return folder
    raise ConfigurationError("the sample mails are not installed")


def demo_settings(
    mail: EmbeddedMail, folder: Path, *, senders: tuple[str, ...], portal_port: int
) -> Settings:
    """A whole configuration for the embedded servers; everything it writes lies in `folder`."""
    data: dict[str, Any] = {
        "database": f"sqlite:///{folder}/rollcall.db",
        "site": {
            "name": "YourCompany Learning",
            "login_url": "https://learning.yourcompany.test/login",
            "team": "YourCompany Support",
        },
        "guides": {
            "course_allocation": "https://help.yourcompany.test/allocate-courses",
            "create_user": "https://help.yourcompany.test/create-a-user",
        },
        "mailboxes": [
            {
                "address": SUPPORT,
                "display_name": "YourCompany Support",
                "poll_seconds": 5,
                "first_run": "all",
                "imap": {
                    "host": "127.0.0.1",
                    "port": mail.imap_port,
                    "security": "none",
                    "username": SUPPORT,
                    "password": PASSWORD,
                },
            }
        ],
        "smtp": {
            "host": "127.0.0.1",
            "port": mail.smtp_port,
            "security": "none",
            "username": SUPPORT,
            "password": PASSWORD,
        },
        "verification": {"authserv_id": [mail.authserv_id]},
        "customers": [{"name": "Customer Ltd", "senders": list(senders)}],
        "portal": {"public_url": f"http://127.0.0.1:{portal_port}", "listen": f"127.0.0.1:{portal_port}"},
        "ops": {"listen": ""},
        "log": {"level": "warning", "format": "text"},
    }
    return settings_from(data, "the demo's configuration")


@dataclass(slots=True)
class Stage:
    """The demo while it runs: servers, service, ledger."""

    mail: EmbeddedMail
    running: Running
    queries: Queries
    folder: Path
    settings: Settings
    _loop: asyncio.AbstractEventLoop
    _stop: asyncio.Event
    _ended: "Future[None]"

    def send(self, raw: bytes, sender: str) -> None:
        """Send a mail to the support mailbox as its sender would: over SMTP, logged in where we have the
        sender's account, and otherwise from the wide world."""
        if sender not in self.mail.accounts.passwords:
            self.mail.deliver(raw, sender or "somebody@nowhere.test", [SUPPORT], authenticated=False)
            return
        with smtplib.SMTP(self.mail.host, self.mail.smtp_port, timeout=10) as client:
            client.login(sender, PASSWORD)
            client.sendmail(sender, [SUPPORT], raw)

    def wait_for(self, count: int) -> list[LedgerEntry]:
        """Wait until so many messages have come to their end and every letter has left; oldest first."""

        def at_rest() -> list[LedgerEntry] | None:
            entries = self.queries.latest(1000)
            status = self.queries.status()
            busy = any(entry.state.value in BUSY for entry in entries)
            done = len(entries) >= count and not busy and not status.outbox_waiting and not status.chores_due
            return entries[::-1] if done else None

        return wait_until(at_rest, "the mails to be answered")

    def reply_to(self, message_id: str, address: str) -> bytes | None:
        """The newest mail in somebody's inbox that answers a message."""
        for raw in reversed(self.mail.messages(address)):
            if message_id in (message_from_bytes(raw)["In-Reply-To"] or ""):
                return raw
        return None

    def close(self) -> None:
        """Stop the service and the servers."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._ended.result(30)
        self.running.close()
        self.mail.stop()


def wait_until(test: Callable[[], Found | None], what: str) -> Found:
    """Ask until the answer is not None, with patience; raises ConfigurationError when it runs out."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = test()
        if found is not None:
            return found
        time.sleep(0.05)
    raise ConfigurationError(f"the demo waited in vain for {what}")


def set_up(
    log: Callable[..., None], *, senders: tuple[str, ...] = (CUSTOMER,), folder: Path | None = None
) -> Stage:
    """Start the servers and the service; the folder with the ledger and the mails outlives the demo."""
    chosen = folder or Path(tempfile.mkdtemp(prefix="rollcall-demo-"))
    chosen.mkdir(parents=True, exist_ok=True)
    mail = EmbeddedMail(dict.fromkeys((SUPPORT, *senders), PASSWORD))
    mail.start()
    settings = demo_settings(mail, chosen, senders=senders, portal_port=free_port())
    running = build(settings, log=log)
    loop, stop = asyncio.new_event_loop(), asyncio.Event()

    async def serve() -> None:
        await running.service.run(stop)
        await running.mailer.close()

    threading.Thread(target=loop.run_forever, name="demo-service", daemon=True).start()
    ended = asyncio.run_coroutine_threadsafe(serve(), loop)
    queries = Queries(running.ledger.database)
    return Stage(
        mail=mail,
        running=running,
        queries=queries,
        folder=chosen,
        settings=settings,
        _loop=loop,
        _stop=stop,
        _ended=ended,
    )


def sender_of(raw: bytes) -> str:
    """Who a mail says it is from."""
    return read_envelope(raw).sender


def answer(raw: bytes, text: str, *, number: int = 1) -> bytes:
    """A customer's answer to a mail of ours, quoting it as mail programs do."""
    original = message_from_bytes(raw)
    quoted = "\r\n".join(f"> {line}" for line in plain_text(raw).splitlines()[:12])
    subject = re.sub(r"\s+", " ", str(original["Subject"]))
    return (
        f"From: Dana Miller <{CUSTOMER}>\r\nTo: <{SUPPORT}>\r\nSubject: {subject}\r\n"
        f"Date: Mon, 23 Nov 2026 10:{number:02d}:00 +0000\r\nMessage-ID: <answer-{number}@customer.test>\r\n"
        f"In-Reply-To: {original['Message-ID']}\r\nReferences: {original['Message-ID']}\r\n"
        f'MIME-Version: 1.0\r\nContent-Type: text/plain; charset="utf-8"\r\n\r\n{text}\r\n\r\n'
        f"On Mon, 23 Nov 2026 at 09:05, YourCompany Support wrote:\r\n{quoted}\r\n"
    ).encode()


def plain_text(raw: bytes) -> str:
    """The plain text body of a mail of ours."""
    for part in message_from_bytes(raw).walk():
        if part.get_content_type() == "text/plain":
            payload = part.get_payload(decode=True)
            return (
                payload.decode("utf-8", "replace").replace("\r\n", "\n") if isinstance(payload, bytes) else ""
            )
    return ""
