"""Third stage of the preference, beside the rules: one reading of a mail as a row of tokens.

A token is a word with what it means, or a mark: where a segment, a sentence or a question begins. All that
the sender says stands in it in order, so that what is read is the whole and not one sentence after the other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.request.clauses import Clause, Sentence, read_sentences
from bot.request.forms import unstruck
from bot.request.questions import asking_in
from bot.request.spelling import fold
from bot.request.statements import Signal
from bot.values.request import Segment, SegmentKind

# Nobody needs more words to say it; of a question the end is what is asked.
MOST_TOKENS, MOST_ASKED, MOST_TAGS = 320, 24, 5
MOST_QUESTIONS = 3
# Begins the tag of what the rules read in a sentence.
RULED = "rule "


@dataclass(frozen=True, slots=True)
class Token:
    """A word as it is spelled without accents and case, and the tags of what it means; or a mark in `<>`.

    `sentence` is the sentence it stands in, '' for a mark and for what others asked.
    """

    word: str
    tags: tuple[str, ...] = ()
    sentence: str = ""


def tokens_of(
    segments: Sequence[Segment], signals: Sequence[Signal], quoted: str, language: str
) -> list[Token]:
    """The segments in order, behind each question what answers it, and what the quoted mail asks at the end.

    `signals` are what the rules read in them: the words they rest on are tagged with it. A mail without words
    is one mark.
    """
    tokens: list[Token] = []
    for segment in segments:
        tokens.append(Token(f"<{segment.kind}>"))
        if segment.question:
            tokens += _asked(read_sentences(segment.question, language))
        for sentence in read_sentences(unstruck(segment.text), language):
            if len(tokens) > MOST_TOKENS:
                break
            tokens += _words(sentence, sentence.text, _ruled(sentence.text, signals))
    tokens = tokens[:MOST_TOKENS]
    if quoted and not any(segment.kind is SegmentKind.INLINE for segment in segments):
        for sentence in asking_in(quoted, language)[:MOST_QUESTIONS]:
            tokens += _asked([sentence])
    return tokens or [Token(f"<{SegmentKind.TEXT}>")]


def _ruled(text: str, signals: Sequence[Signal]) -> tuple[str, ...]:
    """What the rules read in a sentence, as tags."""
    read = {signal.stance for signal in signals if text in signal.evidence or signal.evidence in text}
    return tuple(f"{RULED}{stance}" for stance in sorted(read))


def _asked(sentences: Sequence[Sentence]) -> list[Token]:
    words = [token for sentence in sentences for token in _words(sentence, "", ())]
    return [Token("<asked>"), *words[-MOST_ASKED:], Token("<answer>")]


def _words(sentence: Sentence, text: str, ruled: tuple[str, ...]) -> Iterator[Token]:
    for at, clause in enumerate(sentence.clauses):
        if at:
            yield Token("<clause>", (clause.link, *ruled) if clause.link else ruled, text)
        for word, tags in zip(clause.words, _meant(clause), strict=True):
            meant = dict.fromkeys((*ruled, *tags))
            yield Token("#" if word.isdigit() else fold(word), tuple(meant)[:MOST_TAGS], text)
    yield Token("<question>" if sentence.asks else "<end>", ruled, text)


def _meant(clause: Clause) -> list[list[str]]:
    """The tags of each word of a clause."""
    tags: list[list[str]] = [[] for _ in clause.words]
    for layer, hits in (("", clause.meaning), ("", clause.frame), ("reply ", clause.replies)):
        for hit in hits:
            for place in range(hit.first, hit.last + 1):
                tags[place].append(layer + hit.tag)
    return tags
