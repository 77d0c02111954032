"""Last stage of the preference: the signals of one reading settle, then the readings must agree."""

import re
from collections.abc import Iterable, Sequence

from bot.request.replies import Stance
from bot.request.statements import Signal
from bot.values.request import Answer, Segment

Verdict = tuple[Answer, Signal | None]


def settle(signals: Iterable[Signal], *, answered: bool = False) -> Verdict:
    """One answer for one reading: the last word after a change of mind, else all must agree.

    A subject that only asks, `Suppress e-mail?`, is answered by what stands below it, or is `answered` there.
    """
    standing: list[Signal] = []
    for signal in signals:
        # One that fades is taken back by the very next: only the last that stands can be one.
        if signal.turns or (standing and standing[-1].fades):
            standing = [signal]
        else:
            standing.append(signal)
    below = [signal for signal in standing if signal.where != "subject" or signal.why != "a question"]
    if below or answered:
        standing = below
    if not standing:
        return Answer.UNSTATED, None
    standing = [signal for signal in standing if signal.why != "same"] or standing
    stances = {signal.stance for signal in standing}
    if len(stances) > 1:
        unclear = [signal for signal in standing if signal.stance is Stance.UNCLEAR]
        return Answer.UNCLEAR, (unclear or standing)[-1]
    return Answer(standing[0].stance.value), standing[0]


def agree(verdicts: Sequence[Verdict], readings: Sequence[Sequence[Segment]]) -> Verdict:
    """One answer over the readings: what all say, or what a poorer one merely lost, else unclear."""
    if not verdicts:
        return Answer.UNSTATED, None
    stated = [verdict for verdict in verdicts if verdict[0] is not Answer.UNSTATED]
    if not stated:
        return verdicts[0]
    if len({answer for answer, _ in stated}) > 1:
        return Answer.UNCLEAR, stated[0][1]
    if len(stated) < len(verdicts) and _differ(readings):
        return Answer.UNCLEAR, stated[0][1]
    return stated[0]


def _differ(readings: Sequence[Sequence[Segment]]) -> bool:
    """Do two readings hold different words, not just fewer of the same?"""
    bags = [
        set(re.findall(r"\w+", " ".join(segment.text for segment in reading).casefold()))
        for reading in readings
    ]
    bags.sort(key=len)
    poorest, richest = bags[0], bags[-1]
    return len(poorest) >= 5 and len(poorest & richest) < 0.5 * len(poorest)
