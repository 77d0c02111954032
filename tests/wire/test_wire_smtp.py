"""The way out over SMTP: what is taken, refused, put off or lost, on every kind of server."""

import asyncio
import time

import pytest

from bot.errors import DeliveryDeferred, DeliveryRefused, LoginRefused
from bot.ports import Delivery, Health
from bot.wire.security import Credentials
from bot.wire.smtp import SmtpMailer
from tests.servers.certificates import Certificates
from tests.servers.daemons import wait_until
from tests.wire.servers import CUSTOMER, SUPPORT, EmbeddedServers, Servers, a_mailer

OTHER = "customer2@customer.test"
BODY = b"12 of the 15 learners now have an account.\r\n.a line with a dot\r\n..and with two\r\n"
HEAD = (
    f"From: {SUPPORT}\r\nTo: {CUSTOMER}\r\nSubject: Re: New starters\r\nMessage-ID: <rc-1@{SUPPORT}>\r\n\r\n"
)
MAIL = HEAD.encode() + BODY


def arrived(servers: Servers, count: int = 1, user: str = "customer1") -> list[bytes]:
    assert wait_until(lambda: len(servers.messages(user)) >= count, 10)
    return servers.messages(user)


async def test_a_mail_arrives_as_it_was_written(servers: Servers, mailer: SmtpMailer) -> None:
    assert await mailer.send(SUPPORT, [CUSTOMER], MAIL) == Delivery()
    (raw,) = arrived(servers)
    head, _, body = raw.partition(b"\r\n\r\n")
    assert body == BODY
    assert all(line in head for line in HEAD.encode().split(b"\r\n"))


async def test_the_null_path_is_a_sender_too(servers: Servers, mailer: SmtpMailer) -> None:
    await mailer.send("", [CUSTOMER], MAIL)
    assert b"Return-Path: <>" in arrived(servers)[0]


async def test_recipients_refused_beside_accepted_ones_are_a_result(
    servers: Servers, mailer: SmtpMailer
) -> None:
    servers.answer("550 5.1.1 No such user", recipient=OTHER)
    delivery = await mailer.send(SUPPORT, [OTHER, CUSTOMER, "not an address"], MAIL)
    assert {recipient for recipient, _ in delivery.refused} == {OTHER, "not an address"}
    assert "No such user" in dict(delivery.refused)[OTHER]
    assert len(arrived(servers)) == 1


async def test_recipients_put_off_beside_accepted_ones_are_told_apart(
    servers: Servers, mailer: SmtpMailer
) -> None:
    servers.answer("450 4.2.1 Greylisted", recipient=OTHER)
    delivery = await mailer.send(SUPPORT, [OTHER, CUSTOMER], MAIL)
    assert delivery.refused == ()
    assert [recipient for recipient, _ in delivery.deferred] == [OTHER]


async def test_a_mail_refused_for_everybody_is_refused_with_its_code(
    servers: Servers, mailer: SmtpMailer
) -> None:
    servers.answer("550 5.1.1 No such user", recipient=CUSTOMER)
    with pytest.raises(DeliveryRefused, match="No such user") as refused:
        await mailer.send(SUPPORT, [CUSTOMER], MAIL)
    assert refused.value.code == 550


async def test_a_4xx_waits_and_the_connection_serves_the_next_mail(
    servers: Servers, mailer: SmtpMailer
) -> None:
    servers.answer("451 4.7.1 Try again later")
    with pytest.raises(DeliveryDeferred, match="Try again later") as deferred:
        await mailer.send(SUPPORT, [CUSTOMER], MAIL)
    assert deferred.value.outcome_unknown is False
    await mailer.send(SUPPORT, [CUSTOMER], MAIL)
    assert len(arrived(servers)) == 1


async def test_a_5xx_after_the_content_ends_it(servers: Servers, mailer: SmtpMailer) -> None:
    servers.answer("554 5.7.1 Refused")
    with pytest.raises(DeliveryRefused) as refused:
        await mailer.send(SUPPORT, [CUSTOMER], MAIL)
    assert refused.value.code == 554


