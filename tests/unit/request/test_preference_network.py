"""The network: learned from our own texts, read with numbers alone, and settled with what the rules read."""

import json
from dataclasses import replace

import numpy as np
import pytest
from reading_cases import spoken, tokens_of_text

from bot.request.conferring import (
    AGAINST,
    ALONE,
    CLEARING,
    DOUBTING,
    LIKELY,
    NARROWED,
    QUESTIONING,
    SURE,
    Matter,
    confer,
)
from bot.request.network import ANSWERS, KNOWN_WORDS, Network, Weighed, learned, pack, unpack
from bot.request.preference import Notes, read_closely, read_preference, read_reply
from bot.request.replies import Stance
from bot.request.statements import Signal
from bot.request.tokens import MOST_ASKED, MOST_QUESTIONS, MOST_TOKENS, Token
from bot.values.request import Answer
from fixtures.learning_texts import HERE, digest_of_sources, example_of, read_half, sources
from fixtures.preference_mails import as_mail
from fixtures.score_exam import read_exam
from fixtures.score_preference import read_mail

SENTENCE = "Please send them the welcome email."
YES, NO, UNCLEAR, UNSTATED = Answer.YES, Answer.NO, Answer.UNCLEAR, Answer.UNSTATED


def test_it_was_learned_from_the_texts_that_lie_here() -> None:
    assert learned().digest == digest_of_sources(), "the texts have changed: run `make network`"


def test_its_likelihoods_add_up_whatever_is_said() -> None:
    for text in ("", "?", SENTENCE, "ok " * 5_000, "\u4f60\u597d \U0001f600 zzzqqq"):
        weighed = learned().weigh(tokens_of_text(text))
        assert sum(weighed.answers.values()) == pytest.approx(1, abs=1e-4)
        assert all(sum(each.values()) == pytest.approx(1, abs=1e-4) for each in weighed.sentences.values())


def test_it_shows_the_sentence_that_says_it() -> None:
    weighed = learned().weigh(
        tokens_of_text(f"The bus was late again today. {SENTENCE} The list has 12 rows.")
    )
    assert weighed.likeliest is YES
    assert weighed.evidence(YES) == SENTENCE
    assert [line.partition(": ")[2] for line in weighed.telling()] == [SENTENCE]


def test_the_rules_alone_read_nothing_in_a_turn_that_it_knows() -> None:
    text = "By all means let the newcomers have your hello mail, it can only help."
    assert read_closely(spoken(text), Notes()).answer is YES


def test_what_is_sent_by_email_is_a_mail_that_somebody_speaks_of() -> None:
    text = "Our head wants everybody greeted by email on the spot, so please do send it to all of them."
    assert read_closely(spoken(text), Notes()).answer is YES


@pytest.mark.parametrize(
    "text",
    [
        "All fine, please run it.",
        "Ok great please proceed with these 12",
        "Do go ahead, each of them needs it before Monday.",
        "Please let them all have it today, they are waiting.",
        "Go ahead and let them have it, they are keen.",
    ],
)
def test_it_reads_no_yes_where_nobody_speaks_of_a_mail(text: str) -> None:
    asked = "Would you like us to create these accounts now?"
    assert read_preference(spoken(text)).answer is UNSTATED
    assert read_preference(spoken(text, quoted=asked)).answer is UNSTATED


def test_where_no_known_word_names_the_mail_it_must_be_very_sure() -> None:
    text = "We send out our own onboarding pack with branding and a link, so your automated one isn't needed."
    assert read_preference(spoken(text)).answer is NO


def test_a_no_about_another_matter_is_none() -> None:
    text = "Quand ils auront terminé, l'attestation ne doit pas leur être envoyée par mail."
    assert read_preference(spoken(text)).answer is not NO


@pytest.mark.parametrize("text", ["Thanks!", "Support commented:", "Received", "Merci"])
def test_two_words_that_neither_knows_are_nothing_to_ask_about(text: str) -> None:
    assert read_preference(spoken(text), asked=True).answer is UNSTATED


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("No, that was not me!", NO),
        ("Yes, that was me.", YES),
        ("Yes, I sent that list.", YES),
        ("Who asks?", UNSTATED),
    ],
)
def test_a_question_of_ours_about_something_else_is_answered_by_the_rules_alone(
    text: str, expected: Answer
) -> None:
    assert read_reply(spoken(text)).answer is expected


def test_it_reads_no_yes_or_no_that_nobody_said_in_the_corpora() -> None:
    examples = [*read_half("score"), *read_half("develop", every=60)]
    answers = [(example.answer, read_preference(example.spoken).answer) for example in examples]
    assert {said for said, read in answers if read in {YES, NO} and read is not said} == set()
    assert sum(said is read for said, read in answers) > 0.97 * len(answers)


