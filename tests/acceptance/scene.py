"""A whole scene: servers, a configuration, and the real process, started, killed and started again."""

import contextlib
import io
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import SMTP
from email.utils import parseaddr
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar

from openpyxl import Workbook
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from bot.store.engine import open_engine
from tests.acceptance.nursery import Bot, Nursery
from tests.wire.servers import CUSTOMER, SUPPORT, EmbeddedServers, RealServers, Servers

Found = TypeVar("Found")
Process = subprocess.Popen[bytes] | Bot
AUTHSERV = "mx.yourcompany.test"
XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")
_numbers = itertools.count(1)


def a_sheet(people: Iterable[tuple[str, str, str]], *, header: bool = True) -> bytes:
    """An xlsx with these learners: (first name, last name, email)."""
    return _a_sheet(tuple(people), header)


@cache
def _a_sheet(people: tuple[tuple[str, str, str], ...], header: bool) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Starters"
    if header:
        sheet.append(("First Name", "Last Name", "Email address"))
    for person in people:
        sheet.append(person)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def learners(*names: str) -> list[tuple[str, str, str]]:
    """Learners whose mail comes together in one mailbox of the servers, whichever they are."""
    return [(name.title(), "Tester", f"customer2+{name}@customer.test") for name in names]


def a_message(
    text: str = "Please create these learners and send them the default email.",
    *,
    subject: str = "New starters",
    sheets: Sequence[tuple[str, bytes]] = (),
    sender: str = CUSTOMER,
    trusted: bool = True,
    answer_to: Message | None = None,
    message_id: str = "",
    **headers: str,
) -> EmailMessage:
    """A mail as the customer's mail program makes it; `trusted`: our own server vouches for its From."""
    message = EmailMessage(policy=SMTP)
    if trusted:
        message["Authentication-Results"] = f"{AUTHSERV}; dmarc=pass header.from={sender.rpartition('@')[2]}"
    message["From"] = f"Dana Miller <{sender}>"
    message["To"] = SUPPORT
    message["Subject"] = subject
    message["Message-ID"] = message_id or f"<mail-{next(_numbers)}-{os.getpid()}@customer.test>"
    if answer_to is not None:
        message.replace_header("Subject", f"Re: {subject}")
        message["In-Reply-To"] = answer_to["Message-ID"]
        message["References"] = answer_to["Message-ID"]
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    for name, content in sheets:
        message.add_attachment(content, maintype=XLSX[0], subtype=XLSX[1], filename=name)
    return message


@lru_cache(maxsize=256)
def _read(raw: bytes) -> Message:
    """A mail of a folder, which is looked into many times until the one that is waited for has come."""
    return message_from_bytes(raw)


