"""Third stage of the preference: what the rules read in a mail and what the network weighs, settled."""

from bot.request.agreement import Verdict
from bot.request.network import Weighed
from bot.request.replies import Stance
from bot.request.statements import Signal
from bot.values.request import Answer

# So likely must an answer be that the rules do not read; more so a yes or no, and more again a yes where the
# rules read something else, for it cannot be unsent, or a no where they read a yes.
LIKELY, SURE, OVERRULING = 0.5, 0.8, 0.95


def confer(verdict: Verdict, weighed: Weighed) -> Verdict:
    """One answer of both. Where they differ and the network is not sure of its own, it is unclear."""
    ruled, signal = verdict
    likeliest = weighed.likeliest
    if likeliest is ruled:
        return verdict
    said = likeliest in {Answer.YES, Answer.NO}
    turned = said and ruled is not Answer.UNSTATED and Answer.YES in {ruled, likeliest}
    needed = OVERRULING if turned else SURE if said else LIKELY
    answer = likeliest if weighed.answers[likeliest] >= needed else Answer.UNCLEAR
    if answer is Answer.UNSTATED:
        return answer, None
    if answer is ruled:
        return verdict
    evidence = weighed.evidence(answer) or (signal.evidence if signal else "")
    where = signal.where if signal else "text"
    return answer, Signal(stance=Stance(answer.value), why="weighed", evidence=evidence, where=where)
