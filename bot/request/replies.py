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

    @property
    def opposite(self) -> "Stance":
        """Yes for no and no for yes; the others have none."""
        return {Stance.YES: Stance.NO, Stance.NO: Stance.YES}.get(self, self)


Reading = tuple[Stance, str]
# What answers the question at hand with a bare yes or no.
REPLIED = "a reply to the question"
# What names the state, and so says the same however the question was put.
SWITCHED = "on or off"


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
    if any(_is_the_same_thing(clause, same) for same in clause.hits("same")):
        return None
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
        and any(hit.first > 0 and not _within_praise(clause, hit) for hit in clause.replies)
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


def _is_the_same_thing(clause: Clause, same: Hit) -> bool:
    """`same group as the others`: people or things are the same, not how it was done."""
    return any(hit.first == same.first + 1 for hit in clause.hits("them", "role", "other", "neutral"))


def read_reply(clause: Clause, topic: Topic) -> Reading | None:
    """`yes please`, `rather not` to the question at hand."""
    starts = [
        hit
        for hit in clause.replies
        if hit.first <= _lead_in(clause) and (topic.asked or hit.tag in {"do", "dont"})
        if not (clause.has("self", "selftell") and _is_spoken_in(clause, hit))
        if not _describes(clause, hit) and not _is_taken_back(clause, hit)
        if not _within_aside(clause, hit)
    ]
    if topic.asked and (short := _echoed(clause)):
        return _answered(short, topic)
    if not starts and topic.asked and topic.minds and _has_none(clause):
        return _answered("no", topic)
    if not starts and topic.asked and (weighed := _weighed(clause, topic)):
        return weighed
    if starts and not topic.asked and not _adds_nothing(clause.words[max(hit.last for hit in starts) + 1 :]):
        return None
    if not starts or clause.has("other", "pointer") or not _is_bare(clause, starts):
        return None
    if limit := limit_of(clause):
        return Stance.UNCLEAR, limit
    if clause.has("lost") and clause.has("them"):
        return None  # `they'll be lost without it` only says why.
    if topic.sign < 0 and clause.has("send") and not clause.has("skip", "neg", "negword"):
        return None  # `please send it`, to whether it should be held back, is read by itself.
    if all(hit.first == 1 and hit.tag in {"yes", "do"} for hit in starts) and any(
        hit.first == 0 for hit in clause.hits("neg", "negword")
    ):
        return Stance.UNCLEAR, "a denied yes"
    if _denied_later(clause, starts):
        return Stance.UNCLEAR, "a denied yes"
    if denied := _denied(clause, starts):
        return _answered("no", topic) if denied == "stressed" else (Stance.UNCLEAR, "a denied yes")
    reply = max(starts, key=lambda hit: (hit.tag in {"do", "dont"}, hit.last - hit.first))
    if not topic.either_or and (switched := _switched(clause, reply)):
        return switched, SWITCHED
    agrees = topic.minds and reply.tag == "yes" and not _said(clause, reply) <= small("literal_yes")
    return _answered("do" if agrees else reply.tag, topic)


def _answered(tag: str, topic: Topic) -> Reading:
    """What a yes, no, do or don't says to the question at hand."""
    if topic.either_or:
        return Stance.UNCLEAR, "a bare reply to an either-or question"
    agrees = tag in {"yes", "do"}
    inverted = (topic.sign < 0) != (topic.minds and tag in {"yes", "no"})
    return (Stance.YES if agrees != inverted else Stance.NO), REPLIED


def _has_none(clause: Clause) -> bool:
    """`none that I can think of`, `problema nenhum`: to whether they mind."""
    plain = small("none_else") | small("fillers")
    return clause.has("negword") and all(word.casefold() in plain for word in clause.words)


def _said(clause: Clause, reply: Hit) -> set[str]:
    return {word.casefold() for word in clause.words[reply.first : reply.last + 1]}


def _switched(clause: Clause, reply: Hit) -> Stance | None:
    """`leave it on`, `off please`: it names the state and so means the same however the question was put."""
    said = _said(clause, reply)
    if reply.tag in {"yes", "do"} and said & small("switched_on"):
        return Stance.YES
    return Stance.NO if reply.tag in {"no", "dont"} and said & small("switched_off") else None