def wait_for(
    test: Callable[[], Found | None], what: str | Callable[[], str], *, seconds: float = 20.0
) -> Found:
    """Ask until the answer is neither None nor empty; fails with what was waited for, as it stands then."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = test()
        if found:
            return found
        time.sleep(0.03)
    told = what if isinstance(what, str) else what()
    raise AssertionError(f"waited {seconds:.0f} s in vain for {told}")


@dataclass
class Scene:
    """Everything of one acceptance test."""

    servers: Servers
    database: str
    folder: Path
    settings: dict[str, Any] = field(default_factory=dict)
    processes: list[Process] = field(default_factory=list)
    nursery: Nursery | None = None

    @cached_property
    def ledger(self) -> Engine:
        """The ledger, beside the running bot; no connection stays open, as the file may be replaced."""
        return open_engine(self.database)

    def configure(self, **changes: Any) -> Path:
        """Write the configuration; `changes` replace whole top-level keys."""
        pair = self.servers.pair
        user = pair.users["support"]
        login = {
            "host": pair.imap_host,
            "ca_file": pair.ca_file,
            "username": user.login,
            "password": user.password,
        }
        self.settings = {
            "database": self.database,
            "lease_seconds": 3,
            "site": {"name": "YourCompany Learning", "login_url": "https://learning.yourcompany.test/login"},
            "guides": {"course_allocation": "https://help.yourcompany.test/courses"},
            "links": {"url": "https://learning.yourcompany.test", "key_file": str(self.folder / "links.key")},
            "mailboxes": [
                {
                    "address": SUPPORT,
                    "poll_seconds": 2,
                    "first_run": "all",
                    "imap": login | {"port": pair.imap_port, "security": pair.imap_security},
                }
            ],
            "smtp": login | {"host": pair.smtp_host, "port": pair.smtp_port, "security": pair.smtp_security},
            "verification": {"authserv_id": [AUTHSERV]},
            "customers": [{"name": "Customer Ltd", "senders": [CUSTOMER]}],
            "ops": {"listen": ""},
            "log": {"level": "info", "format": "json"},
        } | changes
        path = self.folder / "config.toml"
        path.write_text(to_toml(self.settings), encoding="utf-8")
        return path

    # ------------------------------------------------------------------ the process

    def start(self) -> Process:
        """Start one bot."""
        path = self.folder / "config.toml"
        if not path.exists():
            self.configure()
        if self.nursery is not None:
            bot = self.nursery.start(
                ["run", "--config", str(path)], self.folder / "bot.log", ledger=self.database
            )
            self.processes.append(bot)
            return bot
        log = (self.folder / "bot.log").open("ab")
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run", "--config", str(path)],
            stderr=log,
            stdout=log,
            cwd=self.folder,
            start_new_session=True,
            env=os.environ | {"PYTHONPATH": str(Path.cwd())},
        )
        log.close()
        self.processes.append(process)
        return process

    def kill(self, process: Process) -> None:
        """SIGKILL it and everything it started, as a power cut would."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)

    def stop(self, process: Process) -> int:
        """SIGTERM; returns the exit code."""
        process.terminate()
        return process.wait(15)

    def end(self) -> None:
        """Nothing of ours stays."""
        for process in self.processes:
            if process.poll() is None:
                self.kill(process)

    def log(self) -> str:
        """What the bots have logged."""
        path = self.folder / "bot.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def command(self, *arguments: str, code: int | None = 0) -> str:
        """Run a rollcall command with the scene's configuration; returns what it printed."""
        line = [*arguments, "--config", str(self.folder / "config.toml")]
        if self.nursery is not None:
            ended, printed = self.nursery.run(line, self.folder)
            assert code is None or ended == code, printed
            return printed
        done = subprocess.run(
            [sys.executable, "-m", "bot", *line],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=os.environ | {"PYTHONPATH": str(Path.cwd())},
        )
        if code is not None:
            assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    # ------------------------------------------------------------------ the mail

    def send(self, message: EmailMessage) -> EmailMessage:
        """The mail is in the support mailbox when this returns."""
        if isinstance(self.servers, EmbeddedServers):
            trusted = bool(message["Authentication-Results"])
            sender = parseaddr(message["From"])[1] if trusted else CUSTOMER
            self.servers.mail.deliver(message.as_bytes(), sender, [SUPPORT], authenticated=trusted)
        else:
            self.servers.arrive(message.as_bytes())
        return message

    def inbox(self, user: str = "customer1") -> list[Message]:
        """Somebody's mails, oldest first."""
        return [_read(raw) for raw in self.servers.messages(user)]

    def replies_to(self, message: EmailMessage) -> list[Message]:
        """Our answers to a mail of the customer."""
        return [reply for reply in self.inbox() if reply["In-Reply-To"] == message["Message-ID"]]

    def reply_to(self, message: EmailMessage, *, seconds: float = 20.0) -> Message:
        """Our answer, as soon as it is there; fails if it is not the only one."""
        (reply,) = wait_for(
            lambda: self.replies_to(message),
            lambda: f"a reply to {message['Subject']}\n{self.log()[-3000:]}",
            seconds=seconds,
        )
        return reply

    def notices(self, *names: str) -> list[Message]:
        """Every Account Created mail to these learners."""
        if isinstance(self.servers, EmbeddedServers):
            mail = self.servers.mail
            raws = [raw for name in names for raw in mail.messages(f"customer2+{name}@customer.test")]
            return [_read(raw) for raw in raws]
        mails = self.inbox("customer2")
        return [mail for mail in mails if any(f"+{name}@" in str(mail["To"]) for name in names)]

    def folder_of(self, name: str) -> list[Message]:
        """The messages in a folder of the support mailbox."""
        return [_read(raw) for raw in self.servers.messages("support", name)]

    # ------------------------------------------------------------------ the ledger

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """Rows of the ledger, read beside the running bot."""
        try:
            with self.ledger.connect() as connection:
                return [tuple(row) for row in connection.execute(text(statement))]
        finally:
            self.ledger.dispose()

    def let_pauses_end(self) -> None:
        """What waits for its next attempt is due now: nobody has to wait for the minutes of a back-off."""
        try:
            with self.ledger.begin() as connection:
                connection.execute(text("UPDATE outbox SET next_attempt = 0 WHERE state = 'queued'"))
                connection.execute(text("UPDATE messages SET next_attempt = 0 WHERE finished = 0"))
        finally:
            self.ledger.dispose()

    def accounts(self) -> list[str]:
        """The usernames of every account."""
        return [row[0] for row in self.query("SELECT username FROM accounts ORDER BY username")]

    def at_rest(self, count: int) -> bool:
        """Whether so many messages came to their end, and every letter and chore is done."""
        try:
            ((messages, open_messages, letters, chores),) = self.query(
                "SELECT (SELECT count(*) FROM messages),"
                " (SELECT count(*) FROM messages WHERE state IN ('received', 'working', 'waiting')),"
                " (SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending')),"
                " (SELECT count(*) FROM mailbox_chores WHERE state = 'due')"
            )
        except SQLAlchemyError:
            return False
        return bool(messages >= count and not open_messages and not letters and not chores)

    def wait_until_at_rest(self, count: int, *, seconds: float = 30.0) -> None:
        """Wait for the end of everything."""
        wait_for(
            lambda: self.at_rest(count) or None,
            lambda: f"{count} messages to be at rest\n{self.log()[-3000:]}",
            seconds=seconds,
        )


def words_of(message: Message) -> str:
    """The plain text of a mail."""
    for part in message.walk():
        if part.get_content_type() == "text/plain":
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            return payload.decode("utf-8").replace("\r\n", "\n")
    return ""


def file_names(message: Message) -> list[str]:
    """The names of what is attached."""
    return [name for part in message.walk() if (name := part.get_filename())]


def to_toml(value: Any) -> str:
    """A configuration as TOML; only what configurations hold."""
    lines: list[str] = []
    for key, entry in value.items():
        lines.append(f"{key} = {_inline(entry)}")
    return "\n".join(lines) + "\n"


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_inline(entry)}" for key, entry in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_inline(entry) for entry in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def real(servers: Servers) -> bool:
    """Whether the servers are Dovecot and Postfix."""
    return isinstance(servers, RealServers)
