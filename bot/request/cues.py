"""Third stage of the preference, beside the rules: what a sentence holds that may tell its stance.

A cue is a short string: a run of words, the same run with each listed word replaced by what it means, or what
stands together in a clause. `weights.py` knows how much each speaks for a yes, a no or neither. Cues by
meaning are the same in all languages, so that each learns from the others.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from bot.request.clauses import Clause, Sentence
from bot.request.matter import ACTS, Topic
from bot.request.spelling import fold
from bot.request.vocabulary import Hit
from bot.values.request import SegmentKind

# A sentence with none of these says nothing of a mail.
TELLING = (*ACTS, "mail", "weak", "quiet", "self", "selftell", "want", "fine", "bad", "neg", "negword", "it")
LEAVING = ("undecided", "delegate", "same", "group", "scrap")
# Nobody needs more words for one thing to say.
LONGEST = 60
# A longer value of a form is free text.
LONGEST_VALUE = 4
# How far two words may stand apart and still be a cue together.
APART = 5
LONGEST_RUN, LONGEST_PLAIN_RUN = 4, 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """Where a sentence stands: in which kind of segment, to which question, behind how many others, what
    the one before it spoke of, and whether the mail was spoken of already."""

    kind: SegmentKind
    topic: Topic | None = None
    place: int = 0
    before: frozenset[str] = frozenset()
    spoken_of: bool = False


def cues_of(sentence: Sentence, setting: Setting) -> set[str]:
    """Every cue of a sentence where it stands; at most a few hundred."""
    found: set[str] = set()
    meant, said = ["^"], ["^"]
    for clause in sentence.clauses:
        if len(said) > 1:
            meant.append(f"/{clause.link}")
            said.append("/")
        meant += _meant(clause)
        said += [fold(word) for word in clause.words]
        found.update(_together(clause))
        if len(said) > LONGEST:
            break
    end = "?" if sentence.asks else "$"
    meant, said = [*meant[:LONGEST], end], [*said[:LONGEST], end]
    found.update(f"a {run}" for run in _runs(meant, LONGEST_RUN))
    found.update(f"{sentence.language} {run}" for run in _runs(said, LONGEST_PLAIN_RUN))
    found.update(
        f"s {word} {later}" for at, word in enumerate(meant) for later in meant[at + 2 : at + APART + 1]
    )
    found.update(_around(sentence, setting, meant))
    found.add(f"n {min(len(said) // 4, 6)}")
    return found


def worth_weighing(sentence: Sentence, setting: Setting) -> bool:
    """Does it answer a question, go on about the mail, or hold any word of telling, sending and the like?"""
    if setting.kind is SegmentKind.FORM and setting.topic is None:
        # A filled-in value of something else: `No` says nothing of the mail.
        return sum(len(clause.words) for clause in sentence.clauses) > LONGEST_VALUE
    return (
        setting.topic is not None
        or setting.spoken_of
        or any(clause.replies or clause.has(*TELLING, *LEAVING) for clause in sentence.clauses)
    )


def tags_of(sentence: Sentence) -> frozenset[str]:
    """What the words of a sentence mean, in no order."""
    return frozenset(hit.tag for clause in sentence.clauses for hit in clause.meaning)


def _runs(words: list[str], longest: int) -> Iterator[str]:
    for length in range(1, longest + 1):
        for at in range(len(words) - length + 1):
            yield " ".join(words[at : at + length])


def _meant(clause: Clause) -> Iterator[str]:
    """The words of a clause, each phrase that is listed written as its tag."""
    covering: list[Hit | None] = [None] * len(clause.words)
    for layer in (clause.frame, clause.meaning):
        for found in sorted(layer, key=lambda hit: hit.last - hit.first):
            covering[found.first : found.last + 1] = [found] * (found.last + 1 - found.first)
    last: Hit | None = None
    for word, hit in zip(clause.words, covering, strict=True):
        if hit is None:
            yield "#" if word.isdigit() else fold(word)
        elif hit is not last:
            yield hit.tag.upper()
        last = hit


def _together(clause: Clause) -> Iterator[str]:
    """What stands together in a clause, in whatever order, and the replies it may be."""
    tags = sorted({hit.tag for hit in (*clause.meaning, *clause.frame)})
    yield "t " + " ".join(tags)
    yield from (f"2 {one} {other}" for one, other in combinations(tags, 2))
    for reply in clause.replies:
        begins, ends = reply.first == 0, reply.last == len(clause.words) - 1
        yield f"r {reply.tag} {begins:d}{ends:d}"


def _around(sentence: Sentence, setting: Setting, meant: list[str]) -> Iterator[str]:
    """What the place of the sentence adds to its words."""
    yield f"k {setting.kind}"
    if setting.place == 0:
        yield "first"
    yield from (f"b {tag}" for tag in setting.before)
    if setting.spoken_of:
        yield "m"
        tags = {hit.tag for clause in sentence.clauses for hit in (*clause.meaning, *clause.frame)}
        yield from (f"m {tag}" for tag in tags)
        yield from (f"m {word}" for word in meant[1:4])
    if (topic := setting.topic) is not None:
        asked = f"q {topic.sign}{topic.minds:d}{topic.either_or:d}{topic.asked:d}"
        yield asked
        yield f"{asked} {min(len(meant) // 3, 5)} {min(setting.place, 3)}"
        yield from (f"{asked} {word}" for word in meant[1:5])
        for clause in sentence.clauses[:2]:
            yield from (f"{asked} r {reply.tag} {reply.first == 0:d}" for reply in clause.replies)
