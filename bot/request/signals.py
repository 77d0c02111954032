"""Third stage of the preference: what one clause says about the learners' account mail."""

from dataclasses import dataclass
from enum import StrEnum

from bot.request.clauses import Clause, Sentence
from bot.request.vocabulary import Hit

PERSONS = ("them", "them_", "me", "third", "role", "you")
ACTS = ("send", "get", "notify", "tell", "skip")
LIMITS = ("group", "except", "only", "column", "delay", "cond", "undecided", "delegate", "same", "channel")
CONCORD = {"fr", "es", "it", "pt"}


class Stance(StrEnum):
    """What a clause says of the account mail."""

    YES = "yes"  # let them have it
    NO = "no"  # keep it from them
    UNCLEAR = "unclear"  # something else than a plain yes or no
    TOPIC = "topic"  # names the mail and says no more


@dataclass(frozen=True, kw_only=True, slots=True)
class Signal:
    """A stance with the sentence it stands in and a word on why it was read so."""

    stance: Stance
    why: str
    evidence: str = ""
    where: str = ""
    turns: bool = False
    fades: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Topic:
    """The question or label that a reply answers: `sign` is -1 where yes means no mail."""

    sign: int = 1
    either_or: bool = False


def addressee(clause: Clause) -> str:
    """Who is told or sent something: 'them', 'me' (which you is, as an object), 'third', 'role' or ''."""
    persons = clause.hits(*PERSONS)
    if not persons:
        return ""
    for verb in clause.hits("notify", "tell", "send"):
        inside = [hit for hit in persons if verb.first <= hit.first <= verb.last]
        near = [hit for hit in persons if verb.last < hit.first <= verb.last + 3]
        for hit in inside or near:
            if not (hit.tag == "you" and verb.tag == "send"):
                return _role_of(hit)
    tags = {_role_of(hit) for hit in persons if hit.tag != "you"}
    return next((tag for tag in ("them", "me", "role", "third") if tag in tags), "")


def _role_of(hit: Hit) -> str:
    return {"them_": "them", "you": "me"}.get(hit.tag, hit.tag)


def is_about(clause: Clause, topic: Topic | None) -> bool:
    """Does the clause speak of the learners' account mail?"""
    who = addressee(clause)
    if who in {"me", "third"}:
        return False
    if clause.has("quiet"):
        return True
    if clause.has("other") and not clause.has("mail"):
        return False
    if clause.has("mail"):
        return True
    if clause.has("notify") or (clause.has("tell") and who == "them"):
        return True
    if clause.has("weak"):
        return who == "them" or _means_the_mails(clause)
    return topic is not None and clause.has(*ACTS)


def _means_the_mails(clause: Clause) -> bool:
    """`no emails`, `skip the email`: mails without an addressee, but not `send an email`."""
    if clause.has("neg", "negword", "skip"):
        return True
    said = [clause.said(hit).casefold() for hit in clause.hits("weak")]
    plural = any(word.endswith("s") for word in said)
    before = [clause.words[hit.first - 1].casefold() for hit in clause.hits("weak") if hit.first]
    return (plural or "the" in before) and clause.has("send", "get", "fine", "want")


def polarity(clause: Clause, language: str) -> int:
    """+1 for the mail, -1 against it: negations, holding back and dislike each turn it round."""
    turns = _negations(clause, language) + bool(clause.hits("skip")) + bool(clause.hits("bad")) + clause.has("quiet")
    return -1 if turns % 2 else 1


def _negations(clause: Clause, language: str) -> int:
    plain, words = clause.hits("neg"), clause.hits("negword")
    if language in CONCORD:
        return bool(plain or words)
    free = [word for word in words if not any(hit.first < word.first for hit in plain)]
    return len(plain) + bool(free)


