"""The encoder: asked where the network is not sure, read in a bounded time, weighed beside the network."""

from concurrent.futures import ThreadPoolExecutor
from typing import Never

import pytest
from reading_cases import heard_of_text, spoken

from bot.request.conferring import HEARD, SURE, UNSURE, UNSURE_ALONE, UNSURE_BOTH, confer_on_form, is_unsure
from bot.request.encoder import FIRST, LAST, MOST_PIECES, Encoder, Heard, cut, shortened, taught, written
from bot.request.network import Weighed, learned
from bot.request.preference import Notes, read_closely
from bot.request.questions import asked_around
from bot.request.replies import Stance
from bot.request.statements import Signal
from bot.values.request import Answer, Segment, SegmentKind, Spoken
from fixtures.learning_texts import digest_of_sources

YES, NO, UNCLEAR, UNSTATED = Answer.YES, Answer.NO, Answer.UNCLEAR, Answer.UNSTATED
SENTENCE = "Please send them the welcome email."


def weighed(**likely: float) -> Weighed:
    return Weighed(answers={answer: likely.get(answer.value, 0.0) for answer in Answer}, sentences={})


def test_it_was_taught_with_the_texts_that_lie_here() -> None:
    assert taught().digest == digest_of_sources(taught=True), "the texts have changed: run `make encoder`"


@pytest.mark.parametrize(
    "text", ["", "?", SENTENCE, "ok " * 5_000, "\u4f60\u597d \U0001f600 zzzqqq", "x" * 9_000]
)
def test_its_likelihoods_add_up_whatever_is_said(text: str) -> None:
    assert sum(taught().weigh(heard_of_text(text)).values()) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (SENTENCE, YES),
        ("Please don't send them the welcome email.", NO),
        ("Could you hold the welcome emails back until Monday?", UNCLEAR),
        ("Twelve new starters for the Leeds office.", UNSTATED),
        ("Bitte keine Willkommensmail an die neuen Kollegen, das machen wir selbst.", NO),
    ],
)
def test_it_reads_what_is_plain(text: str, answer: Answer) -> None:
    likely = taught().weigh(heard_of_text(text))
    assert max(likely, key=lambda name: likely[name]) is answer


def test_it_reads_the_question_that_a_reply_answers() -> None:
    likely = [
        taught().weigh(heard_of_text("Yes please, do that for this lot.", quoted=asked))
        for asked in (
            "Shall we send the new learners the account email?",
            "Shall we hold the account emails for the new learners back?",
        )
    ]
    assert [max(each, key=lambda name: each[name]) for each in likely] == [YES, NO]


def test_the_text_it_reads_is_what_was_written_with_the_question_behind_it() -> None:
    asked = "Thanks for the list. Should they be mailed?"
    said = heard_of_text("Café – n'envoyez rien.\nMerci", quoted=asked)
    assert written(said) == ("text: Café – n'envoyez rien. Merci", f"asked: {asked} |")


def test_a_line_of_a_form_and_an_answer_within_a_quote_stand_behind_what_they_answer() -> None:
    parts = (
        Segment(kind=SegmentKind.SUBJECT, text="New starters"),
        Segment(kind=SegmentKind.FORM, question="Mail them?", text="~~No~~ Yes"),
        Segment(kind=SegmentKind.INLINE, question="Is row 3 right?", text="It is."),
    )
    said, asked = written(Heard(segments=parts, quoted="Is row 3 right?", language="en"))
    assert said == "subject: New starters form: Mail them? | Yes answer: asked: Is row 3 right? | It is."
    assert asked == "", "the question stands among the lines"


def test_what_is_asked_is_read_with_the_sentences_around_it_and_no_more() -> None:
    said = [f"Point {number} is settled." for number in range(1, 8)]
    asks = "Shall we mail them?"
    assert asked_around(" ".join([*said[:3], asks, *said[3:]]), "en") == " ".join(
        [*said[1:3], asks, *said[3:6]]
    )
    assert asked_around(" ".join(said), "en") == " ".join(said[:5])


