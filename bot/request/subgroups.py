"""Third stage of the preference: clauses whose subject is a part of the learners, or describes them."""

from bot.request.clauses import Clause
from bot.request.matter import ACTS
from bot.request.vocabulary import small


def speaks_of_part(clause: Clause) -> bool:
    """`Over 18s may be emailed`, `day staff can be told`: the wish holds for people no list knows.

    Behind an article the unknown word is the name of them all: `the fellas should be told`.
    """
    if clause.language != "en" or clause.link in {"because", "when_", "cond", "instead_"}:
        return False
    subject = _subject(clause)
    if not subject or len(subject) > 5:
        return False
    plain = [word.casefold() for word in subject]
    if small("undivided") & set(plain):
        return False
    them = [hit for hit in clause.hits("them") if hit.last < len(subject)]
    if them:
        # `day staff`: a bare word before the people tells them from others.
        return them[0].first == 1 and len(subject) == 2 and not _is_known(clause, 0)
    return not any(_is_known(clause, place) for place in range(len(subject)))


def describes_some(clause: Clause) -> bool:
    """`most of them are retired`, `some have no computer`: how they are, not who is to be told."""
    groups = [hit for hit in clause.hits("group", "them") if hit.first == 0]
    if clause.language != "en" or not clause.has("group") or not groups:
        return False
    if clause.words[0].casefold() not in small("partitive"):
        # `the rest are known to us` stands against those who are to be told.
        return False
    start = max(hit.last for hit in groups) + 1
    start = max([start, *(hit.last + 1 for hit in clause.hits("them") if hit.first == start)])
    rest = [word.casefold() for word in clause.words[start : start + 3]]
    if not rest or rest[0] not in small("stative") or "to" in [word for word in rest if word != "not"][1:2]:
        return False
    joined = (
        at for at, word in enumerate(clause.words) if at > start and word.casefold() in small("joiners")
    )
    end = next(joined, len(clause.words))
    means = clause.hits(*ACTS, "mail", "weak", "want", "ask")
    return not any(start < hit.first < end for hit in means if clause.said(hit).casefold() != rest[0])


def _subject(clause: Clause) -> tuple[str, ...]:
    """The words before the verb that says what is to be done for them."""
    for place, word in enumerate(clause.words[:7]):
        after = clause.words[place + 1 : place + 2]
        if word.casefold() in small("granting"):
            return clause.words[:place]
        if word.casefold() == "to" and after and after[0].casefold() in small("passive"):
            return clause.words[:place]
    return ()


def _is_known(clause: Clause, place: int) -> bool:
    return clause.words[place].casefold() not in small("joiners") and any(
        hit.first <= place <= hit.last for hit in (*clause.meaning, *clause.frame, *clause.replies)
    )
