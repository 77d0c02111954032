"""Third stage of the preference: what one clause says about the learners' account mail."""

from dataclasses import dataclass
from enum import StrEnum

from bot.request.clauses import Clause
from bot.request.vocabulary import Hit

PERSONS = ("them", "them_", "me", "third", "role", "you")
ACTS = ("send", "get", "notify", "tell", "skip")
LIMITS = ("undecided", "delegate", "same", "column", "channel", "except", "group", "only", "cond", "delay")
# Where one negation takes two words: `ne … aucun`, `no … nadie`, `non … nessuno`.
FILLERS = frozenset("please thanks thank you this time at all either then too now for them though".split())
NARROWING = frozenset("from in at who whose with aus von mit qui du con del uit van met da com do".split())
LISTED = (
    "attach",
    "list",
    "sheet",
    "file",
    "spread",
    "anhang",
    "tabelle",
    "lijst",
    "elenco",
    "fichier",
    "upload",
    "this",
)
WILL = frozenset("will shall going am are is ll plan intend be been".split())
PASSIVE = frozenset("be been being get".split())
DEFINITE = frozenset("the die de la le les el il lo o a het den der das os los las i gli".split())
CONCORD = {"fr", "es", "it", "pt"}


class Stance(StrEnum):
    """What a clause says of the account mail."""

    YES = "yes"  # let them have it
    NO = "no"  # keep it from them
    UNCLEAR = "unclear"  # something else than a plain yes or no
    TOPIC = "topic"  # names the mail and says no more


@dataclass(frozen=True, kw_only=True, slots=True)
class Topic:
    """What is asked or spoken of, so that a bare reply or an `it` is understood.

    `sign` is -1 where doing it means no mail (`hold it back?`); `minds` where yes means rather not
    (`any objection?`); `asked` where it was a question or label, so that a bare yes or no answers it;
    `close` where the words stand right under it; `here` where the same sentence names the mail.
    """

    sign: int = 1
    minds: bool = False
    either_or: bool = False
    asked: bool = True
    close: bool = False
    here: bool = False


Reading = tuple[Stance, str]


def addressee(clause: Clause) -> str:
    """Who is told or sent something: 'them', 'me' (which you is, as an object), 'third', 'role' or ''."""
    persons = clause.hits(*PERSONS)
    for verb in clause.hits("notify", "tell", "send"):
        if verb.tag != "send" and _is_named(clause, verb.last + 1):
            return "third"
        inside = [hit for hit in persons if verb.first <= hit.first <= verb.last]
        near = [hit for hit in persons if verb.last < hit.first <= verb.last + 3]
        for hit in inside or near:
            if hit.tag == "you" and clause.language != "en":
                continue
            if hit.tag != "you" or verb.tag != "send":
                return _role_of(hit)
    tags = {_role_of(hit) for hit in persons if hit.tag != "you"}
    return next((tag for tag in ("them", "me", "role", "third") if tag in tags), "")


def _is_named(clause: Clause, place: int) -> bool:
    """Is the word there a name that no list knows: `email Sue`?"""
    word = clause.words[place] if place < len(clause.words) else ""
    known = any(hit.first <= place <= hit.last for hit in (*clause.meaning, *clause.frame))
    return word.istitle() and len(word) > 1 and not known and clause.language == "en"


def _role_of(hit: Hit) -> str:
    return {"them_": "them", "you": "me"}.get(hit.tag, hit.tag)


def is_about(clause: Clause, topic: Topic | None) -> bool:
    """Does the clause speak of the learners' account mail?"""
    who = addressee(clause)
    if who in {"me", "third"}:
        return False
    if clause.has("quiet"):
        return True
    if _offers_us(clause):
        return clause.has("channel")
    if clause.has("other") and not clause.has("mail"):
        return False
    if clause.has("mail", "notify", "selftell") or (clause.has("tell") and who == "them"):
        return True
    told = ("send", "tell") if clause.language == "en" else ("send", "tell", "get")
    if clause.has("thing") and who == "them" and clause.has(*told):
        return True
    if topic is not None and clause.has("self"):
        return True
    if clause.has("weak") and clause.has("channel"):
        return True
    if clause.has("weak"):
        return who == "them" or _means_the_mails(clause)
    return topic is not None and clause.has(*ACTS, "want", "fine") and (clause.has("it") or who == "them")