async def test_a_lost_answer_after_the_content_leaves_the_outcome_unknown(servers: Servers) -> None:
    mailer = a_mailer(servers.lose_ack())
    with pytest.raises(DeliveryDeferred) as deferred:
        await mailer.send(SUPPORT, [CUSTOMER], MAIL)
    assert deferred.value.outcome_unknown is True
    assert len(arrived(servers)) == 1
    await mailer.send(SUPPORT, [CUSTOMER], MAIL)
    assert len(arrived(servers, 2)) == 2
    await mailer.close()


async def test_many_mails_at_once_all_arrive_once(servers: Servers, mailer: SmtpMailer) -> None:
    await asyncio.gather(*(mailer.send(SUPPORT, [CUSTOMER], MAIL) for _ in range(30)))
    assert len(arrived(servers, 30)) == 30


async def test_a_wrong_password_is_a_refused_login(servers: Servers) -> None:
    mailer = a_mailer(servers.pair, password="wrong")
    with pytest.raises(LoginRefused, match="refuses our login: 535"):
        await mailer.send(SUPPORT, [CUSTOMER], MAIL)
    lines = await mailer.check()
    assert (lines[-1].subject, lines[-1].health) == ("SMTP login", Health.FAILED)


async def test_the_check_of_a_good_server_finds_nothing_wrong(mailer: SmtpMailer) -> None:
    assert [line.health for line in await mailer.check()] == [Health.OK] * 4


async def test_the_check_asks_whether_the_sender_may_send_and_sends_nothing(
    servers: Servers, mailer: SmtpMailer
) -> None:
    assert (await mailer.check(SUPPORT))[-1].health is Health.OK
    servers.answer("550 5.1.1 No such user", recipient=SUPPORT)
    line = (await mailer.check(SUPPORT))[-1]
    assert (line.subject, line.health) == ("SMTP sender", Health.FAILED)
    assert "No such user" in line.detail
    assert servers.messages("support") == []


async def test_a_certificate_of_somebody_else_puts_the_mail_off_before_the_password(
    servers: Servers, certificates: Certificates
) -> None:
    pair = servers.pair
    asked: list[str] = []
    mailer = SmtpMailer(
        pair.smtp_host,
        pair.smtp_port,
        Credentials(username=SUPPORT, secret=lambda: asked.append("asked") or "x"),
        security=pair.smtp_security,
        ca_file=str(certificates.stranger),
    )
    with pytest.raises(DeliveryDeferred, match="certificate is not accepted"):
        await mailer.send(SUPPORT, [CUSTOMER], MAIL)
    (line,) = await mailer.check()
    assert "smtp.ca_file" in line.mend
    assert asked == []


async def test_no_password_is_sent_where_starttls_is_not_offered(certificates: Certificates) -> None:
    asked: list[str] = []
    servers = EmbeddedServers(certificates)
    servers.mail.stop()
    with servers.mail.__class__({SUPPORT: "x"}) as plain:
        mailer = SmtpMailer(
            "127.0.0.1",
            plain.smtp_port,
            Credentials(username=SUPPORT, secret=lambda: asked.append("asked") or "x"),
            security="starttls",
            ca_file=str(certificates.authority),
        )
        with pytest.raises(DeliveryDeferred, match="STARTTLS"):
            await mailer.send(SUPPORT, [CUSTOMER], MAIL)
    assert asked == []


async def test_a_closed_port_puts_the_mail_off() -> None:
    mailer = SmtpMailer("127.0.0.1", 1, None, security="none")
    with pytest.raises(DeliveryDeferred, match="Nothing listens") as deferred:
        await mailer.send(SUPPORT, [CUSTOMER], MAIL)
    assert deferred.value.outcome_unknown is False
    assert deferred.value.retry_after


# --- what only the embedded pair can be made to do


@pytest.fixture
def embedded(certificates: Certificates) -> EmbeddedServers:
    return EmbeddedServers(certificates)


@pytest.fixture
async def out(embedded: EmbeddedServers):  # type: ignore[no-untyped-def]
    mailer = a_mailer(embedded.pair, timeout=2.0)
    yield mailer
    await mailer.close()
    embedded.stop()