def _describes(clause: Clause, hit: Hit) -> bool:
    """`correct sheet attached`, `on Monday`, `Becky x`: a word that replies only where it stands alone."""
    if len(clause.said(hit)) == 1 and hit.first and clause.said(hit).isalnum():
        return True
    return (
        clause.said(hit).casefold() in small("alone")
        and not _adds_nothing(_unnamed(clause, hit.last + 1))
        and not _denied(clause, [hit])
    )


def _within_praise(clause: Clause, reply: Hit) -> bool:
    """`les vendrá bien`: the reply's word is a part of how good it is."""
    return any(hit.first < reply.first and reply.last <= hit.last for hit in clause.hits("fine"))


def _within_aside(clause: Clause, reply: Hit) -> bool:
    """`no corre prisa`, `eilt nicht`: a denial that belongs to something else."""
    asides = [hit for hit in clause.hits("neutral") if hit.first < hit.last]
    return clause.language != "en" and any(
        hit.first <= reply.first and reply.last <= hit.last for hit in asides
    )


def _is_taken_back(clause: Clause, hit: Hit) -> bool:
    """`ignore my yes from earlier`: what was answered before, not an answer now."""
    before = clause.words[hit.first - 1].casefold() if hit.first else ""
    return clause.has("scrap") and before in small("earlier")


def _denied_later(clause: Clause, replies: list[Hit]) -> bool:
    """`we would … not`: a yes that the rest of its clause denies, in whatever words."""
    if any(hit.tag not in {"yes", "do"} for hit in replies):
        return False
    end = max(hit.last for hit in replies) + 1
    taken = {place for hit in clause.hits("fine", "neutral") for place in range(hit.first, hit.last + 1)}
    return any(hit.first > end and hit.first not in taken for hit in clause.hits("neg", "negword"))


def _unnamed(clause: Clause, start: int) -> tuple[str, ...]:
    """The words from there on that are no learners: `all learners` says no more than `all`."""
    named = {place for hit in clause.hits("them") for place in range(hit.first, hit.last + 1)}
    return tuple(word for place, word in enumerate(clause.words) if place >= start and place not in named)


def _denied(clause: Clause, replies: list[Hit]) -> str:
    """`definitely not` is a stressed no, `yes not` neither of them; '' where nothing is denied."""
    agreed = max((hit for hit in replies if hit.tag in {"yes", "do"}), key=lambda hit: hit.last, default=None)
    if agreed is None or agreed.last - agreed.first > 1:
        return ""
    taken = {place for hit in clause.hits("fine", "neutral") for place in range(hit.first, hit.last + 1)}
    behind = [hit for hit in clause.hits("neg") if hit.first == agreed.last + 1 and hit.first not in taken]
    if not behind:
        return ""
    return "stressed" if clause.words[agreed.last].casefold() in small("stress") else "denied"


def _echoed(clause: Clause) -> str:
    """`they would`, `it shouldn't be`, `we do, yes`: an answer that takes up only the question's verb."""
    words = [word.casefold() for word in clause.words]
    if words and words[0] in small("echo_lead"):
        words = words[1:]
    if len(words) < 2 or words[0] not in small("echo_who") or words[1] not in small("echo_verb"):
        return ""
    denied = words[2:3] == ["not"]
    rest = words[3 if denied else 2 :]
    if len(rest) > 4 or any(word not in small("fillers") and word not in small("echo_rest") for word in rest):
        return ""
    return "no" if denied else "yes"


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
    taken_back = [hit.last for hit in clause.frame if hit.tag == "scrap" and hit.first <= 1]
    if taken_back:
        return max(taken_back) + 2
    return 0 if any(hit.last == 0 for hit in clause.hits("them", "we", "you", "third", "role")) else 1


def _adds_nothing(words: tuple[str, ...]) -> bool:
    return len(words) <= 3 and all(word.casefold() in small("fillers") for word in words)
