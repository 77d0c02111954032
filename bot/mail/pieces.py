"""Makes texts of a body's pieces: the quote, the question it asks, a forwarded mail's words."""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.mail.contacts import Names
from bot.mail.lines import Line
from bot.mail.quotes import Kind, Thread, cut_lines
from bot.mail.signature import strip_frame
from bot.mail.wrapping import unwrap

QUOTED_LIMIT = 20_000
# The sender's own words beyond this are passed over in the middle: nobody types that much.
_OWN_HEAD, _OWN_TAIL = 48_000, 16_000
_DEEPEST_FORWARD = 3
_NUMBERED = re.compile(r"^\d{1,2}[.)]\s(?=[^\n]{3,300}\?)", re.MULTILINE)
_ASKING = re.compile(
    r"[?？]|let us know|please (?:confirm|advise|tell)"
    r"|teilen sie uns|merci de nous|indíquenos|fateci sapere|laat ons weten|informe-nos",
    re.IGNORECASE,
)


def within_bounds(lines: Sequence[Line]) -> list[Line]:
    """The lines, without the middle of a text longer than anybody types."""
    room = _OWN_HEAD
    for number, line in enumerate(lines):
        room -= len(line.text) + 1
        if room < 0:
            return [*lines[:number], *_last_lines(lines[number:])]
    return list(lines)


def _last_lines(lines: Sequence[Line]) -> list[Line]:
    room, start = _OWN_TAIL, len(lines)
    while start and room > len(lines[start - 1].text):
        start -= 1
        room -= len(lines[start].text) + 1
    if start < len(lines):
        return list(lines[start:])
    # One endless line: its two ends.
    return [Line(lines[0].text[:_OWN_TAIL]), Line(lines[-1].text[-_OWN_TAIL:])]


def joined(texts: Sequence[str]) -> str:
    """The texts with one blank line between them."""
    return re.sub(r"\n{3,}", "\n\n", "\n\n".join(text for text in texts if text.strip())).strip()


def quote_text(lines: Sequence[Line]) -> str:
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
    nearest = [line for line in within_bounds(lines) if line.depth <= max(level, 1)]
    kept = strip_frame(nearest, Names(), spoken=True) or [line for line in nearest if line.text.strip()]
    blocks = re.split(r"\n\s*\n", unwrap([line.text for line in kept]))
    paragraphs = [block for block in blocks if block.strip()]
    if not paragraphs:
        return ""
    asking = [at for at, block in enumerate(paragraphs) if _ASKING.search(block)]
    asked = "\n\n".join(paragraphs[asking[-1] if asking else -1 :])[:QUOTED_LIMIT]
    numbered = list(_NUMBERED.finditer(asked))
    # Of several numbered questions it answers the last; those above it were left.
    return asked[numbered[-1].start() :] if len(numbered) > 1 and numbered[0].start() == 0 else asked


def forwarded_words(lines: Sequence[Line], level: int = 0) -> str:
    """The newest words of a forwarded mail; one that only passes on another gives that one's."""
    shallow = min((line.depth for line in lines if line.text.strip()), default=0)
    raised = [
        replace(line, depth=line.depth - shallow) for line in within_bounds(lines) if line.depth >= shallow
    ]
    pieces = cut_lines(raised, Thread())
    own = [strip_frame(piece.lines, Names(), spoken=False) for piece in pieces if piece.kind is Kind.OWN]
    words = joined([unwrap([line.text for line in kept]) for kept in own])
    if words or level >= _DEEPEST_FORWARD:
        return words
    deeper = next((piece for piece in pieces if piece.kind is not Kind.OWN), None)
    return forwarded_words(deeper.lines, level + 1) if deeper else ""
