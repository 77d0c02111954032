"""An import, begun, carried out and reported."""

from dataclasses import replace

from bot.errors import ConfigurationError, DirectoryUnavailable
from bot.learners.create import check_accounts, create_accounts
from bot.learners.plan import plan_rows
from bot.ports import Directory
from bot.reply.render import render_results
from bot.runners.case import Case
from bot.runners.fence import turn_at
from bot.runners.letters import reply_letter
from bot.runners.office import Office
from bot.runners.report import (
    TO_FIX,
    decide_notification,
    earlier_of,
    file_reports,
    import_report,
    pack_files,
    unpack_files,
)
from bot.sheet.file_names import annotated_name, to_fix_name
from bot.values.customer import NotifyBy
from bot.values.learner import ImportRow, Outcome
from bot.values.ledger import (
    Chore,
    ChoreKind,
    ImportRecord,
    ImportState,
    Job,
    MessageState,
    NewImport,
    NoticeAction,
    NoticeOrder,
    Question,
    QuestionKind,
    QuestionState,
    Settlement,
)
from bot.values.message import Message
from bot.values.outgoing import OutgoingFile
from bot.values.report import Earlier, FileReport, Notification
from bot.values.request import Answer, Decision, Preference, Wishes

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DECIDED = (Answer.YES, Answer.NO)


def begin_import(case: Case, office: Office) -> ImportRecord:
    """Write down the import with every row of it, before anything is done for it."""
    assert case.customer is not None
    pending = dry_run_before(case) if not case.usable else None
    preference, from_thread = _preference(case, pending)
    if pending is not None:
        rows, source = _rows_again(office.imports.rows(pending.id)), pending.source
    else:
        rows = plan_rows(case.readings, case.customer.learner_domains)
        source = pack_files(file_reports(case.readings))
    thread = case.thread.id if case.thread else office.threads.open(case.customer.name, case.thread_keys)
    new = NewImport(
        customer=case.customer.name,
        directory=case.customer.directory,
        dry_run=case.wishes.dry_run and pending is None,
        preference=preference,
        from_thread=from_thread,
        source=source,
        rows=rows,
    )
    return office.imports.begin(case.job, new, thread)


def asks_for_import(case: Case) -> bool:
    """A sheet to carry out, or a "go ahead" to the dry run before it."""
    decision = case.screening.decision
    if decision is Decision.ANSWER and case.wishes.go_ahead:
        return dry_run_before(case) is not None
    return decision is Decision.IMPORT


def dry_run_before(case: Case) -> ImportRecord | None:
    """The dry run of this thread that a "go ahead" now carries out: the last import, if it was one."""
    if case.thread is None or not case.thread.imports:
        return None
    last = case.thread.imports[-1]
    return last if last.dry_run and last.state is ImportState.CHECKED else None


def _preference(case: Case, pending: ImportRecord | None) -> tuple[Preference, bool]:
    """What is said now counts; else what the thread has settled; else what went with the dry run."""
    if case.preference.answer is not Answer.UNSTATED:
        return case.preference, False
    if case.thread is not None and case.thread.answer in DECIDED:
        return Preference(answer=case.thread.answer, evidence=case.thread.evidence), True
    if pending is not None and pending.preference.answer in DECIDED:
        return pending.preference, True
    return case.preference, False


def _rows_again(rows: list[ImportRow]) -> tuple[ImportRow, ...]:
    looked_up = (Outcome.WOULD_CREATE, Outcome.EXISTING)
    return tuple(
        replace(row, outcome=Outcome.PENDING, detail="") if row.outcome in looked_up else row for row in rows
    )


def carry_out(job: Job, record: ImportRecord, office: Office) -> None:
    """Bring every row to its outcome; raises DirectoryUnavailable to be taken up again later."""
    directory = _directory(record, office)
    if record.dry_run:
        check_accounts(job, record, directory, office.imports)
        return
    turn = turn_at(directory.name)
    if directory.serial and not office.nodes.take_turn(turn):
        raise DirectoryUnavailable(
            f"another import is being carried out in {directory.name}", retry_after=2.0
        )
    try:
        create_accounts(job, record, directory, office.imports)
    finally:
        if directory.serial:
            office.nodes.end_turn(turn)


def _directory(record: ImportRecord, office: Office) -> Directory:
    """The customer's directory; a platform mails by itself only where the answer was yes."""
    directory = office.directories.get(record.directory)
    customer = office.customer(record.customer)
    if directory is None or customer is None:
        missing = (
            f"the directory {record.directory!r}"
            if directory is None
            else f"the customer {record.customer!r}"
        )
        raise ConfigurationError(
            f"import {record.reference} needs {missing}, which is not configured any more"
        )
    if record.preference.answer is not Answer.YES:
        customer = replace(customer, notify_by=NotifyBy.BOT)
    return directory.for_customer(customer)


