"""Holding: into a staff folder with a note beside it, and where so configured a question to the sender."""

from bot.mail.parse import read_envelope
from bot.reply.render import render_confirm_sender, render_staff_note
from bot.runners.carry_out import file_away
from bot.runners.case import Case
from bot.runners.letters import later_letter, staff_letter, staff_note
from bot.runners.office import DAY, Office
from bot.values.customer import VerificationMode
from bot.values.ledger import (
    AskedQuestion,
    Chore,
    ChoreKind,
    Job,
    MessageState,
    Question,
    QuestionKind,
    QuestionState,
    Settlement,
)
from bot.values.message import Address
from bot.values.outgoing import LetterKind
from bot.values.report import ConfirmReport, StaffNote
from bot.values.request import Answer, Verified
from bot.values.times import readable_time

HOUR = 3600.0
QUESTIONS_PER_ADDRESS = 3
QUESTIONS_AT_ALL = 60


def confirmed(case: Case, question: AskedQuestion, office: Office) -> Settlement:
    """The customer's own address says whether a mail was its own; only its owner could read the question."""
    assert case.thread is not None
    if case.preference.answer not in (Answer.YES, Answer.NO):
        return Settlement(state=MessageState.LEFT, reason="neither confirms nor denies the mail asked about")
    yes = case.preference.answer is Answer.YES
    return Settlement(
        state=MessageState.ANSWERED,
        reason="the sender confirmed the mail" if yes else "the sender did not confirm the mail",
        chores=(file_away(case.job, office),),
        thread=case.thread.id,
        thread_ids=(case.message.message_id,),
        close_question=QuestionState.ANSWERED,
        release_message=question.message if yes else 0,
    )


def hold(case: Case, office: Office) -> Settlement:
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
        # Whoever sends under false names can have questions sent, so only few.
        and office.outbox.questions_within(sender.address, HOUR) < QUESTIONS_PER_ADDRESS
        and office.outbox.questions_within("", HOUR) < QUESTIONS_AT_ALL
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
        subject=read_envelope(job.raw).subject,
        mail_staff=True,
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
    mail_staff: bool = False,
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
    seed = f"staff.{state.value}.{job.id}.{job.run}"
    return Settlement(
        state=state,
        reason=why,
        letters=tuple(staff_letter(office, words, seed=seed)) if mail_staff else (),
        chores=(
            Chore(kind=ChoreKind.MOVE, folder=folder, place=job.place, message_id=job.message_id),
            staff_note(office, job, folder, words),
        ),
    )
