"""The route's third question: should the new learners get the account mail? Read from the sender's words.

Segments → clauses → signals → one answer for each reading → agreement over the readings.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.request.agreement import Verdict, agree, settle
from bot.request.answering import evades, is_courtesy, may_answer, only_greets
from bot.request.clauses import language_of, read_sentences, within_bounds
from bot.request.forms import (
    Field,
    asked_in,
    boxes,
    fields_of,
    is_address,
    is_blank,
    plain_value,
    topic_of,
    topic_of_label,
    unstruck,
)
from bot.request.matter import Topic, names_mail
from bot.request.options import Offer, offered_in, picked_in
from bot.request.pointing import names_an_answer, only_leads, points_on
from bot.request.replies import Stance
from bot.request.statements import Heard, Signal, hear
from bot.request.turns import takes_back
from bot.request.vocabulary import lexicon
from bot.values.request import Preference, Segment, SegmentKind, Spoken

STEPS_KEPT = 200
# So few words above a quoted question can only be meant for it: `not yet`, `from Monday please`.
SHORT = 4
# A longer text above a quoted mail is a letter of its own, not an answer.
LONGEST_REPLY = 25
# Beyond these it is no mail that a person wrote.
MOST_SEGMENTS, MOST_READINGS, MOST_SENTENCES = 200, 6, 600


def read_preference(spoken: Spoken, *, asked: bool = False) -> Preference:
    """The preference a message states, with its evidence.

    `asked` says that the message replies to our own question in a thread we know: a bare yes or no counts.
    Pure, linear in the text, and any text at all ends in an answer.
    """
    steps: list[str] = []
    bounded = _within_bounds(spoken)
    readings = [_read(reading, bounded, asked, steps) for reading in dict.fromkeys(bounded.readings)]
    answer, signal = agree(readings, bounded.readings)
    steps.append(f"answer: {answer}")
    return Preference(
        answer=answer,
        evidence=signal.evidence if signal else "",
        where=signal.where if signal else "",
        steps=tuple(steps[:STEPS_KEPT]),
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


def _read(reading: Sequence[Segment], spoken: Spoken, asked: bool, steps: list[str]) -> Verdict:
    """One rendering of the mail, from its segments to an answer."""
    language = language_of("\n".join(f"{segment.text} {segment.question}" for segment in reading))
    signals: list[Signal] = []
    for segment in _answering(reading, spoken, language):
        steps.append(
            f"segment {segment.kind}: {segment.text[:200]!r}"
            + (f" to {segment.question[:200]!r}" if segment.question else "")
        )
        answers = asked or (segment.kind is SegmentKind.FORWARDED and _is_the_answer(reading, language))
        signals += _signals(segment, language, answers, spoken.quoted, steps)
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


def _signals(segment: Segment, language: str, asked: bool, quoted: str, steps: list[str]) -> list[Signal]:
    text = unstruck(segment.text)
    if segment.kind is SegmentKind.FORM:
        topic = topic_of_label(segment.question, language)
        if topic is None:
            return _of_text(text, SegmentKind.TEXT, None, language, steps)
        if _answers_itself(segment, language):
            return _of_text(f"{segment.question}:{text}", SegmentKind.SUBJECT, None, language, steps)
        return _of_field(
            Field(topic=topic, value=text, text=f"{segment.question} {text}".strip()), language, steps
        )
    if segment.kind is SegmentKind.INLINE:
        topic, offers = topic_of(segment.question, language), offered_in(segment.question, language)
        return _of_text(text, segment.kind, topic, language, steps, offers)
    topic, offers = None, ()
    if segment.kind is SegmentKind.TEXT:
        topic = Topic() if asked else _asked_above(quoted, text, language)
        offers = offered_in(quoted, language) if quoted and len(text.split()) <= LONGEST_REPLY else ()
    elif segment.kind is SegmentKind.FORWARDED:
        topic = Topic() if asked else None
    return _of_text(text, segment.kind, topic, language, steps, offers)


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


def _of_field(field: Field, language: str, steps: list[str]) -> list[Signal]:
    """What a filled-in field says."""
    where = SegmentKind.FORM.value
    if is_blank(field.value) or is_address(field.value):
        return []
    if ticked := boxes(unstruck(field.value)):
        stances = {_option(label, field.topic, language) for on, label in ticked if on}
        stance = stances.pop() if len(stances) == 1 else Stance.UNCLEAR
        return [Signal(stance=stance, why="boxes", evidence=field.text, where=where)]
    if sign := plain_value(unstruck(field.value), field.topic, language):
        stance = Stance.YES if sign > 0 else Stance.NO
        return [Signal(stance=stance, why="a plain value", evidence=field.text, where=where)]
    found = _of_text(field.value, SegmentKind.FORM, field.topic, language, steps)
    if not found:
        return [
            Signal(
                stance=Stance.UNCLEAR,
                why="a value that is neither yes nor no",
                evidence=field.text,
                where=where,
            )
        ]
    return [
        Signal(stance=signal.stance, why=signal.why, evidence=field.text, where=where) for signal in found
    ]


def _option(label: str, topic: Topic, language: str) -> Stance:
    hits = lexicon(language).find("replies", [label]) or lexicon("en").find("replies", [label])
    if not hits:
        return Stance.UNCLEAR
    return Stance.YES if (hits[0].tag in {"yes", "do"}) == (topic.sign > 0) else Stance.NO


def _of_text(
    text: str,
    kind: SegmentKind,
    topic: Topic | None,
    language: str,
    steps: list[str],
    offers: tuple[Offer, ...] = (),
) -> list[Signal]:
    """The signals of running text; `topic` is the question it answers, `offers` the ways it offers."""
    signals: list[Signal] = []
    if kind in {SegmentKind.TEXT, SegmentKind.FORWARDED, SegmentKind.SUBJECT}:
        for field in fields_of(text, language):
            blank = _left_open(field)
            if blank or (field.value and (found := _pure(field, language, steps))):
                signals += [] if blank else found
                text = text.replace(field.text, "", 1)
    spoken_of = said_before = False
    asked_elsewhere = topic if kind in {SegmentKind.TEXT, SegmentKind.FORWARDED} else None
    for sentence in read_sentences(text, language)[:MOST_SENTENCES]:
        if picked := picked_in(sentence, offers):
            steps.append(f"  picks what means {picked}")
            signals.append(
                Signal(stance=picked, why="the way picked", evidence=sentence.text, where=kind.value)
            )
            continue
        silent = only_greets(sentence) or (
            topic is asked_elsewhere and not may_answer(sentence, said_before=said_before)
        )
        if topic is not None and silent:
            heard = hear(sentence, kind.value, None, spoken_of=spoken_of)
            topic_after: Topic | None = heard.topic or topic
        else:
            heard = hear(sentence, kind.value, topic, spoken_of=spoken_of)
            topic_after = heard.topic
        if signals and not spoken_of and takes_back(sentence):
            again = hear(sentence, kind.value, topic, spoken_of=True)
            heard = again if heard.signals else heard
        steps += heard.steps
        evasion = evades(sentence) if topic is not None and topic.asked and not said_before else ""
        if evasion and (not heard.signals or evasion in {"group by group", "delegate"}):
            steps.append(f"  evades: {evasion}")
            signals.append(
                Signal(stance=Stance.UNCLEAR, why=evasion, evidence=sentence.text, where=kind.value)
            )
        said_before |= not is_courtesy(sentence) and not heard.signals
        signals = _answered(signals, heard)
        spoken_of = bool(heard.signals) or heard.names_mail or (spoken_of and len(sentence.clauses) < 2)
        topic = topic_after
    return signals


def _left_open(field: Field) -> bool:
    """`Notify them? ____`, `Notify them (yes / no): yes / no`: a line that nobody filled in."""
    unfilled = re.search(r"\w|__|\.\.|--", field.value) and is_blank(field.value)
    return bool(unfilled) or (not field.value and field.text.endswith("="))


def _answered(signals: list[Signal], heard: Heard) -> list[Signal]:
    """The signals with those of one more sentence; a question that it answers is none any more."""
    while heard.signals and signals and signals[-1].why == "a question":
        signals = signals[:-1]
    return [*signals, *heard.signals]


def _pure(field: Field, language: str, steps: list[str]) -> list[Signal]:
    """A `label: value` line of running text, where the value is a bare reply or ticked boxes."""
    if boxes(unstruck(field.value)) or is_blank(field.value):
        return _of_field(field, language, steps)
    sentences = read_sentences(unstruck(field.value), language)
    first = sentences[0].clauses[0] if sentences and sentences[0].clauses else None
    if (
        first is None
        or not any(hit.first == 0 for hit in first.replies)
        or first.has("neutral", "other")
        or len(sentences[0].clauses[0].words) > 4
    ):
        return []
    return _of_field(field, language, steps)