@pytest.mark.parametrize("asked", ["", "Shall we mail the learners? " + "Please say so. " * 90])
def test_of_a_long_mail_no_more_than_so_much_is_read_and_what_it_answers(asked: str) -> None:
    middle = "\n".join(f"Line {number} is here." for number in range(400))
    said = heard_of_text(f"We begin. {middle} Mail nobody.", quoted=asked)
    pieces = cut(taught().pieces, said)
    text = taught().pieces.decode(pieces[1:-1])
    assert [pieces[0], pieces[-1]] == [FIRST, LAST]
    assert MOST_PIECES // 2 < len(pieces) <= MOST_PIECES + 2
    assert "Mail nobody." in text
    assert text.endswith("|" if asked else "Mail nobody.")


def test_of_a_long_mail_what_it_says_of_the_account_mail_is_read_wherever_it_stands() -> None:
    talk = " ".join(f"The {number} crates of apples came on a cart with no wheels." for number in range(40))
    asked = "Your page asks about the account mail."
    wish = "After a long talk we would rather that it stayed at home."
    heard = heard_of_text(f"{talk} {asked} {wish} {talk}")
    said = written(shortened(heard, 100))[0]
    assert asked in said
    assert wish in said
    assert len(said.split()) <= 101
    likely = taught().weigh(heard)
    assert max(likely, key=lambda name: likely[name]) is NO


def test_a_mail_of_many_short_pieces_or_one_long_word_is_shortened_too() -> None:
    line = Segment(kind=SegmentKind.FORM, text="no", question="Account mail " * 20)
    many = Heard(segments=(line,) * 200)
    assert len(cut(taught().pieces, many)) <= MOST_PIECES + 2
    assert len(cut(taught().pieces, heard_of_text("x" * 9_000))) <= MOST_PIECES + 2


def test_a_reading_does_not_depend_on_those_beside_it() -> None:
    rows = [
        heard_of_text(f"{SENTENCE} There are {number} of them." + " Fine." * number) for number in range(24)
    ]
    alone = [taught().weigh(row) for row in rows]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(taught().weigh, rows)) == alone


def test_it_is_not_asked_where_the_network_is_sure() -> None:
    def not_asked() -> Never:
        raise AssertionError("it was asked")

    assert read_closely(spoken(SENTENCE), Notes(encoder=not_asked)).answer is YES


def test_where_the_network_is_unsure_both_are_weighed_and_the_trace_says_so() -> None:
    unsure = "Please not a rerun of last year, when the accounts were made and nobody was sent a thing."
    notes = Notes()
    read_closely(spoken(unsure), notes)
    own = learned().weigh(notes.rows[0])
    assert is_unsure(UNSTATED, own), "the sentence is plain by now: find another"
    assert f"with the encoder {own.beside(taught().weigh(notes.heard[0]), HEARD)}" in notes.steps


@pytest.mark.parametrize(
    ("ruled", "likely", "unsure"),
    [
        (YES, {"yes": UNSURE_BOTH - 0.01}, True),
        (YES, {"yes": UNSURE_BOTH}, False),
        (UNSTATED, {"yes": UNSURE_ALONE - 0.01}, True),
        (UNSTATED, {"yes": UNSURE_ALONE}, False),
        (NO, {"no": UNSURE_BOTH - 0.01}, True),
        (NO, {"no": UNSURE_BOTH}, False),
        (UNSTATED, {"unstated": UNSURE - 0.01}, True),
        (UNSTATED, {"unstated": UNSURE}, False),
        (UNCLEAR, {"no": 1.0}, True),
        (YES, {"no": 1.0}, True),
        (YES, {"unclear": UNSURE}, False),
    ],
)
def test_a_second_reader_is_asked_where_the_first_is_unsure_or_against_the_rules(
    ruled: Answer, likely: dict[str, float], unsure: bool
) -> None:
    assert is_unsure(ruled, weighed(**likely)) is unsure


def test_another_reader_counts_with_its_share_and_either_may_rule_out() -> None:
    both = weighed(yes=0.8, no=0.2).beside(weighed(yes=0.2, no=0.8).answers, 0.5).answers
    assert both[YES] == pytest.approx(both[NO])
    assert sum(both.values()) == pytest.approx(1)
    both = weighed(yes=0.9, no=0.1).beside(weighed(no=0.1, unclear=0.9).answers, 0.25).answers
    assert both[YES] < 0.7
    alone = weighed(yes=0.9, no=0.1).beside(weighed(no=1.0).answers, 0.0).answers
    assert alone[YES] == pytest.approx(0.9, abs=1e-3)


