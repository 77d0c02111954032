"""One mail over one open session: MAIL, RCPT for each, DATA; and what the server made of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiosmtplib import SMTP, SMTPRecipientRefused
from aiosmtplib.email import parse_address

from bot.errors import DeliveryDeferred, DeliveryRefused
from bot.ports import Delivery
from bot.values.address import domain_key
from bot.wire.smtp_errors import one_line, sending
from bot.wire.smtp_session import SmtpServer

Words = list[tuple[str, str]]  # recipient and the server's answer


@dataclass(frozen=True, kw_only=True, slots=True)
class Envelope:
    """A mail as it is handed over. `unusable` recipients can't be written in SMTP at all, with the reason."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    unusable: tuple[tuple[str, str], ...] = ()

    @property
    def needs_utf8(self) -> bool:
        """Whether an address or a header field is not ASCII (RFC 6531 §3.4)."""
        header = self.raw.split(b"\r\n\r\n", 1)[0].split(b"\n\n", 1)[0]
        return not (all(map(str.isascii, (self.sender, *self.recipients))) and header.isascii())


def make_envelope(sender: str, recipients: Sequence[str], raw: bytes) -> Envelope:
    """Addresses with their domains as A-labels, each recipient once, the hopeless ones set apart."""
    good: dict[str, None] = {}
    bad: list[tuple[str, str]] = []
    for recipient in recipients:
        try:
            good[_for_smtp(recipient)] = None
        except ValueError:
            bad.append((recipient, "501 5.1.3 this is not an address that mail can be sent to"))
    try:
        ours = _for_smtp(sender) if sender else ""
    except ValueError as error:
        raise DeliveryRefused(f"The sender {sender!r} is not an address", code=501) from error
    return Envelope(sender=ours, recipients=tuple(good), raw=raw, unusable=tuple(bad))


def _for_smtp(address: str) -> str:
    local, _, domain = address.rpartition("@")
    # An address that the library would have to mend might be mended into somebody else's.
    if not (local and domain and address.isprintable() and parse_address(address) == address):
        raise ValueError(address)
    # Only a domain that is not ASCII is rewritten: the others go out as they were given.
    return f"{local}@{domain if domain.isascii() else domain_key(domain)}"


async def transmit(client: SMTP, envelope: Envelope, server: SmtpServer) -> Delivery:
    """Hand it over. Raises `DeliveryDeferred` (`ConnectionGone` where nothing can have been taken),
    `DeliveryRefused`, `LoginRefused`; recipients refused beside accepted ones are in the result."""
    if not envelope.recipients:
        raise DeliveryRefused(f"No usable recipient: {envelope.unusable[0][0]!r}", code=501)
    name, options = str(server), _options(client, envelope)
    encoding = "utf-8" if envelope.needs_utf8 else "ascii"
    with sending(name, data_sent=False):
        await client.mail(envelope.sender, options=options, encoding=encoding)
    refused, deferred = await _name_recipients(client, envelope.recipients, encoding, name)
    if len(refused) + len(deferred) == len(envelope.recipients):
        raise _nobody(refused, deferred, name)
    with sending(name, data_sent=True):
        await client.data(envelope.raw, timeout=server.data_timeout)
    return Delivery(refused=(*envelope.unusable, *refused), deferred=tuple(deferred))


def _options(client: SMTP, envelope: Envelope) -> list[str]:
    """The parameters of MAIL that this mail needs; raises where the server can't take it."""
    limit = client.esmtp_extensions.get("size", "")
    size = len(envelope.raw)
    if limit.isdigit() and 0 < int(limit) < size:  # 0 means no fixed limit (RFC 1870 §4)
        raise DeliveryRefused(
            f"552 5.3.4 The mail has {size:,} bytes; the server takes {int(limit):,} at most", code=552
        )
    options = [f"SIZE={size}"] if client.supports_extension("size") else []
    if not envelope.raw.isascii() and client.supports_extension("8bitmime"):
        options.append("BODY=8BITMIME")
    if envelope.needs_utf8:
        if not client.supports_extension("smtputf8"):
            raise DeliveryRefused(
                "553 5.6.7 The mail server can't send to addresses with letters beyond A to Z", code=553
            )
        options.append("SMTPUTF8")
    return options


async def _name_recipients(
    client: SMTP, recipients: Sequence[str], encoding: str, server: str
) -> tuple[Words, Words]:
    """RCPT for each: who is refused for good, who for now, with the server's words."""
    refused: Words = []
    deferred: Words = []
    for recipient in recipients:
        with sending(server, data_sent=False):
            try:
                await client.rcpt(recipient, encoding=encoding)
            except SMTPRecipientRefused as error:
                if error.code == 421:
                    raise
                words = f"{error.code} {one_line(error.message)}"
                (refused if error.code >= 500 else deferred).append((recipient, words))
    return refused, deferred


def _nobody(refused: Words, deferred: Words, server: str) -> DeliveryDeferred | DeliveryRefused:
    """Nobody was accepted: for good only if everybody was refused for good."""
    recipient, words = (deferred or refused)[0]
    if deferred:
        return DeliveryDeferred(f"{server}: {words} ({recipient})")
    return DeliveryRefused(f"{server}: {words} ({recipient})", code=int(words[:3]))
