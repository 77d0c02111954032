"""Third stage of the preference: a text or a filled-in field becomes signals, sentence by sentence."""

import re
from dataclasses import replace

from bot.request.afterthoughts import LIMITED, limits_before
from bot.request.answering import evades, is_courtesy, may_answer, only_greets
from bot.request.clauses import Sentence, read_sentences
from bot.request.forms import (
    NEITHER,
    Field,
    boxes,
    fields_of,
    is_address,
    is_blank,
    plain_value,
    unstruck,
)
from bot.request.matter import Topic
from bot.request.options import PICKED, Offer, picked_in
from bot.request.replies import SWITCHED, Stance
from bot.request.statements import Signal, hear
from bot.request.turns import takes_back
from bot.request.vocabulary import lexicon
from bot.values.request import SegmentKind

# Beyond these it is no mail that a person wrote.
MOST_SENTENCES = 600
_INITIAL = re.compile(r"[A-ZÀ-Ý]\.\s+[A-ZÀ-Ý]\w+")


def of_field(filled: Field, language: str, steps: list[str]) -> list[Signal]:
    """What a filled-in field says."""
    where = SegmentKind.FORM.value
    if is_blank(filled.value) or is_address(filled.value):
        return []
    if ticked := boxes(unstruck(filled.value)):
        stances = {_option(label, filled.topic, language) for on, label in ticked if on}
        stance = stances.pop() if len(stances) == 1 else Stance.UNCLEAR
        return [Signal(stance=stance, why="boxes", evidence=filled.text, where=where)]
    if sign := plain_value(unstruck(filled.value), filled.topic, language):
        stance = Stance.YES if sign > 0 else Stance.NO
        return [Signal(stance=stance, why="a plain value", evidence=filled.text, where=where)]
    found = of_text(filled.value, SegmentKind.FORM, filled.topic, language, steps)
    if not found:
        return [
            Signal(
                stance=Stance.UNCLEAR,
                why=NEITHER,
                evidence=filled.text,
                where=where,
            )
        ]
    # `Mute account mails: off`: on and off name the state of what the label says.
    muted = filled.topic.sign < 0
    return [
        Signal(
            stance=signal.stance.opposite if muted and signal.why == SWITCHED else signal.stance,
            why=signal.why,
            evidence=filled.text,
            where=where,
        )
        for signal in found
    ]


def _option(label: str, topic: Topic, language: str) -> Stance:
    hits = lexicon(language).find("replies", [label]) or lexicon("en").find("replies", [label])
    if not hits:
        return Stance.UNCLEAR
    return Stance.YES if (hits[0].tag in {"yes", "do"}) == (topic.sign > 0) else Stance.NO


def of_text(
    text: str,
    kind: SegmentKind,
    topic: Topic | None,
    language: str,
    steps: list[str],
    offers: tuple[Offer, ...] = (),
    *,
    said: bool = False,
) -> list[Signal]:
    """The signals of running text; `topic` is the question it answers, `offers` the ways it offers, and
    `said` says whether something was said of the mail before, which it may take back."""
    signals: list[Signal] = []
    if kind in {SegmentKind.TEXT, SegmentKind.FORWARDED, SegmentKind.SUBJECT}:
        for filled in fields_of(text, language):
            blank = _left_open(filled)
            if blank or (filled.value and (found := _pure(filled, language, steps))):
                signals += [] if blank else found
                text = text.replace(filled.text, "", 1)
    said_before = False
    asked_elsewhere = topic if kind in {SegmentKind.TEXT, SegmentKind.FORWARDED} else None
    sentences = read_sentences(text, language)[:MOST_SENTENCES]
    spoken_of = said and any(map(takes_back, sentences[:1]))
    for sentence in sentences:
        blank_signal = Signal(stance=Stance.TOPIC, why="", evidence=sentence.text, where=kind.value)
        if not _INITIAL.match(sentence.text) and (picked := picked_in(sentence, offers)):
            steps.append(f"  picks what means {picked}")
            signals.append(replace(blank_signal, stance=picked, why=PICKED))
            continue
        silent = only_greets(sentence) or (
            topic is asked_elsewhere and not may_answer(sentence, said_before=said_before)
        )
        silent |= _begins_a_name(sentence, below=bool(signals))
        if topic is not None and silent:
            heard = hear(sentence, kind.value, None, spoken_of=spoken_of)
            topic_after: Topic | None = heard.topic or topic
        else:
            heard = hear(sentence, kind.value, topic, spoken_of=spoken_of)
            topic_after = heard.topic
        if signals and not spoken_of and takes_back(sentence):
            again = hear(sentence, kind.value, topic, spoken_of=True)
            heard = again if heard.signals else heard
        steps.extend(heard.steps)
        read = heard.signals
        if heard.denies and signals and all(signal.stance is Stance.YES for signal in (*signals, *read)):
            read = (*read, replace(blank_signal, stance=Stance.UNCLEAR, why="a denial beside it"))
        evasion = evades(sentence) if topic is not None and topic.asked and not said_before else ""
        if evasion and (not read or evasion in {"group by group", "delegate"}):
            steps.append(f"  evades: {evasion}")
            read = (*read, replace(blank_signal, stance=Stance.UNCLEAR, why=evasion))
        if not read and signals and limits_before(sentence):
            read = (replace(blank_signal, stance=Stance.UNCLEAR, why=LIMITED),)
        said_before |= not is_courtesy(sentence) and not heard.signals
        signals = _answered(signals, read)
        spoken_of = bool(read) or heard.names_mail or (spoken_of and len(sentence.clauses) < 2)
        topic = topic_after
    return signals


def _begins_a_name(sentence: Sentence, *, below: bool) -> bool:
    """`N. Eze` is no `no`: below an answer, or where no list knows the second word."""
    if not _INITIAL.match(sentence.text):
        return False
    last = sentence.clauses[-1]
    return below or (len(sentence.clauses) == 2 and not (last.meaning or last.frame or last.replies))


def _left_open(filled: Field) -> bool:
    """`Notify them? ____`, `Notify them (yes / no): yes / no`: a line that nobody filled in."""
    unfilled = re.search(r"\w|__|\.\.|--", filled.value) and is_blank(filled.value)
    return bool(unfilled) or (not filled.value and filled.text.endswith("="))


def _answered(signals: list[Signal], read: tuple[Signal, ...]) -> list[Signal]:
    """The signals with those of one more sentence; a question that it answers is none any more."""
    while read and signals and signals[-1].why == "a question":
        signals = signals[:-1]
    return [*signals, *read]


def _pure(filled: Field, language: str, steps: list[str]) -> list[Signal]:
    """A `label: value` line of running text, where the value is a bare reply or ticked boxes."""
    if boxes(unstruck(filled.value)) or is_blank(filled.value):
        return of_field(filled, language, steps)
    sentences = read_sentences(unstruck(filled.value), language)
    first = sentences[0].clauses[0] if sentences and sentences[0].clauses else None
    if (
        first is None
        or not any(hit.first == 0 for hit in first.replies)
        or first.has("neutral", "other")
        or len(sentences[0].clauses[0].words) > 4
    ):
        return []
    return of_field(filled, language, steps)
