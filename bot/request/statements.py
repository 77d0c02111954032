"""Third stage of the preference, sentence by sentence: clauses limit, carry on and take back each other."""

from dataclasses import dataclass, replace

from bot.request.carrying import carried
from bot.request.clauses import Clause, Sentence
from bot.request.elsewhere import (
    depends_on_it,
    goes_elsewhere,
    goes_on_about_another,
    leaves_it,
    rather_to_us,
    tells_us_when,
)
from bot.request.limits import contrasts, fragment_limit
from bot.request.matter import (
    ACTS,
    Topic,
    names_mail,
    only_acts,
    polarity,
    requests,
    tells_themselves,
)
from bot.request.questions import topic_of
from bot.request.replies import REPLIED, Reading, Stance
from bot.request.signals import read_clause
from bot.request.turns import declines, last_word, left_open, nudges, only_takes_back, refuses, turns_down
from bot.request.vocabulary import small


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
    """What one sentence gave: its signals, the topic it leaves to the next, and its line for the trace.

    `denies` says that it refuses something in a few words that no rule could place: `Warehouse: don't send`.
    """

    signals: tuple[Signal, ...]
    topic: Topic | None
    names_mail: bool
    steps: tuple[str, ...]
    denies: bool = False


def hear(sentence: Sentence, where: str, topic: Topic | None, *, spoken_of: bool) -> Heard:
    """The signals of a sentence. `topic` is the question it may answer; `spoken_of` says whether the
    mail was the matter of the sentence before, so that `scrap that` and `it` are understood."""
    here = topic
    if here is None and (spoken_of or names_mail(sentence.clauses)):
        here = Topic(asked=False, here=names_mail(sentence.clauses))
    turns = any(clause.has("scrap") for clause in sentence.clauses) and spoken_of
    fades = any(clause.has("initial") for clause in sentence.clauses)
    readings: list[tuple[Clause, Reading | None]] = []
    steps: list[str] = []
    asked_here, told, turns_here = None, False, False
    asks = sentence.asks and not nudges(sentence)
    # `They get anxious, so could it be left off?`: what stands before a request is told.
    asks = asks and not any(clause.link == "so_" and requests(clause) for clause in sentence.clauses)
    before: Clause | None = None
    for clause in carried(sentence.clauses):
        if clause.has("other") and not clause.has("mail", "weak", "lost") and leaves_it(clause):
            here = asked_here = None
        asks = asks and not requests(clause)
        resolved = replace(here, asked=True) if here and turns else here
        given = _is_given(clause, before, readings, here, told=told, last=clause is sentence.clauses[-1])
        read = None if given else read_clause(clause, resolved, asks=asks)
        if read is None and not given and here is not None:
            read = _of_matter(clause, here, asks=asks, turned=turns_here)
            if read and read[1] == "turns it down":
                readings = [
                    (other, said) for other, said in readings if not said or said[0] is not Stance.YES
                ]
        if read and _acknowledges(clause, read, readings):
            read = None
        turns_here |= clause.has("scrap", "initial")
        if before is not None and goes_elsewhere(before, clause):
            read = (Stance.UNCLEAR, "to somebody else")
        before = clause
        quoted_if = clause.link == "cond" and not clause.has("undecided")
        if read and quoted_if and any(other.has("quotes") for other in sentence.clauses):
            read = (Stance.TOPIC, "names the mail")
        steps.append(f"  {clause} -> {': '.join(read) if read else '-'}")
        told = (told and given) or (read is not None and read[1] == "what happened before")
        if read and read[0] is Stance.TOPIC:
            here = Topic(asked=read[1] == "names the mail", here=True, close=len(clause.words) <= 4)
            asked_here = here if here.asked else None
            continue
        readings.append((clause, read))
    faded = [index for index, (clause, read) in enumerate(readings) if read and clause.has("initial")]
    if faded and any(read for _, read in readings[faded[-1] + 1 :]):
        readings, fades, turns = readings[faded[-1] + 1 :], False, turns or spoken_of
    readings = last_word(readings)
    signals = [
        Signal(stance=stance, why=why, evidence=sentence.text, where=where, turns=turns, fades=fades)
        for stance, why in _unopposed(readings, _limited(readings))
    ]
    if not signals:
        pending = topic is None and spoken_of
        why = _left_unclear(sentence, readings, pending=pending) if spoken_of or here is not None else ""
        taken_back = turns and not why and only_takes_back(sentence)
        if why or taken_back:
            signals = [
                Signal(
                    stance=Stance.UNCLEAR,
                    why=why or "taken back",
                    evidence=sentence.text,
                    where=where,
                    turns=taken_back,
                    fades=taken_back,
                )
            ]
    return Heard(
        signals=tuple(signals),
        topic=_left(sentence, signals, topic, asked_here),
        names_mail=names_mail(sentence.clauses),
        steps=tuple(steps),
        denies=any(read is None and refuses(clause) for clause, read in readings),
    )


