"""What the answer to an upload says."""

import re

import pytest
from reply_cases import (
    ANNOTATED,
    ENGLISH,
    NO,
    SITE,
    TO_FIX,
    UNCLEAR,
    UNSTATED,
    YES,
    a_file,
    a_report,
    a_row,
    flat,
    rows_of,
    said,
)

from bot.reply.render import render_results
from bot.values.customer import Site
from bot.values.learner import Outcome
from bot.values.report import Earlier, Notification
from bot.values.request import Answer, Preference
from bot.values.sheet import Verdict


def results(rows, preference=YES, **changes):
    return flat(render_results(a_report(rows, preference, **changes), ENGLISH).text)


def test_the_whole_reply_reads_as_a_colleague_would_write_it() -> None:
    rows = (
        *(a_row(Outcome.CREATED, 10 + n) for n in range(10)),
        a_row(Outcome.CREATED, 4, repairs=("a stray space",)),
        a_row(Outcome.CREATED, 7, repairs=("an address taken out of a link",)),
        *(a_row(Outcome.EXISTING, 30 + n) for n in range(2)),
        a_row(
            Outcome.INVALID, 9, email="jane.doe@yourcompany", detail="the address has no ending such as .com"
        ),
    )
    words = render_results(a_report(rows), ENGLISH, annotated=(ANNOTATED,), to_fix=TO_FIX)
    assert words.subject == "Re: New starters for March"
    assert words.files == (ANNOTATED, TO_FIX)
    assert (
        words.text
        == """\
Hi Dana,

12 of the 15 learners in "March starters.xlsx" now have an account.

   12  created
    2  already had an account: left as they were, not emailed
    1  needs fixing

Notification: sent to the 12 new learners, because you wrote
    "Yes please, send them the default email."

Needs fixing
    row 9   jane.doe@yourcompany   the address has no ending such as .com

Put it right in "March starters - to fix.xlsx" (attached: only the row to fix)
and reply to this email with it attached.

Every learner's username is their email address. To allocate courses, see
https://help.example/courses

Attached: "March starters - results.xlsx", your list with the result of every
row.

We read: sheet "Starters", header in row 3; first name = column B, last name =
C, email = E.

Cleaned up: row 4 a stray space, row 7 an address taken out of a link.

YourCompany Support (automatic reply)                      Reference RC-7F3K2Q
"""
    )


@pytest.mark.parametrize(
    ("counts", "first"),
    [
        ({"created": 1}, 'The learner in "March starters.xlsx" now has an account.'),
        ({"created": 2}, 'Both learners in "March starters.xlsx" now have an account.'),
        ({"created": 3}, 'All 3 learners in "March starters.xlsx" now have an account.'),
        ({"created": 3, "duplicate": 2}, "All 3 learners in"),
        ({"created": 1, "invalid": 2}, "1 of the 3 learners in"),
        ({"created": 1, "invalid": 2}, "now has an account."),
        ({"created": 2, "existing": 1}, "2 of the 3 learners in"),
        ({"existing": 1}, "Nothing was left to do: the learner in"),
        ({"existing": 2}, "Nothing was left to do: both learners in"),
        ({"existing": 9}, "Nothing was left to do: all 9 learners in"),
        ({"existing": 9, "duplicate": 1}, "Nothing was left to do: all 9 learners in"),
        ({"invalid": 1}, "No account was created yet: the one learner in"),
        ({"invalid": 5}, "No account was created yet: all 5 learners in"),
        ({"failed": 1}, "No account was created: the platform refused the learner in"),
        ({"failed": 4}, "No account was created: the platform refused all 4 learners in"),
        ({"existing": 4, "invalid": 1}, "No new account was created from the 5 learners in"),
        ({"created": 12345}, "All 12,345 learners in"),
        ({}, "We found no learners in your list."),
    ],
)
def test_the_first_line_says_in_plain_words_what_came_of_it(counts, first) -> None:
    assert first in results(rows_of(**counts))


def test_a_first_line_names_several_files() -> None:
    rows = (a_row(Outcome.CREATED, 1, file="a.xlsx"), a_row(Outcome.CREATED, 2, file="b.xlsx"))
    assert 'Both learners in "a.xlsx" and "b.xlsx" now' in results(rows)
    assert "All 3 learners in your 3 files" in results((*rows, a_row(Outcome.CREATED, 3, file="c.xlsx")))


