"""Everything a message can end in without an import: an answer settled, a sheet asked for, held, left."""

from collections.abc import Callable, Mapping

from bot.reply.render import render_ask, render_settled
from bot.runners.carry_out import XLSX, file_away
from bot.runners.case import Case
from bot.runners.holding import confirmed, hold
from bot.runners.letters import reply_letter
from bot.runners.office import Office
from bot.runners.report import file_reports, greeting_of
from bot.sheet.file_names import TEMPLATE_NAME
from bot.values.ledger import (
    MessageState,
    NoticeAction,
    NoticeOrder,
    QuestionKind,
    QuestionState,
    Settlement,
)
from bot.values.outgoing import OutgoingFile
from bot.values.report import AskReport, NoSheet, SettledReport
from bot.values.request import Answer, Decision


def settle_without_import(case: Case, office: Office) -> Settlement:
    """How a message ends that carries no sheet to import."""
    return _ENDINGS[case.screening.decision](case, office)


def _ignore(case: Case, office: Office) -> Settlement:
    return Settlement(state=MessageState.IGNORED, reason=case.screening.reason)


def _leave(case: Case, office: Office) -> Settlement:
    return Settlement(state=MessageState.LEFT, reason=case.screening.reason)


def _ask_for_sheet(case: Case, office: Office) -> Settlement:
    customer = case.customer
    assert customer is not None
    report = AskReport(
        reference=f"M{case.job.id}",
        subject=case.message.subject,
        greeting=greeting_of(case.message),
        site=customer.site,
        why=_why_no_sheet(case),
        files=file_reports(case.readings),
        cloud_link=case.wishes.cloud_link,
        single_learner=case.wishes.single_learner,
        courses_asked=case.wishes.courses,
        limit_bytes=office.limits.message_bytes,
        preference=case.preference,
    )
    # Only here, as for the workbooks of results.
    from bot.sheet.workbooks import write_template

    template = OutgoingFile(name=TEMPLATE_NAME, content=write_template(), content_type=XLSX)
    words = render_ask(report, office.words_for(customer), template=template)
    letter = reply_letter(
        office,
        case.job,
        case.message,
        words,
        seed=f"ask.{case.job.fingerprint[:16]}.{case.job.run}",
        customer=customer,
    )
    thread = case.thread.id if case.thread else office.threads.open(customer.name, case.thread_keys)
    return Settlement(
        state=MessageState.ANSWERED,
        reason=case.screening.reason,
        letters=(letter,),
        chores=(file_away(case.job, office),),
        thread=thread,
        thread_ids=(case.message.message_id, letter.message_id),
        answer=case.preference if case.preference.answer in (Answer.YES, Answer.NO) else None,
    )


def _why_no_sheet(case: Case) -> NoSheet:
    if case.job.too_large:
        return NoSheet.TOO_LARGE
    if case.readings:
        return NoSheet.UNUSABLE
    if case.wishes.cloud_link:
        return NoSheet.LINK
    if case.wishes.template:
        return NoSheet.TEMPLATE
    return NoSheet.MISSING


def _answer(case: Case, office: Office) -> Settlement:
    thread = case.thread
    assert thread is not None
    question = thread.question
    if question and question.kind is QuestionKind.CONFIRM_SENDER:
        return confirmed(case, question, office)
    match case.preference.answer:
        case Answer.YES:
            return _send_notices(case, office)
        case Answer.NO:
            return _withhold_notices(case, office)
        case Answer.UNCLEAR if not thread.told_staff:
            return _to_staff(case, office)
        case _:
            return Settlement(state=MessageState.LEFT, reason="nothing in it that settles the question")


def _send_notices(case: Case, office: Office) -> Settlement:
    """Yes: to everybody who was not mailed yet, also after a no and after the question was closed."""
    assert case.thread is not None
    counts = office.threads.notice_counts(case.thread.id)
    report = _settled_report(
        case, queued=counts.held + counts.not_wanted, already_sent=counts.sent + counts.queued
    )
    return _settle_notices(case, office, report, NoticeAction.QUEUE)


def _withhold_notices(case: Case, office: Office) -> Settlement:
    """No: what is still at hand is taken back first, so that the reply can say for sure what was sent."""
    assert case.thread is not None
    office.settler.take_back(case.job, case.thread.id)
    counts = office.threads.notice_counts(case.thread.id)
    report = _settled_report(
        case, withheld=counts.not_wanted + counts.held, already_sent=counts.sent + counts.queued
    )
    return _settle_notices(case, office, report, NoticeAction.WITHHOLD)


def _settle_notices(case: Case, office: Office, report: SettledReport, action: NoticeAction) -> Settlement:
    assert case.thread is not None
    question = case.thread.question
    # What is said about notices below a dry run is kept for it, but does not carry it out.
    waits = question is not None and question.kind is QuestionKind.GO_AHEAD
    return _reply_in_thread(
        case,
        office,
        report,
        reason=f"{report.reference}: answered {case.preference.answer.value}",
        notices=NoticeOrder(action=action),
        close_question=None if waits else QuestionState.ANSWERED,
        keep_answer=True,
    )


def _to_staff(case: Case, office: Office) -> Settlement:
    report = _settled_report(case, to_staff=True)
    return _reply_in_thread(
        case,
        office,
        report,
        reason="the answer was not clear again: left in the inbox for a person",
        close_question=QuestionState.STAFF,
        told_staff=True,
    )


def _settled_report(
    case: Case, *, queued: int = 0, already_sent: int = 0, withheld: int = 0, to_staff: bool = False
) -> SettledReport:
    assert case.thread is not None
    assert case.customer is not None
    return SettledReport(
        reference=case.thread.imports[-1].reference,
        subject=case.message.subject,
        greeting=greeting_of(case.message),
        site=case.customer.site,
        preference=case.preference,
        queued=queued,
        already_sent=already_sent,
        withheld=withheld,
        to_staff=to_staff,
    )


def _reply_in_thread(
    case: Case,
    office: Office,
    report: SettledReport,
    *,
    reason: str,
    notices: NoticeOrder | None = None,
    close_question: QuestionState | None = None,
    keep_answer: bool = False,
    told_staff: bool = False,
) -> Settlement:
    assert case.thread is not None
    words = render_settled(report, office.words_for(case.customer))
    letter = reply_letter(
        office,
        case.job,
        case.message,
        words,
        seed=f"settled.{report.reference}.{case.job.fingerprint[:16]}.{case.job.run}",
        customer=case.customer,
        import_id=case.thread.imports[-1].id,
    )
    return Settlement(
        state=MessageState.LEFT if told_staff else MessageState.ANSWERED,
        reason=reason,
        letters=(letter,),
        chores=() if told_staff else (file_away(case.job, office),),
        thread=case.thread.id,
        thread_ids=(case.message.message_id, letter.message_id),
        notices=notices,
        answer=case.preference if keep_answer else None,
        close_question=close_question,
        told_staff=told_staff,
    )


_ENDINGS: Mapping[Decision, Callable[[Case, Office], Settlement]] = {
    Decision.ANSWER: _answer,
    Decision.ASK_FOR_SHEET: _ask_for_sheet,
    Decision.HOLD: hold,
    Decision.IGNORE: _ignore,
    Decision.LEAVE: _leave,
}
