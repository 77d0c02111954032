"""Third stage of the preference: what one clause says, by the first rule that can tell."""

from bot.request.clauses import Clause
from bot.request.limits import COUNTED, limit_of
from bot.request.matter import (
    ACTS,
    Topic,
    addressee,
    denials_pile_up,
    is_about,
    polarity,
    requests,
    sends_their_own,
    tells_themselves,
)
from bot.request.pointing import only_points
from bot.request.replies import Reading, Stance, read_evasion, read_label, read_reply
from bot.request.subgroups import describes_some, speaks_of_part
from bot.request.vocabulary import small


def read_clause(clause: Clause, topic: Topic | None, *, asks: bool) -> Reading | None:
    """The stance of one clause, and why; None where it says nothing of the account mail."""
    if clause.has("overrides"):
        return (Stance.TOPIC, "names the mail") if clause.has("mail", "weak") else None
    if topic and (reply := read_reply(clause, topic)):
        return reply
    if clause.has("supports") and clause.has("them", "mail"):
        # Only support asks a customer so: its question stands there without a quote mark.
        return Stance.TOPIC, "names the mail"
    if only_points(clause):
        return (Stance.TOPIC, "names the mail") if clause.has("mail", "weak") else None
    if describes_some(clause):
        return None
    if found := _before_all(clause):
        return found
    if not is_about(clause, topic) or _only_states(clause, topic):
        return _asked_about(clause, asks) or read_evasion(clause, topic)
    for rule in (_past, _known, _consequence, _their_own, _limit):
        if found := rule(clause):
            return found
    if asks and not requests(clause):
        return Stance.UNCLEAR, "a question"
    if addressee(clause) == "role" and not tells_themselves(clause):
        return Stance.UNCLEAR, "a group"
    return _stance(clause, topic)


def _before_all(clause: Clause) -> Reading | None:
    """Groups, columns and open questions, whoever is told of them."""
    named = clause.has("mail", "weak")
    grouped = addressee(clause) == "role" and (named or clause.has("only", "except"))
    if grouped and clause.has(*ACTS) and not tells_themselves(clause):
        return Stance.UNCLEAR, "a group"
    if (
        clause.has("only")
        and (named or clause.has("notify"))
        and clause.has("get", "send", "notify")
        and limit_of(clause) in {"only some", "group", COUNTED}
    ):
        return Stance.UNCLEAR, "only some"
    if (
        clause.has("column")
        and (named or clause.has("notify"))
        and clause.has("get", "send", "notify", "group")
    ):
        return Stance.UNCLEAR, "column by column"
    texted = {hit.last for hit in clause.hits("channel") if hit.last > hit.first}
    if clause.has("ask") and texted & {hit.last for hit in clause.hits("them")}:
        return Stance.UNCLEAR, "another channel"
    unsure = clause.has("undecided") and (clause.has("mail", "notify") or (named and not clause.has("lost")))
    if unsure and addressee(clause) != "me":
        return Stance.UNCLEAR, "undecided"
    if named and clause.has("delegate") and addressee(clause) != "me" and not clause.has("other"):
        return Stance.UNCLEAR, "delegate"
    if named and addressee(clause) == "third" and _waits(clause):
        return Stance.UNCLEAR, "put off"
    if named and clause.has("delay") and all(clause.has(tag) for tag in ("we", "tell", "you")):
        return Stance.UNCLEAR, "put off"
    return None


def _waits(clause: Clause) -> bool:
    """`wait with the emails until the board agrees`: whom it hangs on is no addressee."""
    starts = [hit.first for hit in clause.hits("delay")]
    return bool(starts) and starts[0] <= clause.has("ask") and not clause.has("you")


def _asked_about(clause: Clause, asks: bool) -> Reading | None:
    """`what does the email say?`"""
    named = clause.has("mail") or (clause.has("weak") and not clause.has("you", "me"))
    doing = clause.has("weak") and clause.has("send") and clause.words[0].casefold() in small("auxiliary")
    asked = asks and (named or (doing and not clause.has("me"))) and clause.has("question", "group")
    return (Stance.UNCLEAR, "a question") if asked else None


def _past(clause: Clause) -> Reading | None:
    """`last time nobody got it` only names the mail; `I told them to expect it` wants it."""
    if not clause.has("history") or clause.has("ask", "want", "fine", "same", "delegate"):
        return None
    if clause.has("we") and any(hit.first == 0 for hit in clause.hits("delay")):
        return None  # `once I've had a chance to brief them`
    acts, past = clause.hits("notify", "tell", "send"), clause.hits("history")[0]
    awaited = [at for at, word in enumerate(clause.words) if word.casefold() in small("till")]
    if awaited and awaited[0] < past.first and clause.has(*ACTS):
        # `… until we've had our launch`: what is waited for is no past.
        return None
    if (
        acts
        and acts[0].first <= 1
        and any(acts[0].last < hit.first < past.first for hit in clause.hits("that_"))
    ):
        return None
    if clause.has("expects") and clause.has("mail", "weak") and not clause.has("neg"):
        return Stance.YES, "they expect it"
    return Stance.TOPIC, "what happened before"


