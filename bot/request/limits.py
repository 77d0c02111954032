"""Third stage of the preference: what keeps a clause from giving a single answer."""

from bot.request.clauses import Clause
from bot.request.matter import ACTS
from bot.request.subgroups import describes_some
from bot.request.vocabulary import Hit, small

LIMITS = ("undecided", "delegate", "same", "column", "channel", "except", "group", "only", "cond", "delay")
# `learners 7 to 12`: nothing that others read makes them all.
COUNTED = "from one to another"


def limit_of(clause: Clause) -> str:
    """Why a clause gives no single answer: a group, a condition, a later date …; '' if it does."""
    for tag in ("undecided", "delegate", "same", "column", "channel", "except", "group"):
        if any(tag != "same" or not _adds_nothing(clause, hit) for hit in clause.hits(tag)):
            return COUNTED if tag == "group" and _is_counted(clause) else tag
    if any(_singles_out(clause, hit) for hit in clause.hits("only")):
        return "only some"
    if any(clause.said(hit).casefold() in small("whether") for hit in clause.hits("cond")):
        return "undecided"
    if _conditional(clause):
        return "a condition"
    if clause.has("delay") and not clause.has("now"):
        return "put off"
    if clause.has("neg", "negword") and any(
        clause.words[hit.first].casefold() in small("before") for hit in clause.hits("now")
    ):
        return "put off"
    denied = {hit.last + 1 for hit in clause.hits("neg")}
    times = [hit for hit in clause.hits("now") if clause.words[hit.last].casefold() not in small("times")]
    if any(hit.first in denied for hit in times):
        return "put off"
    return ""


def _is_counted(clause: Clause) -> bool:
    return any(small("through") & set(clause.said(hit).casefold().split()) for hit in clause.hits("group"))


def contrasts(clause: Clause) -> bool:
    """`die Hamburger nicht`, `a los de Bilbao no`, `pour Lille non`: it ends denied and names people."""
    words = [word.casefold() for word in clause.words]
    if not 2 <= len(words) <= 7 or words[-1] not in small("not") | small("refusals"):
        return False
    acts = [hit for hit in clause.hits(*ACTS) if hit.last or words[0] not in small("for_whom")]
    if acts or clause.link in {"because", "cond", "when_", "or_"}:
        return False
    if clause.has("other", "neutral", "fine", "me", "we", "you", "lost", "bad", "mail", "weak", "want"):
        return False
    named = words[0] in small("definite") | small("narrowing") | small("every") | small("for_whom")
    return named or _is_a_name(clause) or clause.has("them", "role", "third", "group")


def _is_a_name(clause: Clause) -> bool:
    """`Arnhem niet`: one word that no list knows, written large."""
    known = clause.meaning[:1] + clause.frame[:1] + clause.replies[:1]
    first = clause.words[0]
    return (
        len(clause.words) == 2
        and first.istitle()
        and len(first) > 2
        and not any(hit.first == 0 for hit in known)
    )


def fragment_limit(clause: Clause) -> str:
    """Why a piece that says nothing of its own limits what stands beside it: `but only the managers`."""
    if clause.link in {"because", "so_"} or not clause.has(*LIMITS) or clause.has("same"):
        return ""
    if (clause.has("channel") and clause.has("neg")) or describes_some(clause):
        return ""
    if any(hit.first == 0 for hit in clause.hits("group", "except", "only")):
        return limit_of(clause)
    if clause.link in {"cond", "when_", "but_"} or (
        len(clause.words) <= 5 and not clause.has("them", "we", "third")
    ):
        return limit_of(clause)
    return ""


def _adds_nothing(clause: Clause, same: Hit) -> bool:
    """`the usual mail`, `inform them by email as normal`: the act is told in full."""
    said = clause.said(same).casefold().split()
    lead = 1 + sum(hit.first <= 1 for hit in clause.hits("ask"))
    ordered = any(hit.first <= lead for hit in clause.hits("notify", "send"))
    told = ordered and clause.has("them", "mail") and bool(said) and said[-1] in small("customary")
    return _within_mail(clause, same) or (told and said[0] in small("as"))


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
    if clause.words[0].casefold() in small("it") and not clause.has(*ACTS, "them", "role", "mail", "weak"):
        # `this is for audit only`: what it is for, not whom.
        return False
    following = [hit for hit in clause.meaning if only.last < hit.first <= only.last + 3]
    if any(hit.tag == "role" for hit in following[:2]) or any(
        _narrowed(clause, hit) for hit in following if hit.tag == "them"
    ):
        return True
    if _is_someone_else(clause, only):
        return True
    if following and following[0].tag in {"mail", "weak", "want", "neg", "them", "bad", "lost", *ACTS}:
        return False
    rest = clause.words[only.last + 1 : only.last + 2]
    if not rest and only.first and clause.words[only.first - 1].casefold() in small("making"):
        return False
    if not rest or rest[0].casefold() in small("limited") or clause.language != "en":
        return clause.said(only).casefold() not in small("just") or bool(rest)
    return clause.said(only).casefold() not in small("just") and (only.first <= 1 or rest[0].istitle())


def _is_someone_else(clause: Clause, only: Hit) -> bool:
    """`nur die Frühschicht`: a name that no list knows, behind its article."""
    name = only.last + 2
    if name >= len(clause.words) or clause.said(only).casefold() in small("just"):
        return False
    known = any(hit.first <= name <= hit.last for hit in (*clause.meaning, *clause.frame))
    article = clause.words[name - 1].casefold() in small("definite")
    return article and not known and (clause.words[name].istitle() or clause.language not in {"en", "de"})


def _narrowed(clause: Clause, them: Hit) -> bool:
    """`the learners from Leeds`, `the apprentices`, but not `the learners in the attached list`."""
    said = [word.casefold() for word in clause.words[them.first : them.last + 1]]
    if any(word.startswith(tuple(small("trades"))) for word in said):
        return True
    if clause.language != "en" and not any(word.startswith(tuple(small("generic"))) for word in said):
        return True
    rest = [word.casefold() for word in clause.words[them.last + 1 : them.last + 5]]
    rest = said[-1:] + rest if said[-1] in small("narrowing") else rest
    return bool(rest) and rest[0] in small("narrowing") and not small("listed") & set(rest)
