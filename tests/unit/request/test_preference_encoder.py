"""The encoder: asked where the network is not sure, read in a bounded time, weighed beside the network."""

from concurrent.futures import ThreadPoolExecutor
from typing import Never

import pytest
from reading_cases import spoken, tokens_of_text

from bot.request.conferring import HEARD, UNSURE, is_unsure
from bot.request.encoder import LAST, MOST_PIECES, Encoder, taught, written
from bot.request.network import Weighed, learned
from bot.request.preference import Notes, read_closely
from bot.values.request import Answer
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
    assert sum(taught().weigh(tokens_of_text(text)).values()) == pytest.approx(1, abs=1e-4)


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
    likely = taught().weigh(tokens_of_text(text))
    assert max(likely, key=lambda name: likely[name]) is answer


def test_it_reads_the_question_that_a_reply_answers() -> None:
    likely = [
        taught().weigh(tokens_of_text("Yes please, do that for this lot.", quoted=asked))
        for asked in (
            "Shall we send the new learners the account email?",
            "Shall we hold the account emails for the new learners back?",
        )
    ]
    assert [max(each, key=lambda name: each[name]) for each in likely] == [YES, NO]


def test_the_text_it_reads_is_what_was_written_with_the_question_behind_it() -> None:
    tokens = tokens_of_text("Café – n'envoyez rien.\nMerci", quoted="Should they be mailed?")
    text = written(tokens)
    assert text.startswith("text: Café – n'envoyez rien. Merci asked: ")
    assert text.endswith("?|") or text.endswith("? |")
    assert "<" not in text


def test_of_a_long_mail_the_beginning_is_read() -> None:
    class Session:
        def run(self, _: None, given: dict[str, list[int]]) -> list[list[float]]:
            self.length = len(given["pieces"])
            assert given["pieces"][-1] == LAST
            return [[0.25] * 4]

    session = Session()
    Encoder(session, taught().pieces, "").weigh(
        tokens_of_text(" ".join(f"Line {number} is here." for number in range(400)))
    )
    assert session.length == MOST_PIECES + 2


def test_a_reading_does_not_depend_on_those_beside_it() -> None:
    rows = [
        tokens_of_text(f"{SENTENCE} There are {number} of them." + " Fine." * number) for number in range(24)
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
    assert f"with the encoder {own.beside(taught().weigh(notes.rows[0]), HEARD)}" in notes.steps


@pytest.mark.parametrize(
    ("ruled", "likely", "unsure"),
    [
        (YES, {"yes": UNSURE - 0.01}, True),
        (YES, {"yes": UNSURE}, False),
        (UNSTATED, {"yes": UNSURE}, False),
        (UNCLEAR, {"no": 1.0}, True),
        (YES, {"no": 1.0}, True),
        (YES, {"unclear": UNSURE}, False),
    ],
)
def test_a_second_reader_is_asked_where_the_first_is_unsure_or_against_the_rules(
    ruled: Answer, likely: dict[str, float], unsure: bool
) -> None:
    assert is_unsure(ruled, weighed(**likely)) is unsure


def test_another_reader_counts_with_its_share() -> None:
    both = weighed(yes=0.8, no=0.2).beside(weighed(no=0.6, unclear=0.4).answers, 0.25)
    assert both.answers == pytest.approx({UNSTATED: 0.0, YES: 0.6, NO: 0.3, UNCLEAR: 0.1})
