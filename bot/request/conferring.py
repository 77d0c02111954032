"""Third stage of the preference: what the rules read in a sentence and what its cues weigh, settled."""

from dataclasses import replace

from bot.request.replies import Stance
from bot.request.statements import Signal
from bot.request.weights import Weighed

# So likely must a yes or no be to stand: less so where the rules read the same, more so a yes where they read
# something else, for it cannot be unsent.
SURE, AGREED, OVERRULING_YES = 0.7, 0.5, 0.95
# So likely must it be that nothing is said, by what the rules read: nothing either, something, a no.
SILENT_UNREAD, SILENT_READ, SILENT_DENIED = 0.4, 0.5, 0.95


def ruled(signals: tuple[Signal, ...]) -> set[str]:
    """What the rules read in a sentence, as cues: they are trusted as far as they were right."""
    if not signals:
        return {"rule -"}
    stances = sorted({signal.stance.value for signal in signals})
    return {f"rule {' '.join(stances)}", *(f"rule {signal.stance} {signal.why}" for signal in signals)}


def confer(signals: tuple[Signal, ...], weighed: Weighed, blank: Signal) -> tuple[Signal, ...]:
    """The signals of one sentence. `blank` is one without a stance of its own, for what only weighs."""
    denied = any(signal.stance is Stance.NO for signal in signals)
    enough = SILENT_DENIED if denied else SILENT_READ if signals else SILENT_UNREAD
    if weighed.silent >= enough:
        # `Ignore that.` says nothing of the mail, and yet it turns what was said.
        return tuple(signal for signal in signals if signal.turns)
    likeliest = weighed.likeliest
    agrees = {signal.stance for signal in signals} == {likeliest}
    said = replace(signals[-1] if signals else blank, why=f"weighed: {weighed}")
    overrules = bool(signals) and likeliest is Stance.YES
    needed = AGREED if agrees else OVERRULING_YES if overrules else SURE
    if likeliest is None or weighed.of(likeliest) < needed:
        # A no that somebody read, however faintly, must not give way to a yes.
        against = denied or likeliest is Stance.NO
        return (replace(said, stance=Stance.UNCLEAR, faint=not against),)
    return signals if agrees else (replace(said, stance=likeliest),)