def read_clause(clause: Clause, sentence: Sentence, topic: Topic | None) -> tuple[Stance, str] | None:
    """The stance of one clause, and why; None where it says nothing of the account mail."""
    if topic is not None and (answer := _reply(clause, topic)):
        return answer
    if not is_about(clause, topic):
        return None
    if clause.has("pointer_") or _past(clause):
        return None
    if limit := limit_of(clause):
        return Stance.UNCLEAR, limit
    if _asks(clause, sentence):
        return Stance.UNCLEAR, "a question"
    if addressee(clause) == "role":
        return Stance.UNCLEAR, "a group"
    sign = polarity(clause, sentence.language)
    if _by_themselves(clause):
        return (Stance.NO, "they tell them themselves") if sign > 0 else None
    if not clause.has(*ACTS, "want", "fine", "bad", "neg", "negword", "quiet", "ask"):
        return _labelled(clause) or (Stance.TOPIC, "names the mail")
    return (Stance.YES, "wants it") if sign > 0 else (Stance.NO, "does not want it")


def limit_of(clause: Clause) -> str:
    """Why this clause gives no single answer: a group, a condition, a later date …; '' if it does."""
    for tag in ("undecided", "delegate", "same", "column", "channel"):
        if clause.has(tag):
            return tag
    if clause.has("except", "group"):
        return "a group"
    if any(_singles_out(clause, hit) for hit in clause.hits("only")):
        return "only some"
    if clause.has("cond") and not clause.has("polite"):
        return "a condition"
    if clause.has("delay") and not clause.has("now"):
        return "put off"
    return ""


def _singles_out(clause: Clause, only: Hit) -> bool:
    """`only the managers`, but not `only the welcome mail`, `just send it`, `only the new learners`."""
    following = [hit for hit in clause.meaning if only.last < hit.first <= only.last + 3]
    if any(hit.tag in {"mail", "weak", "send", "notify", "tell", "skip", "get", "want", "neg"} for hit in following[:1]):
        return False
    if clause.said(only).casefold() == "just":
        rest = clause.words[only.last + 1 : only.last + 2]
        return bool(rest) and rest[0].casefold() in {"the", "those", "for", "our", "to"} and not following
    return not (following and following[0].tag in {"them"})


def _past(clause: Clause) -> bool:
    return clause.has("history")


def _asks(clause: Clause, sentence: Sentence) -> bool:
    if clause.has("ask") and not _starts(clause, "question"):
        return False
    return sentence.asks or _starts(clause, "question") and sentence.asks


def _starts(clause: Clause, tag: str) -> bool:
    return any(hit.tag == tag and hit.first <= 1 for hit in clause.frame)


def _by_themselves(clause: Clause) -> bool:
    """`we will tell them ourselves`, `I'll let them know`."""
    if clause.has("self"):
        return True
    subject = [hit for hit in clause.hits("we") if hit.first <= 2]
    verbs = clause.hits("notify", "tell")
    if not subject or not verbs or clause.has("want", "ask", "fine", "bad"):
        return False
    between = clause.words[subject[0].last + 1 : verbs[0].first]
    return len(between) <= 4


def _labelled(clause: Clause) -> tuple[Stance, str] | None:
    """`notifications yes`, `no to the emails`: the mail named beside a plain reply."""
    stances = {hit.tag for hit in clause.replies}
    if stances == {"yes"}:
        return Stance.YES, "named with a yes"
    if stances == {"no"}:
        return Stance.NO, "named with a no"
    return None


def _reply(clause: Clause, topic: Topic) -> tuple[Stance, str] | None:
    """`yes please`, `rather not` to the question at hand."""
    starts = [hit for hit in clause.replies if hit.first <= 1]
    if not starts or clause.has(*ACTS, "mail") and not _covers(clause, starts):
        return None
    if limit := limit_of(clause):
        return Stance.UNCLEAR, limit
    first = starts[0]
    if topic.either_or:
        return Stance.UNCLEAR, "a bare reply to an either-or question"
    wanted = (first.tag == "yes") == (topic.sign > 0)
    return (Stance.YES if wanted else Stance.NO), "a reply to the question"


def _covers(clause: Clause, replies: list[Hit]) -> bool:
    return max(hit.last for hit in replies) >= len(clause.words) - 2
