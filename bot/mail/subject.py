"""Reads the subject: whether the mail is a reply or a forward, and which of its words were written now."""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.mail.disclaimers import strip_banner_tag
from bot.mail.frame_words import frame_words
from bot.mail.lines import drop_struck, tidy
from bot.mail.quotes import Thread
from bot.mail.renderings import bare_words
from bot.values.message import Message
from bot.values.request import Segment, SegmentKind

_FORMER = re.compile(r"\s*[\[(]\s*was:?\s.*$", re.IGNORECASE)
_LONGEST = 500
_DOTS = ("...", "…")


def thread_of(message: Message) -> Thread:
    """What the headers say: reply, forward, and who sent it."""
    words = frame_words()
    subject = strip_banner_tag(tidy(message.subject).strip()).lower()
    forward = bool(words.forward_prefix.match(subject))
    reply = bool(words.reply_prefix.match(subject)) or (bool(message.in_reply_to) and not forward)
    return Thread(
        is_reply=reply,
        is_forward=forward,
        sender=message.sender.email if message.sender else "",
        recipients=tuple(address.email for address in message.to),
    )


def read_subject(message: Message, quoted_subject: str) -> tuple[Segment, ...]:
    """The subject, where the sender wrote it for this mail: a new one, or a thread's with words added.

    `quoted_subject` is what the headers of the quoted mail have, '' if they are not there.
    """
    whole = strip_banner_tag(tidy(message.subject)[:_LONGEST].strip())
    bare = _FORMER.sub("", drop_struck(_strip_prefixes(whole))).strip()
    before = bare_words(_strip_prefixes(quoted_subject))
    added = (
        len(before) >= 5 and bare_words(bare).startswith(before) and len(bare_words(bare)) > len(before) + 2
    )
    if not bare or (bare != whole and _has_prefix(whole) and not added):
        return ()
    return (Segment(kind=SegmentKind.SUBJECT, text=bare),)


def below_subject(subject: tuple[Segment, ...], segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Both, in order; one where the text goes on with the subject: `Please notify` over `...me when live`."""
    first = segments[0] if subject and segments and segments[0].kind is SegmentKind.TEXT else None
    if first is None or not first.text.lstrip().startswith(_DOTS):
        return (*subject, *segments)
    whole = f"{subject[0].text.rstrip('.… ')} {first.text.lstrip('.… ')}"
    return (replace(first, text=whole), *segments[1:])


def _has_prefix(subject: str) -> bool:
    words = frame_words()
    return bool(words.reply_prefix.match(subject.lower()) or words.forward_prefix.match(subject.lower()))


def _strip_prefixes(subject: str) -> str:
    """The subject without `Re:`, `AW:`, `Fwd:` and the tags of gateways between them."""
    words = frame_words()
    subject = strip_banner_tag(subject.strip())
    while True:
        found = words.reply_prefix.match(subject.lower()) or words.forward_prefix.match(subject.lower())
        if found is None:
            return subject
        subject = strip_banner_tag(subject[found.end() :].strip())
