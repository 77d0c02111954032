"""Reads a message of the ledger: the case that is decided on, with the thread it belongs to."""

import re
from dataclasses import replace

from bot.mail.parse import parse_message
from bot.request.helpdesk import own_text, read_requester, ticket_key
from bot.request.screen import Thread as ThreadFact
from bot.runners.assessing import Assessment, Circumstances
from bot.runners.case import Case
from bot.runners.helpdesk import cut_own_letters, without_our_words
from bot.runners.office import Office
from bot.values.customer import Customer, VerificationMode
from bot.values.ledger import ImportState, Job, QuestionKind, QuestionState, Thread
from bot.values.message import Address, Message
from bot.values.request import Decision, Screening, Sender, Spoken, Strength, Verified

REFERENCE = re.compile(r"\bRC-[0-9A-Z]{6}\b")
HOUR = 3600.0


def open_message(job: Job, office: Office) -> Message:
    """The message, taken apart; raises MessageUnreadable. A helpdesk's carries its requester's name."""
    message = parse_message(job.raw, office.limits.message)
    helpdesk = office.assessor.helpdesk_of(message)
    if helpdesk is None or message.sender is None:
        return message
    person, _ = read_requester(message, helpdesk, own_text(message))
    return replace(message, sender=Address(name=person.name if person else "", email=message.sender.email))


def read_case(job: Job, message: Message, spoken: Spoken, office: Office) -> Case:
    """Everything about a message of ours and what its sender says now, with the thread it belongs to."""
    assessor = office.assessor
    sender = assessor.judge(message, job.raw)
    confirming = _find_confirmation(sender, message, office)
    if confirming is not None:
        return _confirmation(job, message, spoken, sender, confirming, office)
    customer = _acting_customer(sender, job, office)
    helpdesk = office.assessor.helpdesk_of(message) if sender.through else None
    ticket = ticket_key(message, helpdesk) if helpdesk else ""
    thread = _find_thread(message, spoken, ticket, office)
    if thread is not None and thread.customer != sender.customer:
        thread = None
    came_back = False
    if helpdesk is not None:
        bodies = office.outbox.letters_in_thread(thread.id) if thread else []
        message, came_back = cut_own_letters(message, bodies)
    around = Circumstances(
        thread=_thread_fact(thread),
        asked=thread is not None and _answers_about_notices(thread, message),
        offered=thread is not None and _answers_dry_run(thread, message),
        over_limit=_over_limit(sender, thread, office),
        too_large=job.too_large,
        approved=bool(job.release),
        customer=customer.name if customer else "",
    )
    # A helpdesk's mail was cut since, and its requester is read from what is left.
    if helpdesk is None:
        assessment = assessor.assess(message, job.raw, around, sender=sender, spoken=spoken)
    else:
        assessment = assessor.assess(message, job.raw, around)
        assessment = without_our_words(message, assessment, came_back=came_back)
    return replace(_case(job, message, assessment, customer, thread), ticket=ticket)


def _case(
    job: Job, message: Message, found: Assessment, customer: Customer | None, thread: Thread | None
) -> Case:
    return Case(
        job=job,
        message=message,
        spoken=found.spoken,
        wishes=found.wishes,
        preference=found.preference,
        screening=found.screening,
        customer=customer,
        thread=thread,
        readings=found.readings,
    )


def _find_thread(message: Message, spoken: Spoken, ticket: str, office: Office) -> Thread | None:
    """The thread of a mail, by the Message-IDs it mentions, its ticket, or the reference in our words."""
    mentioned = (*message.in_reply_to, *message.references, *([ticket] if ticket else []))
    thread = office.threads.find(mentioned) if mentioned else None
    if thread is None:
        # Some ticket systems and phones drop the threading headers; what we wrote stays quoted.
        references = REFERENCE.findall(f"{message.subject} {spoken.newest_text} {spoken.quoted}")
        thread = office.threads.find((), references) if references else None
    return thread


