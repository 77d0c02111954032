"""Answers paired with the questions of the mail answered, and quotes that carry no mark."""

from bot.mail.newest import read_newest
from bot.mail.parse import parse_message
from bot.values.request import SegmentKind, Spoken

ATTRIBUTION = "On Tue, 3 Mar 2026 at 09:14, Support <support@learn.example> wrote:\n"
QUESTIONS = "> 1. How many learners are there?\n> 2. Should they be sent the account email?\n"


def read(text: str, *, kind: str = "plain") -> Spoken:
    head = (
        "From: Dana Wirth <dana@acme.example>\nTo: support@learn.example\nSubject: Re: List\n"
        f"In-Reply-To: <1@learn.example>\nContent-Type: text/{kind}; charset=utf-8\n\n"
    )
    return read_newest(parse_message((head + text).encode()))


def pairs(spoken: Spoken) -> list[tuple[str, str]]:
    return [(s.question, s.text) for s in spoken.readings[0] if s.kind is SegmentKind.INLINE]


def test_numbered_answers_stand_beside_their_questions() -> None:
    expected = [("How many learners are there?", "7"), ("Should they be sent the account email?", "no")]
    for text in ("1. 7\n2. no\n\n", "1. 7 2. no\n\n", "Q1: 7\nQ2: no\n\n", "7\nno\n\n"):
        assert pairs(read(text + ATTRIBUTION + QUESTIONS)) == expected


def test_more_lines_than_questions_are_paired_with_none() -> None:
    assert pairs(read("Seven\nno\nThanks for asking us\n\n" + ATTRIBUTION + QUESTIONS)) == []


def test_a_mail_quoted_without_a_mark_begins_where_it_greets_the_sender() -> None:
    spoken = read("No thanks.\n\nHi Dana,\n\nWould you like them to get the account email?\n\nSam\n")
    assert spoken.newest_text == "No thanks."
    assert "Would you like" in spoken.quoted


def test_a_greeting_of_somebody_else_begins_no_quote() -> None:
    spoken = read("Please pass this on.\n\nHi Sam,\n\nthe list is attached.\n")
    assert "the list is attached" in spoken.newest_text


def test_the_slash_beside_struck_words_goes_with_them() -> None:
    spoken = read("<p>Account email: <s>do not send</s> / send</p>", kind="html")
    assert spoken.newest_text == "Account email: send"
