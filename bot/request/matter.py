"""Third stage of the preference: whom a clause speaks to, and whether of the learners' account mail."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.request.clauses import Clause
from bot.request.reach import asks_for_it, fails_to, reaches_them, stays_unaware, wants_no_silence
from bot.request.vocabulary import Hit, small

PERSONS = ("them", "them_", "me", "third", "role", "you")
ACTS = ("send", "get", "notify", "tell", "skip")
# Where one negation takes two words: `ne … aucun`, `no … nadie`, `non … nessuno`.
CONCORD = {"fr", "es", "it", "pt"}


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


def addressee(clause: Clause) -> str:
    """Who is told or sent something: 'them', 'me' (which you is, as an object), 'third', 'role' or ''."""
    persons = [hit for hit in clause.hits(*PERSONS) if not _does_it(clause, hit)]
    if _wants_to_be_told(clause):
        return "me"
    if asks_for_it(clause):
        return "me"
    for verb in clause.hits("notify", "tell", "send"):
        if verb.tag != "send" and _is_named(clause, verb.last + 1):
            return "third"
        clitic = [hit for hit in persons if hit.last == verb.first - 1 and hit.tag in {"me", "them"}]
        if clitic and clause.language in CONCORD:
            return clitic[-1].tag
        inside = [hit for hit in persons if verb.first <= hit.first <= verb.last]
        near = [hit for hit in persons if verb.last < hit.first <= min(verb.last + 3, _turn(clause, verb))]
        for hit in inside or near:
            if hit.tag == "you" and clause.language != "en":
                continue
            if hit.tag != "you" or verb.tag != "send":
                return _role_of(hit)
    times = [hit.first for hit in clause.hits("when_", "cond", "delay")]
    tags = {
        _role_of(hit)
        for hit in persons
        if hit.tag != "you" and not (hit.tag == "third" and any(time <= hit.first for time in times))
    }
    return next((tag for tag in ("them", "me", "role", "third") if tag in tags), "")


def _does_it(clause: Clause, person: Hit) -> bool:
    """`want us to send it`, `object to us sending it`: the one who acts is not the one who is told."""
    after = [word.casefold() for word in clause.words[person.last + 1 : person.last + 3]]
    if person.tag != "me" or clause.language != "en" or not after:
        return False
    if after[0].endswith("ing"):
        return any(hit.first == person.last + 1 for hit in clause.hits(*ACTS))
    return after[0] == "to" and not small("passive") & set(after[1:])


def _turn(clause: Clause, verb: Hit) -> int:
    """Where words behind a verb begin to say when or whether: `notified when you add them` tells no you."""
    turns = (hit.first for hit in clause.hits("when_", "cond", "now", "because") if hit.first > verb.last)
    return min(turns, default=len(clause.words))


def _wants_to_be_told(clause: Clause) -> bool:
    """`I'd like to be notified`, `wir möchten informiert werden`: the sender's own wish for news."""
    for verb in clause.hits("notify", "tell"):
        subject = next((hit for hit in reversed(clause.hits("we")) if hit.last < verb.first), None)
        if subject is None and clause.words[0].casefold() in small("hopeful"):
            subject = Hit(tag="third", first=0, last=0)
        if subject is None or clause.words[verb.first].casefold().endswith("ing"):
            continue
        between = [word.casefold() for word in clause.words[subject.last + 1 : verb.first]]
        parted = any(subject.last < hit.first < verb.first for hit in clause.hits("them"))
        if clause.words[verb.first].casefold() in small("hearing") and not parted:
            return True
        behind = clause.words[verb.last + 1 : verb.last + 2]
        passive = bool(between and between[-1] in small("passive")) or (
            clause.language != "en" and bool(small("told") & {*between, *behind})
        )
        if passive and set(between) <= small("wishing"):
            return True
    return False


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
        # What `quiet` says of the sender's own silence is about nobody's mail.
        return not wants_no_silence(clause) and not stays_unaware(clause)
    if _offers_us(clause):
        return clause.has("channel")
    if clause.has("other") and not clause.has("mail", "channel"):
        return False
    if clause.has("mail", "notify", "selftell") or (
        clause.has("tell") and (who == "them" or clause.has("self", "group"))
    ):
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
    if clause.has("fine", "bad") and clause.has("them", "them_") and _are_getting_it(clause):
        return True
    if reaches_them(clause, who):
        return True
    if topic is None:
        return False
    wishes = any(clause.said(hit).casefold() not in small("please") for hit in clause.hits("want"))
    return (clause.has("it") and (wishes or clause.has(*ACTS, "fine"))) or (
        who == "them" and clause.has(*ACTS) and not clause.has("me")
    )


def _are_getting_it(clause: Clause) -> bool:
    """`no harm in them getting it`: of all that learners may get, a mailbox for uploads is asked of one."""
    starts = {hit.first for hit in clause.hits("it")}
    getting = [hit for hit in clause.hits("get") if clause.words[hit.first].casefold() in small("receiving")]
    return any(hit.last + 1 in starts for hit in getting)


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
    if clause.has("neg", "negword", "skip") or clause.link == "instead_":
        return True
    if len(clause.words) == 1 or (clause.replies and len(clause.words) <= 3):
        return True
    said = [clause.said(hit).casefold() for hit in clause.hits("weak")]
    if len(clause.words) <= 2 and all(word.endswith("s") for word in said):
        return True
    before = [clause.words[hit.first - 1].casefold() for hit in clause.hits("weak") if hit.first]
    definite = any(word.endswith("s") for word in said) or bool(small("definite") & set(before))
    return definite and (
        clause.has("send", "fine", "want", "delay")
        or (clause.has("bad") and clause.has("we"))
        or bool(clause.replies)
    )


