"""Everything a message can end in without an import: an answer settled, a sheet asked for, held, left."""

from collections.abc import Callable, Mapping

from bot.reply.render import render_ask, render_confirm_sender, render_settled, render_staff_note
from bot.runners.carry_out import XLSX, file_away
from bot.runners.case import Case
from bot.runners.letters import later_letter, reply_letter, staff_note
from bot.runners.office import DAY, Office
from bot.runners.report import file_reports, greeting_of
from bot.runners.times import readable_time
from bot.sheet.workbooks import write_template
from bot.values.customer import VerificationMode
from bot.values.ledger import (
    Chore,
    ChoreKind,
    Job,
    MessageState,
    NoticeAction,
    NoticeOrder,
    Question,
    QuestionKind,
    QuestionState,
    Settlement,
)
from bot.values.message import Address
from bot.values.outgoing import LetterKind, OutgoingFile
from bot.values.report import AskReport, ConfirmReport, NoSheet, SettledReport, StaffNote
from bot.values.request import Answer, Decision, Verified

TEMPLATE_NAME = "Learner Upload.xlsx"


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
    thread = case.thread.id if case.thread else office.threads.open(customer.name, [case.message.message_id])
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
    if thread.question and thread.question.kind is QuestionKind.CONFIRM_SENDER:
        return _confirmed(case, office)
    match case.preference.answer:
        case Answer.YES:
            return _settle_notices(case, office, NoticeAction.QUEUE)
        case Answer.NO:
            return _settle_notices(case, office, NoticeAction.WITHHOLD)
        case Answer.UNCLEAR if not thread.told_staff:
            return _to_staff(case, office)
        case _:
            return Settlement(state=MessageState.LEFT, reason="nothing in it that settles the question")


def _settle_notices(case: Case, office: Office, action: NoticeAction) -> Settlement:
    assert case.thread is not None
    thread = case.thread
    counts = office.threads.notice_counts(thread.id)
    queue = action is NoticeAction.QUEUE
    report = _settled_report(
        case,
        queued=counts.held + counts.not_wanted if queue else 0,
        already_sent=counts.sent + (counts.queued if queue else 0),
        withheld=0 if queue else counts.held + counts.queued,
    )
    return _reply_in_thread(
        case,
        office,
        report,
        reason=f"{thread.imports[-1].reference}: answered {case.preference.answer.value}",
        notices=NoticeOrder(action=action),
        close_question=QuestionState.ANSWERED,
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


def _confirmed(case: Case, office: Office) -> Settlement:
    """The customer's own address says whether a mail was its own; only its owner could read the question."""
    assert case.thread is not None
    assert case.thread.question is not None
    yes = case.preference.answer is Answer.YES
    return Settlement(
        state=MessageState.ANSWERED,
        reason="the sender confirmed the mail" if yes else "the sender did not confirm the mail",
        chores=(file_away(case.job, office),),
        thread=case.thread.id,
        thread_ids=(case.message.message_id,),
        close_question=QuestionState.ANSWERED,
        release_message=case.thread.question.message if yes else 0,
    )


def _hold(case: Case, office: Office) -> Settlement:
    folders = office.mailboxes[case.job.place.mailbox].folders
    settlement = hold_settlement(
        case.job,
        office,
        folder=folders.held,
        state=MessageState.HELD,
        title="Held for a person",
        why=case.screening.reason,
        what_to_do=f'If it is genuine, drag it to "{folders.approved}": it is then carried out.',
        subject=case.message.subject,
    )
    if not _may_be_confirmed(case, office):
        return settlement
    return _with_question(case, office, settlement)


def _may_be_confirmed(case: Case, office: Office) -> bool:
    sender = case.screening.sender
    return (
        office.policy.mode is VerificationMode.CONFIRM
        and sender.verified is Verified.NO
        and bool(sender.customer)
        and case.message.sender is not None
        and case.job.run == 1
    )


def _with_question(case: Case, office: Office, held: Settlement) -> Settlement:
    """`verification = "confirm"`: ask the known address itself, once; the question's own Message-ID, which
    only its reader can quote, is the proof."""
    sender = case.message.sender
    customer = office.customer(case.screening.sender.customer)
    assert sender is not None
    assert customer is not None
    report = ConfirmReport(
        reference=f"M{case.job.id}",
        subject=case.message.subject,
        greeting="",
        site=customer.site,
        sender=sender.email,
        received=readable_time(case.job.received),
        file_names=tuple(file.name for file in case.message.attachments),
        valid_days=round(office.close_seconds / DAY),
    )
    words = render_confirm_sender(report, office.words_for(customer))
    letter = later_letter(
        office,
        mailbox=case.job.place.mailbox,
        to=Address(name="", email=sender.email),
        words=words,
        seed=f"confirm.{office.secret_for(case.job)}",
        kind=LetterKind.QUESTION,
    )
    thread = office.threads.open(customer.name, [letter.message_id])
    return Settlement(
        state=held.state,
        reason=held.reason,
        chores=held.chores,
        letters=(letter,),
        thread=thread,
        thread_ids=(letter.message_id,),
        ask=Question(
            kind=QuestionKind.CONFIRM_SENDER,
            message=case.job.id,
            close_at=office.now() + office.close_seconds,
        ),
    )


def set_aside(job: Job, office: Office, why: str) -> Settlement:
    """Failed for good: to the Problem folder, with a note; the rest of the mailbox goes on."""
    folders = office.mailboxes[job.place.mailbox].folders
    return hold_settlement(
        job,
        office,
        folder=folders.problem,
        state=MessageState.SET_ASIDE,
        title="Set aside",
        why=why,
        what_to_do=(
            f'Answer it by hand. To have Rollcall try once more, drag it to "{folders.approved}" '
            f"or run: rollcall retry M{job.id}"
        ),
        subject="",
    )


def hold_settlement(
    job: Job,
    office: Office,
    *,
    folder: str,
    state: MessageState,
    title: str,
    why: str,
    what_to_do: str,
    subject: str,
) -> Settlement:
    """Into a staff folder, with a note beside it that says why and what to do; no word to the sender."""
    note = StaffNote(
        title=title,
        why=why,
        what_to_do=what_to_do,
        sender=job.sender or "nobody in particular",
        subject=subject,
        received=readable_time(job.received),
        reference=f"M{job.id}",
    )
    words = render_staff_note(note, office.templates)
    return Settlement(
        state=state,
        reason=why,
        chores=(
            Chore(kind=ChoreKind.MOVE, folder=folder, place=job.place, message_id=job.message_id),
            staff_note(office, job, folder, words),
        ),
    )


_ENDINGS: Mapping[Decision, Callable[[Case, Office], Settlement]] = {
    Decision.ANSWER: _answer,
    Decision.ASK_FOR_SHEET: _ask_for_sheet,
    Decision.HOLD: _hold,
    Decision.IGNORE: _ignore,
    Decision.LEAVE: _leave,
}
