"""Finds what the sender says now in a message: newest text, inline answers, form lines; quotes and frames cut off."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from bot.mail.answers import find_marked_answers
from bot.mail.forms import read_segments, unwrap
from bot.mail.frame_words import frame_words
from bot.mail.html_text import read_html
from bot.mail.lines import Line, read_plain, tidy
from bot.mail.quotes import Kind, Piece, Thread, cut_lines
from bot.mail.second_opinion import cut_elsewhere
from bot.mail.signature import Names, strip_frame
from bot.values.message import Message, Owner, TextPart
from bot.values.request import Segment, SegmentKind, Spoken

QUOTED_LIMIT = 20_000
# The sender's own words beyond this are passed over in the middle: nobody types that much.
_OWN_HEAD, _OWN_TAIL = 48_000, 16_000


@dataclass(frozen=True, slots=True)
class _Reading:
    """One rendering read by one cutter. `lines` are the own words for people, `words` those compared."""

    segments: tuple[Segment, ...]
    text: str
    quoted: str = ""
    forwarded: str = ""
    subject: str = ""

    @property
    def words(self) -> str:
        return _bare(self.text)


def read_newest(message: Message) -> Spoken:
    """What the sender says now, with one reading for each rendering and cutter that reads it differently.

    The HTML rendering comes first: it alone knows what is struck out, hidden or a quote. Never raises;
    time is linear in the size of the text.
    """
    thread = _thread_of(message)
    names = _names_of(message)
    readings = [_read(bodies, thread, names) for bodies in _renderings(message)]
    readings = _drop_copies(readings, message)
    first = readings[0] if readings else _Reading((), "")
    subject = _subject_segments(message, thread, first.subject)
    passed_on = _forwarded_parts(message, thread, names)
    forwarded = "\n\n".join(filter(None, [first.forwarded, *passed_on]))
    tail = tuple(Segment(kind=SegmentKind.FORWARDED, text=text) for text in passed_on)
    return Spoken(
        newest_text=first.text,
        readings=tuple((*subject, *reading.segments, *tail) for reading in readings) or ((*subject, *tail),),
        quoted=first.quoted[:QUOTED_LIMIT],
        forwarded=forwarded[:QUOTED_LIMIT],
    )


def _thread_of(message: Message) -> Thread:
    words = frame_words()
    subject = message.subject.strip().lower()
    forward = bool(words.forward_prefix.match(_untag(subject)))
    reply = bool(words.reply_prefix.match(_untag(subject))) or (bool(message.in_reply_to) and not forward)
    return Thread(is_reply=reply, is_forward=forward, sender=message.sender.email if message.sender else "")


def _names_of(message: Message) -> Names:
    if message.sender is None:
        return Names()
    local = message.sender.email.partition("@")[0]
    tokens = re.findall(r"[^\W\d_]{2,}", f"{message.sender.name} {local}".lower())
    return Names(frozenset(tokens), message.sender.email)


def _renderings(message: Message) -> list[list[TextPart]]:
    """The own bodies as one list, or as two where plain and HTML say the same things twice; HTML first."""
    own = [part for part in message.texts if part.owner is Owner.OWN]
    html = [part for part in own if part.kind == "html"]
    plain = [part for part in own if part.kind != "html"]
    if not message.alternatives or not html or not plain:
        return [own] if own else []
    return [_complete(html, plain, own), _complete(plain, html, own)]


def _complete(chosen: list[TextPart], others: list[TextPart], own: list[TextPart]) -> list[TextPart]:
    """One rendering with the parts that have no twin in it: text after the attachment, in the other kind."""
    if len(others) <= 1:
        return chosen
    said = _bare(" ".join(_visible(part) for part in chosen))
    missing = [part for part in others[1:] if _bare(_visible(part)) not in said]
    return [part for part in own if any(part is kept for kept in (*chosen, *missing))]


def _visible(part: TextPart) -> str:
    return "\n".join(line.text for line in _lines_of(part))


def _lines_of(part: TextPart) -> list[Line]:
    if part.kind != "html":
        return read_plain(part.text)
    lines = read_html(part.text)
    if any(line.text.strip() for line in lines):
        return lines
    return read_html(part.text, keep_white=True)


def _bare(text: str) -> str:
    """Letters and digits only: two renderings of one text differ in everything else."""
    text = re.sub(r"<[^<>\s]{3,2000}>|\[(?:cid|image)[^\]\n]{0,200}\]", " ", text)
    return re.sub(r"[\W_]+", "", text).casefold()


def _read(parts: Sequence[TextPart], thread: Thread, names: Names) -> _Reading:
    """One rendering: each part is cut by itself, as each may have its own signature."""
    segments: list[Segment] = []
    said: list[str] = []
    quoted: list[str] = []
    forwarded: list[str] = []
    subject = ""
    for part in parts:
        pieces = cut_lines(_lines_of(part), thread)
        if all(piece.kind is Kind.OWN for piece in pieces):
            pieces = _second_opinion(part, pieces, thread)
        for piece, before in zip(pieces, [None, *pieces], strict=False):
            if piece.kind is Kind.QUOTED:
                subject = subject or piece.subject
                quoted.append(_as_quote(piece.lines))
                segments += _answers_within(piece, names, said)
            elif piece.kind is Kind.FORWARDED:
                words = read_forwarded(piece.lines, names)
                segments += [Segment(kind=SegmentKind.FORWARDED, text=words)] if words else []
                forwarded.append(words)
            else:
                kept = strip_frame(_within_bounds(piece.lines), names, spoken=bool(said))
                question = question_above(before.lines) if before and before.kind is Kind.QUOTED else ""
                kind = SegmentKind.INLINE if question else SegmentKind.TEXT
                segments += read_segments(kept, kind, question)
                said += ["\n".join(line.text.strip() for line in kept)] if kept else []
    return _Reading(tuple(segments), _joined(said), _joined(quoted), _joined(forwarded), subject)


def _joined(texts: Sequence[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n\n".join(text for text in texts if text.strip())).strip()


def _second_opinion(part: TextPart, pieces: list[Piece], thread: Thread) -> list[Piece]:
    """The pieces, with a quote that only mail-parser-reply knows told apart."""
    lines = [line for piece in pieces for line in piece.lines]
    newest = cut_elsewhere("\n".join(line.text for line in lines))
    if newest is None:
        return pieces
    end, left = 0, len(_bare(newest))
    while end < len(lines) and left > 0:
        left -= len(_bare(lines[end].text))
        end += 1
    return [Piece(Kind.OWN, tuple(lines[:end])), Piece(Kind.QUOTED, tuple(lines[end:]))]


def _within_bounds(lines: Sequence[Line]) -> list[Line]:
    """The lines, without the middle of a text longer than anybody types."""
    kept: list[Line] = []
    room = _OWN_HEAD
    for number, line in enumerate(lines):
        room -= len(line.text) + 1
        if room < 0:
            return [*kept, *_last_lines(lines[number:])]
        kept.append(line)
    return kept


def _last_lines(lines: Sequence[Line]) -> list[Line]:
    room, start = _OWN_TAIL, len(lines)
    while start and room > len(lines[start - 1].text):
        start -= 1
        room -= len(lines[start].text) + 1
    if start == len(lines):
        return [Line(lines[-1].text[-_OWN_TAIL:])]
    return list(lines[start:])


def _as_quote(lines: Sequence[Line]) -> str:
    """Quoted lines as text: the mail answered bare, what it quoted itself still behind `>`."""
    out: list[str] = []
    room = QUOTED_LIMIT
    for line in lines:
        if room < 0:
            break
        out.append("> " * max(line.depth - 1, 0) + line.text.strip()[:QUOTED_LIMIT])
        room -= len(out[-1])
    return "\n".join(out).strip()


def question_above(lines: Sequence[Line]) -> str:
    """The quoted question that the words below answer: the last paragraph that asks, to the quote's end."""
    level = min((line.depth for line in lines if line.text.strip()), default=0)
    kept = strip_frame([line for line in lines if line.depth <= max(level, 1)], Names(), spoken=True)
    kept = kept or [line for line in lines if line.text.strip()]
    paragraphs = [
        block for block in re.split(r"\n\s*\n", unwrap([line.text for line in kept])) if block.strip()
    ]
    if not paragraphs:
        return ""
    asking = [at for at, block in enumerate(paragraphs) if "?" in block or "let us know" in block.lower()]
    return "\n\n".join(paragraphs[asking[-1] if asking else -1 :])[:QUOTED_LIMIT]


