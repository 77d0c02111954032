"""Third stage of the preference, beside the rules: small networks that read a mail as a whole, as a jury.

They were learned from the labelled texts of `fixtures/preference/` by `make network`, each from another
beginning, and know wordings and turns that no rule names: gated convolutions over the tokens (Dauphin et al.
2017), one attention for each answer, and a layer that decides. Each token has its own likelihoods besides, so
that a sentence can be shown for the answer.
"""

import io
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from itertools import groupby
from typing import Any

import numpy as np

from bot.request.tokens import Token
from bot.values.request import Answer

FILE = "network.npz"
# In the order of the network's outputs.
ANSWERS = (Answer.UNSTATED, Answer.YES, Answer.NO, Answer.UNCLEAR)
# Words, the pieces they are made of, and tags are told apart by so much of their hash.
WORDS, PIECES, TAGS = 1 << 14, 1 << 12, 1 << 9
PIECE_LENGTHS, MOST_PIECES = (3, 4), 14
DILATIONS = (1, 2, 4, 1)
KNOWN_WORDS = 20_000
LEAST = 1e-6
# Nothing is held less likely than this where it is weighed against what another reader says.
LEAST_LIKELY = 1e-4

Floats = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Weighed:
    """How likely each answer is (they add up to 1), and how likely each sentence alone says it."""

    answers: dict[Answer, float]
    sentences: dict[str, dict[Answer, float]]

    @property
    def likeliest(self) -> Answer:
        return max(self.answers, key=lambda answer: self.answers[answer])

    def evidence(self, answer: Answer) -> str:
        """The sentence that says it most; '' where nothing was said."""
        return max(self.sentences, key=lambda text: self.sentences[text][answer], default="")

    def beside(self, likely: Mapping[Answer, float], share: float) -> "Weighed":
        """What both hold likely, another reader counted with its share: the geometric mean, brought to one (a
        logarithmic opinion pool): what either rules out is out. The sentences are those of this one."""
        both = {
            name: max(own, LEAST_LIKELY) ** (1 - share) * max(likely[name], LEAST_LIKELY) ** share
            for name, own in self.answers.items()
        }
        whole = sum(both.values())
        return replace(self, answers={name: each / whole for name, each in both.items()})

    def telling(self) -> Iterator[str]:
        """Each sentence that says something by itself, with how likely it says what."""
        for text, likely in self.sentences.items():
            answer = max(likely, key=lambda name: likely[name])
            if answer is not Answer.UNSTATED:
                yield f"{answer} {likely[answer]:.2f}: {text}"

    def __str__(self) -> str:
        return ", ".join(f"{answer} {likely:.2f}" for answer, likely in self.answers.items())


@dataclass(frozen=True, slots=True)
class Network:
    """The learned arrays by name, each with the members of the jury as its first axis; `digest` says what
    they were learned from. What the members read is brought to one by the mean of their likelihoods."""

    arrays: dict[str, Floats]
    digest: str = ""
    known: dict[tuple[str, tuple[str, ...]], Floats] = field(default_factory=dict)

    def weigh(self, tokens: Sequence[Token]) -> Weighed:
        """The likelihoods of a mail; at least one token. Linear in their number."""
        a = self.arrays
        state = np.stack([self._token(token) for token in tokens], axis=1)
        for layer, dilation in enumerate(DILATIONS):
            around = _around(_even(state, a[f"scale{layer}"]), dilation)
            mixed = around @ a[f"mix{layer}"] + a[f"bias{layer}"][:, None]
            width = state.shape[-1]
            state = state + mixed[..., :width] / (1 + np.exp(-mixed[..., width:]))
        state = _even(state, a["scale"])
        heeded = _softmax((state @ a["heed"]).swapaxes(1, 2)) @ state
        pooled = np.concatenate([heeded.reshape(len(state), -1), state.max(axis=1)], axis=-1)
        hidden = np.maximum(pooled[:, None] @ a["deep"] + a["deep_bias"][:, None], 0)
        answers = _softmax(hidden @ a["out"] + a["out_bias"][:, None])
        said = _softmax(state @ a["said"] + a["said_bias"][:, None])
        return Weighed(
            answers=_named(answers[:, 0].mean(axis=0)), sentences=_by_sentence(tokens, said.mean(axis=0))
        )

    def _token(self, token: Token) -> Floats:
        """A word as the network sees it: by itself, by the pieces it is made of, and by its tags."""
        seen = self.known.get((token.word, token.tags))
        if seen is None:
            if len(self.known) > KNOWN_WORDS:
                self.known.clear()
            seen = self.arrays["words"][:, place_of(token.word, WORDS)]
            if pieces := places_of_pieces(token.word):
                seen = seen + self.arrays["pieces"][:, pieces].mean(axis=1)
            if tags := [place_of(tag, TAGS) for tag in token.tags]:
                seen = seen + self.arrays["tags"][:, tags].sum(axis=1)
            self.known[token.word, token.tags] = seen
        return seen