def _offers_us(clause: Clause) -> bool:
    """`I will send you …`: from them to us, not from us to the learners."""
    places = {hit.first for hit in clause.hits("you")}
    return (
        clause.has("we")
        and any({hit.last + 1, hit.last + 2} & places for hit in clause.hits("send"))
        and not clause.has("want")
    )


def _means_the_mails(clause: Clause) -> bool:
    """`no emails`, `skip the email`: mails without an addressee, but not `send an email`."""
    if clause.has("neg", "negword", "skip"):
        return True
    said = [clause.said(hit).casefold() for hit in clause.hits("weak")]
    if len(clause.words) <= 2 and all(word.endswith("s") for word in said):
        return True
    before = [clause.words[hit.first - 1].casefold() for hit in clause.hits("weak") if hit.first]
    definite = any(word.endswith("s") for word in said) or bool(DEFINITE & set(before))
    return definite and (clause.has("send", "fine", "want", "delay") or bool(clause.replies))


def polarity(clause: Clause, language: str) -> int:
    """+1 for the mail, -1 against it: negations, holding back and dislike each turn it round."""
    turns = _negations(clause, language) + clause.has("skip") + clause.has("bad") + clause.has("quiet")
    turns += clause.link == "instead_"
    return -1 if turns % 2 else 1


def _negations(clause: Clause, language: str) -> int:
    plain, words = clause.hits("neg"), clause.hits("negword")
    if language in CONCORD:
        return bool(plain or words)
    plain = [
        hit
        for hit in plain
        if clause.said(hit).casefold() != "no" or not any(other.last < hit.first for other in plain)
    ]
    free = [word for word in words if not any(hit.first < word.first for hit in plain)]
    return len(plain) + bool(free)


def read_clause(clause: Clause, language: str, topic: Topic | None, asks: bool) -> Reading | None:
    """The stance of one clause, and why; None where it says nothing of the account mail."""
    if topic and (answer := _reply(clause, topic)):
        return answer
    if (
        addressee(clause) == "role"
        and clause.has("only", "except", "mail", "weak")
        and clause.has(*ACTS)
        and not tells_themselves(clause)
    ):
        return Stance.UNCLEAR, "a group"
    if (
        clause.has("column")
        and clause.has("mail", "weak", "notify")
        and clause.has("get", "send", "notify", "group")
    ):
        return Stance.UNCLEAR, "column by column"
    if clause.has("undecided") and clause.has("mail", "notify") and addressee(clause) != "me":
        return Stance.UNCLEAR, "undecided"
    if (
        clause.has("we")
        and clause.has("tell")
        and clause.has("you")
        and clause.has("mail", "weak")
        and clause.has("delay")
    ):
        return Stance.UNCLEAR, "put off"
    if not is_about(clause, topic):
        if (
            asks
            and clause.has("question", "group")
            and (clause.has("mail") or clause.has("weak") and not clause.has("you", "me"))
        ):
            return Stance.UNCLEAR, "a question"
        return _evasive(clause, topic)
    if clause.has("history") and not clause.has("ask", "want", "fine"):
        if clause.has("expects") and clause.has("mail", "weak") and not clause.has("neg"):
            return Stance.YES, "they expect it"
        return Stance.TOPIC, "what happened before"
    if clause.has("cond") and clause.has("lost") and not clause.has("send", "notify"):
        return _consequence(clause)
    if _send_their_own(clause):
        return Stance.NO, "they send their own"
    limit = limit_of(clause)
    if limit == "put off" and tells_themselves(clause) and not clause.has("neg"):
        limit = ""
    if limit:
        return Stance.UNCLEAR, limit
    if asks and not requests(clause):
        return Stance.UNCLEAR, "a question"
    if addressee(clause) == "role" and not tells_themselves(clause):
        return Stance.UNCLEAR, "a group"
    sign = polarity(clause, language) * (
        topic.sign if topic and not clause.has("mail", "notify", "weak", "skip") else 1
    )
    if tells_themselves(clause):
        if clause.link == "because" and not clause.has("self", "selftell"):
            return None
        return (Stance.NO, "they tell them themselves") if sign > 0 or clause.link == "instead_" else None
    if clause.link != "instead_" and not clause.has(*ACTS, "want", "fine", "bad", "neg", "negword", "quiet"):
        if labelled := _labelled(clause):
            return labelled
        if not _please(clause):
            return Stance.TOPIC, "names the mail"
    return (Stance.YES, "wants it") if sign > 0 else (Stance.NO, "does not want it")


