"""Recognises a message again: the same bytes by one digest, the same message delivered twice by another."""

import hashlib
import re

from bot.mail.fields import read_fields, split_message
from bot.values.message import Envelope, MessageLimits

# Written by servers on the way (RFC 5321 §4.4 and its relatives), so different in every copy.
_WRITTEN_ON_THE_WAY = re.compile(
    rb"(?:received|return-path|delivered-to|delivery-date|envelope-to|original-recipient|received-spf"
    rb"|authentication-results|domainkey-signature|dkim-signature|dkim-filter|dmarc-filter|arc-[^:]*"
    rb"|x-[^:]*|status|content-length|lines|bcc)[ \t]*:",
    re.IGNORECASE,
)
_FOLDED_FIELD = re.compile(rb"[^\r\n]+(?:(?:\r\n|\n|\r)[ \t][^\r\n]*)*")
_SUBJECT_KEPT = 1000


def fingerprint(raw: bytes) -> str:
    """SHA-256 of the bytes as stored, in hex."""
    return hashlib.sha256(raw).hexdigest()


def content_digest(raw: bytes) -> str:
    """SHA-256, in hex, of what the sender wrote: without trace fields and differences in line ends."""
    limits = MessageLimits()
    split = split_message(raw, limits)
    digest = hashlib.sha256()
    for field in _FOLDED_FIELD.findall(split.head):
        if not _WRITTEN_ON_THE_WAY.match(field):
            digest.update(b" ".join(field.split()) + b"\n")
    digest.update(b"\n" + split.body.replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip())
    return digest.hexdigest()


def read_envelope(raw: bytes) -> Envelope:
    """The little that intake writes down; reads the header section only and never raises."""
    limits = MessageLimits()
    fields = read_fields(split_message(raw, limits), limits)
    return Envelope(
        message_id=fields.message_id or made_message_id(raw),
        sender=fields.sender.email if fields.sender else "",
        subject=fields.subject[:_SUBJECT_KEPT],
        date=fields.date,
    )


def made_message_id(raw: bytes) -> str:
    """A Message-ID for a message without one: always the same for the same bytes."""
    return f"<{fingerprint(raw)[:32]}@no-message-id.invalid>"