def _is_given(
    clause: Clause,
    before: Clause | None,
    readings: list[tuple[Clause, Reading | None]],
    here: Topic | None,
    *,
    told: bool,
    last: bool,
) -> bool:
    """Does the clause only go on with what stood before it: a reason, what happened, news of their own?"""
    if (clause.link == "because" and any(read for _, read in readings)) or (
        told and _goes_on_telling(clause)
    ):
        return True
    if goes_on_about_another((other for other, _ in readings), clause):
        return True
    if before is None:
        return False
    apart = tells_us_when(before, clause) or rather_to_us(before, clause)
    return apart or (last and depends_on_it(before, clause, here))


def _acknowledges(clause: Clause, read: Reading, readings: list[tuple[Clause, Reading | None]]) -> bool:
    """`nope, all good`: a courtesy behind the reply, which it cannot turn round."""
    replied = any(said and said[1] == read[1] == REPLIED for _, said in readings)
    words = {word.casefold() for word in clause.words}
    return replied and not clause.link and words <= small("acknowledging") | small("thanking")


def _of_matter(clause: Clause, here: Topic, *, asks: bool, turned: bool) -> Reading | None:
    """What a clause without a word for the mail says of the matter that is open."""
    if here.sign > 0 and turns_down(clause):
        return Stance.NO, "turns it down"
    if not asks and declines(clause):
        return Stance.NO, "they decline"
    if turned and only_acts(clause):
        return (Stance.YES if polarity(clause) * here.sign > 0 else Stance.NO), "their last word"
    return None


def _left_unclear(sentence: Sentence, readings: list[tuple[Clause, Reading | None]], *, pending: bool) -> str:
    """Why a sentence without a stance makes the mail spoken of unclear; '' where it does not."""
    alone = len(readings) == 1 or names_mail(sentence.clauses)
    if alone and any(read is None and contrasts(clause) for clause, read in readings):
        return "a group"
    return left_open(sentence) if pending else ""


def _limited(readings: list[tuple[Clause, Reading | None]]) -> list[Reading]:
    """Each reading, made unclear where a fragment beside it limits it: `but only the managers`."""
    found: list[Reading] = []
    pending, since, turned = "", "", False
    for clause, read in readings:
        turned |= clause.link == "but_"
        limit = (fragment_limit(clause) or _timed(clause, found)) if read is None else ""
        if read is None and limit and found:
            found[-1] = (Stance.UNCLEAR, limit)
        elif read is None and limit:
            pending, since = limit, clause.link
        elif read is not None:
            held = (
                pending
                and clause.link not in {"because", "but_", "and_"}
                and (clause.link != "so_" or since == "cond")
            )
            if (
                found
                and clause.link == "so_"
                and found[-1][1] == "a condition"
                and read[0] is not Stance.UNCLEAR
            ):
                found.pop()
            if found and turned and found[-1][1] in {"delegate", "undecided", "same"}:
                found.pop()
            found.append((Stance.UNCLEAR, pending) if held else read)
            pending = ""
    return _instead(readings, found)


