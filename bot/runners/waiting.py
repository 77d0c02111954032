"""The one word to a customer whose upload waits for a platform that has been away for an hour."""

from collections.abc import Sequence

from bot.errors import MessageUnreadable
from bot.mail.parse import parse_message
from bot.reply.render import render_waiting
from bot.runners.letters import reply_letter
from bot.runners.office import Office
from bot.runners.report import greeting_of, unpack_files
from bot.values.learner import Outcome
from bot.values.ledger import Job, Outgoing
from bot.values.report import WaitingReport

PATIENCE = 3600.0


def word_while_waiting(job: Job, office: Office) -> Sequence[Outgoing]:
    """The letter, once an import has waited for an hour; under one Message-ID, so it goes once."""
    if not job.waiting_since or office.now() - job.waiting_since < PATIENCE:
        return ()
    record = office.imports.of_job(job)
    customer = office.customer(record.customer) if record else None
    if record is None or customer is None:
        return ()
    try:
        message = parse_message(job.raw, office.limits.message)
    except MessageUnreadable:
        return ()
    rows = office.imports.rows(record.id)
    report = WaitingReport(
        reference=record.reference,
        subject=message.subject,
        greeting=greeting_of(message),
        site=customer.site,
        file_names=tuple(file.name for file in unpack_files(record.source)),
        rows=len(rows),
        created=sum(row.outcome is Outcome.CREATED for row in rows),
    )
    words = render_waiting(report, office.words_for(customer))
    return (
        reply_letter(
            office,
            job,
            message,
            words,
            seed=f"waiting.{record.reference}",
            customer=customer,
            import_id=record.id,
        ),
    )
