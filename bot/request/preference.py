"""The route's third question: should the new learners get the account mail? Read from the sender's words.

Segments → clauses → signals, by rules and by what was learned from examples → one answer for each reading →
agreement over the readings.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.request.agreement import Verdict, agree, settle
from bot.request.clauses import language_of, read_sentences, within_bounds
from bot.request.forms import (
    Field,
    asked_in,
    boxes,
    topic_of,
    topic_of_label,
    unstruck,
)
from bot.request.listening import Notes, of_field, of_text
from bot.request.matter import Topic, names_mail
from bot.request.options import offered_in
from bot.request.pointing import names_an_answer, only_leads, points_on
from bot.request.replies import Stance
from bot.request.statements import Signal
from bot.values.request import Preference, Segment, SegmentKind, Spoken

STEPS_KEPT = 200
# So few words above a quoted question can only be meant for it: `not yet`, `from Monday please`.
SHORT = 4
# A longer text above a quoted mail is a letter of its own, not an answer.
LONGEST_REPLY = 25
# Beyond these it is no mail that a person wrote.
MOST_SEGMENTS, MOST_READINGS = 200, 6


def read_preference(spoken: Spoken, *, asked: bool = False) -> Preference:
    """The preference a message states, with its evidence.

    `asked` says that the message replies to our own question in a thread we know: a bare yes or no counts.
    Pure, linear in the text, and any text at all ends in an answer.
    """
    return read_closely(spoken, Notes(), asked=asked)


def read_closely(spoken: Spoken, notes: Notes, *, asked: bool = False) -> Preference:
    """The same, with everything that was weighed on the way put into the notes."""
    bounded = _within_bounds(spoken)
    readings = [_read(reading, bounded, asked, notes) for reading in dict.fromkeys(bounded.readings)]
    answer, signal = agree(readings, bounded.readings)
    notes.steps.append(f"answer: {answer}")
    return Preference(
        answer=answer,
        evidence=signal.evidence if signal else "",
        where=signal.where if signal else "",
        steps=tuple(notes.steps[:STEPS_KEPT]),
    )


def _within_bounds(spoken: Spoken) -> Spoken:
    """The same with every text cut to what a person may have written."""
    readings = tuple(
        tuple(_cut(segment) for segment in reading[:MOST_SEGMENTS])
        for reading in spoken.readings[:MOST_READINGS]
    )
    quoted, forwarded = within_bounds(spoken.quoted), within_bounds(spoken.forwarded)
    return replace(spoken, readings=readings, quoted=quoted, forwarded=forwarded)


def _cut(segment: Segment) -> Segment:
    return replace(
        segment, text=within_bounds(segment.text), question=within_bounds(segment.question)[-2_000:]
    )


def _read(reading: Sequence[Segment], spoken: Spoken, asked: bool, notes: Notes) -> Verdict:
    """One rendering of the mail, from its segments to an answer."""
    language = language_of("\n".join(f"{segment.text} {segment.question}" for segment in reading))
    signals: list[Signal] = []
    for segment in _answering(reading, spoken, language):
        notes.steps.append(
            f"segment {segment.kind}: {segment.text[:200]!r}"
            + (f" to {segment.question[:200]!r}" if segment.question else "")
        )
        answers = asked or (segment.kind is SegmentKind.FORWARDED and _is_the_answer(reading, language))
        signals += _signals(segment, language, answers, spoken.quoted, notes)
    return settle(_led_on(signals, reading, language))


def _led_on(signals: list[Signal], reading: Sequence[Segment], language: str) -> list[Signal]:
    """The signals where a sentence leads to others' words: they decide, and unread they are unclear."""
    leading = [sentence for sentence in read_sentences(_own_words(reading), language) if only_leads(sentence)]
    texts = {sentence.text for sentence in leading}
    left = [signal for signal in signals if signal.evidence not in texts]
    if left or not any(names_mail(sentence.clauses) for sentence in leading):
        return left
    evidence = next(sentence.text for sentence in leading if names_mail(sentence.clauses))
    return [Signal(stance=Stance.UNCLEAR, why="others' words", evidence=evidence, where="text")]


