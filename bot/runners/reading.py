"""Reads a message of the ledger: the case that is decided on, with the thread it belongs to."""

import re

from bot.mail.newest import read_newest
from bot.mail.parse import parse_message
from bot.request.screen import Thread as ThreadFact
from bot.runners.assessing import Assessment, Circumstances
from bot.runners.case import Case
from bot.runners.office import Office
from bot.values.customer import Customer, VerificationMode
from bot.values.ledger import Job, QuestionKind, QuestionState, Thread
from bot.values.message import Message
from bot.values.request import Decision, Screening, Sender, Verified

REFERENCE = re.compile(r"\bRC-[0-9A-Z]{6}\b")
HOUR = 3600.0


def open_message(job: Job, office: Office) -> Message:
    """The message, taken apart; raises MessageUnreadable."""
    return parse_message(job.raw, office.limits.message)


def read_case(job: Job, message: Message, office: Office) -> Case:
    """Everything about a message of ours, with the thread it belongs to."""
    assessor = office.assessor
    thread, asked = _find_thread(message, office)
    sender = assessor.judge(message, job.raw)
    customer = _acting_customer(sender, job, office)
    if thread is not None and _confirms(thread, message, office):
        assessment = assessor.assess(message, job.raw, Circumstances(asked=True))
        screening = Screening(
            decision=Decision.ANSWER, reason="the answer to our question who sent a mail", sender=sender
        )
        return _case(job, message, assessment, screening, None, thread, asked=True)
    if thread is not None and (customer is None or thread.customer != customer.name):
        thread, asked = None, False
    around = Circumstances(
        thread=_thread_fact(thread),
        asked=asked and _asked_about_notices(thread),
        over_limit=_over_limit(sender, thread, office),
        too_large=job.too_large,
        approved=bool(job.release),
        customer=customer.name if customer else "",
    )
    assessment = assessor.assess(message, job.raw, around)
    return _case(job, message, assessment, assessment.screening, customer, thread, asked=asked)


def _case(
    job: Job,
    message: Message,
    found: Assessment,
    screening: Screening,
    customer: Customer | None,
    thread: Thread | None,
    *,
    asked: bool,
) -> Case:
    return Case(
        job=job,
        message=message,
        spoken=found.spoken,
        wishes=found.wishes,
        preference=found.preference,
        screening=screening,
        customer=customer,
        thread=thread,
        asked=asked,
        readings=found.readings,
    )


def _find_thread(message: Message, office: Office) -> tuple[Thread | None, bool]:
    """The thread a mail belongs to, and whether it answers a mail of ours (and not just one of its own)."""
    mentioned = (*message.in_reply_to, *message.references)
    answers_us = any(office.assessor.is_ours(key) for key in mentioned)
    thread = office.threads.find(mentioned) if mentioned else None
    if thread is None:
        # Some ticket systems and phones drop the threading headers; the reference in our words remains.
        spoken = read_newest(message)
        references = REFERENCE.findall(f"{message.subject} {spoken.newest_text} {spoken.quoted}")
        thread = office.threads.find((), references) if references else None
        answers_us = thread is not None
    return thread, answers_us and thread is not None


def _acting_customer(sender: Sender, job: Job, office: Office) -> Customer | None:
    """For whom the sender may act: proven, or vouched for by the staff or by its own answer."""
    if not sender.customer or (sender.verified is not Verified.YES and not job.release):
        return None
    return office.customer(sender.customer)


def _confirms(thread: Thread, message: Message, office: Office) -> bool:
    question = thread.question
    return (
        office.policy.mode is VerificationMode.CONFIRM
        and question is not None
        and question.kind is QuestionKind.CONFIRM_SENDER
        and question.state is QuestionState.OPEN
        and any(key.startswith("<confirm.") for key in (*message.in_reply_to, *message.references))
    )


def _thread_fact(thread: Thread | None) -> ThreadFact:
    if thread is None or not thread.imports:
        return ThreadFact.NONE
    question = thread.question
    if question is not None and question.state is QuestionState.OPEN:
        return ThreadFact.QUESTION_OPEN
    return ThreadFact.KNOWN


def _asked_about_notices(thread: Thread | None) -> bool:
    """A bare "yes" answers our question about notices; after a dry run it means something else."""
    question = thread.question if thread else None
    return question is not None and question.kind is QuestionKind.NOTIFY


def _over_limit(sender: Sender, thread: Thread | None, office: Office) -> str:
    lately = office.outbox.replies_within(sender.address, HOUR) if sender.address else 0
    if lately >= office.limits.replies_per_sender_hour:
        return f"{lately} replies to {sender.address} within an hour"
    return ""
