"""Second stage of the preference: which sentences of a text may answer a question that stands elsewhere.

A few words above support's question are its answer; a letter with the sheet that happens to say `yes` is not.
"""

from bot.request.clauses import Clause, Sentence
from bot.request.vocabulary import small

# An answer is short, or begins with its yes or no; once something else was said only a bare reply is one.
SHORT_ANSWER, BARE_REPLY = 8, 5


def is_courtesy(sentence: Sentence) -> bool:
    """`Hi Marta, thanks for getting back to me.`: said before any answer."""
    opening = [word.casefold() for clause in sentence.clauses for word in clause.words][:3]
    return not opening or bool(small("courtesy") & set(opening))


def may_answer(sentence: Sentence, *, said_before: bool) -> bool:
    """Can the sentence answer a question above or below it? `said_before`: other words came first."""
    length = sum(len(clause.words) for clause in sentence.clauses)
    begins = any(hit.first <= 1 for clause in sentence.clauses[:1] for hit in clause.replies)
    if said_before:
        return begins and length <= BARE_REPLY
    evades = any(clause.has("undecided", "delegate") for clause in sentence.clauses)
    return (begins or evades or length <= SHORT_ANSWER) and not _states_a_fact(sentence.clauses)


def _states_a_fact(clauses: tuple[Clause, ...]) -> bool:
    """`Yes, they are all based in Leeds`: a yes to something that nobody asked here."""
    bare = clauses and clauses[0].replies and len(clauses[0].words) <= 2
    if not bare or len(clauses) < 2:
        return False
    after = clauses[1]
    means = (
        "send",
        "get",
        "notify",
        "tell",
        "skip",
        "mail",
        "weak",
        "fine",
        "bad",
        "want",
        "self",
        "history",
        "ask",
    )
    return after.has("question", "other") and not after.replies and not after.has(*means, "selftell", "quiet")