def _answering(reading: Sequence[Segment], spoken: Spoken, language: str) -> Iterator[Segment]:
    """The segments that may answer: forwarded words only when the sender points to them."""
    own = _own_words(reading)
    sentences = read_sentences(own, language)
    withdrawn = any(clause.has("withdrawn") for sentence in sentences for clause in sentence.clauses)
    pointed = any(points_on(sentence) for sentence in sentences)
    kinds = {segment.kind for segment in reading}
    for segment in reading:
        passed_on = re.match(r"\s*(?:fwd?|wg|tr|rv|doorst|i|enc)\s*:", segment.text, re.I)
        if segment.kind is SegmentKind.SUBJECT and (withdrawn or passed_on):
            continue
        if segment.kind is not SegmentKind.FORWARDED or pointed:
            yield segment
    if pointed and SegmentKind.FORWARDED not in kinds:
        yield Segment(kind=SegmentKind.FORWARDED, text=spoken.forwarded or _unasking(spoken.quoted, language))


def _is_the_answer(reading: Sequence[Segment], language: str) -> bool:
    """Does the sender call what is passed on the answer, so that a bare yes or no in it counts?"""
    return any(names_an_answer(sentence) for sentence in read_sentences(_own_words(reading), language))


def _own_words(reading: Sequence[Segment]) -> str:
    return " ".join(segment.text for segment in reading if segment.kind is not SegmentKind.FORWARDED)


def _unasking(quoted: str, language: str) -> str:
    """Quoted history without what it asks: support's own question is nobody's answer."""
    sentences = read_sentences(quoted, language)
    return "\n".join(sentence.text for sentence in sentences if not asked_in(sentence))


def _signals(segment: Segment, language: str, asked: bool, quoted: str, notes: Notes) -> list[Signal]:
    text = unstruck(segment.text)
    if segment.kind is SegmentKind.FORM:
        topic = topic_of_label(segment.question, language)
        if topic is None:
            return of_text(text, SegmentKind.FORM, None, language, notes)
        if _answers_itself(segment, language):
            return of_text(f"{segment.question}:{text}", SegmentKind.SUBJECT, None, language, notes)
        return of_field(
            Field(topic=topic, value=text, text=f"{segment.question} {text}".strip()), language, notes
        )
    if segment.kind is SegmentKind.INLINE:
        topic, offers = topic_of(segment.question, language), offered_in(segment.question, language)
        return of_text(text, segment.kind, topic, language, notes, offers)
    topic, offers = None, ()
    if segment.kind is SegmentKind.TEXT:
        topic = Topic() if asked else _asked_above(quoted, text, language)
        offers = offered_in(quoted, language) if quoted and len(text.split()) <= LONGEST_REPLY else ()
    elif segment.kind is SegmentKind.FORWARDED:
        topic = Topic() if asked else None
    return of_text(text, segment.kind, topic, language, notes, offers)


def _answers_itself(segment: Segment, language: str) -> bool:
    """`emails yes please :)` looks like a label and its value but is a sentence."""
    if not re.fullmatch(r"[-o^]?[)(DPp/|*]+", segment.text.strip()) or boxes(segment.text):
        return False
    tags = {
        hit.tag
        for sentence in read_sentences(segment.question, language)
        for c in sentence.clauses
        for hit in c.replies
    }
    return len(tags) == 1


def _asked_above(quoted: str, text: str, language: str) -> Topic | None:
    """The one question of the quoted mail that a short reply above it answers."""
    if not quoted or len(text.split()) > LONGEST_REPLY:
        return None
    questions = [
        found for sentence in read_sentences(quoted[:4000], language) if (found := asked_in(sentence))
    ]
    topics = [topic_of(question, language) for question in questions]
    close = len(text.split()) <= SHORT
    return replace(topics[0], close=close) if len(topics) == 1 and topics[0] else None