def _answers_within(piece: Piece, names: Names, said: list[str]) -> Iterator[Segment]:
    """Answers written into the quote; their words are added to `said`."""
    pointed = bool(frame_words().points_below.search(" ".join(said)[-4000:].lower()))
    for found in find_marked_answers(piece.lines, names.tokens, pointed=pointed):
        said.append(found.answer)
        yield Segment(kind=SegmentKind.INLINE, text=found.answer, question=found.question)


def read_forwarded(lines: Sequence[Line], names: Names, level: int = 0) -> str:
    """The newest words of a forwarded mail; one that only passes on another gives that one's."""
    shallow = min((line.depth for line in lines if line.text.strip()), default=0)
    raised = [
        Line(line.text, line.depth - shallow, line.divider, line.pairs)
        for line in lines
        if line.depth >= shallow
    ]
    pieces = cut_lines(_within_bounds(raised), Thread())
    own = [strip_frame(piece.lines, Names(), spoken=False) for piece in pieces if piece.kind is Kind.OWN]
    words = _joined([unwrap([line.text for line in kept]) for kept in own])
    if words or level >= 3:
        return words
    for piece in pieces:
        if piece.kind is not Kind.OWN:
            return read_forwarded(piece.lines, names, level + 1)
    return ""


def _forwarded_parts(message: Message, thread: Thread, names: Names) -> list[str]:
    """The words of attached messages, one rendering each."""
    parts = [part for part in message.texts if part.owner is Owner.FORWARDED]
    plain = [part for part in parts if part.kind != "html"]
    words = [read_forwarded(_lines_of(part), names) for part in (plain or parts)[:5]]
    return [text for text in words if text]


