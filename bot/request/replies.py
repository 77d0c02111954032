"""Third stage of the preference: bare replies, labels with an answer beside them, and evasions."""

from enum import StrEnum

from bot.request.clauses import Clause
from bot.request.limits import LIMITS, limit_of
from bot.request.matter import ACTS, Topic
from bot.request.vocabulary import Hit, small


class Stance(StrEnum):
    """What a clause says of the account mail."""

    YES = "yes"  # let them have it
    NO = "no"  # keep it from them
    UNCLEAR = "unclear"  # something else than a plain yes or no
    TOPIC = "topic"  # names the mail and says no more


Reading = tuple[Stance, str]


def read_label(clause: Clause) -> Reading | None:
    """`notifications yes`, `no to the emails`: the mail named beside a plain reply."""
    end = len(clause.words) - 1
    while end and clause.words[end].casefold() in small("fillers"):
        end -= 1
    tags = {
        hit.tag
        for hit in clause.replies
        if (hit.last < end and clause.words[hit.last + 1].casefold() not in small("onward"))
        or hit.last == end
        if hit.last == end or (hit.first <= 1 and clause.said(hit).casefold() not in small("switch"))
    }
    if tags and tags <= {"yes", "do"}:
        return Stance.YES, "named with a yes"
    if tags and tags <= {"no", "dont"}:
        return Stance.NO, "named with a no"
    return None


def read_evasion(clause: Clause, topic: Topic | None) -> Reading | None:
    """To a question: `ask Sue`, `as you think best`, `not yet`. Without one only `same as last time`."""
    if topic and not clause.has("other") and (clause.has("undecided") or not clause.has("me")):
        tags = (
            LIMITS if topic.close else ("undecided", "delegate", "same") if topic.asked or topic.here else ()
        )
        if found := next((tag for tag in tags if clause.has(tag) and limit_of(clause)), None):
            return Stance.UNCLEAR, found
    if (
        topic
        and topic.here
        and clause.hits("skip")
        and clause.hits("skip")[0].first == 0
        and not clause.has("it")
    ):
        return Stance.UNCLEAR, "a group"
    if (
        topic
        and topic.here
        and clause.has("role", "group", "them")
        and any(hit.first > 0 for hit in clause.replies)
        and len(clause.words) <= 4
    ):
        return Stance.UNCLEAR, "group by group"
    if (
        (topic is None or not topic.asked)
        and not clause.link
        and len(clause.words) <= 7
        and clause.hits("same")[:1]
        and clause.hits("same")[0].first <= 1
    ):
        return Stance.UNCLEAR, "same"
    return None


def read_reply(clause: Clause, topic: Topic) -> Reading | None:
    """`yes please`, `rather not` to the question at hand."""
    starts = [
        hit
        for hit in clause.replies
        if hit.first <= _lead_in(clause) and (topic.asked or hit.tag in {"do", "dont"})
        if not (clause.has("self", "selftell") and _is_spoken_in(clause, hit))
    ]
    if not starts and topic.asked and (weighed := _weighed(clause, topic)):
        return weighed
    if starts and not topic.asked and not _adds_nothing(clause.words[max(hit.last for hit in starts) + 1 :]):
        return None
    if not starts or clause.has("other", "pointer") or not _is_bare(clause, starts):
        return None
    if limit := limit_of(clause):
        return Stance.UNCLEAR, limit
    if all(hit.first == 1 and hit.tag in {"yes", "do"} for hit in starts) and any(
        hit.first == 0 for hit in clause.hits("neg", "negword")
    ):
        return Stance.UNCLEAR, "a denied yes"
    first = max(starts, key=lambda hit: (hit.tag in {"do", "dont"}, hit.last - hit.first))
    if topic.either_or:
        return Stance.UNCLEAR, "a bare reply to an either-or question"
    agrees = first.tag in {"yes", "do"}
    inverted = (topic.sign < 0) != (topic.minds and first.tag in {"yes", "no"})
    return (Stance.YES if agrees != inverted else Stance.NO), "a reply to the question"


def _is_spoken_in(clause: Clause, hit: Hit) -> bool:
    """`on s'en charge`: the French we, no switch that is on."""
    return any(other.first <= hit.first <= other.last for other in clause.hits("we", "selftell"))


def _weighed(clause: Clause, topic: Topic) -> Reading | None:
    """`we are in favour`, `not a problem`: how they like what is asked."""
    phrases = [hit for hit in clause.hits("fine", "bad") if hit.last > hit.first or clause.has("we")]
    if (
        not phrases
        or clause.link
        or len(clause.words) > 6
        or topic.either_or
        or topic.minds
        or limit_of(clause)
    ):
        return None
    if clause.has("other", "neutral", "me", "you", "neg", "negword", *ACTS, "mail", "weak", "them", "third"):
        return None
    agrees = phrases[0].tag == "fine"
    return (Stance.YES if agrees == (topic.sign > 0) else Stance.NO), "how they like it"


def _is_bare(clause: Clause, replies: list[Hit]) -> bool:
    rest = clause.words[max(hit.last for hit in replies) + 1 :]
    if not clause.has(*ACTS, "mail", "weak"):
        return (
            len(clause.words) <= 6
            or _adds_nothing(rest)
            or (replies[0].first == 0 and replies[0].tag in {"yes", "no"} and len(rest) <= 6)
        )
    goes_on = rest[:1] == ("to",) and len(rest) == 2
    return (len(rest) <= 1 or goes_on) and len(clause.words) <= 6


def _lead_in(clause: Clause) -> int:
    """A reply may have one word before it (`well, yes`), but no subject: `they all know`."""
    return 0 if any(hit.last == 0 for hit in clause.hits("them", "we", "you", "third", "role")) else 1


def _adds_nothing(words: tuple[str, ...]) -> bool:
    return len(words) <= 3 and all(word.casefold() in small("fillers") for word in words)
