"""How tests of the rules read a mail: without the network, which may know better."""

from bot.request.preference import Notes, read_closely
from bot.values.request import Preference, Spoken


def by_rules(spoken: Spoken, *, asked: bool = False) -> Preference:
    """The preference by the rules alone."""
    return read_closely(spoken, Notes(network=None), asked=asked)
