"""A rehearsal of every letter with made-up facts, so that a broken template shows before it is needed."""

from collections.abc import Callable, Iterator
from functools import partial

from bot.errors import ConfigurationError
from bot.reply import render
from bot.reply.template_set import Templates
from bot.values.customer import Site
from bot.values.learner import ImportRow, Outcome
from bot.values.outgoing import OutgoingFile, Words
from bot.values.report import (
    AskReport,
    BounceReport,
    ConfirmReport,
    DigestLine,
    DigestReport,
    Earlier,
    FileReport,
    ImportReport,
    NewLinkFacts,
    NoSheet,
    NoticeFacts,
    Notification,
    SettledReport,
    StaffNote,
    ThreadReport,
    TicketLinkFacts,
    TicketWord,
    Undelivered,
    WaitingReport,
)
from bot.values.request import Answer, Preference
from bot.values.sheet import LearnerList, Verdict

_SITE = Site(
    name="Example Learning",
    login_url="https://learn.example/login",
    guide_course_allocation="https://help.example/courses",
    guide_create_user="https://help.example/create-a-user",
)
_WHEN = "30 November 2026, 09:15 UTC"
_COLUMNS = (("first_name", "A"), ("last_name", "B"), ("email", "C"))
_LIST = LearnerList(sheet="Starters", header_row=1, columns=_COLUMNS, rows=len(Outcome))
_FILES = (
    FileReport(name="starters.xlsx", verdict=Verdict.OK, lists=(_LIST,), notes=("read as UTF-8",)),
    FileReport(name="scan.pdf", verdict=Verdict.UNSUPPORTED, problem="This is a PDF."),
)
_FILE = OutgoingFile(name="starters - results.xlsx", content=b"", content_type="application/octet-stream")


def rehearse(templates: Templates) -> list[str]:
    """Render every letter in its main variants; what is wrong, each once, with file, line and mend."""
    complaints: dict[str, None] = {}
    for write in _letters(templates):
        try:
            write()
        except ConfigurationError as error:
            complaints[str(error)] = None
    return list(complaints)


def _letters(templates: Templates) -> Iterator[Callable[[], Words]]:
    """Every letter, in every variant that speaks other words."""
    for answer in Answer:
        for dry_run in (False, True):
            report = _import(answer, dry_run=dry_run)
            yield partial(render.render_results, report, templates, annotated=(_FILE,), to_fix=_FILE)
        yield partial(render.render_settled, _settled(answer), templates)
    for why in NoSheet:
        yield partial(render.render_ask, _ask(why), templates, template=_FILE)
    yield partial(render.render_reminder, _thread(), templates)
    yield partial(render.render_closing, _thread(), templates)
    yield partial(render.render_bounces, _bounces(), templates)
    yield partial(render.render_waiting, _waiting(), templates)
    yield partial(render.render_confirm_sender, _confirm(), templates)
    yield partial(render.render_notice, _notice(), templates)
    yield partial(render.render_new_link, _new_link(), templates)
    yield partial(render.render_ticket_link, _ticket_link(), templates)
    yield partial(render.render_ticket_word, _ticket_word(), templates)
    yield partial(render.render_staff_note, _note(), templates)
    yield partial(render.render_digest, _digest(), templates)


def _row(number: int, outcome: Outcome) -> ImportRow:
    return ImportRow(
        position=number,
        file="starters.xlsx",
        sheet="Starters",
        number=number + 2,
        first_name="Sam",
        last_name="Lee",
        email=f"sam{number}@example.com",
        key=f"sam{number}@example.com",
        outcome=outcome,
        detail="" if outcome is Outcome.CREATED else "what happened",
        hint="a likely typo",
        repairs=("a stray space",),
    )


def _preference(answer: Answer) -> Preference:
    return Preference(answer=answer, evidence="Yes please.", where="text")


def _import(answer: Answer, *, dry_run: bool) -> ImportReport:
    told = {Answer.YES: Notification.SENT, Answer.NO: Notification.WITHHELD}
    return ImportReport(
        reference="RC-000000",
        subject="New starters",
        greeting="Dana",
        site=_SITE,
        files=_FILES,
        rows=tuple(_row(number, outcome) for number, outcome in enumerate(Outcome)),
        preference=_preference(answer),
        notification=told.get(answer, Notification.ASKED),
        dry_run=dry_run,
        courses_asked=dry_run,
        single_learner=True,
        cloud_link="https://drive.example/1",
        earlier=Earlier(reference="RC-000001", created=2, to_fix=1, still_to_fix=1),
    )


def _ask(why: NoSheet) -> AskReport:
    return AskReport(
        reference="RC-000000",
        subject="New starters",
        greeting="Dana",
        site=_SITE,
        why=why,
        files=_FILES[1:],
        cloud_link="https://drive.example/1",
        single_learner=True,
        courses_asked=True,
        limit_bytes=20 * 1024 * 1024,
    )


def _settled(answer: Answer) -> SettledReport:
    return SettledReport(
        reference="RC-000000",
        subject="New starters",
        greeting="Dana",
        site=_SITE,
        preference=_preference(answer),
        queued=2,
        already_sent=1,
        withheld=2,
    )


def _thread() -> ThreadReport:
    return ThreadReport(
        reference="RC-000000",
        subject="New starters",
        greeting="Dana",
        site=_SITE,
        held=2,
        asked_days=3,
        close_days=14,
    )


def _bounces() -> BounceReport:
    lost = Undelivered(row=_row(0, Outcome.CREATED), why="the mailbox does not exist")
    return BounceReport(
        reference="RC-000000", subject="", greeting="", site=_SITE, sent=2, undelivered=(lost,)
    )


def _waiting() -> WaitingReport:
    return WaitingReport(
        reference="RC-000000", subject="", greeting="", site=_SITE, file_names=("starters.xlsx",), rows=2
    )


def _confirm() -> ConfirmReport:
    return ConfirmReport(
        reference="RC-000000",
        subject="New starters",
        greeting="Dana",
        site=_SITE,
        sender="dana@example.com",
        received=_WHEN,
        file_names=("starters.xlsx",),
    )


def _notice() -> NoticeFacts:
    return NoticeFacts(
        first_name="Sam",
        username="sam@example.com",
        link="https://learn.example/welcome/x",
        expires=_WHEN,
        site=_SITE,
    )


def _new_link() -> NewLinkFacts:
    return NewLinkFacts(
        first_name="Sam",
        username="sam@example.com",
        link="https://learn.example/welcome/x",
        expires=_WHEN,
        site=_SITE,
    )


def _ticket_link() -> TicketLinkFacts:
    return TicketLinkFacts(link="https://learn.example/ticket/confirm/x", expires=_WHEN, site=_SITE)


def _ticket_word() -> TicketWord:
    return TicketWord(reference="M1", subject="New ticket", site=_SITE)


def _note() -> StaffNote:
    return StaffNote(
        title="Held", why="why", what_to_do="what", sender="a@example.com", subject="s", received=_WHEN
    )


def _digest() -> DigestReport:
    line = DigestLine(sender="a@example.com", subject="s", why="why", received=_WHEN, reference="RC-000000")
    return DigestReport(
        period="29 November 2026",
        team="Support",
        uploads=1,
        rows=2,
        created=1,
        held=(line,),
        problems=(line,),
    )
