"""Third stage of the preference: changes of mind, within a sentence and from one to the next."""

import re

from bot.request.clauses import Clause, Sentence, split_sentences
from bot.request.replies import Reading, Stance
from bot.request.vocabulary import small

# So few words that begin with `actually` say nothing else.
SHORTEST = 3
# So many words turn something down without speaking of another matter.
LONGEST_REFUSAL = 10
# A longer clause that leaves something open speaks of a matter of its own.
LONGEST_EVASION = 9
# A longer refusal says what it is about.
LONGEST_DENIAL = 5
# Somebody for whom it is put off, and until when.
LONGEST_PUT_OFF = 16


def takes_back(sentence: Sentence) -> bool:
    """Does it begin with `scrap that`, `actually`, `oops`?"""
    return any(hit.tag == "scrap" and hit.first <= 1 for clause in sentence.clauses for hit in clause.frame)


def only_takes_back(sentence: Sentence) -> bool:
    """`Scrap that.`, but not `Actually, the list has five names.`"""
    words = sum(len(clause.words) for clause in sentence.clauses)
    spoken = any(clause.has("scrap") and clause.has("it") for clause in sentence.clauses)
    return takes_back(sentence) and (spoken or words <= SHORTEST)


def turns_down(clause: Clause) -> bool:
    """`so it's a no from us`, `we'd rather you didn't`: it turns down what was spoken of."""
    return (
        clause.has("refusal")
        and clause.link not in {"because", "cond", "when_", "or_"}
        and len(clause.words) <= LONGEST_REFUSAL
        and not clause.has("other", "mail", "weak", "group", "role", "only", "undecided", "delay", "initial")
    )


def last_word(readings: list[tuple[Clause, Reading | None]]) -> list[tuple[Clause, Reading | None]]:
    """`we didn't want it but scrap that, send it`: within a sentence too the last word counts."""
    for index in range(len(readings) - 1, 0, -1):
        if readings[index][1] and _turns_itself(readings[index][0]):
            return readings[index:]
        if readings[index][0].has("scrap") and any(read for _, read in readings[index + 1 :]):
            return readings[index + 1 :]
    if readings and _leaves_open(readings):
        return [(readings[-1][0], (Stance.UNCLEAR, "what holds now"))]
    return readings


def _leaves_open(readings: list[tuple[Clause, Reading | None]]) -> bool:
    """`first we wanted none, but …`: what they want now stands in a piece that was not understood."""
    clause, read = readings[-1]
    before = readings[:-1]
    fades = any(earlier.has("initial") for earlier, _ in before) and any(heard for _, heard in before)
    return fades and read is None and clause.has("but_", "scrap") and not clause.has("other")


def _turns_itself(clause: Clause) -> bool:
    """`… pero mejor que les llegue el correo`: the piece that takes back says what holds instead."""
    opens = any(hit.tag == "scrap" and hit.first == 0 for hit in clause.frame)
    return clause.language != "en" and opens


def declines(clause: Clause) -> bool:
    """`… mas dispensamos`, `… pero preferimos prescindir de él`: what was offered is turned down."""
    return (
        clause.language != "en"
        and clause.link == "but_"
        and clause.has("skip")
        and len(clause.words) <= 7
        and not clause.has("neg", "negword", "other", "neutral", "them", "role", "group", "get")
    )


def left_open(sentence: Sentence) -> str:
    """`I'm in your hands`, `for the board, not before May`: said of the mail before, it settles nothing."""
    if _puts_off(sentence):
        return "put off"
    for clause in sentence.clauses:
        if clause.has("other", "mail", "weak", "polite", "lost") or len(clause.words) > LONGEST_EVASION:
            continue
        if clause.has("delegate") and not clause.has("them", "third"):
            return "delegate"
        if clause.has("undecided") and clause.has("delay", "group") and not clause.has("them", "third"):
            return "undecided"
    return ""


def _puts_off(sentence: Sentence) -> bool:
    """`For the governors, not before the election`: not yet for somebody, and of nothing else."""
    clauses = sentence.clauses
    denied = [clause for clause in clauses if clause.has("delay") and clause.has("neg")]
    words = sum(len(clause.words) for clause in clauses)
    return (
        len(clauses) == 2
        and denied == [clauses[1]]
        and clauses[1].hits("neg")[0].first == 0
        and words <= LONGEST_PUT_OFF
        and not any(clause.has("other", "lost", "polite", "me", "you") for clause in clauses)
    )


def refuses(clause: Clause) -> bool:
    """`don't send`, `niet sturen`: a refusal in a few words, of nothing else and by nobody else."""
    denied = clause.hits("neg", "negword")
    return (
        bool(denied)
        and denied[0].first <= 1
        and clause.has("send", "notify", "get")
        and len(clause.words) <= LONGEST_DENIAL
        and not clause.link
        and not clause.has("other", "neutral", "me", "you", "third", "history", "fine", "lost", "bad")
    )


def nudges(sentence: Sentence) -> bool:
    """`Not a peep to any of them, ok?` tells, and only wants to be heard; `Do they get it, ok?` asks."""
    told, last = list(sentence.clauses[:-1]), sentence.clauses[-1:]
    said = [word.casefold() for clause in last for word in clause.words]
    if not told or not said:
        return False
    denies = last[0].link == "so_" and last[0].has("neg", "negword", "skip")
    if denies and said[-1] in small("nudges"):
        told += last  # `we want no mail, so nothing goes to them ok?`
    elif not small("nudges").issuperset(said):
        return False
    asks = (small("echo_verb") | small("modal")).intersection(map(str.casefold, told[0].words[:1]))
    return not asks and not any(clause.has("question") for clause in told)


def corrects(text: str) -> bool:
    """`Sorry, the second line is a slip, read it as a no`: words beside a form that may change its answer."""
    return any(map(_corrects, split_sentences(text)))


def _corrects(sentence: str) -> bool:
    """In `there is no mistake` the no denies something else: it counts in capitals, at the end, or behind an
    `as`."""
    words = re.findall(r"\w+", sentence)
    small_words = [word.casefold() for word in words]
    if small("correcting").isdisjoint(small_words):
        return False
    before = ["", *small_words]
    return any(
        word in small("polar")
        or (
            word in small("denials")
            and (words[at].isupper() or at == len(words) - 1 or before[at] in small("taken_as"))
        )
        for at, word in enumerate(small_words)
    )
