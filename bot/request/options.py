"""Second stage of the preference: the ways that a question offers, and the one that a reply picks.

Support asks `A) they are sent the mail, B) no mail is sent`, or `shall we tell them, or will you?`; customers
answer `B please`, `we'll go with option A`, `the latter`.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from bot.request.clauses import Clause, Sentence, clauses_of, read_sentences
from bot.request.limits import limit_of
from bot.request.matter import Topic, is_about, polarity
from bot.request.questions import asked_in, topic_of
from bot.request.replies import Stance
from bot.request.vocabulary import small

MOST_ASKED = 4_000
# Why a picked way says what it says.
PICKED = "the way picked"
LONGEST_PICK = 12
LIMITING = ("cond", "neg", "negword", "only", "except", "undecided", "group", "delay")
_ITEM = re.compile(r"(?:(?<=\s)|^)\W?(?:option\s+)?\(?([A-Ea-e1-5])(?:[).:\]]|\s[-–—=])\s+", re.IGNORECASE)
_OR = re.compile(r",?\s+(?:or|oder|ou|of|oppure|o)\s+", re.IGNORECASE)
# Letters that are words of their own.
_WORDS = frozenset("ae")
# How a switch is offered.
_SWITCH = {"on": Stance.YES, "off": Stance.NO}
_ORDER = ("first", "second", "third", "fourth", "fifth")


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """One of the ways offered: the words by which a reply picks it, and what picking it says."""

    key: str
    names: frozenset[str]
    stance: Stance


def offered_in(asked: str, language: str) -> tuple[Offer, ...]:
    """The ways a question offers, where at least one brings the mail and one does not; else none."""
    asked = asked[:MOST_ASKED]
    found = _lettered(asked, language) or _switch(asked, language) or _either_side(asked, language)
    return found if {Stance.YES, Stance.NO} <= {offer.stance for offer in found} else ()


def picked_in(sentence: Sentence, offers: tuple[Offer, ...]) -> Stance | None:
    """What the reply picks; unclear where it picks two, or one with an if or a not; None where none."""
    clauses = sentence.clauses
    if not offers or sum(len(clause.words) for clause in clauses) > LONGEST_PICK:
        return None
    picked = [offer for offer in offers if any(_names(_before_an_if(clause), offer) for clause in clauses)]
    if not picked:
        return None
    if picked[0].key in _SWITCH and len(picked) == 1:
        return _switched(sentence, picked[0])
    limited = any(clause.has(*LIMITING) and not clause.has("polite") for clause in clauses)
    return Stance.UNCLEAR if limited or len(picked) > 1 or sentence.asks else picked[0].stance


def _switched(sentence: Sentence, offer: Offer) -> Stance:
    """`Could you turn it on please?`, `Don't turn it on`, `Off until May`."""
    (clause, *_) = (clause for clause in sentence.clauses if _names(_before_an_if(clause), offer))
    limits = {*LIMITING, "role", "third"} - {"neg", "negword"}
    if clause.has(*limits) and not clause.has("polite"):
        return Stance.UNCLEAR
    words = [word.casefold() for word in clause.words]
    denied = any(hit.first < words.index(offer.key) for hit in clause.hits("neg"))
    return offer.stance.opposite if denied and words[0] not in small("refusals") else offer.stance


def _lettered(asked: str, language: str) -> tuple[Offer, ...]:
    """`A) … B) …` or `1. … 2. …`, each on a line of its own or in one."""
    marks = list(_ITEM.finditer(asked))
    # `Reply with 1 or 2:` above the list is none of its items.
    firsts = [at for at, mark in enumerate(marks) if mark.group(1) in "Aa1"]
    marks = marks[firsts[-1] :] if firsts else marks
    keys = [mark.group(1).casefold() for mark in marks]
    if len(keys) < 2 or keys not in (list("abcde")[: len(keys)], list("12345")[: len(keys)]):
        return ()
    ends = [*(mark.start() for mark in marks[1:]), len(asked)]
    texts = [
        asked[mark.end() : end].strip().partition("\n")[0] for mark, end in zip(marks, ends, strict=True)
    ]
    if any("?" in text for text in texts):
        return ()
    topic = _asked_last(asked[: marks[0].start()], language)
    return tuple(
        _offer(place, key, text, language, topic)
        for place, (key, text) in enumerate(zip(keys, texts, strict=True))
    )


def _asked_last(above: str, language: str) -> Topic | None:
    """What the sentence right above the list asks, where a yes to it is one to the mail."""
    sentences = read_sentences(above, language)
    topic = topic_of(asked_in(sentences[-1]), language) if sentences else None
    if topic is None or topic.minds or topic.either_or:
        return None
    return None if small("happened").intersection(sentences[-1].words[:1]) else topic


def _switch(asked: str, language: str) -> tuple[Offer, ...]:
    """`The account mail is off at present. Shall I leave it off or turn it on?`"""
    sentences = read_sentences(asked, language)
    for before, sentence in pairwise([None, *sentences]):
        assert sentence is not None
        near = [*(before.clauses if before else ()), *sentence.clauses]
        if (
            sentence.asks
            and set(_SWITCH) <= {*sentence.words}
            and any(is_about(clause, Topic()) for clause in near)
        ):
            return tuple(Offer(key=key, names=frozenset(), stance=stance) for key, stance in _SWITCH.items())
    return ()


def _either_side(asked: str, language: str) -> tuple[Offer, ...]:
    """`shall we send it, or would you rather tell them yourselves?`"""
    for sentence in read_sentences(asked, language):
        sides = _OR.split(sentence.text.rstrip("?")) if sentence.asks else []
        if len(sides) == 2 and all(len(side.split()) > 2 for side in sides):
            return tuple(_offer(place, "", side, language) for place, side in enumerate(sides))
    return ()


def _offer(place: int, key: str, text: str, language: str, topic: Topic | None = None) -> Offer:
    of_two = (("formers", "firsts"), ("latters", "seconds"))[place] if place < 2 else ()
    names = frozenset({_ORDER[place], str(place + 1)}).union(*map(small, of_two))
    stance = _stance_of(text, language)
    if stance is Stance.UNCLEAR and topic is not None:
        stance = _replied(text, topic, language)
    return Offer(key=key, names=names, stance=stance)


def _replied(text: str, topic: Topic, language: str) -> Stance:
    """`yes, all of them` as a way that is offered below a question; unclear where it is none for all."""
    clauses = clauses_of(text, language)
    tags = {hit.tag for clause in clauses[:1] for hit in clause.replies if not hit.first}
    if len(tags) != 1 or any(map(limit_of, clauses)):
        return Stance.UNCLEAR
    return Stance.YES if (tags <= {"yes", "do"}) == (topic.sign > 0) else Stance.NO


def _stance_of(text: str, language: str) -> Stance:
    """Whether the mail goes out if this is picked."""
    signs = set()
    for sentence in read_sentences(text, language):
        for clause in sentence.clauses:
            if small("yourselves") & {word.casefold() for word in clause.words}:
                signs.add(-1)
            elif is_about(clause, Topic()):
                signs.add(polarity(clause))
    if len(signs) != 1:
        return Stance.UNCLEAR
    return Stance.YES if signs == {1} else Stance.NO


def _before_an_if(clause: Clause) -> list[str]:
    """`B, if that's OK`: the words before the if."""
    end = min((hit.first for hit in clause.hits("cond", "polite")), default=len(clause.words))
    return list(clause.words[:end])


def _names(words: list[str], offer: Offer) -> bool:
    """`B`, `option B`, `we go with B`, `the second one`, `the latter`; `turn it on`."""
    if offer.key in _SWITCH:
        small_words = [word.casefold() for word in words]
        return any(
            here == offer.key
            and small("switching").issuperset(small_words[max(at - 1, 0) : at])
            and _ends_switching(words[at + 1 :])
            for at, here in enumerate(small_words)
        )
    for place, word in enumerate(words):
        before = words[place - 1].casefold() if place else ""
        after = [later.casefold() for later in words[place + 1 :]]
        plain = word.casefold()
        if plain in (small("formers") | small("latters")) & offer.names:
            return True
        if plain in offer.names and (
            (after[:1] and after[0] in small("option")) or before in small("option")
        ):
            return True
        if plain in offer.names and not plain.isdigit() and before in small("definite") and _ends(after):
            return True
        lettered = offer.key and plain == offer.key
        if lettered and (before in small("option") or (before in small("choosing") and _ends(after))):
            return True
        parts = bool(set(after[:1]) & small("parting"))
        parts |= before in small("not") or before in small("parting")
        if lettered and word.isupper() and parts:
            return True
        if (
            lettered
            and place == 0
            and _ends(after)
            and (word.isupper() or word.isdigit() or not after or plain not in _WORDS)
        ):
            return True
    return False


def _ends_switching(after: list[str]) -> bool:
    """Courtesy, a name or how long behind it, and nothing that goes on: `off sick today`."""
    return not after or after[0].casefold() in small("fillers") | small("how_long") or after[0].istitle()


def _ends(after: list[str]) -> bool:
    """Nothing but courtesy behind it, or for whom: `b for us`."""
    return len(after) <= 3 and all(word in small("fillers") | small("for_us") for word in after)
