"""Third stage of the preference: a sentence of its own that limits what the one before it said."""

from bot.request.clauses import Clause, Sentence
from bot.request.limits import fragment_limit
from bot.request.vocabulary import small

# An interjection or two may stand before it: `oh, not Bob`.
WITHIN = 2
# So many words at most name those who are left out and say so.
LONGEST = 7
# Why a mail is unclear whose yes or no a sentence of its own limits: nothing that others read undoes it.
LIMITED = "limited afterwards"
# What is about something else, or about us.
ELSEWHERE = ("other", "neutral", "mail", "weak", "we", "you", "me")


def limits_before(sentence: Sentence) -> bool:
    """Does it keep what was said before from being a single answer: `Not Sue though.`, `Only the managers.`,
    `If my boss agrees.`, `The managers, that is.`?"""
    clauses = sentence.clauses
    if sentence.asks:
        return False
    if _leaves_out(sentence):
        return True
    if any(hit.first < WITHIN for clause in clauses[:1] for hit in clause.hits("except")):
        return False  # `Apart from that, all good.`
    if not 1 < sum(len(clause.words) for clause in clauses) <= LONGEST:
        return False
    if any(clause.has("other", "mail", "weak", "polite", "lost") for clause in clauses):
        return False
    return bool(clauses) and (bool(fragment_limit(clauses[0])) or _says_whom(sentence))


def _says_whom(sentence: Sentence) -> bool:
    """`The managers, that is`, `I mean the Leeds lot`."""
    said = "_".join(word.casefold() for clause in sentence.clauses for word in clause.words)
    explains = any(said.startswith(f"{way}_") or said.endswith(f"_{way}") for way in small("restating"))
    return explains and any(clause.has("role", "group") for clause in sentence.clauses)


def _leaves_out(sentence: Sentence) -> bool:
    """`Except Bob.`, `Apart from the managers, that is.`, `Not Sue though.`, `Bob doesn't need it.`"""
    clause = next((clause for clause in sentence.clauses[:WITHIN] if len(clause.words) > 1), None)
    if clause is None:
        return False
    excepted = [hit.last for hit in clause.hits("except") if hit.first < WITHIN]
    if excepted:
        people = any(hit.first > excepted[0] for hit in clause.hits("role", "group", "third"))
        return not clause.has("other") and (people or bool(_names(clause, excepted[0] + 1)))
    if len(clause.words) > LONGEST or clause.has(*ELSEWHERE):
        return False
    words = [word.casefold() for word in clause.words]
    if words[0] in small("not"):
        at = 2 if words[1] in small("towards") | small("definite") else 1
        return at in _names(clause, at) or any(hit.first == at for hit in clause.hits("third"))
    if any(not hit.first for hit in clause.hits("skip")):
        return bool(_names(clause, 1)) and len(words) <= LONGEST // 2 + 1
    denied = [hit.first for hit in clause.hits("neg")]
    return bool(denied) and words[-1] in small("it") and 0 in _names(clause, 0) and denied[0] <= WITHIN


def _names(clause: Clause, start: int) -> list[int]:
    """Where words stand from there on that are written large and that no list knows: names."""
    # `Leave Bob out`: what stands within a phrase is not the phrase's own.
    known = {
        place
        for hit in (*clause.meaning, *clause.frame, *clause.replies)
        for place in ((hit.first, hit.last) if hit.tag == "skip" else range(hit.first, hit.last + 1))
    }
    return [
        place
        for place in range(start, len(clause.words))
        if place not in known and clause.words[place].istitle() and len(clause.words[place]) > 1
    ]
