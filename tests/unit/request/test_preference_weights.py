"""The weights: learned from our own texts, packed without loss, and settled with what the rules read."""

import json
from array import array

import pytest

from bot.request.agreement import settle
from bot.request.clauses import read_sentences
from bot.request.conferring import AGREED, OVERRULING_YES, SURE, confer, ruled
from bot.request.cues import Setting, cues_of
from bot.request.listening import Notes
from bot.request.preference import read_closely
from bot.request.replies import Stance
from bot.request.statements import Signal
from bot.request.weights import BITS, OUTCOMES, Weighed, Weights, learned, likelihoods, pack, unpack
from bot.values.request import Answer, Segment, SegmentKind, Spoken
from fixtures.learn_weights import HERE, Example, digest_of_sources, learn, lesson_of, sources

TEXT = Setting(kind=SegmentKind.TEXT)
BLANK = Signal(stance=Stance.TOPIC, why="", evidence="A sentence.", where="text")


def weighed(**chances: float) -> Weighed:
    said = {"yes": 0.0, "no": 0.0, "unclear": 0.0, **chances}
    return Weighed(silent=1 - sum(said.values()), **said)


def signal(stance: Stance, **more: bool) -> Signal:
    return Signal(stance=stance, why="a rule", evidence="A sentence.", where="text", **more)


def spoken(text: str) -> Spoken:
    return Spoken(newest_text=text, readings=((Segment(kind=SegmentKind.TEXT, text=text),),))


def cues(text: str, language: str = "en") -> set[str]:
    return cues_of(read_sentences(text, language)[0], TEXT)


def test_the_weights_were_learned_from_the_texts_that_lie_here() -> None:
    assert learned().digest == digest_of_sources(), "the texts have changed: run `make weights`"


def test_packing_keeps_every_weight() -> None:
    table = array("b", [3, -127, 0, 127]) * (1 << BITS)
    kept = unpack(pack(Weights(memoryview(table), 0.015625, "0123456789abcdef", {})))
    assert (kept.table.tolist(), kept.unit, kept.digest) == (table.tolist(), 0.015625, "0123456789abcdef")


def test_likelihoods_add_up_and_the_greatest_sum_is_likeliest() -> None:
    even, leaning = likelihoods((0, 0, 0, 0)), likelihoods((0.0, 1000.0, 3.0, -1000.0))
    assert (even.yes, even.no, even.unclear, even.silent) == (0.25, 0.25, 0.25, 0.25)
    assert (even.likeliest, leaning.likeliest, round(leaning.yes, 6)) == (None, Stance.YES, 1.0)


EXAMPLES = [
    Example(spoken=spoken(f"{text} The email server was slow."), answer=answer, decides=text)
    for answer, text in (
        (Answer.YES, "Sling the email their way."),
        (Answer.NO, "Torch the email before it leaves."),
        (Answer.UNCLEAR, "Toss a coin about the email."),
    )
]


def likeliest(weights: Weights, example: Example) -> list[Stance | None]:
    """What each sentence of an example most likely says."""
    notes = Notes(weights=weights)
    read_closely(example.spoken, notes)
    return [weights.weigh(cues).likeliest for _, cues in notes.weighed]


def test_what_is_learned_is_the_same_each_time_and_tells_the_sentences_apart() -> None:
    lessons = [lesson_of(example) for example in EXAMPLES] * 5
    weights = learn(lessons, "digest")
    assert pack(weights) == pack(learn(lessons, "digest"))
    assert [likeliest(weights, example) for example in EXAMPLES] == [
        [Stance.YES, None],
        [Stance.NO, None],
        [Stance.UNCLEAR, None],
    ]


def test_where_it_is_unknown_which_sentence_decides_the_likeliest_is_taken() -> None:
    told = [lesson_of(example) for example in EXAMPLES]
    untold = lesson_of(Example(spoken=EXAMPLES[0].spoken, answer=Answer.YES))
    assert (told[0].outcomes, untold.outcomes) == ([1, 0], [None, None])
    assert likeliest(learn([*told * 5, untold], ""), EXAMPLES[0]) == [Stance.YES, None]