async def test_connections_are_kept_and_reused(embedded: EmbeddedServers, out: SmtpMailer) -> None:
    for _ in range(5):
        await out.send(SUPPORT, [CUSTOMER], MAIL)
    assert embedded.mail.smtp_connections == 1
    await asyncio.gather(*(out.send(SUPPORT, [CUSTOMER], MAIL) for _ in range(40)))
    assert embedded.mail.smtp_connections <= 4


async def test_a_kept_connection_that_was_closed_is_replaced_without_a_word(
    embedded: EmbeddedServers, out: SmtpMailer
) -> None:
    await out.send(SUPPORT, [CUSTOMER], MAIL)
    embedded.mail.drop_connections()
    await out.send(SUPPORT, [CUSTOMER], MAIL)
    assert embedded.mail.smtp_connections == 2
    assert len(embedded.messages("customer1")) == 2


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
async def test_a_421_on_a_kept_connection_is_tried_once_more_on_a_new_one(
    embedded: EmbeddedServers, out: SmtpMailer, command: str
) -> None:
    await out.send(SUPPORT, [CUSTOMER], MAIL)
    embedded.mail.smtp_fault(421, "4.3.2 Too long idle", command=command)
    await out.send(SUPPORT, [CUSTOMER], MAIL)
    assert len(embedded.messages("customer1")) == 2


async def test_a_421_on_a_new_connection_slows_the_outbox(embedded: EmbeddedServers, out: SmtpMailer) -> None:
    embedded.mail.smtp_fault(421, "4.7.0 Too many connections", command="MAIL")
    with pytest.raises(DeliveryDeferred) as deferred:
        await out.send(SUPPORT, [CUSTOMER], MAIL)
    assert deferred.value.retry_after
    assert deferred.value.outcome_unknown is False


async def test_a_mail_over_the_servers_limit_is_refused_in_words(
    embedded: EmbeddedServers, out: SmtpMailer
) -> None:
    embedded.mail.set_smtp_size_limit(2000)
    with pytest.raises(DeliveryRefused, match="the server takes 2,000 at most") as refused:
        await out.send(SUPPORT, [CUSTOMER], MAIL + b"x" * 2000)
    assert refused.value.code == 552
    await out.send(SUPPORT, [CUSTOMER], MAIL)


async def test_a_frozen_server_puts_the_mail_off_in_finite_time(
    embedded: EmbeddedServers, out: SmtpMailer
) -> None:
    hasty = a_mailer(embedded.pair, timeout=0.3)
    await hasty.send(SUPPORT, [CUSTOMER], MAIL)
    embedded.mail.freeze()
    started = time.monotonic()
    with pytest.raises(DeliveryDeferred, match="did not answer in time") as deferred:
        await hasty.send(SUPPORT, [CUSTOMER], MAIL)
    assert time.monotonic() - started < 2.0
    assert deferred.value.outcome_unknown is False


async def test_addresses_beyond_ascii_are_carried(embedded: EmbeddedServers, out: SmtpMailer) -> None:
    assert await out.send(SUPPORT, ["jürgen@münchen.test"], MAIL) == Delivery()
    assert len(embedded.mail.messages("jürgen@xn--mnchen-3ya.test")) == 1


async def test_the_check_finds_a_login_that_may_not_send_as_the_sender(
    embedded: EmbeddedServers, out: SmtpMailer
) -> None:
    line = (await out.check("somebody.else@yourcompany.test"))[-1]
    assert (line.subject, line.health) == ("SMTP sender", Health.FAILED)
    assert "not owned by user" in line.detail


async def test_a_cancelled_send_leaves_no_half_used_connection(
    embedded: EmbeddedServers, out: SmtpMailer
) -> None:
    await out.send(SUPPORT, [CUSTOMER], MAIL)
    embedded.mail.freeze()
    task = asyncio.create_task(out.send(SUPPORT, [CUSTOMER], MAIL))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    embedded.mail.thaw()
    await out.send(SUPPORT, [CUSTOMER], MAIL)
    assert len(embedded.messages("customer1")) >= 2
