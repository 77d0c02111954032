"""Second stage of the preference: does the sender put forward another's words as the answer?

`see Mark's note below, do as he says`; a mail that is merely passed on answers nothing.
"""

from collections.abc import Collection, Sequence
from itertools import pairwise, zip_longest

from bot.request.clauses import Clause, Sentence
from bot.request.matter import names_mail
from bot.request.vocabulary import Hit, small

# So soon it is said who says what is to be done.
SAID_WITHIN = 8


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
    words = sentence.words
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
    placed = _places_below(words) and bool(small("saying") & set(words[led:]))
    return placed or _told_below(words[:led])


def complies(sentences: Sequence[Sentence]) -> bool:
    """`je vous transmets la réponse de notre directrice, merci de vous y conformer`, `here's what she wrote.
    Please follow it`: what is passed on is to be followed, in one sentence or two."""
    if any(map(follows, sentences)):
        return True
    told = [sentence.words for sentence in sentences if not _limits(sentence)]
    for words, after in zip_longest(told, told[1:], fillvalue=()):
        if any(own in small("owning") and noun in small("answer_nouns") for own, noun in pairwise(words)):
            return True  # `see Fatou's message and treat it as our answer`
        if (
            _is_yours({*words, *after})
            or small("selves") & set(words)
            or not (small("passed_on") & set(words) or _is_said(words))
        ):
            continue
        if (
            small("complying") & set(words)
            or _does_it(words)
            or (small("complying") & set(after) and small("their_words") & set(after))
        ):
            return True
    return False


def _does_it(words: Sequence[str]) -> bool:
    """`do it like that`: what was said before in the same sentence."""
    return any(do in small("doing") and it in small("their_words") for do, it in pairwise(words))


def _is_said(words: Sequence[str]) -> bool:
    """`here's what she wrote`: others' words are led to."""
    led = next((place for place, word in enumerate(words) if word in small("what")), len(words))
    return not small("saying").isdisjoint(words[led : led + SAID_WITHIN])


def limited_lead(sentence: Sentence) -> bool:
    """`As per Tom's reply below, but only for the advisors`: others' words count, and not for all."""
    words = sentence.words
    leads = _places_below(words) and any(clause.has("pointer") for clause in sentence.clauses)
    return leads and any(clause.has("only", "except", "group") for clause in sentence.clauses)


def _limits(sentence: Sentence) -> bool:
    denied = any(clause.has("neg", "negword", "skip") for clause in sentence.clauses)
    others = any(
        clause.has("only", "except", "overrides", "withdrawn", "scrap") for clause in sentence.clauses
    )
    return denied or others or sentence.asks


def _is_yours(words: Collection[str]) -> bool:
    return not small("yours").isdisjoint(words) and small("ours").isdisjoint(words)


def follows(sentence: Sentence) -> bool:
    """`do as she says`, `fate come scrive il direttore`: an order, and right behind it who says how."""
    words = sentence.words
    if _limits(sentence) or _is_yours(words):
        return False
    for place, word in enumerate(words):
        if word in small("complying") | small("doing"):
            behind = [other for other in words[place + 1 :] if other not in small("between")][:SAID_WITHIN]
            if behind[:1] and behind[0] in small("relating") and small("saying") & set(behind):
                return True
    return False


def names_two(sentence: Sentence) -> bool:
    """`what Tom and Jo say`, `what my two leads say`: the words of two are meant."""
    words = sentence.words
    led = next((place for place, word in enumerate(words) if word in small("what")), len(words))
    behind = words[led + 1 : led + SAID_WITHIN]
    joint = next((at for at, word in enumerate(behind) if word in small("joining")), None)
    return joint is not None and bool(small("saying") & set(behind[joint:])) and joint > 0


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


def _places_below(words: Sequence[str]) -> bool:
    """`below`, `in the mail under this one`."""
    return bool(small("places_below") & set(words)) or any(
        under in small("under") and it in small("it") for under, it in pairwise(words)
    )


def speaks_of_what_is_below(sentence: Sentence) -> bool:
    """`what the board decided about the mails (is below)`: whether it is to be followed or not."""
    words = sentence.words
    asked = small("answer_nouns") | small("ours") | small("saying") | small("passed_on")
    named = names_mail(sentence.clauses) or not asked.isdisjoint(words)
    clauses = sentence.clauses
    wished = any(clause.has("neg", "negword", "skip") for clause in clauses) or (
        any(clause.has("send", "notify", "get", "tell") for clause in clauses)
        and any(clause.has("them") for clause in clauses)
    )
    return (_places_below(words) or _is_said(words)) and named and not wished


def names_an_answer(sentence: Sentence) -> bool:
    """`Our answer is in Greg's message beneath`, `her decision is below`: the answer and where it stands."""
    words = sentence.words
    if small("yours") & set(words) and not small("ours") & set(words):
        return False
    denied = any(clause.has("neg", "negword") for clause in sentence.clauses)
    return _places_below(words) and bool(small("answer_nouns") & set(words)) and not denied


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
