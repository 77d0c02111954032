"""What the shorter letters say: ask, settled, reminder, closing, bounces, waiting, confirm, notice, staff."""

from dataclasses import replace

import pytest
from reply_cases import ENGLISH, NO, SITE, UNCLEAR, YES, a_row, flat, said

from bot.reply.render import (
    render_ask,
    render_bounces,
    render_closing,
    render_confirm_sender,
    render_digest,
    render_notice,
    render_reminder,
    render_settled,
    render_staff_note,
    render_waiting,
)
from bot.values.customer import Site
from bot.values.learner import Outcome
from bot.values.outgoing import OutgoingFile
from bot.values.report import (
    AskReport,
    BounceReport,
    ConfirmReport,
    DigestLine,
    DigestReport,
    FileReport,
    NoSheet,
    NoticeFacts,
    SettledReport,
    StaffNote,
    ThreadReport,
    Undelivered,
    WaitingReport,
)
from bot.values.request import Answer, Preference
from bot.values.sheet import Verdict

THREAD = {"reference": "RC-7F3K2Q", "subject": "AW: New starters", "greeting": "Dana", "site": SITE}
TEMPLATE = OutgoingFile(name="Learner Upload.xlsx", content=b"t", content_type="application/x")
LINK = "https://learn.example/welcome/" + "k" * 43


def ask(why, **changes):
    return render_ask(AskReport(why=why, **{**THREAD, **changes}), ENGLISH, template=TEMPLATE)


@pytest.mark.parametrize("why", list(NoSheet))
def test_a_request_without_a_sheet_is_told_how_to_send_one(why) -> None:
    words = ask(why)
    text = flat(words.text)
    assert words.subject == "Re: New starters"
    assert words.files == (TEMPLATE,)
    assert '1. Open "Learner Upload.xlsx" (attached)' in text
    assert "2. Reply to this email with the sheet attached." in text
    assert "yes or no" in text


def test_an_unusable_file_is_named_with_its_trouble_and_way_out() -> None:
    locked = FileReport(name="list.xlsx", verdict=Verdict.ENCRYPTED, problem="It asks for a password.")
    text = flat(ask(NoSheet.UNUSABLE, files=(locked,)).text)
    assert 'We could not use "list.xlsx", so nothing has been created yet. It asks for a password.' in text
    two = flat(ask(NoSheet.UNUSABLE, files=(locked, replace(locked, name="b.pdf", problem=""))).text)
    assert 'We could not use "list.xlsx" and "b.pdf"' in two
    assert '- "list.xlsx": It asks for a password. - "b.pdf": we could not read it' in two


@pytest.mark.parametrize(
    ("link", "way_out"),
    [
        ("https://docs.google.com/spreadsheets/d/1", "(yours leads to docs.google.com)"),
        ("https://acme-my.sharepoint.com/:x:/g/1", "File > Create a Copy > Download a Copy"),
        ("https://www.dropbox.com/s/1", "in Dropbox choose Download"),
        ("https://www.icloud.com/numbers/1", "File > Export To > Excel"),
        ("https://files.example/1", "download it as an Excel or CSV file"),
        ("https://docs.google.com.evil.example/", "download it as an Excel or CSV file"),
        ("http://[broken", "yours leads to a cloud drive"),
    ],
)
def test_a_link_is_answered_with_how_to_get_a_file_out(link, way_out) -> None:
    words = ask(NoSheet.LINK, cloud_link=link)
    assert way_out in flat(words.text)
    assert f'href="{link}' not in words.html


def test_a_mail_that_is_too_large_is_told_the_limit() -> None:
    text = flat(ask(NoSheet.TOO_LARGE, limit_bytes=25 * 1024 * 1024).text)
    assert "may have up to 25 MB" in text
    assert "up to" not in flat(ask(NoSheet.TOO_LARGE).text)


def test_an_answer_already_given_is_not_asked_for_again() -> None:
    text = flat(ask(NoSheet.MISSING, preference=YES).text)
    assert "3." not in text
    assert 'will get the default email about their new account, because you wrote "Yes please' in text


def test_a_request_for_one_learner_gets_the_guide() -> None:
    text = flat(ask(NoSheet.MISSING, single_learner=True, courses_asked=True).text)
    assert "https://help.example/create-a-user" in text
    assert "https://help.example/courses" in text


