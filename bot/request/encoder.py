"""Third stage of the preference, asked where the small networks are not sure: a transformer encoder.

It began as the small multilingual E5 (Wang et al. 2024) and was taught further with our labelled texts by
`make encoder`. It reads the sentences as they are written and knows nothing of the rules, so that it errs
elsewhere than they do. SentencePiece cuts the text into pieces, ONNX Runtime does the sums, most of them in
numbers of eight bits.
"""

import unicodedata
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import as_file, files
from typing import Any

import numpy as np

from bot.request.forms import unstruck
from bot.request.network import ANSWERS
from bot.request.questions import asked_around, told_around
from bot.values.request import Answer, Segment, SegmentKind

FILE, PIECES_FILE = "encoder.ort", "encoder.model"
# What stands in the pieces' place before the first and behind the last, and what a text has at most between.
FIRST, LAST, MOST_PIECES = 0, 2, 254
# So many letters make more pieces than are read, whatever the language.
LONGEST = 8_000
# What ONNX Runtime is told, so that it copies no arrays, and lays no matrix out anew for itself.
IN_PLACE = ("session.use_memory_mapped_ort_model", "session.use_ort_model_bytes_for_initializers")
AS_IT_LIES = "session.disable_prepacking"
# How it is written where a piece stood, and what it answers.
MARKS = {
    SegmentKind.TEXT: "text:",
    SegmentKind.SUBJECT: "subject:",
    SegmentKind.INLINE: "answer:",
    SegmentKind.FORM: "form:",
    SegmentKind.FORWARDED: "passed on:",
}
ASKED, ANSWERED = "asked:", "|"
# Of a mail with more pieces the end counts as well: so many of them are left for it, and for what was asked.
MOST_LAST, MOST_ASKED = 80, 100
# So many pieces make a word, rather more than fewer; a segment of so few words is read whole.
PIECES_A_WORD, SHORT_SEGMENT = 1.6, 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """All that may answer in one reading of a mail, in order, the mail it quotes, '' if none, and the
    language of both."""

    segments: tuple[Segment, ...]
    quoted: str = ""
    language: str = "en"

    @property
    def asked(self) -> str:
        """What the quoted mail asks; '' where the answers stand among its lines."""
        among = any(segment.kind is SegmentKind.INLINE for segment in self.segments)
        return "" if among or not self.quoted else asked_around(self.quoted, self.language)


@dataclass(frozen=True, slots=True)
class Encoder:
    """The learned model, what cuts a text for it, and a digest of what it was taught with."""

    session: Any
    pieces: Any
    digest: str

    def weigh(self, heard: Heard) -> dict[Answer, float]:
        """How likely each answer is (they add up to 1). The time is bounded: no more than `MOST_PIECES` are
        read."""
        (likely,) = self.session.run(None, {"pieces": np.array(cut(self.pieces, heard), np.int64)})
        return {answer: float(each) for answer, each in zip(ANSWERS, likely, strict=True)}


def cut(pieces: Any, heard: Heard) -> list[int]:
    """The places of a mail's pieces, `MOST_PIECES` and the two that enclose them at most: of a longer mail
    what it says around the account mail, of a longer question its end."""
    said, asked = map(pieces.encode, written(heard))
    asked = asked[-MOST_ASKED:]
    room = MOST_PIECES - len(asked)
    if len(said) > room:
        said = pieces.encode(written(shortened(heard, int(room / PIECES_A_WORD)))[0])
    if len(said) > room:
        said = [*said[: room - MOST_LAST], *said[-MOST_LAST:]]
    return [FIRST, *said, *asked, LAST]


def shortened(heard: Heard, words: int) -> Heard:
    """The same with no more than so many words of running text, those around the account mail."""
    long = [len(segment.text.split()) for segment in heard.segments]
    taken = sum(count for count in long if count <= SHORT_SEGMENT)
    runs = sum(count > SHORT_SEGMENT for count in long)
    most = max(SHORT_SEGMENT, (words - taken) // max(runs, 1))
    return replace(
        heard,
        segments=tuple(
            replace(segment, text=told_around(segment.text, heard.language, most))
            if count > most
            else segment
            for segment, count in zip(heard.segments, long, strict=True)
        ),
    )


def written(heard: Heard) -> tuple[str, str]:
    """What is said as one text, and what was asked, '' if nothing."""
    asked = heard.asked
    return _evened(" ".join(map(_written, heard.segments))), _evened(
        f"{ASKED} {asked} {ANSWERED}" if asked else ""
    )


def _written(segment: Segment) -> str:
    """A segment as a text, behind what it answers."""
    asked = f"{segment.question} {ANSWERED} " if segment.question else ""
    if asked and segment.kind is not SegmentKind.FORM:
        asked = f"{ASKED} {asked}"
    return f"{MARKS[segment.kind]} {asked}{unstruck(segment.text)}"


def _evened(text: str) -> str:
    """With single blanks and in one form of each letter; of a text longer than any mail its two ends."""
    even = " ".join(text.split())
    if len(even) > 2 * LONGEST:
        even = f"{even[:LONGEST]} {even[-LONGEST:]}"
    return " ".join(unicodedata.normalize("NFKC", even).split())


@cache
def taught() -> Encoder:
    """The encoder that comes with the package. It is read when it is first asked: most mails need it not.

    The file is mapped and used where it lies, so that processes side by side share it.
    """
    return _read(*IN_PLACE, AS_IT_LIES)


@cache
def laid_out() -> Encoder:
    """The same with its matrices laid out as the processor likes them: for a short mail a quarter faster, at
    some 20 MB that no other process shares. For who reads thousands of mails."""
    return _read(*IN_PLACE)


def _read(*told: str) -> Encoder:
    import onnxruntime
    from sentencepiece import SentencePieceProcessor

    options = onnxruntime.SessionOptions()
    # Mails are read side by side: threads for one of them would cost more than they gain.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    for name in told:
        options.add_session_config_entry(name, "1")
    with as_file(files("bot.request") / "words") as words:
        session = onnxruntime.InferenceSession(words / FILE, options, providers=["CPUExecutionProvider"])
        pieces = SentencePieceProcessor(model_file=str(words / PIECES_FILE))
    return Encoder(session, pieces, session.get_modelmeta().custom_metadata_map["digest"])
