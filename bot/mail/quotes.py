"""Cuts a body's lines into what the sender says now, what is quoted and what is forwarded."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from bot.mail.frame_words import begins_with_answer
from bot.mail.lines import Line
from bot.mail.marks import Mark, MarkKind, find_mark


class Kind(Enum):
    """Whose words a run of lines holds."""

    OWN = auto()  # the sender's, now
    QUOTED = auto()  # the mail answered, and what it quoted
    FORWARDED = auto()  # a mail passed on


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of lines of one kind, in the order of the mail. `subject` is that of the mail quoted, `answered`
    says that its headers name the one whom this mail is written to.
    """

    kind: Kind
    lines: tuple[Line, ...]
    subject: str = ""
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Thread:
    """What the cutter needs to know of the mail around the body."""

    is_reply: bool = False
    is_forward: bool = False
    sender: str = ""
    recipients: tuple[str, ...] = ()


def cut_lines(lines: Sequence[Line], thread: Thread) -> list[Piece]:
    """The pieces of a body, in order; every line is in one of them, apart from the marks themselves."""
    cutter = _Cutter(_settle_indented(lines, thread), thread)
    cutter.run()
    return _pass_on(cutter.pieces, thread)


def _pass_on(pieces: list[Piece], thread: Thread) -> list[Piece]:
    """A forward marked like an answer: the first quote is what is passed on."""
    kinds = [piece.kind for piece in pieces]
    if not thread.is_forward or Kind.FORWARDED in kinds or Kind.QUOTED not in kinds:
        return pieces
    at = kinds.index(Kind.QUOTED)
    if pieces[at].answered:
        return pieces
    return [*pieces[:at], replace(pieces[at], kind=Kind.FORWARDED), *pieces[at + 1 :]]


class _Cutter:
    """Walks the lines once; `rest` is the kind of what follows an unmarked quote, None before one."""

    def __init__(self, lines: Sequence[Line], thread: Thread) -> None:
        self.pieces: list[Piece] = []
        self._lines = lines
        self._thread = thread
        self._rest: Kind | None = None
        self._quote = Kind.QUOTED
        self._run: list[Line] = []
        self._kind = Kind.OWN
        self._subject = ""
        self._answered = False
        self._own_words = False

    def run(self) -> None:
        """Fill `pieces`."""
        at = 0
        while at < len(self._lines):
            line = self._lines[at]
            if self._rest is not None:
                self._add(line, self._rest)
            elif line.depth:
                self._add(line, self._quote)
            elif not line.text.strip() and not line.divider:
                self._add(line, self._kind)
            elif _is_wrapped_quote(self._lines, at):
                self._add(line, self._quote)
            else:
                mark = find_mark(self._lines, at)
                if mark is not None and not self._is_own_memo(mark):
                    at = self._take_mark(mark, at)
                    continue
                self._add(line, Kind.OWN)
                self._own_words = True
            at += 1
        self._close()

    def _add(self, line: Line, kind: Kind) -> None:
        if kind is not self._kind:
            self._close()
            self._kind = kind
            if kind is Kind.OWN:
                self._quote = Kind.QUOTED
        self._run.append(line)

    def _close(self) -> None:
        if any(line.text.strip() for line in self._run):
            self.pieces.append(Piece(self._kind, tuple(self._run), self._subject, self._answered))
            self._subject, self._answered = "", False
        self._run = []

    def _is_own_memo(self, mark: Mark) -> bool:
        """Headers at the very top that name the sender: a memo, or an earlier mail sent again."""
        named = bool(self._thread.sender) and self._thread.sender in mark.author.lower()
        return mark.headed and not self._own_words and not self.pieces and named and not self._thread.is_reply

    def _take_mark(self, mark: Mark, at: int) -> int:
        """Pass over a mark and those right behind it; settle what the lines after it are."""
        if mark.kind is MarkKind.CEILING and not self._own_words:
            return at + mark.length
        forwarded, author = self._passes_on(mark), mark.author
        end = at + mark.length
        subject = mark.subject
        following = _next_filled(self._lines, end)
        while following is not None and not self._lines[following].depth:
            inner = find_mark(self._lines, following)
            if inner is None or following - end > 4:
                break
            # Proton and others set an attribution or headers under their banner: one mark in two parts.
            forwarded, author = forwarded or self._passes_on(inner), author or inner.author
            end, subject = following + inner.length, subject or inner.subject
            following = _next_filled(self._lines, end)
        # Our own mail sent back to us is answered, whatever button was pressed.
        answered = any(address in author.lower() for address in self._thread.recipients)
        kind = Kind.FORWARDED if forwarded and not answered else Kind.QUOTED
        self._close()
        self._subject, self._quote, self._answered = subject, kind, answered
        if following is None or not self._lines[following].depth:
            self._rest = kind
            self._kind = kind
        return end

    def _passes_on(self, mark: Mark) -> bool:
        return mark.kind is MarkKind.FORWARD or (mark.headed and self._thread.is_forward)


def _next_filled(lines: Sequence[Line], at: int) -> int | None:
    for number in range(at, min(at + 12, len(lines))):
        if lines[number].text.strip() or lines[number].divider:
            return number
    return None


def _is_wrapped_quote(lines: Sequence[Line], at: int) -> bool:
    """The tail of a long quoted line that was wrapped without a new quote mark."""
    if at == 0 or not lines[at - 1].depth or lines[at].divider:
        return False
    before, text = lines[at - 1].text.rstrip(), lines[at].text.strip()
    if len(before) < 55 or before.endswith((".", "!", "?", ":", ";")) or len(text) > 40:
        return False
    goes_on = at + 1 < len(lines) and lines[at + 1].depth > 0
    return text[:1].islower() and (goes_on or (len(text) < 25 and not begins_with_answer(text)))


def _settle_indented(lines: Sequence[Line], thread: Thread) -> list[Line]:
    """Decide each bare block quote: a quote under an attribution or above an answer, else an indentation."""
    if not any(line.indented for line in lines):
        return list(lines)
    settled: list[Line] = []
    at = 0
    while at < len(lines):
        end = at
        while end < len(lines) and lines[end].indented:
            end += 1
        if end == at:
            settled.append(lines[at])
            at += 1
            continue
        quoted = _is_quoted_block(lines, at, end, thread)
        settled += [replace(line, depth=line.depth + quoted, indented=False) for line in lines[at:end]]
        at = end
    return settled


def _is_quoted_block(lines: Sequence[Line], at: int, end: int, thread: Thread) -> bool:
    before = [line for line in lines[max(at - 4, 0) : at] if line.text.strip()]
    if before and (
        before[-1].depth or (before[-1].text.rstrip().endswith(":") and _ends_attribution(lines, at))
    ):
        return True
    block = [line.text for line in lines[at:end] if line.text.strip()]
    after = any(line.text.strip() and not line.depth for line in lines[end : end + 4])
    return thread.is_reply and bool(block) and "?" in block[-1] and after


def _ends_attribution(lines: Sequence[Line], at: int) -> bool:
    """Whether the lines right above `at` are an attribution."""
    for start in range(max(at - 5, 0), at):
        if lines[start].text.strip():
            mark = find_mark(lines, start)
            if mark is not None and start + mark.length >= at - 2:
                return True
    return False
