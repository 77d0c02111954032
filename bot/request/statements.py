"""Third stage of the preference, sentence by sentence: clauses limit, carry on and take back each other."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.request.clauses import Clause, Sentence
from bot.request.forms import topic_of
from bot.request.signals import ACTS, LIMITS, Reading, Stance, Topic, is_about, limit_of, read_clause, requests, tells_themselves


@dataclass(frozen=True, kw_only=True, slots=True)
class Signal:
    """A stance with the sentence it stands in and a word on why it was read so.

    `turns` takes back what was said before it; `fades` is itself taken back by what follows.
    """

    stance: Stance
    why: str
    evidence: str = ""
    where: str = ""
    turns: bool = False
    fades: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """What one sentence gave: its signals, the topic it leaves to the next, and its line for the trace."""

    signals: tuple[Signal, ...]
    topic: Topic | None
    names_mail: bool
    steps: tuple[str, ...]


def hear(sentence: Sentence, where: str, topic: Topic | None, *, spoken_of: bool) -> Heard:
    """The signals of a sentence. `topic` is the question it may answer; `spoken_of` says whether the
    mail was the matter of the sentence before, so that `scrap that` and `it` are understood."""
    here = topic
    if here is None and (spoken_of or _names_mail(sentence)):
        here = Topic(asked=False, here=_names_mail(sentence))
    turns = any(clause.has("scrap") for clause in sentence.clauses) and spoken_of
    fades = any(clause.has("initial") for clause in sentence.clauses)
    readings, steps = [], []
    asked_here = None
    asks = sentence.asks
    for clause in _carried(sentence.clauses):
        asks = asks and not requests(clause)
        resolved = replace(here, asked=True) if here and turns else here
        given = clause.link == "because" and any(read for _, read in readings)
        read = None if given else read_clause(clause, sentence.language, resolved, asks)
        steps.append(f"  {clause} -> {': '.join(read) if read else '-'}")
        if read and read[0] is Stance.TOPIC:
            here = Topic(asked=read[1] == "names the mail", here=True)
            asked_here = here if here.asked else None
            readings.append((clause, None))
            continue
        readings.append((clause, read))
    faded = [index for index, (clause, read) in enumerate(readings) if read and clause.has("initial")]
    if faded and any(read for _, read in readings[faded[-1] + 1 :]):
        readings, fades, turns = readings[faded[-1] + 1 :], False, turns or spoken_of
    signals = [
        Signal(stance=stance, why=why, evidence=sentence.text, where=where, turns=turns, fades=fades)
        for stance, why in _limited(readings)
    ]
    if turns and not signals and _takes_back(sentence):
        signals = [Signal(stance=Stance.UNCLEAR, why="taken back", evidence=sentence.text, where=where, turns=True)]
    return Heard(signals=tuple(signals), topic=_left(sentence, signals, topic, asked_here), names_mail=_names_mail(sentence), steps=tuple(steps))


def _names_mail(sentence: Sentence) -> bool:
    return any(clause.has("mail", "weak") for clause in sentence.clauses)


def _carried(clauses: tuple[Clause, ...]) -> Iterator[Clause]:
    """`don't create passwords or send emails`: a negation goes on over `or` to a bare verb."""
    open_negation: Clause | None = None
    for clause in clauses:
        bare = clause.meaning and clause.meaning[0].first <= 1 and clause.meaning[0].tag in ACTS
        if open_negation is not None and bare and (clause.link in {"or_", "and_"} or not open_negation.has(*ACTS, "other")) and not clause.has("neg", "negword"):
            negation = open_negation.hits("neg", "negword", "skip")[0]
            yield replace(clause, meaning=(replace(negation, tag="neg", first=0, last=0), *clause.meaning))
            continue
        open_negation = clause if _leaves_open(clause) else None
        yield clause


def _leaves_open(clause: Clause) -> bool:
    """`please do not create accounts`, `don't, under any circumstances`: what follows may still be denied."""
    if not clause.hits("neg") or clause.has("we", "them", "get") or is_about(clause, None) or len(clause.words) > 8:
        return False
    return clause.hits("neg")[-1].last >= len(clause.words) - 1 or clause.has("ask") or clause.hits("neg")[0].first <= 2


def _limited(readings: list[tuple[Clause, Reading | None]]) -> list[Reading]:
    """Each reading, made unclear where a fragment beside it limits it: `but only the managers`, `from Monday`."""
    found: list[Reading] = []
    pending = ""
    for clause, read in readings:
        limit = _fragment_limit(clause) if read is None else ""
        if read is None and limit and found:
            found[-1] = (Stance.UNCLEAR, limit)
        elif read is None and limit:
            pending = limit
        elif read is not None:
            held = pending and clause.link not in {"so_", "because", "but_", "and_"}
            found.append((Stance.UNCLEAR, pending) if held else read)
            pending = ""
    return _instead(readings, found)


def _fragment_limit(clause: Clause) -> str:
    if clause.link in {"because", "so_"} or not clause.has(*LIMITS):
        return ""
    if clause.link in {"cond", "when_", "but_"} or (len(clause.words) <= 5 and not clause.has("them", "we", "third")):
        return limit_of(clause)
    return ""


def _instead(readings: list[tuple[Clause, Reading | None]], found: list[Reading]) -> list[Reading]:
    """`text them instead of the email`: another channel is not a plain no, unless they see to it."""
    if not any(clause.link == "instead_" and read for clause, read in readings):
        return found
    others = [clause for clause, _ in readings if clause.link != "instead_"]
    if any(tells_themselves(clause) for clause, _ in readings) or not any(clause.has("send", "channel") for clause in others):
        return [(Stance.NO, "something else instead")]
    return [(Stance.UNCLEAR, "another channel")]


def _takes_back(sentence: Sentence) -> bool:
    return any(hit.tag == "scrap" and hit.first <= 1 for clause in sentence.clauses for hit in clause.frame)


def _left(sentence: Sentence, signals: list[Signal], topic: Topic | None, asked_here: Topic | None) -> Topic | None:
    """The topic for the next sentence: a question or label of their own, or the one not yet answered."""
    if any(signal.why == "a question" for signal in signals):
        return topic_of(sentence.text, sentence.language)
    if asked_here and (sentence.asks or sentence.text.endswith(":")):
        return asked_here
    return topic
