"""Turns a letter into the bytes that go to the SMTP server, the same bytes every time it is tried."""

import hashlib
import re
from binascii import b2a_qp
from email.encoders import encode_base64
from email.message import Message as Part
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.utils import format_datetime

from bot.errors import DeliveryRefused
from bot.mail.written import (
    AS_WRITTEN,
    Ready,
    disposition,
    field_name,
    identifiers,
    mailboxes,
    sendable,
    valid_ids,
    words,
)
from bot.values.address import domain_key
from bot.values.message import Message
from bot.values.outgoing import Letter, OutgoingFile

_KEPT_LAST = 20
_MIME_TYPE = re.compile(r"(application|audio|image|text|video|font)/([A-Za-z0-9!#$&^_.+-]{1,100})")

# What an Exchange server is asked not to answer with ([MS-OXCMAIL] §2.1.3.2.19). After a reply: nothing
# at all. After mail to a learner its non-delivery report is wanted: that is how a wrong address is noticed.
_NO_ANSWER_AT_ALL = "All"
_ONLY_BOUNCES = "DR, RN, NRN, OOF, AutoReply"


def compose_letter(letter: Letter) -> bytes:
    """One complete message: text, HTML twin, files. Equal letters give equal bytes.

    Raises DeliveryRefused where a sender or recipient is no address that mail can be sent to. Whether
    the bytes need SMTPUTF8 is told by `needs_smtputf8`. Without `letter.date` the Date field is left to
    the submission server (RFC 6409 §8.1).
    """
    message = _body(letter)
    of_body = message.items()
    for name, _ in of_body:
        del message[name]
    for name, value in (*_fields(letter), *of_body):
        if value:
            message[name] = value
    return message.as_bytes()


def _body(letter: Letter) -> Part:
    """Boundaries are made from the Message-ID; no encoded line can hold `=_` (RFC 2045 §6.7, §6.8)."""
    boundaries = [f"=_{_digest(f'{letter.message_id} {number}')[:24]}" for number in range(2)]
    body: Part = _text(letter.text, "plain")
    if letter.html:
        body = _multipart(
            "alternative", boundaries[1 if letter.files else 0], body, _text(letter.html, "html")
        )
    if letter.files:
        body = _multipart("mixed", boundaries[0], body, *map(_attachment, letter.files))
    return body


def _text(text: str, subtype: str) -> Part:
    """Lone surrogates, which no charset can carry, become question marks."""
    lines = text.encode(errors="replace").splitlines()
    part = Part(AS_WRITTEN)
    part["Content-Type"] = f'text/{subtype}; charset="utf-8"'
    part["MIME-Version"] = "1.0"
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload(b2a_qp(b"\n".join([*lines, b""])).decode("ascii"))
    return part


def _multipart(subtype: str, boundary: str, *parts: Part) -> Part:
    for part in parts:
        del part["MIME-Version"]  # the whole mail's is enough
    return MIMEMultipart(subtype, boundary, parts, policy=AS_WRITTEN)


def needs_smtputf8(letter: Letter) -> bool:
    """Whether a local part is not ASCII, so that only a server with SMTPUTF8 can take it (RFC 6531 §3.2).

    A domain never needs it: it is written in A-labels.
    """
    people = (letter.sender, *letter.to, *letter.cc, *((letter.reply_to,) if letter.reply_to else ()))
    return any(not person.email.rpartition("@")[0].isascii() for person in people)


def can_be_sent_to(email: str) -> bool:
    """Whether `compose_letter` takes this address, for a caller that would rather leave one out."""
    try:
        sendable(email)
    except DeliveryRefused:
        return False
    return True


def make_message_id(seed: str, domain: str) -> str:
    """The Message-ID of a mail made from what it is, such as `<reply.RC-7F3K2Q.1@domain>`.

    The same seed gives the same identifier, so a mail sent twice can be recognised as one.
    """
    plain = re.sub(r"[^A-Za-z0-9_.+=-]+", "-", seed).strip(".-")
    plain = re.sub(r"\.{2,}", ".", plain)
    if plain != seed or not 0 < len(plain) <= 100:
        # Two seeds must never meet in one identifier only because letters were taken out.
        plain = f"{plain[:60].strip('.-')}.{_digest(seed)[:16]}".lstrip(".")
    host = re.sub(r"[^A-Za-z0-9.-]+", "-", domain_key(domain)).strip(".-") or "localhost"
    return f"<{plain}@{host}>"


def thread_of(message: Message) -> tuple[str, tuple[str, ...]]:
    """In-Reply-To and References of an answer to this message (RFC 5322 §3.6.4).

    The chain is the parent's References or, without any, its single In-Reply-To; then the parent itself.
    A long chain keeps its first identifier, which names the thread, and the last twenty.
    """
    named = not message.headers or bool(message.header_values("Message-ID"))
    parent = valid_ids((message.message_id,)) if named else ()
    chain = valid_ids(message.references)
    if not chain and len(message.in_reply_to) == 1:
        chain = valid_ids(message.in_reply_to)
    return (parent[0] if parent else ""), _capped((*(one for one in chain if one not in parent), *parent))


def _capped(chain: tuple[str, ...]) -> tuple[str, ...]:
    return chain if len(chain) <= _KEPT_LAST + 1 else (chain[0], *chain[-_KEPT_LAST:])


def _fields(letter: Letter) -> list[tuple[str, Ready]]:
    """The header fields in the order people expect; empty ones are left out by the caller."""
    if not letter.to:
        raise DeliveryRefused("A mail needs somebody to go to.", code=503)
    if not valid_ids((letter.message_id,)):
        raise ValueError(f"not a message identifier: {letter.message_id!r}")
    answer = letter.auto_submitted == "auto-replied"
    return [
        ("From", mailboxes((letter.sender,))),
        ("To", mailboxes(letter.to)),
        ("Cc", mailboxes(letter.cc)),
        ("Reply-To", mailboxes((letter.reply_to,) if letter.reply_to else ())),
        ("Subject", words(letter.subject, "Subject")),
        ("Date", Ready(format_datetime(letter.date) if letter.date else "")),
        ("Message-ID", identifiers((letter.message_id,))),
        ("In-Reply-To", identifiers((letter.in_reply_to,))),
        ("References", identifiers(_capped(valid_ids(letter.references)))),
        # RFC 3834 §5: so that no machine answers a machine.
        ("Auto-Submitted", words(letter.auto_submitted, "Auto-Submitted")),
        ("X-Auto-Response-Suppress", Ready(_NO_ANSWER_AT_ALL if answer else _ONLY_BOUNCES)),
        *((field_name(name), words(value, name, 900)) for name, value in letter.extra_headers),
    ]


def _attachment(file: OutgoingFile) -> Part:
    """One file, base64; a type that is none, or that would nest a message, goes as plain bytes."""
    known = _MIME_TYPE.fullmatch(file.content_type.partition(";")[0].strip())
    part = MIMEBase(*(known.groups() if known else ("application", "octet-stream")), policy=AS_WRITTEN)
    part.set_payload(file.content)
    encode_base64(part)
    part["Content-Disposition"] = disposition(file.name)
    return part


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
