"""Third stage of the preference, beside the rules: how much the cues of a sentence speak for each stance.

The weights are those of a multinomial logistic regression over hashed cues, learned from the labelled texts
of `fixtures/preference/` by `make weights`. They know wordings that no rule names, and doubt what a rule
misreads.
"""

import heapq
import math
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

from bot.request.replies import Stance

# Cues are told apart by so many bits of their hash; each has a weight for every outcome.
BITS = 18
OUTCOMES: tuple[Stance | None, ...] = (None, Stance.YES, Stance.NO, Stance.UNCLEAR)
FILE = "weights.bin"
KNOWN_CUES = 50_000
# So many cues explain a reading to a person.
REASONS = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Weighed:
    """How likely a sentence says each: they add up to 1. `silent` is that it says nothing of the mail."""

    yes: float
    no: float
    unclear: float
    silent: float

    @property
    def likeliest(self) -> Stance | None:
        """The stance it most likely has; None where it most likely says nothing of the mail."""
        return max(OUTCOMES, key=self.of)

    def of(self, stance: Stance | None) -> float:
        """How likely it is that one."""
        return self.silent if stance is None else float(getattr(self, stance.value))

    def __str__(self) -> str:
        return f"yes {self.yes:.2f}, no {self.no:.2f}, unclear {self.unclear:.2f}"


@dataclass(frozen=True, slots=True)
class Weights:
    """`table` holds four weights (in units of `unit`) for each place a cue may hash to; `digest` says what
    they were learned from."""

    table: memoryview
    unit: float
    digest: str
    known: dict[str, tuple[int, ...]]

    def weigh(self, cues: Iterable[str]) -> Weighed:
        """The likelihoods of a sentence by its cues."""
        silent = yes = no = unclear = 0
        for cue in cues:
            weight = self.known.get(cue) or self._look_up(cue)
            silent += weight[0]
            yes += weight[1]
            no += weight[2]
            unclear += weight[3]
        return likelihoods((silent, yes, no, unclear), self.unit)

    def reasons(self, cues: Iterable[str], stance: Stance | None) -> list[str]:
        """The cues that spoke most for a stance against saying nothing, the strongest first."""
        way = OUTCOMES.index(stance)
        spoken = {cue: weight[way] - weight[0] for cue in cues if (weight := self.known.get(cue))}
        strongest = heapq.nlargest(REASONS, spoken, key=lambda cue: (spoken[cue], cue))
        return [f"{cue} {spoken[cue] * self.unit:+.1f}" for cue in strongest if spoken[cue] > 0]

    def _look_up(self, cue: str) -> tuple[int, ...]:
        if len(self.known) > KNOWN_CUES:
            self.known.clear()
        at = place_of(cue) * len(OUTCOMES)
        self.known[cue] = found = tuple(self.table[at : at + len(OUTCOMES)])
        return found


def place_of(cue: str) -> int:
    """Where a cue's weights stand; two cues may share a place, which their number makes harmless."""
    return zlib.crc32(cue.encode()) & ((1 << BITS) - 1)


def likelihoods(sums: tuple[float, ...], unit: float = 1.0) -> Weighed:
    """The sums of the weights as likelihoods (softmax)."""
    highest = max(sums)
    parts = [math.exp((value - highest) * unit) for value in sums]
    silent, yes, no, unclear = (part / sum(parts) for part in parts)
    return Weighed(yes=yes, no=no, unclear=unclear, silent=silent)


@cache
def learned() -> Weights:
    """The weights that come with the package."""
    return unpack((resources.files("bot.request") / "words" / FILE).read_bytes())


def unpack(packed: bytes) -> Weights:
    """Weights from their file: the unit and the digest of what they were learned from, then the table."""
    head, _, table = packed.partition(b"\n")
    unit, digest = head.split()
    return Weights(memoryview(zlib.decompress(table)).cast("b"), float(unit), digest.decode(), {})


def pack(weights: Weights) -> bytes:
    """The same the other way round."""
    head = f"{weights.unit:.6g} {weights.digest}\n".encode()
    return head + zlib.compress(weights.table.tobytes(), 9)
