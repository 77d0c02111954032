"""Envelopes and replies, without a server."""

import pytest

from bot.errors import DeliveryDeferred, DeliveryRefused, LoginRefused
from bot.wire.security import Security
from bot.wire.smtp_errors import SERVER_PAUSE, ConnectionGone, one_line, refusal
from bot.wire.smtp_session import SmtpServer
from bot.wire.smtp_transaction import make_envelope, transmit

SERVER = SmtpServer(host="mx", port=25, security=Security.NONE)
MAIL = b"From: a@x.test\r\nSubject: x\r\n\r\nbody\r\n"


def test_domains_are_written_in_ascii_and_recipients_named_once() -> None:
    envelope = make_envelope("s@x.test", ["a@Bücher.test", "b@x.test", "b@x.test"], MAIL)
    assert envelope.recipients == ("a@xn--bcher-kva.test", "b@x.test")
    assert envelope.needs_utf8 is False


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a b@x.test",
        "a@x.test\r\nRCPT TO:<b@x.test>",
        "a@x.test> SIZE=1",
        "@x.test",
        "a@",
        "a\x00@x",
    ],
)
def test_what_is_no_address_never_reaches_the_server(address: str) -> None:
    envelope = make_envelope("s@x.test", ["good@x.test", address], MAIL)
    assert envelope.recipients == ("good@x.test",)
    assert [recipient for recipient, _ in envelope.unusable] == [address]
    if address:
        with pytest.raises(DeliveryRefused):
            make_envelope(address, ["good@x.test"], MAIL)


def test_the_null_path_stays_empty() -> None:
    assert make_envelope("", ["a@x.test"], MAIL).sender == ""


def test_letters_beyond_ascii_before_the_at_or_in_a_header_need_smtputf8() -> None:
    assert make_envelope("s@x.test", ["jürgen@x.test"], MAIL).needs_utf8
    assert make_envelope("s@x.test", ["a@x.test"], "Subject: ü\r\n\r\n".encode()).needs_utf8
    assert not make_envelope("s@x.test", ["a@x.test"], "Subject: u\r\n\r\nü".encode()).needs_utf8
    assert not make_envelope("s@x.test", ["a@x.test"], "Subject: u\n\nü".encode()).needs_utf8


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (421, ConnectionGone),
        (450, DeliveryDeferred),
        (451, DeliveryDeferred),
        (452, DeliveryDeferred),
        (530, LoginRefused),
        (535, LoginRefused),
        (550, DeliveryRefused),
        (552, DeliveryRefused),
        (554, DeliveryRefused),
        (250, DeliveryDeferred),
        (999, DeliveryDeferred),
    ],
)
def test_a_reply_means_what_its_first_digit_says(code: int, kind: type[Exception]) -> None:
    assert type(refusal(code, "words", "mx:25")) is kind


def test_only_the_servers_own_trouble_slows_the_outbox() -> None:
    assert refusal(421, "too many", "mx:25").retry_after == SERVER_PAUSE  # type: ignore[union-attr]
    assert refusal(450, "greylisted", "mx:25").retry_after is None  # type: ignore[union-attr]


def test_a_servers_words_become_one_printable_line() -> None:
    assert one_line("5.1.1 <a@b>:\r\n\tno\x00 such \x1b[31muser") == "5.1.1 <a@b>: no such [31muser"
    assert len(one_line("x" * 10_000)) == 500


class Client:
    """A session whose server offers these extensions and takes everything; records the MAIL parameters."""

    def __init__(self, **extensions: str) -> None:
        self.esmtp_extensions = extensions
        self.parameters: list[str] = []

    def supports_extension(self, name: str) -> bool:
        return name in self.esmtp_extensions

    async def mail(self, sender: str, *, options: list[str], encoding: str) -> None:
        self.parameters = options

    async def rcpt(self, recipient: str, *, encoding: str) -> None:
        recipient.encode(encoding)

    async def data(self, raw: bytes, **patience: float) -> None:
        assert patience["timeout"] >= 600


async def sent(client: Client, recipient: str = "a@x.test", mail: bytes = MAIL) -> list[str]:
    await transmit(client, make_envelope("s@x.test", [recipient], mail), SERVER)  # type: ignore[arg-type]
    return client.parameters


async def test_only_what_the_server_offers_and_the_mail_needs_is_asked_for() -> None:
    assert await sent(Client()) == []
    assert await sent(Client(size="", smtputf8="", **{"8bitmime": ""})) == [f"SIZE={len(MAIL)}"]
    assert await sent(Client(**{"8bitmime": ""}), mail=MAIL + b"\xff") == ["BODY=8BITMIME"]
    assert await sent(Client(smtputf8=""), "jürgen@x.test") == ["SMTPUTF8"]


async def test_an_address_that_the_server_cannot_carry_is_refused_in_words() -> None:
    with pytest.raises(DeliveryRefused, match="letters beyond A to Z") as refused:
        await sent(Client(), "jürgen@x.test")
    assert refused.value.code == 553


@pytest.mark.parametrize(
    ("limit", "fits"), [("", True), ("0", True), ("10", False), ("1000", True), ("x", True)]
)
async def test_the_servers_size_limit_is_kept(limit: str, fits: bool) -> None:
    if fits:
        await sent(Client(size=limit))
        return
    with pytest.raises(DeliveryRefused, match="10 at most"):
        await sent(Client(size=limit))


async def test_a_mail_without_any_usable_recipient_is_refused_before_the_server_hears_of_it() -> None:
    with pytest.raises(DeliveryRefused, match="nobody"):
        await sent(Client(), "nobody")