def place_of(text: str, size: int) -> int:
    """Where a table of this size keeps a text; two may share a place, which their number makes harmless."""
    return zlib.crc32(text.encode()) % size


def places_of_pieces(word: str) -> list[int]:
    """Where the runs of letters of a word are kept; a mark has none."""
    if word.startswith("<"):
        return []
    whole = f"<{word}>"
    runs = [whole[at : at + n] for n in PIECE_LENGTHS for at in range(max(1, len(whole) - n + 1))]
    return [place_of(run, PIECES) for run in runs[:MOST_PIECES]]


@cache
def learned() -> Network:
    """The network that comes with the package."""
    return unpack((resources.files("bot.request") / "words" / FILE).read_bytes())


def unpack(packed: bytes) -> Network:
    """A network from its file: tables of bytes with a unit each, the rest in half precision."""
    with np.load(io.BytesIO(packed), allow_pickle=False) as file:
        read = {name: file[name] for name in file.files}
    digest = str(read.pop("digest"))
    units = {name: read.pop(name) for name in list(read) if name.endswith(" unit")}
    arrays = {
        name: np.multiply(array, units.get(f"{name} unit", np.float32(1)), dtype=np.float32)
        for name, array in read.items()
    }
    return Network(arrays, digest)


def pack(network: Network) -> bytes:
    """The same the other way round; what is large is kept in bytes, and nothing is compressed: each start
    reads it."""
    kept: dict[str, Any] = {"digest": np.array(network.digest)}
    for name, array in network.arrays.items():
        if name in {"words", "pieces"}:
            unit = np.abs(array).max(axis=(1, 2), keepdims=True).astype(np.float32) / np.float32(127)
            kept |= {name: np.round(array / unit).astype(np.int8), f"{name} unit": unit}
        else:
            kept[name] = array.astype(np.float16)
    file = io.BytesIO()
    np.savez(file, **kept)
    return file.getvalue()


def _around(state: Floats, distance: int) -> Floats:
    """Each token with the ones so far before and behind it, side by side."""
    members, length, width = state.shape
    wide = np.zeros((members, length + 2 * distance, width), np.float32)
    wide[:, distance : distance + length] = state
    return np.concatenate([wide[:, :length], state, wide[:, 2 * distance :]], axis=-1)


def _even(state: Floats, scale: Floats) -> Floats:
    """Each token's numbers brought to one size (Zhang and Sennrich 2019)."""
    size = np.sqrt(np.einsum("mtw,mtw->mt", state, state) / state.shape[-1] + LEAST)
    return np.asarray(state * scale[:, None] / size[..., None], np.float32)


def _softmax(sums: Floats) -> Floats:
    parts = np.exp(sums - sums.max(axis=-1, keepdims=True))
    return np.asarray(parts / parts.sum(axis=-1, keepdims=True), np.float32)


def _named(likelihoods: Floats) -> dict[Answer, float]:
    return {answer: float(likely) for answer, likely in zip(ANSWERS, likelihoods, strict=True)}


def _by_sentence(tokens: Sequence[Token], said: Floats) -> dict[str, dict[Answer, float]]:
    """What the tokens of a sentence say on average."""
    sums: dict[str, tuple[Floats, int]] = {}
    end = 0
    for text, run in groupby(tokens, key=lambda token: token.sentence):
        start, end = end, end + sum(1 for _ in run)
        if text:
            told = said[start:end].sum(axis=0)
            before, count = sums.get(text, (np.zeros_like(told), 0))
            sums[text] = before + told, count + end - start
    return {text: _named(np.divide(total, count)) for text, (total, count) in sums.items()}