def _drop_copies(readings: list[_Reading], message: Message) -> list[_Reading]:
    """The readings without one that says nothing of its own.

    Where both bodies hold the same words, a reading that has only some of the other's has seen a quote
    or a stroke that the other could not: it is the better one.
    """
    if len(readings) < 2:
        return readings
    html, plain = readings
    if html.words == plain.words or not plain.words or _is_stub(plain.text):
        return [html] if html.words or not plain.words else [plain]
    if not html.words:
        return [plain]
    if _same_source(message):
        if _is_part(html.text, plain.text):
            return [html]
        if _is_part(plain.text, html.text):
            return [plain]
    return readings


def _is_stub(text: str) -> bool:
    """What programs put into the plain part when they have written HTML only."""
    return (
        len(text) < 300
        and bool(re.search(r"(?i)\bhtml\b", text))
        and bool(re.search(r"(?i)\bview|support|client|browser|enable", text))
    )


def _same_source(message: Message) -> bool:
    """Whether plain and HTML hold the same words when everything in them is counted."""
    own = [part for part in message.texts if part.owner is Owner.OWN]
    html = " ".join(_all_words(part.text) for part in own if part.kind == "html")
    plain = " ".join(part.text for part in own if part.kind != "html")
    return _bare(html) == _bare(tidy(plain)) if len(plain) < 200_000 else False


def _all_words(html: str) -> str:
    tree = LexborHTMLParser(html[:400_000])
    tree.strip_tags(["style", "script", "head", "title"])
    return tree.text(separator=" ") or ""


def _is_part(shorter: str, longer: str) -> bool:
    """Whether one text's words stand in the other in the same order."""
    words = iter(re.findall(r"\w+", longer.casefold()))
    return all(word in words for word in re.findall(r"\w+", shorter.casefold()))


def _untag(subject: str) -> str:
    """A subject without the `[EXTERNAL]` before it, lower-cased or not."""
    found = re.match(r"\s*[\[(*]{1,3}\s*([^\])*]{1,40}?)\s*[\])*]{1,3}[\s:-]*", subject)
    if found and frame_words().banner_tag.fullmatch(found.group(1).lower()):
        return subject[found.end() :]
    return subject


def _subject_segments(message: Message, thread: Thread, quoted_subject: str) -> tuple[Segment, ...]:
    """The subject, where the sender wrote it for this mail: a new one, or a thread's with new words in it."""
    subject = _untag(tidy(message.subject).strip())
    words = frame_words()
    prefixed = False
    while True:
        lowered = subject.lower()
        found = words.reply_prefix.match(lowered) or words.forward_prefix.match(lowered)
        if found is None:
            break
        subject, prefixed = _untag(subject[found.end() :].strip()), True
    subject = re.sub(r"\s*[\[(]\s*was:?\s.*$", "", subject, flags=re.IGNORECASE)
    if prefixed and not _is_changed(subject, quoted_subject):
        return ()
    return (Segment(kind=SegmentKind.SUBJECT, text=subject),) if subject else ()


def _is_changed(subject: str, quoted_subject: str) -> bool:
    """Whether the thread's subject, as the quoted headers have it, has been added to in this mail."""
    before = _bare(quoted_subject)
    now = _bare(subject)
    return (
        len(before) >= 8
        and now.startswith(_bare(_strip_prefixes(quoted_subject)))
        and len(now) > len(_bare(_strip_prefixes(quoted_subject))) + 2
    )


def _strip_prefixes(subject: str) -> str:
    words = frame_words()
    while True:
        found = words.reply_prefix.match(subject.lower()) or words.forward_prefix.match(subject.lower())
        if found is None:
            return subject
        subject = subject[found.end() :].strip()