def limit_of(clause: Clause) -> str:
    """Why a clause gives no single answer: a group, a condition, a later date …; '' if it does."""
    for tag in ("undecided", "delegate", "same", "column", "channel", "except", "group"):
        if any(tag != "same" or not _within_mail(clause, hit) for hit in clause.hits(tag)):
            return tag
    if any(_singles_out(clause, hit) for hit in clause.hits("only")):
        return "only some"
    if _conditional(clause):
        return "a condition"
    if clause.has("delay") and not clause.has("now"):
        return "put off"
    if clause.has("neg", "negword") and any(
        clause.said(hit).casefold().startswith("before") for hit in clause.hits("now")
    ):
        return "put off"
    return ""


def _within_mail(clause: Clause, limit: Hit) -> bool:
    return any(hit.first <= limit.last and limit.first <= hit.last for hit in clause.hits("mail"))


def _conditional(clause: Clause) -> bool:
    """An if that nothing softens: neither `if possible` nor `it would be good if`."""
    if clause.has("polite"):
        return False
    weighed = [hit.last for hit in clause.hits("fine", "bad", "want", "ask")]
    return any(not any(last < hit.first for last in weighed) for hit in clause.hits("cond"))


def _singles_out(clause: Clause, only: Hit) -> bool:
    """`only the managers`, but not `only the welcome mail`, `just send it`, `only the new learners`."""
    following = [hit for hit in clause.meaning if only.last < hit.first <= only.last + 3]
    if any(hit.tag == "role" for hit in following[:2]) or any(
        _narrowed(clause, hit) for hit in following if hit.tag == "them"
    ):
        return True
    if following and following[0].tag in {"mail", "weak", "want", "neg", "them", *ACTS}:
        return False
    rest = clause.words[only.last + 1 : only.last + 2]
    if (
        not rest
        or rest[0].casefold() in {"the", "those", "for", "our", "to", "please"}
        or clause.language != "en"
    ):
        return clause.said(only).casefold() != "just" or bool(rest)
    return clause.said(only).casefold() != "just" and (only.first <= 1 or rest[0].istitle())


def _narrowed(clause: Clause, them: Hit) -> bool:
    """`the learners from Leeds`, but not `the learners in the attached list`."""
    rest = [word.casefold() for word in clause.words[them.last + 1 : them.last + 5]]
    return bool(rest) and rest[0] in NARROWING and not any(word.startswith(LISTED) for word in rest)


def tells_themselves(clause: Clause) -> bool:
    """`we will tell them ourselves`, `I'll let them know`, `handed out in class`."""
    if clause.has("self", "selftell"):
        return True
    verbs = clause.hits("notify", "tell", "send")
    if not verbs or clause.has("want", "ask", "fine", "bad"):
        return False
    for subject in clause.hits("we", "role"):
        verb = next((hit for hit in verbs if subject.last < hit.first <= subject.last + 5), None)
        if verb is None:
            continue
        if any(subject.last < hit.first < verb.first for hit in clause.hits("them")) and verb.tag != "send":
            continue
        if any(verb.last < hit.first <= verb.last + 2 for hit in clause.hits("you")):
            continue
        between = {word.casefold() for word in clause.words[subject.last + 1 : verb.first]}
        passive = between & PASSIVE and not clause.words[verb.first].casefold().endswith("ing")
        if passive or (
            subject.tag == "role" and addressee(clause) not in {"them", ""} and not clause.has("mail")
        ):
            continue
        if "can" in between and clause.link in {"because", "so_"}:
            return True
        if between & WILL or (
            verb.tag != "send" and subject.tag == "we" and "to" not in between and "can" not in between
        ):
            return True
    return clause.language != "en" and any(hit.first == verbs[0].last + 1 for hit in clause.hits("we"))


