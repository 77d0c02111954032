"""Third stage of the preference: a negation or a denied subject that goes on into the clauses behind it."""

from collections.abc import Iterator
from dataclasses import replace

from bot.request.clauses import Clause
from bot.request.matter import ACTS, is_about
from bot.request.vocabulary import Hit, small


def carried(clauses: tuple[Clause, ...]) -> Iterator[Clause]:
    """`don't create passwords or send emails`: a negation goes on over `or` to a bare verb."""
    open_negation: Clause | None = None
    nobody: Hit | None = None
    for clause in clauses:
        if nobody is not None and clause.words[0].casefold() in small("modal"):
            subject = (Hit(tag="neg", first=0, last=0), Hit(tag="them", first=0, last=0))
            yield replace(clause, meaning=(*subject, *clause.meaning))
            nobody = None
            continue
        nobody = _denied_subject(clause) or nobody
        bare = clause.meaning and clause.meaning[0].first <= 2 and clause.meaning[0].tag in ACTS
        if open_negation is not None and bare and _goes_on(open_negation, clause):
            negation = open_negation.hits("neg", "negword", "skip")[0]
            yield replace(clause, meaning=(replace(negation, tag="neg", first=0, last=0), *clause.meaning))
            continue
        if open_negation is not None and not clause.meaning and not clause.link:
            yield clause
            continue
        open_negation = clause if _leaves_open(clause) else None
        yield clause


def _denied_subject(clause: Clause) -> Hit | None:
    """`none of the people, managers included, should be told`: who does not stands before the aside."""
    opening = [hit for hit in clause.hits("neg", "negword") if hit.first == 0]
    says_more = clause.has(*ACTS, "want", "ask", "fine") or not clause.has("them")
    return None if says_more or not opening else opening[0]


def _goes_on(before: Clause, clause: Clause) -> bool:
    if clause.has("neg", "negword"):
        return False
    if len(before.words) == 1 and before.replies and clause.has("ask"):
        return False  # `No, please send it`: answered first, asked for then.
    if clause.link == "or_":
        return True
    return not is_about(before, None) and (clause.link == "and_" or (not clause.link and _unfinished(before)))


def _unfinished(clause: Clause) -> bool:
    return clause.hits("neg")[-1].last >= len(clause.words) - 1


def _leaves_open(clause: Clause) -> bool:
    """`please do not create accounts`, `don't, under any circumstances`: what follows may still be denied."""
    if not clause.hits("neg") or clause.link == "cond" or clause.has("we", "get") or len(clause.words) > 8:
        return False
    if is_about(clause, None):
        return clause.has("ask")
    if clause.has("them"):
        return False
    return _unfinished(clause) or clause.has("ask") or clause.hits("neg")[0].first <= 2