def _consequence(clause: Clause) -> Reading | None:
    """`if they don't hear from you they'll be lost`: said for the sake of its end."""
    if not (clause.has("cond") and clause.has("lost")) or clause.has("send", "notify"):
        return None
    first = min(hit.first for hit in clause.hits("lost"))
    unless = any(clause.said(hit).casefold() in small("unless") for hit in clause.hits("cond"))
    denied = any(hit.first < first for hit in clause.hits("neg", "negword"))
    return (Stance.YES, "they need it") if unless or denied else (Stance.NO, "it would harm")


def _their_own(clause: Clause) -> Reading | None:
    return (Stance.NO, "they send their own") if sends_their_own(clause) else None


def _limit(clause: Clause) -> Reading | None:
    limit = limit_of(clause)
    if not limit or (limit in {"put off", "channel"} and tells_themselves(clause) and not clause.has("neg")):
        return None
    return Stance.UNCLEAR, limit


def _stance(clause: Clause, topic: Topic | None) -> Reading | None:
    """Yes or no by polarity; a clause that only names the mail is its topic."""
    sign = polarity(clause)
    goes_out = clause.has("it") and any(
        clause.said(hit).casefold().startswith("sen")
        or "out" in clause.words[hit.first : hit.last + 2]
        or clause.words[hit.last].casefold() in small("switched_on")
        for hit in clause.hits("send")
    )
    of_its_own = (
        goes_out or clause.has("mail", "notify", "weak", "skip") or (clause.has("get") and clause.has("them"))
    )
    if topic and not of_its_own:
        sign *= topic.sign
    if tells_themselves(clause):
        if sign > 0 and clause.has("expects"):
            return (Stance.YES, "they expect it") if clause.has("mail", "weak") else None
        if (clause.link == "because" and not clause.has("self", "selftell")) or (
            sign < 0 and clause.link != "instead_"
        ):
            return None
        return Stance.NO, "they tell them themselves"
    if clause.link != "instead_" and not clause.has(*ACTS, "want", "fine", "bad", "neg", "negword", "quiet"):
        if label := read_label(clause):
            return label
        if not any(
            hit.tag == "ask" and clause.said(hit).casefold() in small("please") for hit in clause.frame
        ):
            return Stance.TOPIC, "names the mail"
    if _only_regards(clause):
        return read_label(clause) or (Stance.TOPIC, "names the mail")
    if clause.has("quotes") and not clause.has("ask", "want", "fine", "bad", "get"):
        return read_label(clause) or (Stance.TOPIC, "names the mail")
    if sign > 0 and denials_pile_up(clause):
        return Stance.UNCLEAR, "negations"
    if sign > 0 and not _is_wished(clause):
        return Stance.UNCLEAR, "no plain wish"
    if speaks_of_part(clause):
        return Stance.UNCLEAR, "a part of them"
    return (Stance.YES, "wants it") if sign > 0 else (Stance.NO, "does not want it")


def _only_regards(clause: Clause) -> bool:
    """`as for telling the learners by email`: what is spoken of, before it is said what is wanted."""
    opens = any(hit.first == 0 for hit in clause.hits("regards"))
    return opens and not clause.has("ask", "want", "fine", "bad", "get", "skip", "neg", "negword")


def _known(clause: Clause) -> Reading | None:
    """`I know you normally email them`, `you kindly offer to tell them`: what support does, not a wish."""
    wishes = clause.has("ask", "want", "fine", "neg", "negword", "skip", "bad", "quiet", "same", "lost")
    asks = any(hit.first == 0 for hit in clause.hits("question"))
    due = {word.casefold() for word in clause.words} & small("duty")
    if not clause.has("habit") or wishes or asks or due or clause.link == "instead_":
        return None
    return Stance.TOPIC, "names the mail"


def _only_states(clause: Clause, topic: Topic | None) -> bool:
    """`they will be briefed on site`, `her address is shared`: how things are, no wish for the mail."""
    if topic is None or topic.asked or clause.link == "instead_" or limit_of(clause):
        return False
    sent = any(clause.said(hit).casefold() in small("it") for hit in clause.hits("it"))
    goes = sent and clause.has("send") and not clause.has("we")
    if clause.has("mail", "notify", "weak", "quiet") or goes or tells_themselves(clause):
        return False
    if clause.has("ask", "want", "fine", "neg", "negword", "skip", "bad", "scrap", "expects"):
        return False
    acts = clause.hits("send", "notify", "tell")
    ordered = bool(acts) and acts[0].first <= 1
    persons = clause.hits("them", "we", "third", "role", "you")
    ordered &= not any(hit.first < acts[0].first for hit in persons) if acts else False
    said = {word.casefold() for word in clause.words}
    return not ordered and not said & small("duty") and not (clause.has("get") and clause.has("them"))


def _is_wished(clause: Clause) -> bool:
    """A yes needs a wish or an order: `emailing them is a sin` names the act and says neither."""
    if clause.has("ask", "want", "fine", "get", "neg", "negword", "skip", "bad", "weigh"):
        return True
    acts = clause.hits("send", "notify", "tell")
    if acts and clause.words[acts[0].first].casefold() in small("including"):
        return True
    doing = acts and clause.words[acts[0].last].casefold()[2:].endswith("ing") and clause.language == "en"
    return not (doing and acts[0].first <= 1 and len(clause.words) > acts[0].last + 1)