@pytest.mark.parametrize(
    ("ruled", "likely", "expected"),
    [
        (UNSTATED, {"yes": SURE}, YES),
        (UNSTATED, {"yes": SURE - 0.01, "unstated": 0.1}, UNCLEAR),
        (UNSTATED, {"unstated": 0.6, "no": 0.4}, UNSTATED),
        (UNSTATED, {"unclear": 0.6, "no": 0.4}, UNCLEAR),
        (UNCLEAR, {"no": SURE}, NO),
        (UNCLEAR, {"unstated": 0.8, "no": 0.2}, UNCLEAR),
        (UNCLEAR, {"unstated": SURE}, UNSTATED),
        (YES, {"no": 1.0}, UNCLEAR),
        (YES, {"unclear": 0.7, "yes": 0.3}, UNCLEAR),
        (YES, {"unstated": 1.0}, YES),
        (YES, {"no": 0.25, "unclear": 0.25, "yes": 0.5}, UNCLEAR),
        (NO, {"yes": 0.4, "no": 0.6}, NO),
    ],
)
def test_a_form_that_the_rules_do_not_understand_is_read_by_the_encoder_which_turns_no_answer_round(
    ruled: Answer, likely: dict[str, float], expected: Answer
) -> None:
    signal = (
        None
        if ruled is UNSTATED
        else Signal(stance=Stance(ruled.value), why="boxes", evidence="Mail them? x", where="form")
    )
    answer, found = confer_on_form((ruled, signal), weighed(**likely), ["Tell them: aye"])
    assert answer is expected
    assert (found is None) is (expected is UNSTATED)
    if found and answer is not ruled:
        assert (found.evidence, found.where) == ("Tell them: aye", "form")


def test_what_the_words_say_of_whom_it_is_for_holds_beside_a_form() -> None:
    said = Signal(stance=Stance.UNCLEAR, why="group", evidence="Only the managers.", where="text")
    assert confer_on_form((UNCLEAR, said), weighed(yes=1.0), ["Tell them: aye"]) == (UNCLEAR, said)


def test_the_encoder_is_asked_about_a_line_of_a_form_that_the_rules_do_not_know() -> None:
    class Asked(Encoder):
        def weigh(self, heard: Heard) -> dict[Answer, float]:
            return weighed(yes=1.0).answers if heard.segments else {}

    def read(*lines: tuple[str, str]) -> Answer:
        said = tuple(Segment(kind=SegmentKind.FORM, question=label, text=value) for label, value in lines)
        notes = Notes(encoder=lambda: Asked(None, None, ""))
        return read_closely(Spoken(newest_text="", readings=(said,)), notes).answer

    assert read(("Course", "Fire"), ("Tell the masons automatically", "aye")) is YES
    assert read(("Course", "Fire"), ("Create accounts", "Yes")) is UNSTATED
    assert read(("Mail to learners", "No"), ("Tell the masons automatically", "aye")) is UNCLEAR
    assert read(("Mail to learners", ""), ("They shall not receive it", "x")) is YES


def test_the_encoder_reads_a_mail_once_though_both_its_words_and_its_form_are_asked_about() -> None:
    asked: list[Heard] = []

    class Counting(Encoder):
        def weigh(self, heard: Heard) -> dict[Answer, float]:
            asked.append(heard)
            return weighed(unclear=1.0).answers

    said = (
        Segment(kind=SegmentKind.TEXT, text="Please not a rerun of last year, when nobody was sent a thing."),
        Segment(kind=SegmentKind.FORM, question="Tell the masons automatically", text="aye"),
    )
    notes = Notes(encoder=lambda: Counting(None, None, ""))
    read_closely(Spoken(newest_text="", readings=(said,)), notes)
    assert sum("encoder" in step for step in notes.steps) == 2
    assert len(asked) == 1
