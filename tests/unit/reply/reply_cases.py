"""Builders that speak the domain, for the tests of what people read."""

from typing import Any

from selectolax.lexbor import LexborHTMLParser

from bot.reply.template_set import Templates
from bot.values.customer import Site
from bot.values.learner import ImportRow, Outcome
from bot.values.outgoing import OutgoingFile
from bot.values.report import FileReport, ImportReport, Notification
from bot.values.request import Answer, Preference
from bot.values.sheet import LearnerList, Verdict

ENGLISH = Templates()
SITE = Site(
    name="YourCompany",
    login_url="https://learn.example/login",
    guide_course_allocation="https://help.example/courses",
    guide_create_user="https://help.example/create-a-user",
)
YES = Preference(answer=Answer.YES, evidence="Yes please, send them the default email.", where="text")
NO = Preference(answer=Answer.NO, evidence="No need to tell them.", where="text")
UNSTATED = Preference(answer=Answer.UNSTATED)
UNCLEAR = Preference(answer=Answer.UNCLEAR, evidence="only the managers", where="text")
ANNOTATED = OutgoingFile(name="March starters - results.xlsx", content=b"a", content_type="application/x")
TO_FIX = OutgoingFile(name="March starters - to fix.xlsx", content=b"f", content_type="application/x")


def a_row(outcome: Outcome, number: int = 4, **changes: Any) -> ImportRow:
    facts: dict[str, Any] = {
        "position": number,
        "file": "March starters.xlsx",
        "sheet": "Starters",
        "number": number,
        "first_name": "Sam",
        "last_name": "Lee",
        "email": f"sam{number}@example.com",
        "key": f"sam{number}@example.com",
        "outcome": outcome,
    }
    return ImportRow(**{**facts, **changes})


def rows_of(**counts: int) -> tuple[ImportRow, ...]:
    """`rows_of(created=12, invalid=1)`: that many rows of each outcome, numbered from 4."""
    outcomes = [Outcome(name) for name, number in counts.items() for _ in range(number)]
    return tuple(
        a_row(outcome, 4 + index, detail="the address has no ending" if outcome is Outcome.INVALID else "")
        for index, outcome in enumerate(outcomes)
    )


def a_file(name: str = "March starters.xlsx", **changes: Any) -> FileReport:
    columns = (("first_name", "B"), ("last_name", "C"), ("email", "E"))
    lists = (LearnerList(sheet="Starters", header_row=3, columns=columns, rows=1),)
    facts: dict[str, Any] = {"name": name, "verdict": Verdict.OK, "lists": lists}
    return FileReport(**{**facts, **changes})


def a_report(rows: tuple[ImportRow, ...], preference: Preference = YES, **changes: Any) -> ImportReport:
    facts: dict[str, Any] = {
        "reference": "RC-7F3K2Q",
        "subject": "New starters for March",
        "greeting": "Dana",
        "site": SITE,
        "files": (a_file(),),
        "rows": rows,
        "preference": preference,
        "notification": notification_for(rows, preference),
    }
    return ImportReport(**{**facts, **changes})


def notification_for(rows: tuple[ImportRow, ...], preference: Preference) -> Notification:
    if not any(row.outcome is Outcome.CREATED for row in rows):
        return Notification.NONE
    settled = {Answer.YES: Notification.SENT, Answer.NO: Notification.WITHHELD}
    return settled.get(preference.answer, Notification.ASKED)


def flat(text: str) -> str:
    """The words without their line breaks."""
    return " ".join(text.split())


def said(html: str) -> str:
    """The words of the HTML twin, without its tags."""
    tree = LexborHTMLParser(html)
    for node in tree.css("style, title"):
        node.decompose()
    assert tree.body is not None
    return flat(tree.body.text(separator=" "))
