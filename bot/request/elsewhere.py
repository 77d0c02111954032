"""Third stage of the preference: clauses that, by the one before them, are about others than the learners."""

from collections.abc import Iterable

from bot.request.clauses import Clause
from bot.request.matter import ACTS, Topic, addressee, is_about


def tells_us_when(before: Clause, clause: Clause) -> bool:
    """`tell me, when all is done`: the condition belongs to our news, not to the learners' mail."""
    told = addressee(before) == "me" and before.has("tell", "notify")
    return told and clause.link in {"cond", "when_"} and not clause.has("mail", "notify")


def rather_to_us(before: Clause, clause: Clause) -> bool:
    """`ring me rather than emailing`, `I'm on the train, so do email`: it is the sender who is reached."""
    if clause.has("them", "mail"):
        return False
    if clause.link == "so_" and before.has("we") and clause.has("notify"):
        return not before.has("them", "mail", "weak", "want", "fine")
    return clause.link == "instead_" and addressee(before) == "me"


def goes_elsewhere(before: Clause, clause: Clause) -> bool:
    """`send the notifications to me, not to the learners`."""
    sent = before.has("mail", "weak") and before.has("send") and addressee(before) in {"me", "third", "role"}
    denied = clause.link == "instead_" or any(hit.first == 0 for hit in clause.hits("neg", "skip"))
    return sent and denied and clause.has("them") and not clause.has(*ACTS[:-1])


def goes_on_about_another(earlier: Iterable[Clause], clause: Clause) -> bool:
    """`my boss, Ms Lang, would also like to be told`: the wish is the boss's, for news of their own."""
    if clause.link and clause.link != "and_":
        return False
    wishes = clause.hits("want", "get", "ask")
    return (
        bool(wishes)
        and wishes[0].first <= 2
        and clause.has("notify", "tell")
        and not clause.has("them", "mail", "weak", "we", "you", "self")
        and any(_only_names_another(before) for before in earlier)
    )


def _only_names_another(clause: Clause) -> bool:
    return clause.has("third", "role") and not clause.has("notify", "tell", "send", "get", "mail", "weak")


def depends_on_it(before: Clause, clause: Clause, topic: Topic | None) -> bool:
    """`the depot is in column D if you need it`: a condition at the end is that of what stands before it."""
    opens = [word.casefold() for word in clause.words[:2]]
    elsewhere = not is_about(before, topic) and not before.has("undecided", "fine", "bad", "want", "them")
    return clause.link == "cond" and opens[1:] == ["you"] and elsewhere and not before.replies


def leaves_it(clause: Clause) -> bool:
    """`don't enrol them in anything` speaks of another matter, `upload it` may not."""
    return clause.has("thing") or not clause.has("it")