def names_mail(clauses: Iterable[Clause]) -> bool:
    """Is the learners' mail, or telling them, spoken of at all?"""
    return any(_names_mail(clause) and not _is_theirs(clause) for clause in clauses)


def _names_mail(clause: Clause) -> bool:
    told = clause.has("notify") and (clause.has("them") or addressee(clause) not in {"me", "third"})
    return told or clause.has("mail", "weak") or reaches_them(clause, addressee(clause))


def _is_theirs(clause: Clause) -> bool:
    """`I get too many emails`: the sender's own mail, not the learners'."""
    starts = [hit.first for hit in clause.hits("we")]
    gets = [hit.first for hit in clause.hits("get", "history") if starts and hit.first >= starts[0]]
    return bool(gets) and not any(starts[0] < hit.first < gets[0] for hit in clause.hits("them", "ask"))


def polarity(clause: Clause) -> int:
    """+1 for the mail, -1 against it: negations, holding back and dislike each turn it round."""
    turns = _negations(clause) + clause.has("skip") + clause.has("bad") + clause.has("quiet")
    turns += clause.link == "instead_"
    return -1 if turns % 2 else 1


def _negations(clause: Clause) -> int:
    plain, words = [hit for hit in clause.hits("neg") if not _opens(clause, hit)], clause.hits("negword")
    if clause.language in CONCORD:
        denied = sorted(hit.first for hit in (*plain, *words))
        return bool(denied) + any(
            clause.said(hit).casefold() in small("without") and hit.first > denied[0] for hit in plain
        )
    plain = [
        hit
        for hit in plain
        if clause.said(hit).casefold() not in small("nought")
        or not any(other.last < hit.first for other in plain)
    ]
    free = [word for word in words if not any(hit.first <= word.first for hit in plain)]
    return len(plain) + bool(free)


def _opens(clause: Clause, hit: Hit) -> bool:
    """`No we would not like them to`: the word of the reply is no part of the sentence behind it."""
    after = {word.casefold() for word in clause.words[1:2]}
    return (
        hit.first == hit.last == 0
        and clause.said(hit).casefold() in small("refusals")
        and bool(after & small("subjects"))
    )


def denials_pile_up(clause: Clause) -> bool:
    """Two plain negations in one clause: people who write so mean now one, now the other."""
    if clause.language in CONCORD or clause.has("skip", "bad", "fine"):
        return False
    denied = [hit for hit in clause.hits("neg") if not _opens(clause, hit)]
    without = any(clause.said(hit).casefold() in small("without") for hit in denied)
    parted = denied and any(denied[0].last < hit.first < denied[-1].first for hit in clause.hits("that_"))
    return _negations(clause) > 1 and not without and not parted


def only_acts(clause: Clause) -> bool:
    """`please don't send`: an order whose object stood before it."""
    return (
        clause.has("send", "skip", "notify")
        and clause.has("ask", "want", "neg", "negword", "skip")
        and not clause.has("mail", "weak", "other", "third", "role", "me", "we", "you", "group", "get")
        and len(clause.words) <= 6
    )


def sends_their_own(clause: Clause) -> bool:
    """`we'll send our own email`, but not `send them our own text`."""
    return (
        clause.has("ours")
        and not clause.has("ask", "want", "fine")
        and (clause.has("we") or clause.hits("ours")[0].first <= 1)
    )


def tells_themselves(clause: Clause) -> bool:
    """`we will tell them ourselves`, `I'll let them know`, `handed out in class`."""
    if clause.has("self", "selftell"):
        return not fails_to(clause)
    verbs = clause.hits("notify", "tell", "send")
    if not verbs or clause.has("want", "ask", "fine", "bad"):
        return False
    for subject in clause.hits("we", "role", "third"):
        verb = next((hit for hit in verbs if subject.last < hit.first <= subject.last + 5), None)
        if verb is None:
            continue
        if any(subject.last < hit.first < verb.first for hit in clause.hits("them")) and verb.tag != "send":
            continue
        if any(verb.last < hit.first <= verb.last + 2 for hit in clause.hits("you")):
            continue
        between = {word.casefold() for word in clause.words[subject.last + 1 : verb.first]}
        passive = between & small("passive") and not clause.words[verb.first].casefold().endswith("ing")
        if passive or (
            subject.tag == "role" and addressee(clause) not in {"them", ""} and not clause.has("mail")
        ):
            continue
        if between & small("able") and clause.link in {"because", "so_"}:
            return True
        if subject.tag != "we" and "to" in between and verb.tag != "send":
            return True
        if between & small("will") or (
            verb.tag != "send" and subject.tag == "we" and "to" not in between and not between & small("able")
        ):
            return True
    return clause.language != "en" and any(hit.first == verbs[0].last + 1 for hit in clause.hits("we"))


def requests(clause: Clause) -> bool:
    """`could you notify them?` asks for it; `do they get an email?` asks about it."""
    if clause.has("question") and clause.has("mail", "weak") and addressee(clause) == "me":
        return False
    return clause.has("ask") and not any(hit.tag == "question" and hit.first <= 1 for hit in clause.frame)
