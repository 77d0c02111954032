"""How tests of the preference make what they read, and read it by the rules alone: others may know better."""

from bot.request.encoder import Heard
from bot.request.preference import Notes, read_closely
from bot.request.tokens import Token
from bot.values.request import Preference, Segment, SegmentKind, Spoken


def by_rules(spoken: Spoken, *, asked: bool = False) -> Preference:
    """The preference by the rules alone."""
    return read_closely(spoken, Notes(network=None), asked=asked)


def spoken(text: str, **more: str) -> Spoken:
    """A text of the sender's, and more of what a mail holds."""
    return Spoken(newest_text=text, readings=((Segment(kind=SegmentKind.TEXT, text=text),),), **more)


def tokens_of_text(text: str, **more: str) -> list[Token]:
    """What the network reads of it."""
    return _noted(spoken(text, **more)).rows[0]


def heard_of_text(text: str, **more: str) -> Heard:
    """What the encoder reads of it."""
    return _noted(spoken(text, **more)).heard[0]


def _noted(said: Spoken) -> Notes:
    notes = Notes(network=None)
    read_closely(said, notes)
    return notes