def test_mails_that_it_never_learned_from_are_read_nearly_as_well() -> None:
    ordinary = [mail for mail in read_exam() if mail["set"] in {68, 70, 71, 73}][::10]
    answers = [(Answer(mail["answer"]), read_mail(as_mail(mail)).answer) for mail in ordinary]
    assert len(answers) == 48
    assert sum(said is read for said, read in answers) > 0.9 * len(answers)
    assert sum(read in {YES, NO} and read is not said for said, read in answers) <= 2


def test_packing_keeps_every_array_nearly() -> None:
    network = learned()
    again = unpack(pack(network))
    assert again.digest == network.digest
    assert again.arrays.keys() == network.arrays.keys()
    for name, array in network.arrays.items():
        assert np.allclose(again.arrays[name], array, atol=np.abs(array).max() / 100), name


def test_the_words_it_keeps_are_bounded() -> None:
    network = Network(learned().arrays)
    for number in range(KNOWN_WORDS + 10):
        network.known[f"w{number}", ()] = np.zeros(1, np.float32)
    network.weigh([Token("one"), Token("more")])
    assert len(network.known) == 2


def test_a_row_of_tokens_has_a_measured_length_and_ends_with_what_was_asked() -> None:
    asked = " ".join(f"Shall we send group {number} the mail?" for number in range(9))
    row = tokens_of_text("send them no mail and " * 2_000, quoted=asked)
    assert len(row) <= MOST_TOKENS + MOST_QUESTIONS * (MOST_ASKED + 2)
    assert row[-1] == Token("<answer>")
    assert sum(token == Token("<asked>") for token in row) == MOST_QUESTIONS


def test_a_question_that_the_thread_quotes_again_is_asked_once() -> None:
    asked = "Shall we send them the mail?\n\nOn Monday Support wrote:\nShall we send them the mail?"
    assert sum(token == Token("<asked>") for token in tokens_of_text("Yes!", quoted=asked)) == 1
    assert read_preference(spoken("Yes, let's.", quoted=asked)).answer is YES


def test_what_the_rules_read_is_a_tag_of_the_sentence_they_read_it_in() -> None:
    row = tokens_of_text(f"The bus was late. {SENTENCE}")
    tagged = {token.sentence for token in row if "rule yes" in token.tags}
    assert tagged == {SENTENCE}


def weighed(**chances: float) -> Weighed:
    likely = {answer: chances.get(answer.value, 0.0) for answer in ANSWERS}
    return Weighed(
        answers=likely,
        sentences={"Weighed.": likely, "Silent.": {UNSTATED: 1.0} | dict.fromkeys((YES, NO, UNCLEAR), 0.0)},
    )


@pytest.mark.parametrize(
    ("ruled", "chances", "expected"),
    [
        (YES, {"yes": LIKELY, "no": 0.3}, YES),
        (YES, {"yes": LIKELY - 0.01, "no": 0.3}, UNCLEAR),
        (NO, {"no": LIKELY - 0.01, "unclear": 0.3}, UNCLEAR),
        (UNCLEAR, {"unclear": 0.4, "yes": 0.3, "no": 0.3}, UNCLEAR),
        (UNSTATED, {"yes": ALONE[YES]}, YES),
        (UNSTATED, {"yes": ALONE[YES] - 0.01}, UNCLEAR),
        (UNSTATED, {"no": ALONE[NO]}, NO),
        (UNSTATED, {"no": ALONE[NO] - 0.01}, UNCLEAR),
        (UNSTATED, {"unclear": 0.4, "yes": 0.3, "no": 0.3}, UNCLEAR),
        (UNCLEAR, {"no": CLEARING[NO]}, NO),
        (UNCLEAR, {"no": CLEARING[NO] - 0.01}, UNCLEAR),
        (UNCLEAR, {"yes": CLEARING[YES]}, YES),
        (UNCLEAR, {"yes": CLEARING[YES] - 0.01}, UNCLEAR),
        (UNCLEAR, {"unstated": LIKELY}, UNSTATED),
        (UNCLEAR, {"unstated": LIKELY - 0.01}, UNCLEAR),
        (NO, {"yes": AGAINST - 0.01}, UNCLEAR),
        (NO, {"yes": AGAINST}, YES),
        (YES, {"no": AGAINST}, NO),
        (YES, {"no": AGAINST - 0.01}, UNCLEAR),
        (YES, {"unstated": LIKELY}, UNSTATED),
        (YES, {"unclear": 0.4, "yes": 0.3, "no": 0.3}, UNCLEAR),
    ],
)
def test_rules_and_network_settle_one_answer(
    ruled: Answer, chances: dict[str, float], expected: Answer
) -> None:
    by_rule = Signal(stance=Stance.YES, why="a rule", evidence="Ruled.", where="subject")
    answer, signal = confer((ruled, None if ruled is UNSTATED else by_rule), weighed(**chances))
    assert answer is expected
    if expected is UNSTATED:
        assert signal is None
    else:
        assert signal is not None
        assert (signal.evidence, signal.where) == (
            ("Ruled.", "subject")
            if expected is ruled
            else ("Weighed.", "text" if ruled is UNSTATED else "subject")
        )


