"""Finds what the sender says now: newest text, inline answers, form lines; quotes and frames are cut off."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.mail.addressed import part_addressed
from bot.mail.answers import find_marked_answers
from bot.mail.arrows import with_arrows_as_ticks
from bot.mail.contacts import Names
from bot.mail.forms import read_segments
from bot.mail.frame_words import frame_words
from bot.mail.lines import Line
from bot.mail.numbered import connect_numbered
from bot.mail.pieces import QUOTED_LIMIT, forwarded_words, joined, question_above, quote_text, within_bounds
from bot.mail.quotes import Kind, Piece, Thread, cut_lines
from bot.mail.renderings import bare_words, is_part, is_stub, lines_of, renderings_of, share_their_words
from bot.mail.second_opinion import cut_elsewhere
from bot.mail.signature import strip_frame
from bot.mail.subject import below_subject, read_subject, thread_of
from bot.values.message import Message, Owner, TextPart
from bot.values.request import Segment, SegmentKind, Spoken

_STRUCTURED = {SegmentKind.INLINE, SegmentKind.FORM}
_MOST_FORWARDED = 5
# So many characters of the sender's words above a quote may say how it was answered.
_LATEST = 4_000


@dataclass(slots=True)
class _Reading:
    """One rendering read: the segments, the own words for people, the last of these, and what was cut off."""

    segments: list[Segment] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    quoted: list[str] = field(default_factory=list)
    forwarded: list[str] = field(default_factory=list)
    quoted_subject: str = ""
    latest: str = ""

    def say(self, words: str) -> None:
        """Take more of the sender's own words."""
        self.said.append(words)
        self.latest = f"{self.latest}\n\n{words}"[-_LATEST:]

    @property
    def text(self) -> str:
        """The sender's own words."""
        return joined(self.said)

    @property
    def structure(self) -> int:
        """How many answers it could connect with what they answer."""
        return sum(segment.kind in _STRUCTURED for segment in self.segments)


def read_newest(message: Message) -> Spoken:
    """What the sender says now, with one reading for each rendering that says something else.

    The HTML rendering comes first: it alone knows what is struck out, hidden or a quote. Never raises;
    time is linear in the size of the text.
    """
    thread = thread_of(message)
    names = _names_of(message)
    readings = [_read(parts, thread, names) for parts in renderings_of(message)] or [_Reading()]
    readings = _drop_copies(readings, message)
    first = readings[0]
    subject = read_subject(message, first.quoted_subject)
    attached = _attached_words(message)
    tail = tuple(Segment(kind=SegmentKind.FORWARDED, text=text) for text in attached)
    return Spoken(
        newest_text=first.text,
        readings=tuple((*below_subject(subject, reading.segments), *tail) for reading in readings),
        quoted=joined(first.quoted)[:QUOTED_LIMIT],
        forwarded=joined([*first.forwarded, *attached])[:QUOTED_LIMIT],
    )


def _names_of(message: Message) -> Names:
    if message.sender is None:
        return Names()
    local = message.sender.email.partition("@")[0]
    tokens = re.findall(r"[^\W\d_]{2,}", f"{message.sender.name} {local}".lower())
    return Names(frozenset(tokens), message.sender.email)


def _read(parts: Sequence[TextPart], thread: Thread, names: Names) -> _Reading:
    """One rendering: each part is cut by itself, as each may have its own signature."""
    reading = _Reading()
    for part in parts:
        pieces = _cut(lines_of(part), thread, names)
        for before, piece in zip([None, *pieces], pieces, strict=False):
            if piece.kind is Kind.QUOTED:
                _take_quote(piece, names, reading)
            elif piece.kind is Kind.FORWARDED:
                _take_forwarded(piece, reading)
            else:
                _take_own(piece, before, names, reading)
    reading.segments = connect_numbered(reading.segments, joined(reading.quoted))
    return reading


def _cut(lines: list[Line], thread: Thread, names: Names) -> list[Piece]:
    """The pieces; where our own cutter sees no quote, a greeting or mail-parser-reply may show one."""
    pieces = cut_lines(lines, thread)
    if any(piece.kind is not Kind.OWN for piece in pieces):
        return pieces
    own, answered = part_addressed(lines, names) if thread.is_reply else (lines, ())
    if answered:
        return [Piece(Kind.OWN, tuple(own)), Piece(Kind.QUOTED, tuple(answered))]
    newest = cut_elsewhere("\n".join(line.text for line in lines))
    if newest is None:
        return pieces
    end, left = 0, len(bare_words(newest))
    while end < len(lines) and left > 0:
        left -= len(bare_words(lines[end].text))
        end += 1
    return [Piece(Kind.OWN, tuple(lines[:end])), Piece(Kind.QUOTED, tuple(lines[end:]))]


def _take_own(piece: Piece, before: Piece | None, names: Names, reading: _Reading) -> None:
    """The sender's words: an inline answer where they stand under a quote, else running text."""
    kept = strip_frame(within_bounds(piece.lines), names, spoken=bool(reading.said))
    if not kept:
        return
    question = question_above(before.lines) if before and before.kind is Kind.QUOTED else ""
    if question:
        reading.segments += read_segments(kept, SegmentKind.INLINE, question)
    else:
        reading.segments += read_segments(with_arrows_as_ticks(kept), SegmentKind.TEXT)
    reading.say("\n".join(line.text.strip() for line in kept))


def _take_quote(piece: Piece, names: Names, reading: _Reading) -> None:
    """The mail answered, and answers that were written into it."""
    reading.quoted_subject = reading.quoted_subject or piece.subject
    reading.quoted.append(quote_text(piece.lines))
    said = reading.latest
    pointed = bool(frame_words().points_below.search(said.lower()))
    for found in find_marked_answers(within_bounds(piece.lines), names.tokens, pointed=pointed, said=said):
        reading.say(found.answer)
        reading.segments.append(Segment(kind=SegmentKind.INLINE, text=found.answer, question=found.question))


def _take_forwarded(piece: Piece, reading: _Reading) -> None:
    words = forwarded_words(piece.lines)
    if words:
        reading.segments.append(Segment(kind=SegmentKind.FORWARDED, text=words))
        reading.forwarded.append(words)


def _attached_words(message: Message) -> list[str]:
    """The words of attached messages, in one rendering."""
    parts = [part for part in message.texts if part.owner is Owner.FORWARDED]
    plain = [part for part in parts if part.kind != "html"]
    words = (forwarded_words(lines_of(part)) for part in (plain or parts)[:_MOST_FORWARDED])
    return [text for text in words if text]


def _drop_copies(readings: list[_Reading], message: Message) -> list[_Reading]:
    """The readings, best first, without those that say nothing of their own.

    Where both bodies hold the same words, a reading that has only some of the other's has seen a quote
    or a stroke that the other could not: it is the better one.
    """
    if len(readings) < 2:
        return readings
    html, plain = readings
    own_html, own_plain = bare_words(html.text), bare_words(plain.text)
    if own_html == own_plain:
        return [plain if plain.structure > html.structure else html]
    if not own_plain or not own_html or is_stub(plain.text):
        return [plain if not own_html else html]
    if share_their_words(message):
        if is_part(html.text, plain.text):
            return [html]
        if is_part(plain.text, html.text):
            return [plain]
    return readings