@pytest.mark.parametrize("dry_run", [False, True])
def test_the_counts_add_up_and_leave_out_what_is_zero(dry_run) -> None:
    new = "would_create" if dry_run else "created"
    rows = rows_of(**{new: 5}, existing=4, duplicate=3, invalid=2, failed=1)
    text = render_results(a_report(rows, dry_run=dry_run), ENGLISH).text
    lines = re.findall(r"^ {1,6}(\d+)  (.*)$", text, re.MULTILINE)
    *counted, total = [int(number) for number, _ in lines]
    assert sum(counted) == total == len(rows)
    assert lines[-1][1] == "rows in all"
    only = render_results(a_report(rows_of(created=2)), ENGLISH).text
    assert re.findall(r"^ {1,6}(\d+)  (.*)$", only, re.MULTILINE) == [("2", "created")]


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("text", "because you wrote"),
        ("inline answer", "because you wrote"),
        ("subject", "because your subject line says"),
        ("form", "because your form says"),
        ("forwarded", "because the message you forwarded says"),
    ],
)
def test_the_words_the_answer_was_read_from_are_quoted(where, words) -> None:
    yes = Preference(answer=Answer.YES, evidence="Do tell them!", where=where)
    assert f'{words} "Do tell them!"' in results(rows_of(created=2), yes)


def test_an_answer_from_earlier_in_the_thread_is_said_to_be_from_there() -> None:
    text = results(rows_of(created=2), NO, preference_from_thread=True)
    assert 'no email went to the 2 new learners, because you wrote earlier in this thread "No need' in text


def test_an_answer_without_evidence_is_not_quoted() -> None:
    text = results(rows_of(created=1), Preference(answer=Answer.YES))
    assert "Notification: sent to the new learner, as you asked." in text


def test_a_platform_that_mails_by_itself_is_named() -> None:
    text = results(rows_of(created=3), notification=Notification.PLATFORM)
    assert 'Notification: YourCompany itself emails the 3 new learners, because you wrote "Yes' in text


def test_one_question_comes_before_what_does_not_need_the_customer() -> None:
    text = results(rows_of(created=3, existing=1), UNSTATED)
    question = text.index("Should the 3 new learners get the default email about their new account?")
    assert 'Reply to this email with "yes" or "no".' in text
    assert question < text.index("Every learner's username")
    assert text.count("?") == 1
    assert "Notification:" not in text


def test_an_unclear_answer_is_quoted_in_the_question() -> None:
    text = results(rows_of(created=1), UNCLEAR)
    assert '"only the managers" and we would rather ask than guess.' in text
    assert "Should the new learner get the default email" in text
    assert "Until then no email goes to that learner." in text


def test_nobody_is_asked_about_nobody() -> None:
    assert "nobody was emailed, as no account is new" in results(rows_of(existing=2), UNSTATED)
    assert "?" not in results(rows_of(existing=2), UNSTATED)
    assert "please say whether the new learners" in results(rows_of(invalid=2), UNSTATED)
    text = results(rows_of(invalid=2), YES)
    assert 'the new learners will be emailed, because you wrote "Yes please' in text


def test_more_than_twenty_problem_rows_are_left_to_the_workbook() -> None:
    words = render_results(a_report(rows_of(invalid=33)), ENGLISH, annotated=(ANNOTATED,), to_fix=TO_FIX)
    assert len(re.findall(r"^    row \d+", words.text, re.MULTILINE)) == 20
    assert 'and 13 more rows, all in "March starters - to fix.xlsx"' in words.text
    assert "Put them right in" in flat(words.text)


def test_a_row_without_an_address_is_named_by_its_learner() -> None:
    row = a_row(Outcome.INVALID, 8, email="", detail="the email is missing")
    assert "row 8 Sam Lee the email is missing" in results((row,))


def test_rows_of_several_lists_say_which_list_they_stand_in() -> None:
    rows = (
        a_row(Outcome.INVALID, 2, file="a.xlsx", sheet="North", detail="one"),
        a_row(Outcome.INVALID, 3, file="a.xlsx", sheet="South", detail="two"),
        a_row(Outcome.CREATED, 4, file="b.csv", sheet=""),
    )
    text = results(rows)
    assert '"a.xlsx", sheet "North" row 2' in text
    assert '"a.xlsx", sheet "South" row 3' in text
    assert '- "a.xlsx", sheet "North": 1 row: 1 to fix - "a.xlsx"' in text
    assert '- "b.csv": 1 row: 1 created' in text
    one_file = results(tuple(a_row(Outcome.INVALID, n, sheet=s) for n, s in ((2, "North"), (3, "South"))))
    assert 'Sheet "South" row 3' in one_file


def test_repairs_beyond_ten_are_counted() -> None:
    rows = tuple(a_row(Outcome.CREATED, n, repairs=("a stray space",)) for n in range(1, 14))
    text = results(rows)
    assert text.count("a stray space") == 10
    assert "and 3 more rows." in text


