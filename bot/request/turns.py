"""Third stage of the preference: changes of mind, within a sentence and from one to the next."""

from bot.request.clauses import Clause, Sentence
from bot.request.replies import Reading

# So few words that begin with `actually` say nothing else.
SHORTEST = 3
# So many words turn something down without speaking of another matter.
LONGEST_REFUSAL = 10
# A longer clause that leaves something open speaks of a matter of its own.
LONGEST_EVASION = 9


def takes_back(sentence: Sentence) -> bool:
    """Does it begin with `scrap that`, `actually`, `oops`?"""
    return any(hit.tag == "scrap" and hit.first <= 1 for clause in sentence.clauses for hit in clause.frame)


def only_takes_back(sentence: Sentence) -> bool:
    """`Scrap that.`, but not `Actually, the list has five names.`"""
    words = sum(len(clause.words) for clause in sentence.clauses)
    spoken = any(clause.has("scrap") and clause.has("it") for clause in sentence.clauses)
    return takes_back(sentence) and (spoken or words <= SHORTEST)


def declines(clause: Clause) -> bool:
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
        if readings[index][0].has("scrap") and any(read for _, read in readings[index + 1 :]):
            return readings[index + 1 :]
    return readings


def left_open(sentence: Sentence) -> str:
    """`I'm in your hands`, `I'll decide about the rest`: said of the mail before, it settles nothing."""
    for clause in sentence.clauses:
        if clause.has("other", "mail", "weak", "polite", "lost") or len(clause.words) > LONGEST_EVASION:
            continue
        if clause.has("delegate") and not clause.has("them", "third"):
            return "delegate"
        if clause.has("undecided") and clause.has("delay", "group") and not clause.has("them", "third"):
            return "undecided"
    return ""
