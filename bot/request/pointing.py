"""Second stage of the preference: does the sender put forward another's words as the answer?

`see Mark's note below, do as he says`; a mail that is merely passed on answers nothing.
"""

from collections.abc import Sequence
from itertools import pairwise

from bot.request.clauses import Clause, Sentence
from bot.request.vocabulary import Hit, small


def points_on(sentence: Sentence) -> bool:
    """Does it say that what is passed on below is to be done, or holds the answer?"""
    clauses = sentence.clauses
    if any(clause.has("overrides", "withdrawn") for clause in clauses):
        return False
    if any(_points(clause, hit) for clause in clauses for hit in clause.hits("pointer")):
        return True
    return refers(sentence) or names_an_answer(sentence)


def refers(sentence: Sentence) -> bool:
    """`what Alan says below goes`, `wie Frau Kern unten schreibt`: others' words and where they stand.

    Such a sentence only leads to the words; it answers nothing, however it names the mail.
    """
    words = [word.casefold() for clause in sentence.clauses for word in clause.words]
    if small("yours") & set(words) or any(
        clause.has("neg", "negword", "skip") for clause in sentence.clauses
    ):
        return False
    stated = [clause for clause in sentence.clauses if clause.link not in {"cond", "when_"}]
    if any(clause.has("selftell", "only", "except", "overrides", "withdrawn", "scrap") for clause in stated):
        return False
    led = next((place for place, word in enumerate(words) if word in small("relating")), None)
    if led is None:
        return False
    return all(small(name) & set(words[led:]) for name in ("saying", "places_below")) or _told_below(
        words[:led]
    )


def _told_below(words: Sequence[str]) -> bool:
    """`his note below says`: where it stands, then that it tells."""
    return any(place in small("places_below") and says in small("saying") for place, says in pairwise(words))


def only_leads(sentence: Sentence) -> bool:
    """Does it lead to others' words or call them the answer, without a yes or no of its own?"""
    replied = any(clause.replies for clause in sentence.clauses)
    return refers(sentence) or (names_an_answer(sentence) and not replied)


def _points(clause: Clause, pointer: Hit) -> bool:
    """Not where it is denied (`don't follow …`) or explains (`see below for where it came from`)."""
    denied = any(hit.last < pointer.first for hit in clause.hits("neg", "negword"))
    explains = small("explaining") & {word.casefold() for word in clause.words[pointer.last + 1 :]}
    return not denied and not explains and not is_yours(clause, pointer)


def names_an_answer(sentence: Sentence) -> bool:
    """`Our answer is in Greg's message beneath`, `her decision is below`: the answer and where it stands."""
    words = [word.casefold() for clause in sentence.clauses for word in clause.words]
    if small("yours") & set(words) and not small("ours") & set(words):
        return False
    denied = any(clause.has("neg", "negword") for clause in sentence.clauses)
    return bool(small("places_below") & set(words) and small("answer_nouns") & set(words)) and not denied


def is_yours(clause: Clause, pointer: Hit) -> bool:
    """`as per your email`: it is support's mail that is pointed to."""
    return bool(small("yours") & {word.casefold() for word in clause.words[: pointer.last + 1]})


def only_points(clause: Clause) -> bool:
    """`please go by Tina's note below as regards the emails`: it names the mail and says no more."""
    if clause.has("delegate"):
        return False
    spans = [(hit.first, hit.last) for hit in clause.frame if hit.tag == "pointer"]
    acts = clause.hits("send", "get", "notify", "tell", "skip", "want", "neg", "negword", "self", "selftell")
    return bool(spans) and all(any(first <= hit.first <= last for first, last in spans) for hit in acts)