def test_a_likely_typo_in_a_created_account_is_pointed_out() -> None:
    text = results((a_row(Outcome.CREATED, 6, hint="gmial.com may be a typo for gmail.com"),))
    assert "Worth a look (created as written) row 6 sam6@example.com gmial.com may be a typo" in text


def test_a_refused_row_gives_the_platform_s_reason() -> None:
    text = results((a_row(Outcome.FAILED, 6, detail="the platform takes no plus sign"),))
    assert "Refused by the platform row 6 sam6@example.com the platform takes no plus sign" in text


def test_a_file_that_could_not_be_used_goes_with_its_way_out() -> None:
    broken = a_file("scan.pdf", verdict=Verdict.UNSUPPORTED, problem="This is a PDF.", lists=())
    text = results(rows_of(created=1), files=(a_file(), broken))
    assert 'Could not be used - "scan.pdf": This is a PDF.' in text


def test_a_dry_run_says_that_nothing_was_created_and_how_to_go_ahead() -> None:
    text = results(rows_of(would_create=2, existing=1), UNSTATED, dry_run=True)
    assert "as you asked: nothing was created. 2 of the 3 learners would get an account." in text
    assert 'Reply with "go ahead" and we create the 2 new learners' in text
    assert "1 already has an account: would be left as it is, not emailed" in text
    assert "Please also say whether they should get" in text
    assert "Should the" not in text
    yes = results(rows_of(would_create=2), YES, dry_run=True)
    assert 'They will get the default email about their new account, because you wrote "Yes' in yes
    assert "They will not get" in results(rows_of(would_create=2), NO, dry_run=True)
    assert "go ahead" not in results(rows_of(existing=2), NO, dry_run=True)


def test_a_corrected_sheet_is_answered_with_what_changed() -> None:
    before = Earlier(reference="RC-OLD", created=12, to_fix=3, still_to_fix=0)
    text = results(rows_of(created=3, existing=12), earlier=before)
    assert "Since last time (RC-OLD: 12 created, 3 to fix): 3 learners are new, and nothing" in text
    before = Earlier(reference="RC-OLD", created=12, to_fix=3, still_to_fix=1)
    assert "1 row still needs fixing." in results(rows_of(created=1, invalid=1), earlier=before)


def test_courses_single_learners_and_links_get_their_pointer() -> None:
    text = results(
        rows_of(created=1),
        courses_asked=True,
        single_learner=True,
        cloud_link="https://docs.google.com/spreadsheets/d/1",
    )
    assert text.count("https://help.example/courses") == 1
    assert "nobody was enrolled. How to allocate courses: https://help.example/courses" in text
    assert "https://help.example/create-a-user" in text
    assert "yours leads to docs.google.com" in text
    assert "File > Download > Microsoft Excel (.xlsx)" in text


def test_a_site_without_guides_points_nowhere() -> None:
    bare = Site(name="", login_url="")
    text = results(rows_of(created=1), site=bare, courses_asked=True, single_learner=True)
    assert "Courses are allocated on the site itself." in text
    assert "http" not in text
    assert "Support (automatic reply) Reference RC-7F3K2Q" in text


def test_assumptions_about_the_file_are_told() -> None:
    file = a_file(notes=("read as Windows-1252", "columns are separated by semicolons"))
    assert "read as Windows-1252; columns are separated by semicolons." in results(
        rows_of(created=1), files=(file,)
    )


@pytest.mark.parametrize("preference", [YES, NO, UNSTATED, UNCLEAR])
@pytest.mark.parametrize("dry_run", [False, True])
def test_text_and_html_say_the_same_words(preference, dry_run) -> None:
    rows = (*rows_of(created=2, existing=1, duplicate=1, invalid=30, failed=1), a_row(Outcome.CREATED, 99))
    report = a_report(rows, preference, dry_run=dry_run, courses_asked=True, site=SITE)
    words = render_results(report, ENGLISH, annotated=(ANNOTATED,), to_fix=TO_FIX)

    def bare(text: str) -> str:
        return re.sub(r"[\W_]+", "", text)

    assert bare(words.text) == bare(said(words.html))


def test_no_text_line_is_longer_than_78_characters() -> None:
    rows = tuple(
        a_row(Outcome.INVALID, n, email=f"{'x' * 20 * n}@example.com", detail="word " * 30)
        for n in range(1, 6)
    )
    for line in render_results(a_report(rows), ENGLISH).text.splitlines():
        assert len(line) <= 78
