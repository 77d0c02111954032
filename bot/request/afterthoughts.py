"""Third stage of the preference: a sentence of its own that limits what the one before it said."""

from bot.request.clauses import Clause, Sentence
from bot.request.vocabulary import small

# An interjection or two may stand before it: `oh, not Bob`.
WITHIN = 2
# So many words at most name those who are left out and say so.
LONGEST = 7
# Why a mail is unclear whose yes or no a sentence of its own limits: nothing that others read undoes it.
LIMITED = "limited afterwards"
# What is about something else, or about us.
BESIDE = ("other", "neutral", "mail", "weak", "we", "you", "me")


def limits_before(sentence: Sentence) -> bool:
    """Does it keep what was said before from being a single answer: `Not Sue though.`, `Only the managers.`,
    `If my boss agrees.`, `The managers, that is.`?"""
    clauses = sentence.clauses
    if sentence.asks or not clauses or sentence.text.rstrip().endswith("!"):
        return False  # `Till Friday!`
    if _leaves_out(sentence):
        return True
    if not 1 < sum(len(clause.words) for clause in clauses) <= LONGEST:
        return False
    if any(clause.has("other", "mail", "weak", "polite", "lost") for clause in clauses):
        return False
    return _narrows(clauses[0]) or any(map(_puts_off, clauses)) or _says_whom(sentence)


def _narrows(clause: Clause) -> bool:
    """`Only the managers`, `those marked X only`, `by text`, `see column D`, `if my boss agrees`."""
    words = [word.casefold() for word in clause.words]
    if clause.has("only"):
        whom = clause.has("role", "group", "column") or clause.link == "but_"
        return whom and not any(word.isdigit() for word in words)
    if clause.has("column"):
        return words[0] in small("looking")
    if clause.has("channel"):
        return words[0] in small("by")
    condition = clause.hits("cond")[:1]
    plain = len(words) > 2 and words[1] not in small("not") | small("so")
    return bool(condition) and condition[0].first <= 1 and plain


def _puts_off(clause: Clause) -> bool:
    """`Not before May`, `not yet anyway`, `until Monday`, `for now`, `wait until Friday`."""
    words = [word.casefold() for word in clause.words]
    return clause.has("delay") and (
        words[0] in small("not") | small("waiting") or words[:2] == ["for", "now"]
    )


def _says_whom(sentence: Sentence) -> bool:
    """`The managers, that is`, `I mean the Leeds lot`."""
    said = "_".join(sentence.words)
    explains = any(said.startswith(f"{way}_") or said.endswith(f"_{way}") for way in small("restating"))
    return explains and any(clause.has("role", "group") for clause in sentence.clauses)


def _leaves_out(sentence: Sentence) -> bool:
    """`Except Bob.`, `Apart from the managers, that is.`, `Not Sue though.`, `Bob doesn't need it.`"""
    at = next((at for at, clause in enumerate(sentence.clauses[:WITHIN]) if len(clause.words) > 1), None)
    if at is None:
        return False
    clause, rest = sentence.clauses[at], sentence.clauses[at + 1 :]
    if any(other.has("them") or (other.link == "but_" and len(other.words) > 1) for other in rest):
        return False  # `Apart from Bob, they all have an address`
    excepted = [hit.last for hit in clause.hits("except") if hit.first < WITHIN]
    if excepted:
        people = any(hit.first > excepted[0] for hit in clause.hits("role", "group", "third"))
        return not clause.has("other") and (people or bool(_names(clause, excepted[0] + 1)))
    if len(clause.words) > LONGEST or clause.has(*BESIDE):
        return False
    words = [word.casefold() for word in clause.words]
    if words[0] in small("not"):
        return _names_one(clause, words)
    if any(not hit.first for hit in clause.hits("skip")):
        return bool(_names(clause, 1)) and len(words) <= LONGEST // 2 and not clause.has("delay", "now")
    denied = [hit.first for hit in clause.hits("neg")]
    wants = bool(denied) and small("needing").issuperset(words[denied[0] + 1 : denied[0] + 2])
    return wants and words[-1] in small("it") and 0 in _names(clause, 0) and denied[0] <= WITHIN


def _names_one(clause: Clause, words: list[str]) -> bool:
    """`Not Sue`, `not to Bob`, `nicht an Frau Sommer`; German writes every noun large."""
    towards = words[1] in small("for_whom") | small("definite") | {"to"}
    if not towards and (words[0] == "no" or clause.language == "de"):
        return any(hit.first == 1 for hit in clause.hits("third"))
    at = 1 + towards
    named = at in _names(clause, at) or any(hit.first == at for hit in clause.hits("third"))
    return named and all(word in small("fillers") for word in words[at + 2 :])


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
