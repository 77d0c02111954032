"""Third stage of the preference: whether the words of a mail name the account mail, or another matter."""

from collections.abc import Sequence
from functools import cache

from bot.request.clauses import Clause, language_of, read_sentences
from bot.request.matter import names_mail
from bot.request.questions import QUOTED_READ
from bot.request.spelling import fold
from bot.request.tokens import Token
from bot.request.vocabulary import small

# What words of these meanings name: the mail, or that somebody is told.
NAMING = frozenset({"mail", "weak", "notify", "tell", "quiet", "selftell", "skip"})
REACHING = frozenset({"send", "get", "them"})


def names_another(tokens: Sequence[Token], said: str) -> bool:
    """Does the sentence name another matter and no account mail? `Do not mail them the certificates.`"""
    tags = {tag for token in tokens if token.sentence == said for tag in token.tags}
    return "other" in tags and not tags & {"mail", "selftell"}


def names_a_mail(tokens: Sequence[Token], said: str, quoted: str) -> bool:
    """Does anybody speak of mails or of telling, or the sentence that decides of what is sent to them?

    `All fine, please run it` may answer anything.
    """
    if any(tag in NAMING for token in tokens for tag in token.tags):
        return True
    # What is asked stands without a sentence of its own.
    for sentence in (said, ""):
        here = [token for token in tokens if token.sentence == sentence]
        sent = any(not REACHING.isdisjoint(token.tags) for token in here)
        if sent and not _ways().isdisjoint(token.word for token in here):
            return True
    head = quoted[:QUOTED_READ]
    asked = read_sentences(head, language_of(head))
    return any(names_mail(sentence.clauses) or any(map(_sends, sentence.clauses)) for sentence in asked)


def _sends(clause: Clause) -> bool:
    """`We send the learners nothing, right?`"""
    return clause.has("send") and clause.has("them") and not clause.has("other", "me", "role")


@cache
def _ways() -> frozenset[str]:
    return frozenset(map(fold, small("reaching")))
