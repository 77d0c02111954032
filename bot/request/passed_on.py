"""Second stage of the preference: which words of others that the sender passes on may answer."""

import re
from collections.abc import Iterator, Sequence

from bot.request.answering import is_a_name
from bot.request.clauses import Sentence, read_sentences
from bot.request.matter import names_mail
from bot.request.pointing import (
    complies,
    follows,
    limited_lead,
    names_an_answer,
    names_two,
    only_leads,
    points_on,
    speaks_of_what_is_below,
)
from bot.request.questions import asked_in
from bot.request.replies import Stance
from bot.request.statements import Signal
from bot.request.vocabulary import small
from bot.values.request import Segment, SegmentKind, Spoken

# Why a mail is unclear that leads to words which were not read; to some of them, which no reader can settle.
ELSEWHERE, WHICH = "others' words", "which of others' words"


def led_on(
    signals: list[Signal], reading: Sequence[Segment], language: str, unread: frozenset[str]
) -> list[Signal]:
    """The signals where a sentence leads to others' words: they decide, and unread they are unclear. What the
    `unread` sentences say does not count.

    Of a chain of mails only the newest is read: who means the one at the bottom, or two, is asked.
    """
    deeper = _further_down(reading, language)
    if deeper:
        return [Signal(stance=Stance.UNCLEAR, why=WHICH, evidence=deeper, where="text")]
    passed = _is_passed_on(reading)
    leading = [
        sentence
        for sentence in read_sentences(_own_words(reading), language)
        if only_leads(sentence) or (passed and follows(sentence))
    ]
    texts = {sentence.text for sentence in leading} | unread
    left = [signal for signal in signals if signal.evidence not in texts]
    if left or not any(names_mail(sentence.clauses) for sentence in leading):
        return left
    evidence = next(sentence.text for sentence in leading if names_mail(sentence.clauses))
    return [Signal(stance=Stance.UNCLEAR, why=ELSEWHERE, evidence=evidence, where="text")]


def left_unread(reading: Sequence[Segment], language: str) -> frozenset[str]:
    """The sentences that speak of words below which do not answer: `the talk about the mails is below`. They
    say nothing themselves, whatever a reader makes of them."""
    if not _is_passed_on(reading):
        return frozenset()
    sentences = read_sentences(_own_words(reading), language)
    if _points(reading, sentences):
        return frozenset()
    return frozenset(sentence.text for sentence in sentences if speaks_of_what_is_below(sentence))


def answering(reading: Sequence[Segment], spoken: Spoken, language: str) -> Iterator[Segment]:
    """The segments that may answer: forwarded words only when the sender points to them."""
    sentences = read_sentences(_own_words(reading), language)
    withdrawn = any(clause.has("withdrawn") for sentence in sentences for clause in sentence.clauses)
    pointed = _points(reading, sentences)
    for segment in reading:
        passed_on = re.match(r"\s*(?:fwd?|wg|tr|rv|doorst|i|enc)\s*:", segment.text, re.I)
        if segment.kind is SegmentKind.SUBJECT and (withdrawn or passed_on):
            continue
        if (
            segment is reading[-1]
            and segment.kind is SegmentKind.INLINE
            and is_a_name(segment.text, language)
        ):
            continue
        if segment.kind is not SegmentKind.FORWARDED or pointed:
            yield segment
    # `See my answers below`: those that stand within the quote.
    inline = any(segment.kind is SegmentKind.INLINE for segment in reading)
    if pointed and not inline and not _is_passed_on(reading):
        yield Segment(kind=SegmentKind.FORWARDED, text=spoken.forwarded or _unasking(spoken.quoted, language))


def is_the_answer(reading: Sequence[Segment], language: str) -> bool:
    """Does the sender call what is passed on the answer, so that a bare yes or no in it counts?"""
    return any(names_an_answer(sentence) for sentence in read_sentences(_own_words(reading), language))


def _further_down(reading: Sequence[Segment], language: str) -> str:
    """The sentence that means more of what is passed on than its newest mail, or not for all; '' where none
    does."""
    sentences = read_sentences(_own_words(reading), language)
    if not _is_passed_on(reading) and not _points(reading, sentences):
        return ""
    for sentence in sentences:
        chosen = any(clause.has("only", "except", "skip", "pointer") for clause in sentence.clauses)
        foot = bool(small("at_the_foot").intersection(sentence.words)) and chosen
        if foot or names_two(sentence) or limited_lead(sentence):
            return sentence.text
    return ""


def _points(reading: Sequence[Segment], sentences: Sequence[Sentence]) -> bool:
    """Does the sender put forward what is passed on as the answer?"""
    return any(map(points_on, sentences)) or (_is_passed_on(reading) and complies(sentences))


def _is_passed_on(reading: Sequence[Segment]) -> bool:
    return any(segment.kind is SegmentKind.FORWARDED for segment in reading)


def _own_words(reading: Sequence[Segment]) -> str:
    return " ".join(segment.text for segment in reading if segment.kind is not SegmentKind.FORWARDED)


def _unasking(quoted: str, language: str) -> str:
    """Quoted history without what it asks: support's own question is nobody's answer."""
    sentences = read_sentences(quoted, language)
    return "\n".join(sentence.text for sentence in sentences if not asked_in(sentence))