@pytest.mark.parametrize(
    ("preference", "numbers", "words"),
    [
        (YES, {"queued": 12}, "on its way to the 12 new learners."),
        (YES, {"queued": 1}, "on its way to the new learner."),
        (
            YES,
            {"queued": 2, "already_sent": 1},
            "1 learner had been emailed before and will not get it twice.",
        ),
        (YES, {"already_sent": 3}, "The 3 new learners have already been emailed"),
        (YES, {}, "there was nothing to send"),
        (NO, {"withheld": 12}, "No email goes to the 12 new learners."),
        (NO, {"withheld": 1}, "The account is ready all the same"),
        (NO, {"already_sent": 1}, "The new learner had already been emailed; that cannot be taken back."),
        (NO, {"already_sent": 2, "withheld": 1}, "No email will go to the new learner still waiting."),
        (NO, {}, "nobody will be"),
        (UNCLEAR, {}, 'Reply to this email with just "yes" or "no".'),
        (UNCLEAR, {"to_staff": True}, "one of our team will read your answer"),
    ],
)
def test_a_word_in_the_thread_is_confirmed_with_its_quotation(preference, numbers, words) -> None:
    rendered = render_settled(SettledReport(preference=preference, **THREAD, **numbers), ENGLISH)
    text = flat(rendered.text)
    assert words in text
    assert f'"{preference.evidence}"' in text
    assert ("?" in text) == (preference is UNCLEAR and not numbers)
    without = SettledReport(preference=Preference(answer=preference.answer), **THREAD, **numbers)
    assert '""' not in render_settled(without, ENGLISH).text


def test_the_reminder_asks_once_more_and_says_until_when() -> None:
    text = flat(render_reminder(ThreadReport(held=12, asked_days=3, close_days=14, **THREAD), ENGLISH).text)
    assert "Should the 12 new learners get" in text
    assert "within 11 more days" in text
    last = flat(render_reminder(ThreadReport(held=1, asked_days=13, close_days=14, **THREAD), ENGLISH).text)
    assert "within 1 more day," in last
    late = flat(render_reminder(ThreadReport(held=1, asked_days=20, close_days=14, **THREAD), ENGLISH).text)
    assert "within" not in late


def test_the_closing_says_that_silence_was_taken_as_no() -> None:
    text = flat(render_closing(ThreadReport(held=2, asked_days=14, close_days=14, **THREAD), ENGLISH).text)
    assert "the 2 new learners were not emailed" in text
    assert "14 days ago we asked" in text
    assert "silence as a no" in text


def test_returned_notices_are_counted_and_listed() -> None:
    back = tuple(Undelivered(row=a_row(Outcome.CREATED, n), why="the mailbox does not exist") for n in (4, 9))
    text = flat(render_bounces(BounceReport(sent=12, undelivered=back, **THREAD), ENGLISH).text)
    assert "2 of the 12 emails to the new learners could not be delivered." in text
    assert "row 4 sam4@example.com the mailbox does not exist row 9 sam9@example.com" in text
    one = flat(render_bounces(BounceReport(sent=1, undelivered=back[:1], **THREAD), ENGLISH).text)
    assert "The email to the new learner could not be delivered." in one
    many = tuple(Undelivered(row=a_row(Outcome.CREATED, n), why="full") for n in range(1, 60))
    assert (
        "and 39 more addresses"
        in render_bounces(BounceReport(sent=90, undelivered=many, **THREAD), ENGLISH).text
    )


def test_a_waiting_upload_needs_nothing_from_the_customer() -> None:
    report = WaitingReport(file_names=("a.xlsx",), rows=15, **THREAD)
    text = flat(render_waiting(report, ENGLISH).text)
    assert 'We have "a.xlsx", and it will be carried out without another word as soon as YourCompany' in text
    assert "All 15 learners in it are safe with us" in text
    assert "don't send it again" in text
    some = flat(render_waiting(replace(report, created=3), ENGLISH).text)
    assert "3 of the 15 learners have an account already; the rest will follow." in some


def test_the_sender_is_asked_about_a_mail_in_its_name() -> None:
    report = ConfirmReport(
        sender="dana@example.com",
        received="30 November 2026, 09:15 UTC",
        file_names=tuple(f"{n}.xlsx" for n in range(8)),
        **THREAD,
    )
    words = render_confirm_sender(report, ENGLISH)
    text = flat(words.text)
    assert words.subject == "Did you send us this learner upload? (RC-7F3K2Q)"
    assert "From: dana@example.com Subject: AW: New starters Received: 30 November" in text
    assert "0.xlsx, 1.xlsx, 2.xlsx, 3.xlsx, 4.xlsx and 3 more" in text
    assert 'Did you send it? If so, reply to this email with "yes"' in text
    assert "ignore this: nothing has been done" in text


