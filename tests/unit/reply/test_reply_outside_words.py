"""Words from outside are repeated as words only: never as markup, headers, hidden text or a flood."""

import unicodedata

import pytest
from reply_cases import ENGLISH, YES, a_file, a_report, a_row, flat

from bot.reply.clean import LIMITS, addressable, cleaned, one_line
from bot.reply.render import render_results
from bot.reply.subjects import bare_subject
from bot.values.learner import Outcome
from bot.values.request import Answer, Preference
from bot.values.sheet import Verdict

MARKUP = "<script>alert(1)</script><img src=//evil.example/x onerror=y>\"'&{{ 7*7 }}{% raw %}"


def hostile(text: str):
    yes = Preference(answer=Answer.YES, evidence=text, where=text)
    rows = (
        a_row(Outcome.INVALID, 2, email=text, first_name=text, detail=text, hint=text, repairs=(text,)),
        a_row(Outcome.FAILED, 3, email="", first_name=text, detail=text, sheet=text, file=text),
        a_row(Outcome.CREATED, 4, hint=text, file=text),
    )
    file = a_file(text, verdict=Verdict.CORRUPT, problem=text, lists=())
    report = a_report(rows, yes, files=(file,), subject=text, greeting=text, cloud_link=text, reference=text)
    return render_results(report, ENGLISH)


def test_markup_from_outside_is_shown_and_not_obeyed() -> None:
    words = hostile(MARKUP)
    assert "<script" not in words.html
    assert "<img" not in words.html
    assert "&lt;script&gt;" in words.html
    assert "49" not in words.text
    assert "49" not in words.html.replace("&#34;", "").replace("&#39;", "")
    assert "{{ 7*7 }}" in flat(words.text)


@pytest.mark.parametrize(
    "break_out", ["a\r\nBcc: x@evil.example", "a\nb", "a\x0bb", "a\x85b", "a\u2028b", "a\x00b", "a\x1b[2Jb"]
)
def test_no_line_can_be_begun_from_outside(break_out) -> None:
    words = hostile(break_out)
    assert "\n" not in words.subject
    assert "\r" not in words.text + words.html
    assert not [line for line in words.text.splitlines() if line.startswith(("Bcc", "b"))]
    controls = {char for char in words.text + words.html if unicodedata.category(char) == "Cc"}
    assert controls <= {"\n"}


@pytest.mark.parametrize(
    "sign", ["\u202e", "\u2066", "\u200f", "\u061c", "\u200b", "\ufeff", "\ud800", "\U000e0041"]
)
def test_nothing_that_hides_or_turns_words_round_gets_in(sign) -> None:
    words = hostile(f"moc.live{sign}good")
    assert sign not in words.text + words.html + words.subject
    assert "moc.livegood" in words.text
    (words.subject + words.text + words.html).encode("utf-8")


def test_joiners_that_spell_names_and_emoji_are_kept() -> None:
    assert one_line("می\u200cخواهم 👩\u200d🏫") == "می\u200cخواهم 👩\u200d🏫"


def test_marks_piled_on_a_letter_are_cut_down() -> None:
    assert one_line("a" + "\u0301" * 500) == "a" + "\u0301" * 4
    assert one_line("Tie\u0302\u0301ng Vie\u0323\u0302t") == "Tie\u0302\u0301ng Vie\u0323\u0302t"


def test_everything_is_cut_to_size() -> None:
    words = hostile("x" * 1_000_000)
    assert len(words.subject) <= LIMITS["subject"] + 40
    assert len(words.text) < 12_000
    assert len(one_line("y" * 500, 100)) == 100
    assert one_line("y" * 500, 100).endswith("…")


def test_a_report_of_thousands_of_rows_stays_a_letter() -> None:
    rows = tuple(
        a_row(Outcome.INVALID, n, file=f"{n % 500}.xlsx", detail="the email is missing", repairs=("x",))
        for n in range(5000)
    )
    files = tuple(a_file(f"{n}.xlsx") for n in range(500))
    words = render_results(a_report(rows, YES, files=files), ENGLISH)
    assert len(words.html) < 100_000
    assert "and 480 more lists" in words.text


def test_a_greeting_is_a_first_name_or_nothing() -> None:
    assert addressable("Dana\r\n") == "Dana"
    assert addressable("www.evil.example/win") == ""
    assert addressable("<b>Dana</b>") == ""
    words = render_results(a_report((a_row(Outcome.CREATED),), greeting="dana@example.com"), ENGLISH)
    assert words.text.startswith("Hello,\n")


def test_cleaning_keeps_what_is_no_text() -> None:
    row = a_row(Outcome.CREATED, 7, repairs=("a\nb",))
    assert cleaned(row).repairs == ("a b",)
    assert cleaned(row).outcome is Outcome.CREATED
    assert cleaned(row).number == 7


@pytest.mark.parametrize(
    ("subject", "bare"),
    [
        ("New starters", "New starters"),
        ("Re: New starters", "New starters"),
        ("RE: re: AW: SV: Antw: New", "New"),
        ("Re[2]: Re(3): RE : New", "New"),
        ("回复：新员工", "新员工"),
        ("[External] Re: New", "[External] New"),
        ("Re: [External] Re: [External] New", "[External] New"),
        ("[EXT] [Acme] New", "[EXT] [Acme] New"),
        ("Fwd: New", "Fwd: New"),
        ("Re: Fwd: New", "Fwd: New"),
        ("Request: new users", "Request: new users"),
        ("Results: none", "Results: none"),
        ("React: the course", "React: the course"),
        ("", ""),
        ("  \r\n ", ""),
        ("Re:", ""),
        ("[External]", "[External]"),
        ("Re: " * 40 + "New", "New"),
    ],
)
def test_reply_marks_are_taken_off_and_the_rest_is_kept(subject, bare) -> None:
    assert bare_subject(subject) == bare


def test_a_reply_without_a_subject_has_one_all_the_same() -> None:
    words = render_results(a_report((a_row(Outcome.CREATED),), subject=" Re: "), ENGLISH)
    assert words.subject == "Re: your learner upload"
