"""The route's third question: should the new learners get the account mail? Read from the sender's words.

Segments → clauses → signals → one answer for each reading → agreement over the readings.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bot.request.answering import is_courtesy, may_answer
from bot.request.clauses import Clause, language_of, read_sentences, within_bounds
from bot.request.forms import Field, asked_in, boxes, fields_of, is_blank, topic_of, topic_of_label, unstruck
from bot.request.matter import Topic
from bot.request.replies import Stance
from bot.request.statements import Heard, Signal, hear
from bot.request.vocabulary import Hit, lexicon, small
from bot.values.request import Answer, Preference, Segment, SegmentKind, Spoken

STEPS_KEPT = 200
# So few words above a quoted question can only be meant for it: `not yet`, `from Monday please`.
SHORT = 4
# Beyond these it is no mail that a person wrote.
MOST_SEGMENTS, MOST_READINGS = 200, 6


def read_preference(spoken: Spoken, *, asked: bool = False) -> Preference:
    """The preference a message states, with its evidence.

    `asked` says that the message replies to our own question in a thread we know: a bare yes or no counts.
    Pure, linear in the text, and any text at all ends in an answer.
    """
    steps: list[str] = []
    bounded = _within_bounds(spoken)
    readings = [_read(reading, bounded, asked, steps) for reading in dict.fromkeys(bounded.readings)]
    answer, signal = _agree(readings, bounded.readings)
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


Verdict = tuple[Answer, Signal | None]


def _read(reading: Sequence[Segment], spoken: Spoken, asked: bool, steps: list[str]) -> Verdict:
    """One rendering of the mail, from its segments to an answer."""
    language = language_of("\n".join(f"{segment.text} {segment.question}" for segment in reading))
    signals: list[Signal] = []
    for segment in _answering(reading, spoken, language):
        steps.append(
            f"segment {segment.kind}: {segment.text[:200]!r}"
            + (f" to {segment.question[:200]!r}" if segment.question else "")
        )
        signals += _signals(segment, language, asked, spoken.quoted, steps)
    return settle(signals)


def _answering(reading: Sequence[Segment], spoken: Spoken, language: str) -> Iterator[Segment]:
    """The segments that may answer: forwarded words only when the sender points to them."""
    own = " ".join(segment.text for segment in reading if segment.kind is not SegmentKind.FORWARDED)
    pointed = any(
        hit.tag == "pointer"
        and not small("yours") & {word.casefold() for word in clause.words[: hit.last + 1]}
        for sentence in read_sentences(own, language)
        for clause in sentence.clauses
        for hit in clause.frame
    )
    kinds = {segment.kind for segment in reading}
    for segment in reading:
        if segment.kind is SegmentKind.SUBJECT and re.match(
            r"\s*(?:fwd?|wg|tr|rv|doorst|i|enc)\s*:", segment.text, re.I
        ):
            continue
        if segment.kind is not SegmentKind.FORWARDED or pointed:
            yield segment
    if pointed and SegmentKind.FORWARDED not in kinds:
        yield Segment(kind=SegmentKind.FORWARDED, text=spoken.forwarded or _unasking(spoken.quoted, language))


def _is_yours(clause: Clause, pointer: Hit) -> bool:
    """`as per your email`: it is support's mail that is pointed to."""
    return bool(small("yours") & {word.casefold() for word in clause.words[: pointer.last + 1]})


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
        return _of_text(text, segment.kind, topic_of(segment.question, language), language, steps)
    topic = None
    if segment.kind is SegmentKind.TEXT:
        topic = Topic() if asked else _asked_above(quoted, text, language)
    return _of_text(text, segment.kind, topic, language, steps)


def _answers_itself(segment: Segment, language: str) -> bool:
    """`emails yes please :)` looks like a label and its value but is a sentence."""
    if not segment.text.strip() or re.search(r"\w", segment.text) or boxes(segment.text):
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
    if not quoted or len(text.split()) > 25:
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
    if is_blank(field.value):
        return []
    if ticked := boxes(unstruck(field.value)):
        stances = {_option(label, field.topic, language) for on, label in ticked if on}
        stance = stances.pop() if len(stances) == 1 else Stance.UNCLEAR
        return [Signal(stance=stance, why="boxes", evidence=field.text, where=where)]
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
    text: str, kind: SegmentKind, topic: Topic | None, language: str, steps: list[str]
) -> list[Signal]:
    """The signals of running text; `topic` is the question it answers, if any."""
    signals: list[Signal] = []
    if kind in {SegmentKind.TEXT, SegmentKind.FORWARDED, SegmentKind.SUBJECT}:
        for field in fields_of(text, language):
            blank = _left_open(field)
            if blank or (field.value and (found := _pure(field, language, steps))):
                signals += [] if blank else found
                text = text.replace(field.text, "", 1)
    spoken_of = said_before = False
    asked_elsewhere = topic if kind is SegmentKind.TEXT else None
    for sentence in read_sentences(text, language):
        if (
            topic is not None
            and topic is asked_elsewhere
            and not may_answer(sentence, said_before=said_before)
        ):
            heard = hear(sentence, kind.value, None, spoken_of=spoken_of)
            topic_after: Topic | None = heard.topic or topic
        else:
            heard = hear(sentence, kind.value, topic, spoken_of=spoken_of)
            topic_after = heard.topic
        said_before |= not is_courtesy(sentence) and not heard.signals
        steps += heard.steps
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
        or len(sentences[0].clauses[0].words) > 4
    ):
        return []
    return _of_field(field, language, steps)


def settle(signals: Iterable[Signal]) -> Verdict:
    """One answer for one reading: the last word after a change of mind, else all must agree."""
    standing: list[Signal] = []
    for signal in signals:
        if signal.turns or any(earlier.fades for earlier in standing):
            standing = [signal]
        else:
            standing.append(signal)
    if not standing:
        return Answer.UNSTATED, None
    plain = [signal for signal in standing if signal.why != "same"]
    standing = plain or standing
    stances = {signal.stance for signal in standing}
    if len(stances) > 1:
        unclear = [signal for signal in standing if signal.stance is Stance.UNCLEAR]
        return Answer.UNCLEAR, (unclear or standing)[-1]
    return Answer(standing[0].stance.value), standing[0]


def _agree(verdicts: Sequence[Verdict], readings: Sequence[Sequence[Segment]]) -> Verdict:
    """One answer over the readings: what all say, or what a poorer one merely lost, else unclear."""
    if not verdicts:
        return Answer.UNSTATED, None
    stated = [verdict for verdict in verdicts if verdict[0] is not Answer.UNSTATED]
    if not stated:
        return verdicts[0]
    if len({answer for answer, _ in stated}) > 1:
        return Answer.UNCLEAR, stated[0][1]
    if len(stated) < len(verdicts) and _differ(readings):
        return Answer.UNCLEAR, stated[0][1]
    return stated[0]


def _differ(readings: Sequence[Sequence[Segment]]) -> bool:
    """Do two readings hold different words, not just fewer of the same?"""
    bags = [
        set(re.findall(r"\w+", " ".join(segment.text for segment in reading).casefold()))
        for reading in readings
    ]
    bags.sort(key=len)
    poorest, richest = bags[0], bags[-1]
    return len(poorest) >= 5 and len(poorest & richest) < 0.5 * len(poorest)