def _goes_on_telling(clause: Clause) -> bool:
    """`… and it confused everyone`: still what happened before."""
    return clause.link == "and_" and not clause.has("ask", "want", "fine", "neg", "negword", "skip")


def _unopposed(readings: list[tuple[Clause, Reading | None]], found: list[Reading]) -> list[Reading]:
    """A yes beside a denial that no rule could place (`yes for nurses, no for porters`) is unclear."""
    if not any(stance is Stance.YES for stance, _ in found):
        return found
    denials = [
        clause
        for clause, read in readings
        if read is None and (_denies(clause) or _contradicts(clause) or contrasts(clause))
    ]
    return [*found, (Stance.UNCLEAR, "a denial beside it")] if denials else found


def _contradicts(clause: Clause) -> bool:
    """`… but HR would rather not`, `so it's a no`: a denial behind a but or so that no rule could place."""
    spoken = any(hit.first for hit in clause.hits("it")) and not clause.has("them", "me")
    concludes = clause.link == "so_" and spoken and len(clause.words) <= 7
    return (
        (clause.link == "but_" or concludes)
        and clause.has("neg", "negword")
        and not clause.has("other", "fine", "lost", "history", "skip")
    )


def _denies(clause: Clause) -> bool:
    """`no for porters`, `not the others`: a short piece that begins with a negation and names people."""
    denied = clause.hits("neg", "negword")
    return bool(
        denied
        and (denied[0].first == 0 or (denied[0].first == 1 and clause.has("notify")))
        and 2 <= len(clause.words) <= 6
        and clause.link not in {"because", "cond", "when_"}
        and not clause.has("other", "neutral", "fine", "me", "it", "lost", "bad", "skip")
    )


def _timed(clause: Clause, found: list[Reading]) -> str:
    """A time that no list knows behind a yes or no: `once the boss is back`, `nothing before he says so`."""
    if clause.link != "when_" or not found or clause.has("history", "other", "me", "you", *ACTS):
        return ""
    if clause.words[0].casefold() not in small("before"):
        return "" if clause.has("now", "polite") else "put off"
    deed = "".join(clause.words[1:2]).casefold()
    deadline = found[-1][0] is Stance.YES or not deed or deed.endswith("ing") or deed in small("making")
    return "" if deadline else "put off"


def _instead(readings: list[tuple[Clause, Reading | None]], found: list[Reading]) -> list[Reading]:
    """`text them instead of the email`: another channel is not a plain no, unless they see to it."""
    if any(
        clause.link == "instead_" and read and clause.has("channel") and not clause.has("self", "selftell")
        for clause, read in readings
    ):
        return [(Stance.UNCLEAR, "another channel")]
    if not any(clause.link == "instead_" and read for clause, read in readings):
        return found
    others = [clause for clause, _ in readings if clause.link != "instead_"]
    if any(tells_themselves(clause) for clause, _ in readings) or not any(
        clause.has("send", "channel") for clause in others
    ):
        return [(Stance.NO, "something else instead")]
    return [(Stance.UNCLEAR, "another channel")]


def _left(
    sentence: Sentence, signals: list[Signal], topic: Topic | None, asked_here: Topic | None
) -> Topic | None:
    """The topic for the next sentence: a question or label of their own, or the one not yet answered."""
    if any(signal.why == "a question" for signal in signals):
        return topic_of(sentence.text, sentence.language)
    if asked_here and (
        len(sentence.text.split()) <= 2
        or sentence.asks
        or sentence.text.endswith((":", "...", "…"))
        or any(clause.has("quotes") for clause in sentence.clauses)
    ):
        return asked_here
    return topic