def notice(**changes):
    facts = {
        "first_name": "Jane",
        "username": "jane@example.com",
        "link": LINK,
        "expires": "7 December 2026, 09:15 UTC",
        "site": SITE,
    }
    return render_notice(NoticeFacts(**{**facts, **changes}), ENGLISH)


def test_the_notice_says_what_the_platform_says_today() -> None:
    words = notice()
    assert words.subject == "An administrator created an account for you at YourCompany"
    assert flat(words.text) == (
        "Jane, A site administrator at YourCompany has created an account for you. You may now log in by "
        f"clicking this link or copying and pasting it to your browser: {LINK} This link can only be used "
        "once to log in and will lead you to a page where you can set your password. It works until "
        "7 December 2026, 09:15 UTC; after that, the same link offers you a new one. After setting your "
        "password, you will be able to log in at https://learn.example/login in the future using: "
        "username: jane@example.com password: Your password -- YourCompany team"
    )
    assert f'href="{LINK}"' in words.html
    assert LINK in said(words.html)


def test_the_link_of_a_notice_stands_on_a_line_of_its_own() -> None:
    assert LINK in notice().text.splitlines()


@pytest.mark.parametrize("name", ["evil.example", "http://x", "a@b.example", "=1+1", "12345", "", "\u202e"])
def test_a_name_that_is_none_is_not_put_into_a_notice(name) -> None:
    assert notice(first_name=name).text.startswith("Hello,\n")


@pytest.mark.parametrize("name", ["Jane", "Mary-Jane", "O'Neil", "J.", "José", "李", "Анна", "Jane 2"])
def test_a_name_of_any_script_is_kept_in_a_notice(name) -> None:
    assert notice(first_name=name).text.startswith(f"{name},\n")


def test_a_site_without_a_name_still_makes_a_sentence() -> None:
    words = notice(site=Site(name="", login_url=""), expires="")
    assert "account for you at our learning site" in words.subject
    assert "you will be able to log in in the future" in flat(words.text)
    assert "works until" not in words.text


def test_a_link_that_is_no_web_address_is_never_made_clickable() -> None:
    assert "href" not in notice(link="javascript:alert(1)", site=Site(name="X", login_url="data:x")).html


def test_a_note_tells_staff_why_and_what_to_do() -> None:
    note = StaffNote(
        title="Held: the sender could not be verified",
        why="dmarc=fail",
        what_to_do="Drag it to Rollcall/Approved.",
        sender="a@example.com",
        subject="Re: Hi",
        received="30 November 2026",
        reference="RC-1",
    )
    words = render_staff_note(note, ENGLISH)
    assert words.subject == "Held: the sender could not be verified: Re: Hi"
    assert "Why: dmarc=fail What to do: Drag it to Rollcall/Approved. From: a@example.com" in flat(words.text)
    empty = StaffNote(title="Set aside", why="x", what_to_do="", sender="", subject="", received="")
    assert "From: (none) Subject: (none) Rollcall" in flat(render_staff_note(empty, ENGLISH).text)


def test_the_digest_adds_up_and_lists_what_waits() -> None:
    line = DigestLine(sender="a@example.com", subject="Hi", why="unknown sender", received="09:15")
    report = DigestReport(
        period="29 November 2026",
        team="YourCompany Support",
        uploads=3,
        rows=40,
        created=30,
        existing=5,
        to_fix=2,
        notices_sent=30,
        notices_bounced=1,
        held=(line,) * 60,
        problems=(replace(line, reference="RC-9"),),
    )
    words = render_digest(report, ENGLISH)
    text = flat(words.text)
    assert words.subject == "Rollcall, 29 November 2026: 3 uploads, 61 waiting for you"
    assert "3 uploads with 40 rows, 30 new accounts." in text
    assert "3 still to be done" in text
    assert "and 10 more" in text
    assert '- a@example.com, "Hi", 09:15: unknown sender [RC-9]' in text
    quiet = render_digest(DigestReport(period="29 November 2026", team=""), ENGLISH)
    assert quiet.subject == "Rollcall, 29 November 2026: 0 uploads"
    assert "no uploads. Nothing waits for you." in flat(quiet.text)


def test_no_letter_asks_more_than_one_question() -> None:
    answer = Preference(answer=Answer.UNCLEAR, evidence="maybe")
    letters = [
        render_settled(SettledReport(preference=answer, **THREAD), ENGLISH),
        render_confirm_sender(ConfirmReport(sender="a@b.example", received="", **THREAD), ENGLISH),
    ]
    assert [letter.text.count("?") for letter in letters] == [1, 1]