def _send_their_own(clause: Clause) -> bool:
    """`we'll send our own email`, but not `send them our own text`."""
    return (
        clause.has("ours")
        and not clause.has("ask", "want", "fine")
        and (clause.has("we") or clause.hits("ours")[0].first <= 1)
    )


def requests(clause: Clause) -> bool:
    """`could you notify them?` asks for it; `do they get an email?` asks about it."""
    return clause.has("ask") and not any(hit.tag == "question" and hit.first <= 1 for hit in clause.frame)


def _please(clause: Clause) -> bool:
    return any(
        hit.tag == "ask" and clause.said(hit).casefold() in {"please", "bitte"} for hit in clause.frame
    )


def _consequence(clause: Clause) -> Reading:
    """`if they don't hear from you they'll be lost`: said for the sake of its end."""
    first = min(hit.first for hit in clause.hits("lost"))
    if any(clause.said(hit).casefold() == "unless" for hit in clause.hits("cond")):
        return Stance.YES, "they need it"
    denied = [hit for hit in clause.hits("neg", "negword") if hit.first < first]
    return (Stance.YES, "they need it") if denied else (Stance.NO, "it would harm")


def _labelled(clause: Clause) -> Reading | None:
    """`notifications yes`, `no to the emails`: the mail named beside a plain reply."""
    end = len(clause.words) - 1
    while end and clause.words[end].casefold() in FILLERS:
        end -= 1
    tags = {
        hit.tag
        for hit in clause.replies
        if hit.last == end or (hit.first <= 1 and clause.said(hit).casefold() not in {"on", "off"})
    }
    if tags and tags <= {"yes", "do"}:
        return Stance.YES, "named with a yes"
    if tags and tags <= {"no", "dont"}:
        return Stance.NO, "named with a no"
    return None


def _evasive(clause: Clause, topic: Topic | None) -> Reading | None:
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
        and clause.replies
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


def _reply(clause: Clause, topic: Topic) -> Reading | None:
    """`yes please`, `rather not` to the question at hand."""
    starts = [hit for hit in clause.replies if hit.first <= 1 and (topic.asked or hit.tag in {"do", "dont"})]
    if starts and not topic.asked and not _adds_nothing(clause.words[max(hit.last for hit in starts) + 1 :]):
        return None
    if not starts or clause.has("other") or not _is_bare(clause, starts):
        return None
    if limit := limit_of(clause):
        return Stance.UNCLEAR, limit
    first = max(starts, key=lambda hit: (hit.tag in {"do", "dont"}, hit.last - hit.first))
    if topic.either_or:
        return Stance.UNCLEAR, "a bare reply to an either-or question"
    agrees = first.tag in {"yes", "do"}
    inverted = (topic.sign < 0) != (topic.minds and first.tag in {"yes", "no"})
    return (Stance.YES if agrees != inverted else Stance.NO), "a reply to the question"


def _is_bare(clause: Clause, replies: list[Hit]) -> bool:
    rest = clause.words[max(hit.last for hit in replies) + 1 :]
    if not clause.has(*ACTS, "mail", "weak"):
        return (
            len(clause.words) <= 6
            or replies[0].first == 0
            and replies[0].tag in {"yes", "no"}
            and len(rest) <= 6
        )
    return len(rest) <= 1 and len(clause.words) <= 6


def _adds_nothing(words: tuple[str, ...]) -> bool:
    return len(words) <= 3 and all(word.casefold() in FILLERS for word in words)