@pytest.mark.parametrize(
    ("ruled", "chances", "expected"),
    [
        (YES, {"no": DOUBTING}, UNCLEAR),
        (YES, {"no": DOUBTING - 0.01}, YES),
        (NO, {"yes": DOUBTING}, UNCLEAR),
        (YES, {"unclear": QUESTIONING}, UNCLEAR),
        (YES, {"unclear": QUESTIONING - 0.01}, YES),
        (YES, {"unstated": 1.0}, YES),
        (UNCLEAR, {"yes": SURE}, YES),
        (UNCLEAR, {"yes": SURE - 0.01}, UNCLEAR),
        (UNSTATED, {"yes": SURE - 0.01}, UNSTATED),
        (UNSTATED, {"yes": SURE}, YES),
    ],
)
def test_a_bare_reply_is_the_rules_to_read_unless_the_network_doubts_it(
    ruled: Answer, chances: dict[str, float], expected: Answer
) -> None:
    assert confer((ruled, None), weighed(**chances), Matter(plain=True))[0] is expected


@pytest.mark.parametrize("why", sorted(NARROWED))
def test_the_network_must_be_surer_where_the_rules_found_for_whom_or_when_it_is(why: str) -> None:
    by_rule = Signal(stance=Stance.UNCLEAR, why=why, evidence="Only the managers.", where="text")
    for answer in (YES, NO):
        assert confer((UNCLEAR, by_rule), weighed(**{answer.value: SURE}))[0] is answer
        assert confer((UNCLEAR, by_rule), weighed(**{answer.value: SURE - 0.01}))[0] is UNCLEAR


@pytest.mark.parametrize(
    ("matter", "unsaid"), [(Matter(named=False), UNSTATED), (Matter(other=True), UNCLEAR)]
)
def test_the_network_must_be_surer_where_nobody_names_a_mail_or_another_is_named(
    matter: Matter, unsaid: Answer
) -> None:
    for answer in (YES, NO) if matter.named else (NO,):
        for likely, expected in ((SURE, answer), (SURE - 0.01, unsaid)):
            assert confer((UNSTATED, None), weighed(**{answer.value: likely}), matter)[0] is expected
    if not matter.named:
        assert confer((UNSTATED, None), weighed(yes=1.0), matter)[0] is unsaid


def test_what_ends_as_a_question_is_no_refusal() -> None:
    asks = Signal(stance=Stance.UNCLEAR, why="a question", evidence="Weighed.", where="text")
    assert confer((UNCLEAR, asks), weighed(no=1.0))[0] is UNCLEAR
    assert confer((UNCLEAR, replace(asks, why="group")), weighed(no=1.0))[0] is NO
    assert read_preference(spoken("Welcome emails are disabled for this import, right?")).answer is UNCLEAR


def test_what_the_members_of_the_jury_say_is_brought_to_one_by_the_mean() -> None:
    whole, row = learned(), tokens_of_text(SENTENCE)
    members = len(whole.arrays["out"])
    alone = [
        Network({name: array[one : one + 1] for name, array in whole.arrays.items()}).weigh(row)
        for one in range(members)
    ]
    assert members > 1
    for answer in ANSWERS:
        mean = sum(each.answers[answer] for each in alone) / members
        assert whole.weigh(row).answers[answer] == pytest.approx(mean, abs=1e-5)


def test_the_trace_tells_what_each_of_them_read() -> None:
    notes = Notes()
    read_closely(spoken(f"The bus was late. {SENTENCE}"), notes)
    assert "rules: yes" in notes.steps
    assert any(step.startswith("weighs unstated 0.") for step in notes.steps)
    assert any(step.endswith(f": {SENTENCE}") and step.startswith("  yes ") for step in notes.steps)


def test_every_text_that_is_learned_from_is_sound_and_none_stands_in_the_score_half() -> None:
    score = (HERE / "score" / "texts.txt").read_text(encoding="utf-8")
    for path in sources()[1:]:
        for line in path.read_text(encoding="utf-8").splitlines():
            example = example_of(json.loads(line))
            text = example.spoken.newest_text
            assert len(text) < 40 or text not in score, text
            if example.says:
                assert example.answer is not UNSTATED, text


def test_a_sentence_says_what_is_written_down_for_it() -> None:
    lines = {"text": "Send it. No, don't. The bus was late.", "answer": "no"}
    says = example_of(lines | {"says": [["Send it.", "yes"], ["No, don't.", "no"]]})
    assert [says.stance(each) for each in ("Send it.", "No, don't.", "The bus was late.")] == [
        YES,
        NO,
        UNSTATED,
    ]
    assert example_of(lines).stance("Send it.") is None
    assert example_of(lines | {"decides": "No, don't."}).stance("No, don't.") is NO