def test_cues_by_meaning_are_the_same_in_other_languages() -> None:
    english, german = cues("Please notify them."), cues("Bitte benachrichtigen Sie sie.", "de")
    assert {"2 ask notify", "2 notify them", "a NOTIFY"} <= english & german


def test_a_sentence_of_any_length_has_a_measured_number_of_cues() -> None:
    assert len(cues("send them no mail and " * 200)) < 2_000


@pytest.mark.parametrize(
    ("read", "chances", "expected"),
    [
        ([], {"yes": SURE + 0.01}, [(Stance.YES, False)]),
        ([], {"yes": 0.6, "no": 0.3}, [(Stance.UNCLEAR, True)]),
        ([], {"yes": 0.3}, []),
        ([Stance.YES], {"yes": 0.95}, [(Stance.YES, False)]),
        ([Stance.YES], {"no": 0.95}, [(Stance.NO, False)]),
        ([Stance.YES], {"yes": AGREED + 0.01}, [(Stance.YES, False)]),
        ([Stance.YES], {"yes": AGREED - 0.01, "unclear": 0.3}, [(Stance.UNCLEAR, True)]),
        ([Stance.NO], {"yes": 0.6, "no": 0.3}, [(Stance.UNCLEAR, False)]),
        ([Stance.NO], {"yes": 0.1}, [(Stance.UNCLEAR, False)]),
        ([], {"no": 0.6, "yes": 0.1}, [(Stance.UNCLEAR, False)]),
        ([Stance.YES], {"yes": 0.1}, []),
        ([Stance.YES, Stance.UNCLEAR], {"yes": 0.95}, [(Stance.YES, False)]),
        ([Stance.UNCLEAR], {"yes": OVERRULING_YES - 0.01}, [(Stance.UNCLEAR, True)]),
        ([Stance.UNCLEAR], {"no": SURE + 0.01}, [(Stance.NO, False)]),
    ],
)
def test_rules_and_weights_settle_one_sentence(
    read: list[Stance], chances: dict[str, float], expected: list[tuple[Stance, bool]]
) -> None:
    found = confer(tuple(signal(stance) for stance in read), weighed(**chances), BLANK)
    assert [(each.stance, each.faint) for each in found] == expected


def test_what_turns_back_still_turns_where_the_weights_hear_nothing() -> None:
    turning = signal(Stance.UNCLEAR, turns=True)
    assert confer((turning,), weighed(), BLANK) == (turning,)


def test_what_nothing_made_sure_of_gives_way_to_what_is_sure() -> None:
    faint = signal(Stance.UNCLEAR, faint=True)
    assert settle([faint, signal(Stance.YES)])[0] is Answer.YES
    assert settle([faint])[0] is Answer.UNCLEAR
    assert settle([signal(Stance.NO), faint, signal(Stance.YES)])[0] is Answer.UNCLEAR


def test_the_rules_reading_is_a_cue_itself() -> None:
    assert ruled(()) == {"rule -"}
    assert ruled((signal(Stance.NO),)) == {"rule no", "rule no a rule"}


def test_each_sentence_weighed_is_noted_with_its_reasons() -> None:
    notes = Notes()
    read_closely(spoken("The bus was late. Please send them the welcome email."), notes)
    assert [text for text, _ in notes.weighed] == ["Please send them the welcome email."]
    assert any(step.startswith("  weighs yes") and "(" in step for step in notes.steps)


def test_every_text_that_is_learned_from_is_sound_and_none_stands_in_the_score_half() -> None:
    score = (HERE / "score" / "texts.txt").read_text(encoding="utf-8")
    answers = {answer.value for answer in Answer}
    for path in sources()[1:]:
        for line in path.read_text(encoding="utf-8").splitlines():
            written = json.loads(line)
            text = written.get("text") or "\n".join(part[1] for part in written["segments"])
            assert written["answer"] in answers
            assert len(text) < 40 or text not in score, text


def test_there_is_a_weight_for_every_outcome() -> None:
    assert len(learned().table) == len(OUTCOMES) << BITS
