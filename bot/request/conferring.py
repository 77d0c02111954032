"""Third stage of the preference: what the rules read in a mail and what the network weighs, settled."""

from bot.request.agreement import Verdict
from bot.request.network import Weighed
from bot.request.replies import Stance
from bot.request.statements import Signal
from bot.values.request import Answer

# So likely must an answer be that the rules do not read; more so a no, and more again a yes, for it cannot be
# unsent. Where the rules read something else a yes must be surer still, as must a no where they read a yes.
LIKELY, SURE, SURE_YES, OVERRULING = 0.5, 0.9, 0.95, 0.965
# So likely must a no be where the rules found something unclear in it.
CLEARING = 0.7
# A yes or no that both read is one only if it is this likely; a reply to a question need only be LIKELY.
AGREED = 0.7
REPLIES = frozenset({"a reply to the question", "the way picked"})


def confer(verdict: Verdict, weighed: Weighed) -> Verdict:
    """One answer of both. Where they differ and the network is not sure of its own, it is unclear."""
    ruled, signal = verdict
    likeliest = weighed.likeliest
    answer = likeliest if is_sure(verdict, weighed) and not _is_asked(verdict, weighed) else Answer.UNCLEAR
    if answer is Answer.UNSTATED:
        return answer, None
    if answer is ruled:
        return verdict
    evidence = weighed.evidence(answer) or (signal.evidence if signal else "")
    where = signal.where if signal else "text"
    return answer, Signal(stance=Stance(answer.value), why="weighed", evidence=evidence, where=where)


def doubted(verdict: Verdict, weighed: Weighed) -> Verdict:
    """What the rules read in a bare reply, which they know best; unclear where the network is sure that it
    says the opposite or gives no answer."""
    opposite = {Answer.YES: Answer.NO, Answer.NO: Answer.YES}.get(verdict[0])
    if opposite is None or max(weighed.answers[opposite], weighed.answers[Answer.UNCLEAR]) < SURE:
        return verdict
    return Answer.UNCLEAR, verdict[1]


def is_sure(verdict: Verdict, weighed: Weighed) -> bool:
    """Whether the network is as sure of its likeliest answer as it must be beside what the rules read."""
    return weighed.answers[weighed.likeliest] >= _needed(weighed.likeliest, *verdict)


def _is_asked(verdict: Verdict, weighed: Weighed) -> bool:
    """Does the network take for a no what ends as a question? `The mails are switched off, right?`"""
    answer, signal = verdict
    if answer is not Answer.UNCLEAR or signal is None or signal.why != "a question":
        return False
    return weighed.likeliest is Answer.NO and signal.evidence == weighed.evidence(Answer.NO)


def _needed(likeliest: Answer, ruled: Answer, signal: Signal | None) -> float:
    """How likely an answer must be beside what the rules read."""
    if likeliest not in {Answer.YES, Answer.NO}:
        return 0.0 if likeliest is ruled else LIKELY
    if likeliest is ruled:
        return LIKELY if signal and signal.why in REPLIES else AGREED
    if ruled is not Answer.UNSTATED and Answer.YES in {ruled, likeliest}:
        return OVERRULING
    if likeliest is Answer.NO:
        return SURE if ruled is Answer.UNSTATED else CLEARING
    return SURE_YES
