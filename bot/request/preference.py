"""The route's third question: should the new learners get the account mail? Read from the sender's words.

Segments → clauses → signals by rules; the same words as tokens through a network that was learned from
examples and, where that is not sure, a transformer encoder; one answer for each reading → agreement over the
readings.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from bot.request.agreement import Verdict, agree, settle
from bot.request.clauses import language_of, within_bounds
from bot.request.conferring import HEARD, QUESTIONING, UNSURE, Matter, confer, confer_on_form, is_unsure
from bot.request.encoder import Encoder, Heard, taught
from bot.request.forms import (
    NEITHER,
    Field,
    answers_itself,
    asks_yes_or_no,
    is_filled_in,
    leave_it_open,
    may_ask,
    picks_of_two,
    unstruck,
    words_beside,
)
from bot.request.listening import of_field, of_text
from bot.request.matter import Topic
from bot.request.naming import names_a_mail, names_another
from bot.request.network import Network, Weighed, learned
from bot.request.options import offered_in
from bot.request.passed_on import answering, is_the_answer, led_on, left_unread
from bot.request.questions import asked_in, asking_in, topic_of, topic_of_label
from bot.request.replies import REPLIED, Stance
from bot.request.statements import Signal
from bot.request.tokens import Token, tokens_of
from bot.request.turns import corrects
from bot.request.vocabulary import small
from bot.values.request import Answer, Preference, Segment, SegmentKind, Spoken

STEPS_KEPT = 200
# So few words above a quoted question can only be meant for it: `not yet`, `from Monday please`.
SHORT = 4
# A longer text above a quoted mail is a letter of its own, not an answer.
LONGEST_REPLY = 40
# Of so few words the rules know best what they mean: a bare reply, or nothing.
LONGEST_PLAIN = 3
# Beyond these it is no mail that a person wrote.
MOST_SEGMENTS, MOST_READINGS = 200, 6
# What a bare reply in a thread of ours answers, in the words of our question.
OUR_QUESTION = "Should the new learners receive the account mail?"

Second = Callable[[], dict[Answer, float]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Notes:
    """What a reading weighs by (None: the rules alone), lines for the trace, and the tokens of each reading
    that no filled-in form answers and all that was heard in each. The encoder is fetched when it is first
    asked."""

    network: Network | None = field(default_factory=learned)
    encoder: Callable[[], Encoder] | None = taught
    steps: list[str] = field(default_factory=list)
    rows: list[list[Token]] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)


def read_preference(
    spoken: Spoken, *, asked: bool = False, encoder: Callable[[], Encoder] = taught
) -> Preference:
    """The preference a message states, with its evidence.

    `asked` says that the message replies to our own question in a thread we know: a bare yes or no counts.
    Pure, linear in the text, and any text at all ends in an answer.
    """
    return read_closely(spoken, Notes(encoder=encoder), asked=asked)


def read_reply(spoken: Spoken) -> Preference:
    """What a reply says to another question of ours, by the rules alone: the network knows the one about the
    account mail."""
    return read_closely(spoken, Notes(network=None), asked=True)


def read_closely(spoken: Spoken, notes: Notes, *, asked: bool = False) -> Preference:
    """The same, with what was read on the way put into the notes."""
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
    filled_in: list[Signal] = []
    signals: list[Signal] = []
    told: list[Segment] = []
    segments = tuple(answering(reading, spoken, language))
    for segment in segments:
        notes.steps.append(
            f"segment {segment.kind}: {segment.text[:200]!r}"
            + (f" to {segment.question[:200]!r}" if segment.question else "")
        )
        answers = asked or (segment.kind is SegmentKind.FORWARDED and is_the_answer(reading, language))
        before = bool(signals or filled_in)
        found = _signals(segment, language, answers, spoken.quoted, notes.steps, said=before)
        if is_filled_in(segment, language):
            filled_in += found
        else:
            told.append(segment)
            signals += found
    unread_words = left_unread(reading, language)
    signals = led_on(signals, reading, language, unread_words)
    quoted = OUR_QUESTION if asked else spoken.quoted
    tokens = tokens_of(told, signals, quoted, language)
    second = _second_reader(Heard(segments=segments, quoted=quoted, language=language), notes)
    ruled = settle(signals, answered=bool(filled_in))
    unread = [
        f"{each.question} {each.text}"
        for each in segments
        if each.kind is SegmentKind.FORM and may_ask(each.question, unstruck(each.text), language)
    ]
    verdict, doubted = settle(filled_in), False
    if not filled_in:
        notes.rows.append(tokens)
        verdict = _conferred(ruled, tokens, second, quoted, notes, unread_words)
    elif any(corrects(words_beside(each, language)) for each in segments):
        return Answer.UNCLEAR, verdict[1]
    elif ruled[1] is not None and ruled[1].turns:  # `Scrap that, don't`, below the form
        verdict = _conferred(ruled, tokens, second, quoted, notes, unread_words)
    elif ruled[0] is Answer.UNSTATED:
        beside_it = _weigh_beside(tokens, notes)
        if beside_it[Answer.UNCLEAR] >= QUESTIONING:
            return Answer.UNCLEAR, verdict[1]
        doubted = beside_it[Answer.UNSTATED] < UNSURE
    elif ruled[0] is not verdict[0]:  # what a form and the words beside it both say needs no second reader
        answer, said = _conferred(ruled, tokens, second, quoted, notes, unread_words)
        beside = [replace(said, stance=Stance(answer.value))] if said is not None else []
        if {verdict[0], answer} == {Answer.YES, Answer.NO}:
            return settle([*filled_in, *beside])  # a contradiction, whatever the encoder makes of it
        verdict = settle([*filled_in, *beside])
        doubted = verdict[0] is Answer.UNCLEAR
    doubted |= verdict[1] is not None and verdict[1].why == NEITHER
    if (unread or doubted) and not picks_of_two(segments, language):
        verdict = _with_the_form(verdict, second, unread, notes)
    signal = verdict[1]
    if signal is not None and signal.where == "form" and leave_it_open(segments, language):
        return Answer.UNCLEAR, signal
    return verdict


def _second_reader(heard: Heard, notes: Notes) -> Second | None:
    """What the encoder holds likely, read at most once; None where there is none to ask."""
    notes.heard.append(heard)
    encoder = notes.encoder
    return None if encoder is None else cache(lambda: encoder().weigh(heard))


def _weigh_beside(tokens: Sequence[Token], notes: Notes) -> Mapping[Answer, float]:
    """What the network makes of the words beside a form that say nothing, as the rules hold."""
    if notes.network is None or not any(token.sentence for token in tokens):
        return {**dict.fromkeys(Answer, 0.0), Answer.UNSTATED: 1.0}
    weighed = notes.network.weigh(tokens)
    notes.steps.append(f"beside the form weighs {weighed}")
    return weighed.answers


def _with_the_form(verdict: Verdict, second: Second | None, unread: Sequence[str], notes: Notes) -> Verdict:
    """The same after the encoder has read the lines of the form, too: the rules do not know what they say."""
    if notes.network is None or second is None:
        return verdict
    weighed = Weighed(answers=second(), sentences={})
    notes.steps.append(f"the encoder of the form {weighed}")
    return confer_on_form(verdict, weighed, unread)


def _is_bare_inline(signal: Signal | None) -> bool:
    """A yes or no right below its question within a quote, and hardly more."""
    return (
        signal is not None
        and signal.where == SegmentKind.INLINE
        and signal.why == REPLIED
        and len(signal.evidence.split()) <= LONGEST_PLAIN
    )


def _conferred(
    ruled: Verdict,
    tokens: Sequence[Token],
    second: Second | None,
    quoted: str,
    notes: Notes,
    elsewhere: Collection[str],
) -> Verdict:
    """What the rules settled on, after the network has read the same words; they know a bare reply best."""
    words = sum(bool(token.sentence) and not token.word.startswith("<") for token in tokens)
    if notes.network is None:
        return ruled
    weighed = notes.network.weigh(tokens)
    notes.steps.extend([f"rules: {ruled[0]}", f"weighs {weighed}"])
    notes.steps.extend(f"  {line}" for line in weighed.telling())
    if words and second is not None and is_unsure(ruled[0], weighed):
        weighed = weighed.beside(second(), HEARD)
        notes.steps.append(f"with the encoder {weighed}")
    alone = ruled[0] is Answer.UNSTATED and weighed.likeliest in {Answer.YES, Answer.NO}
    said = weighed.evidence(weighed.likeliest)
    plain = words <= LONGEST_PLAIN or _is_bare_inline(ruled[1])
    matter = Matter(
        plain=plain,
        bare=plain and any(token.word in small("bare") for token in tokens if token.sentence),
        either=plain and asks_yes_or_no(quoted),
        named=not alone or names_a_mail(tokens, said, quoted),
        other=alone and names_another(tokens, said),
        elsewhere=said in elsewhere,
    )
    return confer(ruled, weighed, matter)


def _signals(
    segment: Segment, language: str, asked: bool, quoted: str, steps: list[str], *, said: bool
) -> list[Signal]:
    text = unstruck(segment.text)
    if segment.kind is SegmentKind.FORM:
        topic = topic_of_label(segment.question, language)
        if topic is None:
            # `Preferred contact: email` names a way, and nobody asks for it.
            return of_text(text, SegmentKind.FORM, None, language, steps) if " " in text.strip() else []
        if answers_itself(segment, language):
            return of_text(f"{segment.question}:{text}", SegmentKind.SUBJECT, None, language, steps)
        filled = Field(topic=topic, value=text, text=f"{segment.question} {text}".strip())
        return of_field(filled, language, steps)
    if segment.kind is SegmentKind.INLINE:
        topic, offers = topic_of(segment.question, language), offered_in(segment.question, language)
        return of_text(text, segment.kind, topic, language, steps, offers)
    topic, offers = None, ()
    if segment.kind is SegmentKind.TEXT:
        topic = Topic() if asked else _asked_above(quoted, text, language)
        offers = offered_in(quoted, language) if quoted and len(text.split()) <= LONGEST_REPLY else ()
    elif segment.kind is SegmentKind.FORWARDED:
        topic = Topic() if asked else None
    return of_text(text, segment.kind, topic, language, steps, offers, said=said)


def _asked_above(quoted: str, text: str, language: str) -> Topic | None:
    """The one question of the quoted mail that a short reply above it answers."""
    if not quoted or len(text.split()) > LONGEST_REPLY:
        return None
    asking = asking_in(quoted, language)
    topics = [topic_of(asked_in(sentence), language) for sentence in asking]
    close = len(text.split()) <= SHORT
    return replace(topics[0], close=close) if len(topics) == 1 and topics[0] else None
