"""The conversation's clock: unanswered questions are reminded of once, and closed as no in the end."""

from bot.reply.render import render_closing, render_reminder
from bot.runners.letters import later_letter
from bot.runners.office import DAY, Office
from bot.values.ledger import AskedQuestion, Outgoing, QuestionKind
from bot.values.report import ThreadReport

BATCH = 100


def tend_questions(office: Office) -> int:
    """Remind of and close what is due; returns how many questions were tended."""
    due = office.threads.questions_due(BATCH)
    for question in due:
        if question.close_at <= office.now():
            office.threads.close(question, _letters(question, office, closing=True))
        else:
            office.threads.remind(question, _letters(question, office, closing=False))
    return len(due)


def _letters(question: AskedQuestion, office: Office, *, closing: bool) -> tuple[Outgoing, ...]:
    """Nothing is said about a question nobody was to answer about notices, or of an unknown customer."""
    thread = office.threads.get(question.thread)
    customer = office.customer(thread.customer) if thread else None
    recipient = office.threads.recipient(question.thread)
    held = office.threads.notice_counts(question.thread).held
    if question.kind is not QuestionKind.NOTIFY or not thread or not customer or not recipient or not held:
        return ()
    to, subject, in_reply_to, mailbox, import_id = recipient
    report = ThreadReport(
        reference=thread.imports[-1].reference,
        subject=subject,
        greeting="",
        site=customer.site,
        held=held,
        asked_days=max(1, round((office.now() - question.asked) / DAY)),
        close_days=round(office.close_seconds / DAY),
    )
    render, name = (render_closing, "closing") if closing else (render_reminder, "reminder")
    letter = later_letter(
        office,
        mailbox=mailbox,
        to=to,
        words=render(report, office.words_for(customer)),
        seed=f"{name}.{report.reference}.{question.id}",
        in_reply_to=in_reply_to,
        import_id=import_id,
    )
    return (letter,)