def report_import(
    job: Job, message: Message, wishes: Wishes, record: ImportRecord, office: Office
) -> Settlement:
    """The reply, the notices, the question and the filing, as one settlement."""
    customer = office.customer(record.customer)
    if customer is None:
        raise ConfigurationError(f"import {record.reference} needs the customer {record.customer!r}")
    rows = office.imports.rows(record.id)
    files = unpack_files(record.source)
    notification, action = decide_notification(rows, record.preference.answer, customer.notify_by)
    report = import_report(
        reference=record.reference,
        message=message,
        customer=customer,
        rows=rows,
        files=files,
        preference=record.preference,
        from_thread=record.from_thread,
        dry_run=record.dry_run,
        wishes=wishes,
        notification=notification,
        earlier=_earlier(record, rows, office),
    )
    annotated, to_fix = _workbooks(rows, files)
    words = render_results(report, office.words_for(customer), annotated=annotated, to_fix=to_fix)
    letter = reply_letter(
        office,
        job,
        message,
        words,
        seed=f"reply.{record.reference}",
        customer=customer,
        import_id=record.id,
    )
    return Settlement(
        state=MessageState.ANSWERED,
        reason=_in_short(record, rows),
        letters=(letter,),
        chores=(file_away(job, office),),
        thread=record.thread,
        thread_ids=(message.message_id, letter.message_id),
        finish_import=record.id,
        finish_as=ImportState.CHECKED if record.dry_run else ImportState.DONE,
        notices=_notice_order(record, action),
        ask=_question(record, notification, office),
        answer=_answer_to_keep(record),
        close_question=QuestionState.ANSWERED if record.preference.answer in DECIDED else None,
    )


def file_away(job: Job, office: Office) -> Chore:
    """The original goes to Done."""
    folders = office.mailboxes[job.place.mailbox].folders
    return Chore(kind=ChoreKind.MOVE, folder=folders.done, place=job.place, message_id=job.message_id)


def _notice_order(record: ImportRecord, action: NoticeAction | None) -> NoticeOrder | None:
    if action is None or record.dry_run:
        return None
    # An answer given with this mail settles the whole thread; a question concerns this import alone.
    whole_thread = record.preference.answer in DECIDED and not record.from_thread
    return NoticeOrder(action=action, import_id=0 if whole_thread else record.id)


def _question(record: ImportRecord, notification: Notification, office: Office) -> Question | None:
    now = office.now()
    if record.dry_run:
        return Question(kind=QuestionKind.GO_AHEAD, import_id=record.id)
    if notification is not Notification.ASKED:
        return None
    return Question(
        kind=QuestionKind.NOTIFY,
        import_id=record.id,
        remind_at=now + office.remind_seconds,
        close_at=now + office.close_seconds,
    )


def _answer_to_keep(record: ImportRecord) -> Preference | None:
    if record.from_thread or record.dry_run or record.preference.answer not in DECIDED:
        return None
    return record.preference


def _earlier(record: ImportRecord, rows: list[ImportRow], office: Office) -> Earlier | None:
    thread = office.threads.get(record.thread)
    done = [
        other
        for other in (thread.imports if thread else ())
        if other.id < record.id and other.state is ImportState.DONE
    ]
    if not done:
        return None
    return earlier_of(done[-1].reference, office.imports.rows(done[-1].id), rows)


def _workbooks(
    rows: list[ImportRow], files: tuple[FileReport, ...]
) -> tuple[tuple[OutgoingFile, ...], OutgoingFile | None]:
    # Only here: what writes workbooks is slow to import, and the service should be ready before.
    from bot.sheet.workbooks import write_annotated, write_to_fix

    names = list(dict.fromkeys(row.file for row in rows))
    annotated = tuple(
        OutgoingFile(
            name=annotated_name(name),
            content_type=XLSX,
            content=write_annotated([row for row in rows if row.file == name]),
        )
        for name in names
    )
    wrong = [row for row in rows if row.outcome in TO_FIX]
    if not wrong:
        return annotated, None
    title = next(row.file for row in wrong)
    return annotated, OutgoingFile(name=to_fix_name(title), content=write_to_fix(wrong), content_type=XLSX)


def _in_short(record: ImportRecord, rows: list[ImportRow]) -> str:
    counts = {outcome: sum(row.outcome is outcome for row in rows) for outcome in Outcome}
    told = ", ".join(f"{count} {outcome.value}" for outcome, count in counts.items() if count)
    return f"{record.reference}: {told or 'no rows'}"
