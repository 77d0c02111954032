"""Third stage of the preference: clauses that, by the one before them, are about others than the learners."""

from bot.request.clauses import Clause
from bot.request.matter import ACTS, addressee


def tells_us_when(before: Clause, clause: Clause) -> bool:
    """`tell me, when all is done`: the condition belongs to our news, not to the learners' mail."""
    told = addressee(before) == "me" and before.has("tell", "notify")
    return told and clause.link in {"cond", "when_"} and not clause.has("mail", "notify")


def rather_to_us(before: Clause, clause: Clause) -> bool:
    """`ring me rather than emailing`: it is the sender who is rung."""
    return clause.link == "instead_" and addressee(before) == "me" and not clause.has("them", "mail")


def goes_elsewhere(before: Clause, clause: Clause) -> bool:
    """`send the notifications to me, not to the learners`."""
    sent = before.has("mail", "weak") and before.has("send") and addressee(before) in {"me", "third", "role"}
    denied = clause.link == "instead_" or any(hit.first == 0 for hit in clause.hits("neg", "skip"))
    return sent and denied and clause.has("them") and not clause.has(*ACTS[:-1])
