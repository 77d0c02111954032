"""Takes a message apart: raw bytes in, a `Message` out, whatever the bytes are."""

from bot.errors import MessageUnreadable
from bot.mail.fields import Fields, read_fields, split_message
from bot.mail.files import Gathered
from bot.mail.fingerprint import content_digest, fingerprint, made_message_id, read_envelope
from bot.mail.parts import Walk, open_message
from bot.values.message import Message, MessageLimits

__all__ = ["content_digest", "fingerprint", "parse_message", "read_envelope"]

_TOO_DEEP = "nested too deep, or of too many lines, to be read; only the header was"


def parse_message(raw: bytes, limits: MessageLimits = MessageLimits()) -> Message:  # noqa: B008  frozen
    """Read one message. What is broken or over a limit is left out and named in `defects`.

    Raises `MessageUnreadable` only for bytes without a single header field, or more of them than the limit.
    """
    if len(raw) > limits.bytes:
        raise MessageUnreadable(f"The message has {len(raw)} bytes; at most {limits.bytes} are read.")
    split = split_message(raw, limits)
    fields = read_fields(split, limits)
    if not fields.headers:
        raise MessageUnreadable("These bytes are not an email: there is no header field in them.")
    walk, gathered = Walk(limits=limits), Gathered(limits=limits)
    root = open_message(split.joined())
    if root is None:
        gathered.defects.append(_TOO_DEEP)
    else:
        for leaf in walk.leaves(root):
            gathered.take(leaf)
    content_type = root.get_content_type() if root is not None else "multipart/mixed"
    return _message(raw, fields, walk, gathered, content_type)


def _message(raw: bytes, fields: Fields, walk: Walk, gathered: Gathered, content_type: str) -> Message:
    return Message(
        message_id=fields.message_id or made_message_id(raw),
        subject=fields.subject,
        sender=fields.sender,
        from_count=fields.from_count,
        reply_to=fields.reply_to,
        to=fields.to,
        cc=fields.cc,
        in_reply_to=fields.in_reply_to,
        references=fields.references,
        date=fields.date,
        headers=fields.headers,
        texts=tuple(gathered.texts),
        alternatives=gathered.alternatives,
        attachments=tuple(gathered.attachments),
        content_type=content_type,
        defects=(*fields.defects, *walk.defects, *gathered.defects),
        size=len(raw),
        reports=tuple(walk.reports),
    )
