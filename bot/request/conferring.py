"""Third stage of the preference: what the rules read in a mail and what others weigh of it, settled."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.request.afterthoughts import LIMITED
from bot.request.agreement import Verdict
from bot.request.forms import NEITHER
from bot.request.limits import COUNTED
from bot.request.network import Weighed
from bot.request.options import PICKED
from bot.request.passed_on import WHICH
from bot.request.replies import Stance
from bot.request.statements import Signal
from bot.values.request import Answer

# So likely must an answer be that is no yes or no, or that both read.
LIKELY = 0.5
# So likely a yes or no must be where the rules read nothing, something unclear, or the opposite.
ALONE = {Answer.YES: 0.85, Answer.NO: 0.75}
CLEARING = {Answer.YES: 0.85, Answer.NO: 0.7}
AGAINST = 0.96
# So likely where something speaks against it: nobody names a mail, the sentence names another matter, the
# rules found for whom or when it is (`only the managers`), or the words are so few that they know them.
SURE = 0.925
NARROWED = frozenset(
    {
        "a question",
        "put off",
        "a group",
        "group",
        "group by group",
        "only some",
        "a part of them",
        "except",
        "undecided",
        "a denied yes",
        NEITHER,
    }
)
# Why something is unclear that nothing others read makes clear: learners found by their numbers, a yes that
# the next sentence limits, a way picked with an if, one of several mails passed on.
SETTLED = frozenset({COUNTED, LIMITED, PICKED, WHICH})
# Below this likelihood of its likeliest answer the network is not believed alone: the encoder is asked, too.
# A yes or no must be likelier, most of all one that the rules do not read.
UNSURE, UNSURE_BOTH, UNSURE_ALONE = 0.94, 0.965, 0.98
# What the encoder holds likely counts for so much, the network's for the rest.
HEARD = 0.75
# `All fine, please run it`: where nobody names a mail, a yes may be one to anything, and so may a bare one
# that the rules take for no answer.
NEVER = 2.0
# So likely the opposite must be, or that it is unclear, to make the rules' reading of so few words unclear.
DOUBTING, QUESTIONING = 0.6, 0.9
_OPPOSITES = {Answer.YES: Answer.NO, Answer.NO: Answer.YES}


@dataclass(frozen=True, kw_only=True, slots=True)
class Matter:
    """What is known of a mail besides what it says: `plain` are words so few that the rules know them best,
    `bare` ones hold a yes or a no, and `either` says that one was asked for in so many words. `named` says
    that somebody speaks of mails or of telling, `other` that the sentence which decides names another
    matter and no account mail, and `elsewhere` that it speaks of words which were not read."""

    plain: bool = False
    bare: bool = False
    either: bool = False
    named: bool = True
    other: bool = False
    elsewhere: bool = False


def is_unsure(ruled: Answer, weighed: Weighed) -> bool:
    """Is a second reader worth its time: is the network not sure, or does it answer against the rules?"""
    likeliest = weighed.likeliest
    against = likeliest in _OPPOSITES and ruled not in {likeliest, Answer.UNSTATED}
    sure = UNSURE
    if likeliest in _OPPOSITES:
        sure = UNSURE_BOTH if ruled is likeliest else UNSURE_ALONE
    return against or weighed.answers[likeliest] < sure


def confer(verdict: Verdict, weighed: Weighed, matter: Matter = Matter()) -> Verdict:
    """One answer of both. Where they differ and the network is not sure of its own, it is unclear."""
    ruled, signal = verdict
    if signal is not None and signal.why == PICKED and ruled in _OPPOSITES:
        return verdict  # what an option says stands in a list, which the rules read line by line
    likeliest = weighed.likeliest
    if matter.plain and ruled in _OPPOSITES:
        doubted = weighed.answers[_OPPOSITES[ruled]] >= DOUBTING
        doubted |= not matter.either and weighed.answers[Answer.UNCLEAR] >= QUESTIONING
        return (Answer.UNCLEAR, signal) if doubted else verdict
    if weighed.answers[likeliest] < _needed(likeliest, verdict, matter) or _is_asked(signal, weighed):
        # Words that neither knows (`Thanks!`), or that nobody says to be about mails, say nothing.
        unsaid = ruled is Answer.UNSTATED and (matter.plain or not matter.named)
        likeliest = Answer.UNSTATED if unsaid else Answer.UNCLEAR
    if likeliest is Answer.UNSTATED:
        # What was filled in on a line about the mail says something, if nobody knows what.
        filled_in = signal is not None and signal.where == "form" and ruled is Answer.UNCLEAR
        return verdict if filled_in else (likeliest, None)
    if likeliest is ruled:
        return verdict
    evidence = weighed.evidence(likeliest) or (signal.evidence if signal else "")
    where = signal.where if signal else "text"
    return likeliest, Signal(stance=Stance(likeliest.value), why="weighed", evidence=evidence, where=where)


def confer_on_form(verdict: Verdict, weighed: Weighed, lines: Sequence[str]) -> Verdict:
    """The same where a form has lines that the rules do not understand, or where something may contradict it.
    A yes or no that they read is at most put in doubt."""
    ruled, signal = verdict
    likeliest = weighed.likeliest
    if ruled in _OPPOSITES:
        otherwise = weighed.answers[Answer.UNCLEAR] + weighed.answers[_OPPOSITES[ruled]]
        likeliest = Answer.UNCLEAR if otherwise >= LIKELY else ruled
    elif signal is not None and signal.where != "form":
        return verdict  # what the words say of whom and when holds for the form as well
    elif likeliest in _OPPOSITES or ruled is Answer.UNCLEAR:
        likeliest = likeliest if weighed.answers[likeliest] >= SURE else Answer.UNCLEAR
    filled_in = signal is not None and signal.why == NEITHER
    if likeliest is ruled or (filled_in and likeliest is Answer.UNSTATED):
        return verdict
    if likeliest is Answer.UNSTATED:
        return likeliest, None
    evidence = next(iter(lines), signal.evidence if signal else "")
    return likeliest, Signal(stance=Stance(likeliest.value), why="weighed", evidence=evidence, where="form")


def _needed(likeliest: Answer, verdict: Verdict, matter: Matter) -> float:
    """How likely the network's answer must be beside what the rules read."""
    ruled, signal = verdict
    if likeliest not in _OPPOSITES:
        return 0.0 if likeliest is ruled else LIKELY
    if likeliest is ruled:
        return LIKELY
    if ruled in _OPPOSITES:
        return AGAINST
    if ruled is Answer.UNCLEAR:
        why = signal.why if signal is not None else ""
        if why in SETTLED or matter.elsewhere:
            return NEVER
        left = why == "delegate" and likeliest is Answer.YES
        return SURE if matter.plain or left or why in NARROWED else CLEARING[likeliest]
    if matter.bare or matter.elsewhere or (not matter.named and likeliest is Answer.YES):
        return NEVER
    return SURE if matter.plain or matter.other or not matter.named else ALONE[likeliest]


def _is_asked(signal: Signal | None, weighed: Weighed) -> bool:
    """Does the network take for a yes or no what ends as a question? `The mails are switched off, right?`"""
    if signal is None or signal.why != "a question" or weighed.likeliest not in _OPPOSITES:
        return False
    return signal.evidence == weighed.evidence(weighed.likeliest)
