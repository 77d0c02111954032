"""Whatever a report holds, a letter comes of it: same counts in text and HTML, nothing raised."""

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reply_cases import ENGLISH, SITE, said

from bot.reply.render import (
    render_ask,
    render_bounces,
    render_closing,
    render_confirm_sender,
    render_digest,
    render_notice,
    render_reminder,
    render_results,
    render_settled,
    render_staff_note,
    render_waiting,
)
from bot.values.learner import ImportRow, Outcome
from bot.values.outgoing import OutgoingFile
from bot.values.report import (
    AskReport,
    BounceReport,
    ConfirmReport,
    DigestReport,
    Earlier,
    FileReport,
    ImportReport,
    NoticeFacts,
    SettledReport,
    StaffNote,
    ThreadReport,
    Undelivered,
    WaitingReport,
)
from bot.values.request import Answer, Preference

WORDS = st.text(max_size=40)
NUMBERS = st.integers(0, 20_000)
SITES = st.just(SITE)


def files():
    return st.builds(OutgoingFile, name=WORDS, content=st.just(b""), content_type=st.just("text/csv"))


def of(kind, **fields):
    """Any value of this kind, with short texts."""
    texts = {
        name: WORDS
        for name, annotation in kind.__annotations__.items()
        if annotation is str and name not in fields
    }
    numbers = {
        name: NUMBERS
        for name, annotation in kind.__annotations__.items()
        if annotation is int and name not in fields
    }
    return st.builds(kind, **texts, **numbers, **fields)


ROWS = of(ImportRow, outcome=st.sampled_from(Outcome), repairs=st.lists(WORDS, max_size=2).map(tuple))
PREFERENCES = of(Preference, answer=st.sampled_from(Answer), steps=st.just(()))
FILES = st.lists(of(FileReport, notes=st.lists(WORDS, max_size=2).map(tuple)), max_size=3).map(tuple)
GIVEN = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def letters_of(words):
    """Letters and digits in order: what both twins must have in common."""
    return re.sub(r"[\W_]+", "", words)


def fits(words) -> None:
    assert "\n" not in words.subject
    assert words.text.endswith("\n")
    assert "Undefined" not in words.html
    (words.subject + words.text + words.html).encode()
    # The numbers of an ordered list are the program's to draw in HTML.
    text = re.sub(r"(?m)^  \d\. ", "", words.text)
    assert letters_of(text) == letters_of(said(words.html))


@GIVEN
@given(
    of(
        ImportReport,
        site=SITES,
        rows=st.lists(ROWS, max_size=25).map(tuple),
        files=FILES,
        preference=PREFERENCES,
        earlier=st.none() | of(Earlier),
    ),
    st.lists(files(), max_size=3).map(tuple),
    st.none() | files(),
)
def test_any_import_is_told_with_counts_that_add_up(report, annotated, to_fix) -> None:
    words = render_results(report, ENGLISH, annotated=annotated, to_fix=to_fix)
    fits(words)
    counted = [int(n) for n, what in re.findall(r"^ {1,6}(\d+)  (.*)$", words.text, re.M)]
    total = len(report.rows)
    assert sum(counted) in ((total, 2 * total) if any_duplicate(report) else (total,))


def any_duplicate(report) -> bool:
    return any(row.outcome is Outcome.DUPLICATE for row in report.rows)


THREAD = {"site": SITES}


@GIVEN
@given(
    st.one_of(
        of(AskReport, files=FILES, preference=st.none() | PREFERENCES, **THREAD).map(
            lambda report: render_ask(report, ENGLISH)
        ),
        of(SettledReport, preference=PREFERENCES, **THREAD).map(lambda r: render_settled(r, ENGLISH)),
        of(ThreadReport, **THREAD).map(lambda report: render_reminder(report, ENGLISH)),
        of(ThreadReport, **THREAD).map(lambda report: render_closing(report, ENGLISH)),
        of(
            BounceReport, undelivered=st.lists(of(Undelivered, row=ROWS), max_size=30).map(tuple), **THREAD
        ).map(lambda report: render_bounces(report, ENGLISH)),
        of(WaitingReport, file_names=st.lists(WORDS, max_size=4).map(tuple), **THREAD).map(
            lambda report: render_waiting(report, ENGLISH)
        ),
        of(ConfirmReport, file_names=st.lists(WORDS, max_size=9).map(tuple), **THREAD).map(
            lambda report: render_confirm_sender(report, ENGLISH)
        ),
        of(NoticeFacts, **THREAD).map(lambda facts: render_notice(facts, ENGLISH)),
        of(StaffNote).map(lambda note: render_staff_note(note, ENGLISH)),
        of(DigestReport).map(lambda report: render_digest(report, ENGLISH)),
    )
)
def test_any_other_letter_can_be_written(words) -> None:
    fits(words)