def _answers_about_notices(thread: Thread, message: Message) -> bool:
    """Whether a bare "yes" or "ok" answers our question about notices.

    Only right under a letter that asks it: "ok, thanks" below the letter that confirmed a "no", or below a
    word of the staff, says something else.
    """
    question = thread.question
    if question is None or question.kind is not QuestionKind.NOTIFY:
        return False
    parent = _parent(message)
    if not parent:
        return question.state is not QuestionState.ANSWERED
    asking = tuple(f"<{name}" for name in ("reminder.", "closing.", *_replies(thread, question.import_id)))
    return parent.startswith(asking) or (
        question.state is QuestionState.STAFF and parent.startswith("<settled.")
    )


def _answers_dry_run(thread: Thread, message: Message) -> bool:
    """Whether a bare "yes" says "go ahead" to the dry run that was reported last."""
    last = thread.imports[-1] if thread.imports else None
    if last is None or last.state is not ImportState.CHECKED:
        return False
    parent = _parent(message)
    return not parent or parent.startswith(tuple(f"<{name}" for name in _replies(thread, last.id)))


def _replies(thread: Thread, import_id: int) -> tuple[str, ...]:
    """How the Message-ID of an import's reply begins."""
    return tuple(f"reply.{record.reference}" for record in thread.imports if record.id == import_id)


def _parent(message: Message) -> str:
    """The mail that this one answers directly, '' where its program did not say (RFC 5322 §3.6.4)."""
    return next(iter(message.in_reply_to), "") or next(reversed(message.references), "")


def _acting_customer(sender: Sender, job: Job, office: Office) -> Customer | None:
    """For whom the sender may act: proven, or vouched for by the staff or by its own answer."""
    if not sender.customer or (sender.verified is not Verified.YES and not job.release):
        return None
    return office.customer(sender.customer)


def _find_confirmation(sender: Sender, message: Message, office: Office) -> Thread | None:
    """The open question "was this mail yours?" that a mail quotes by its secret Message-ID.

    The thread is looked for by that identifier alone: whoever names it has read our letter, which went to
    the customer's own address and nowhere else.
    """
    if office.policy.mode is not VerificationMode.CONFIRM:
        return None
    mentioned = (*message.in_reply_to, *message.references)
    secrets = [key for key in mentioned if key.startswith("<confirm.")]
    thread = office.threads.find(secrets) if secrets else None
    question = thread.question if thread else None
    if thread is None or question is None or thread.customer != sender.customer:
        return None
    is_open = question.kind is QuestionKind.CONFIRM_SENDER and question.state is QuestionState.OPEN
    return thread if is_open else None


def _confirmation(
    job: Job, message: Message, spoken: Spoken, sender: Sender, thread: Thread, office: Office
) -> Case:
    """A person's answer to that question; an autoresponder that quotes it confirms nothing."""
    found = office.assessor.assess(
        message, job.raw, Circumstances(confirms=True), sender=sender, spoken=spoken
    )
    sign = office.assessor.find_sign(message)
    if sign is None or sign.strength in (Strength.FIELD, Strength.ROUTE):
        screening = Screening(
            decision=Decision.ANSWER, reason="the answer to our question who sent a mail", sender=sender
        )
        found = replace(found, screening=screening)
    return _case(job, message, found, None, thread)


def _thread_fact(thread: Thread | None) -> ThreadFact:
    if thread is None or not thread.imports:
        return ThreadFact.NONE
    question = thread.question
    if question is not None and question.state is QuestionState.OPEN:
        return ThreadFact.QUESTION_OPEN
    return ThreadFact.KNOWN


def _over_limit(sender: Sender, thread: Thread | None, office: Office) -> str:
    lately = office.outbox.replies_within(sender.address, HOUR) if sender.address else 0
    if lately >= office.limits.replies_per_sender_hour:
        return f"{lately} replies to {sender.address} within an hour"
    lately = office.outbox.replies_in_thread(thread.id, HOUR) if thread else 0
    if lately >= office.limits.replies_per_thread_hour:
        return f"{lately} replies in one conversation within an hour"
    return ""
