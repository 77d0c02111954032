"""Third stage of the preference, asked where the small networks are not sure: a transformer encoder.

It began as the small multilingual E5 (Wang et al. 2024) and was taught further with our labelled texts by
`make encoder`. It reads the sentences as they are written and knows nothing of the rules, so that it errs
elsewhere than they do. SentencePiece cuts the text into pieces, ONNX Runtime does the sums, most of them in
numbers of eight bits.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from itertools import groupby
from typing import Any

import numpy as np

from bot.request.network import ANSWERS
from bot.request.tokens import Token
from bot.values.request import Answer

FILE, PIECES_FILE = "encoder.ort", "encoder.model"
# What stands in the pieces' place before the first and behind the last, and what a text has at most between.
FIRST, LAST, MOST_PIECES = 0, 2, 254
# More letters make more pieces than are read, whatever the language.
LONGEST = 8_000
# What ONNX Runtime is told, so that it copies no arrays.
IN_PLACE = (
    "session.use_memory_mapped_ort_model",
    "session.use_ort_model_bytes_for_initializers",
    "session.disable_prepacking",
)
# How the marks are written for it.
MARKS = {
    "<text>": "text:",
    "<subject>": "subject:",
    "<asked>": "asked:",
    "<question>": "?",
    "<clause>": ",",
    "<answer>": "|",
}


@dataclass(frozen=True, slots=True)
class Encoder:
    """The learned model, what cuts a text for it, and a digest of what it was taught with."""

    session: Any
    pieces: Any
    digest: str

    def weigh(self, tokens: Sequence[Token]) -> dict[Answer, float]:
        """How likely each answer is (they add up to 1). The time is bounded: no more than `MOST_PIECES` are
        read."""
        cut = self.pieces.encode(written(tokens))[:MOST_PIECES]
        (likely,) = self.session.run(None, {"pieces": np.array([FIRST, *cut, LAST], np.int64)})
        return {answer: float(each) for answer, each in zip(ANSWERS, likely, strict=True)}


def written(tokens: Sequence[Token]) -> str:
    """The tokens as a text: each sentence as the sender wrote it, the marks and what was asked in words."""
    parts = (
        sentence or " ".join(MARKS.get(token.word, token.word) for token in run)
        for sentence, run in groupby(tokens, key=lambda token: token.sentence)
    )
    return " ".join(unicodedata.normalize("NFKC", " ".join(parts)[:LONGEST]).split())


@cache
def taught() -> Encoder:
    """The encoder that comes with the package. It is read when it is first asked: most mails need it not.

    The file is mapped and used where it lies, so that processes side by side share it.
    """
    import onnxruntime
    from sentencepiece import SentencePieceProcessor

    options = onnxruntime.SessionOptions()
    # Mails are read side by side: threads for one of them would cost more than they gain.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    for name in IN_PLACE:
        options.add_session_config_entry(name, "1")
    with as_file(files("bot.request") / "words") as words:
        session = onnxruntime.InferenceSession(words / FILE, options, providers=["CPUExecutionProvider"])
        pieces = SentencePieceProcessor(model_file=str(words / PIECES_FILE))
    return Encoder(session, pieces, session.get_modelmeta().custom_metadata_map["digest"])
