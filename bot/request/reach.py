"""Second stage of the preference: whom support's own mail reaches, and what the sender failed to do."""

from itertools import pairwise

from bot.request.clauses import Clause
from bot.request.vocabulary import Hit, small

PRO_DROP = {"es", "it", "pt"}


def reaches_them(clause: Clause, who: str) -> bool:
    """`que les llegue su correo`, `la vostra mail agli utenti`: support's mail, and who gets it."""
    yours = [hit for hit in clause.hits("neutral") if _is_yours(clause, hit)]
    if clause.language == "en" or not yours:
        return False
    dropped = who == "" and clause.language in PRO_DROP and not clause.has("me", "we", "you")
    given = any(yours[0].last < hit.first <= yours[0].last + 3 for hit in clause.hits("them"))
    return (clause.has("get") and (who == "them" or dropped)) or given


def _is_yours(clause: Clause, hit: Hit) -> bool:
    return clause.words[hit.first].casefold() in small("yours")


def stays_unaware(clause: Clause) -> bool:
    """`werde ich davon nichts erfahren`: it is the sender who hears nothing."""
    return clause.language != "en" and clause.has("we") and not clause.has("them")


def wants_no_silence(clause: Clause) -> bool:
    """`I'd rather not be left in the dark`: the silence would be the sender's own."""
    own = clause.has("we") and not clause.has("them", "mail", "weak", "notify")
    between = clause.words[clause.hits("we")[0].last + 1 : clause.hits("quiet")[0].first] if own else ()
    return any(word.casefold() in small("passive") for word in between)


def asks_for_it(clause: Clause) -> bool:
    """`können Sie mir den Text der Mail an die Teilnehmer schicken?`: where the verb ends its clause."""
    mine = [
        hit
        for hit in clause.hits("me")
        if hit.first == hit.last and clause.words[hit.first - 1].casefold() not in small("for_whom")
    ]
    if clause.language not in {"de", "nl"} or not mine or not clause.has("send") or clause.has("we"):
        return False
    told = [hit.first for hit in clause.hits("them", "role")]
    return clause.has("ask") and all(mine[0].first < place for place in told)


def fails_to(clause: Clause) -> bool:
    """`I couldn't find how to do this myself`: what they could not do, so it tells nobody anything."""
    own = clause.hits("self", "selftell")
    words = [word.casefold() for word in clause.words[: own[0].first]] if own else []
    return any(before in small("failing") and word in small("failed") for before, word in pairwise(words))
