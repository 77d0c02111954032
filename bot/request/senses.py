"""Second stage of the preference: of the meanings a word may have, the one that its neighbours leave it."""

from dataclasses import replace

from bot.request.vocabulary import Hit, small


def sorted_out(hits: tuple[Hit, ...], words: list[str], language: str) -> tuple[Hit, ...]:
    """One word, one sense: a noun for the mail is no verb, an article before a role no learner."""
    hits = tuple(_up_to_its_time(hit, words) for hit in hits)
    nouns = {"mail"} if language == "en" else {"mail", "weak"}
    taken = {place for hit in hits if hit.tag in nouns for place in range(hit.first, hit.last + 1)}
    articled = {
        hit.first for hit in hits if hit.first and words[hit.first - 1].casefold() in small("articles")
    }
    nouns_only = {hit.first for hit in hits if hit.tag == "weak" and hit.first in articled}
    mails = {hit.first for hit in hits if hit.tag in {"mail", "weak", "other"}}
    mails |= {place - 1 for place in mails if words[place - 1].casefold() in small("future")}
    roles = {hit.first for hit in hits if hit.tag in {"role", "third"}}
    determiners = small("every") | (small("definite") if language != "en" else frozenset())
    spoken = {place for hit in hits for place in range(hit.first, hit.last + 1)}
    return tuple(
        hit
        for hit in hits
        if not (
            hit.tag == "fine" and not hit.last and small("onward") & {word.casefold() for word in words[1:2]}
        )
        and not (hit.tag == "send" and _joins_no_mail(hit, words, mails))
        and not (hit.tag in {"them", "it"} and _is_article(hit, words, spoken))
        and not (hit.tag in {"notify", "tell", "send"} and hit.first in taken | nouns_only)
        and not (hit.tag in {"them", "it"} and hit.last + 1 in roles and language != "en")
        and not (hit.tag == "them" and hit.last + 1 in mails and words[hit.last].casefold() in determiners)
    )


def _up_to_its_time(hit: Hit, words: list[str]) -> Hit:
    """`a mail as soon as the accounts are ready` is any mail; `a mail about the account` is the learners'."""
    between = {word.casefold() for word in words[hit.first + 1 : hit.last]}
    if hit.tag == "mail" and between & small("whens"):
        return replace(hit, tag="weak", last=hit.first)
    return hit


def _joins_no_mail(hit: Hit, words: list[str], mails: set[int]) -> bool:
    """`with` alone is an act only before the mail: `with the email`, not `dispensed with`."""
    return words[hit.last].casefold() in small("with") and not mails & set(range(hit.last, hit.last + 6))


def _is_article(hit: Hit, words: list[str], spoken: set[int]) -> bool:
    """`die Spätschicht`: before a name that no list knows it stands for nobody."""
    after = words[hit.last + 1] if hit.last + 1 < len(words) else ""
    return (
        hit.first == hit.last
        and words[hit.first].casefold() in small("definite")
        and hit.last + 1 not in spoken
        and after.istitle()
    )
