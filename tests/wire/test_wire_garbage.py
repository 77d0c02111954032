"""Servers that talk nonsense: whatever the bytes, it ends in time and in one of our own errors."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import DeliveryDeferred, DeliveryRefused, LoginRefused, MailboxRefused, MailboxUnavailable
from bot.wire.imap import ImapMailbox
from bot.wire.security import Credentials
from bot.wire.smtp import SmtpMailer
from tests.fake_imap import CLOSE, FakeImap

IMAP_WORDS = [
    *(
        b"* ",
        b"+ ",
        b"{tag} ",
        b"OK ",
        b"NO ",
        b"BAD ",
        b"BYE ",
        b"1 ",
        b"EXISTS",
        b"SEARCH ",
        b"LIST ",
        b"FETCH ",
    ),
    *(
        b"(",
        b")",
        b"[",
        b"]",
        b'"',
        b'"/" ',
        b"INBOX",
        b"\r\n",
        b"UID 1 ",
        b"BODY[] ",
        b"FLAGS ",
        b"NIL",
        b"\xff",
    ),
    *(
        b"{5}\r\nhello",
        b"{999999}\r\n",
        b"{-1}",
        b"&AOk-",
        b"&bad",
        b"[UIDNEXT x]",
        b"[UIDVALIDITY ",
        b"((((" * 500,
    ),
    *(
        b"RFC822.SIZE ",
        b'INTERNALDATE "x" ',
        b"CAPABILITY IMAP4rev1 ",
        b"* 1 FETCH (UID 1 BODY[] {3}\r\nabc)\r\n",
    ),
]
COMMANDS = [
    "CAPABILITY",
    "LOGIN",
    "LIST",
    "SELECT",
    "UID SEARCH",
    "IDLE",
    "DONE",
    "UID FETCH",
    "UID MOVE",
    "APPEND",
]
SMTP_LINES = [
    b"250 fine\r\n",
    b"250-more\r\n",
    b"354 go\r\n",
    b"421 no\r\n",
    b"550 no\r\n",
    b"\r\n",
    b"25\r\n",
    b"\xff",
]
nonsense = st.lists(st.sampled_from(IMAP_WORDS), max_size=12).map(b"".join)
RUNS = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@RUNS
@given(st.dictionaries(st.sampled_from(COMMANDS), nonsense, min_size=1, max_size=2), st.booleans())
def test_imap_nonsense_ends_in_an_error_of_ours(answers: dict[str, bytes], finished: bool) -> None:
    tail = b"\r\n{tag} OK done\r\n" if finished else b""
    with FakeImap({command: (said + tail, CLOSE) for command, said in answers.items()}) as server:
        box = ImapMailbox(
            "127.0.0.1",
            server.port,
            Credentials(username="u", secret=lambda: "p"),
            security="none",
            connect_timeout=1.0,
            read_timeout=1.0,
        )
        for work in (
            box.connect,
            lambda: box.select("INBOX"),
            lambda: box.uids_after(0),
            lambda: list(box.fetch([1])),
            lambda: box.fetch_headers(1),
            lambda: box.wait(0.01),
            lambda: box.move([1], "Rollcall/Done"),
            lambda: box.append("Sent", b"x", seen=True),
            box.sent_folder,
            lambda: box.check(["Rollcall/Done"]),
            box.close,
        ):
            try:
                work()
            except (MailboxUnavailable, MailboxRefused, LoginRefused):
                continue


@asynccontextmanager
async def serving(lines: list[bytes]) -> AsyncIterator[SmtpMailer]:
    """A way out to a server that answers each line it hears with the next of these, then hangs up."""
    talks: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(asyncio.current_task())  # type: ignore[arg-type]
        try:
            for line in lines:
                writer.write(line)
                if not await reader.readline():
                    break
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    mailer = SmtpMailer(
        "127.0.0.1", port, None, security="none", timeout=0.05, data_timeout=0.05, our_name="x.test"
    )
    yield mailer
    await mailer.close()
    server.close()
    for task in talks:
        task.cancel()
    await asyncio.gather(*talks, return_exceptions=True)
    await asyncio.sleep(0)


@RUNS
@given(st.lists(st.lists(st.sampled_from(SMTP_LINES), max_size=4).map(b"".join), max_size=10))
def test_smtp_nonsense_ends_in_an_error_of_ours(lines: list[bytes]) -> None:
    async def run() -> None:
        async with serving([b"220 hello\r\n", *lines]) as mailer:
            with suppress(DeliveryDeferred, DeliveryRefused, LoginRefused):
                await mailer.send("a@x.test", ["b@x.test", "c@x.test"], b"Subject: x\r\n\r\nx\r\n")
            await mailer.check("a@x.test")

    asyncio.run(run())


async def test_silence_after_a_whole_mail_leaves_its_outcome_open() -> None:
    taken = [b"220 hello\r\n", *[b"250 ok\r\n"] * 3, b"354 go on\r\n", *[b""] * 9]
    async with serving(taken) as mailer:
        with pytest.raises(DeliveryDeferred) as deferred:
            await mailer.send("a@x.test", ["b@x.test"], b"Subject: x\r\n\r\nx\r\n")
        assert deferred.value.outcome_unknown is True


@pytest.mark.parametrize(
    "greeting", [b"", b"554 go away\r\n", b"hello\r\n", b"220-x\r\n" * 3, b"* OK IMAP here\r\n"]
)
async def test_a_strange_greeting_puts_the_mail_off(greeting: bytes) -> None:
    async with serving([greeting]) as mailer:
        with pytest.raises(DeliveryDeferred) as deferred:
            await mailer.send("a@x.test", ["b@x.test"], b"x")
        assert deferred.value.outcome_unknown is False
