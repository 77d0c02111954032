"""Makes outbox letters of rendered words: addressed, threaded and under their one final Message-ID."""

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.mail.compose import can_be_sent_to, compose_letter, make_message_id, thread_of
from bot.request.helpdesk import own_text, read_requester, return_address
from bot.request.sender import find_customer
from bot.runners.office import Office
from bot.values.customer import Customer
from bot.values.helpdesk import Helpdesk
from bot.values.ledger import Chore, ChoreKind, Job, Outgoing
from bot.values.message import Address, Message
from bot.values.outgoing import Letter, LetterKind, Words


def reply_letter(
    office: Office,
    job: Job,
    message: Message,
    words: Words,
    *,
    seed: str,
    customer: Customer | None,
    import_id: int = 0,
    kind: LetterKind = LetterKind.REPLY,
) -> Outgoing:
    """The answer to a message: to its verified From, in its thread, with its colleagues still on copy."""
    assert message.sender is not None
    mailbox = office.mailboxes[job.place.mailbox]
    in_reply_to, references = thread_of(message)
    helpdesk = office.assessor.helpdesk_of(message)
    to = return_address(message, helpdesk) if helpdesk else message.sender
    own = frozenset().union(*({each.address, *each.aliases} for each in office.mailboxes.values()))
    # A helpdesk tells whoever is on copy of its ticket by itself.
    colleagues = () if helpdesk else _colleagues(message, own, customer)
    letter = Letter(
        message_id=make_message_id(seed, office.message_id_domain),
        sender=Address(name=mailbox.display_name, email=mailbox.address),
        to=(to,),
        cc=colleagues,
        subject=words.subject,
        text=words.text,
        html=words.html,
        in_reply_to=in_reply_to,
        references=references,
        date=datetime.fromtimestamp(office.now(), UTC),
        files=words.files,
    )
    return Outgoing(
        kind=kind,
        message_id=letter.message_id,
        sender=mailbox.address,
        recipients=(to.email, *(person.email for person in colleagues)),
        body=compose_letter(letter),
        mailbox=mailbox.name,
        import_id=import_id,
        counted_for=_asked_by(message, helpdesk) or to.email,
    )


def _asked_by(message: Message, helpdesk: Helpdesk | None) -> str:
    """Whom a proven helpdesk speaks for: one requester's limit is not another's."""
    person = read_requester(message, helpdesk, own_text(message))[0] if helpdesk else None
    return person.email if person else ""


def _colleagues(message: Message, own: frozenset[str], customer: Customer | None) -> tuple[Address, ...]:
    """Of those on To and Cc, the ones of the same customer: nobody else is told about its learners."""
    if customer is None or message.sender is None:
        return ()
    not_again = own | {message.sender.email}
    kept: dict[str, Address] = {}
    for person in (*message.to, *message.cc):
        if (
            person.email not in not_again
            and can_be_sent_to(person.email)
            and find_customer(person.email, [customer])
        ):
            kept.setdefault(person.email, person)
    return tuple(kept.values())[:20]


def later_letter(
    office: Office,
    *,
    mailbox: str,
    to: Address,
    words: Words,
    seed: str,
    in_reply_to: str = "",
    kind: LetterKind = LetterKind.FOLLOW_UP,
    import_id: int = 0,
    not_before: float = 0.0,
) -> Outgoing:
    """News without a message to answer right now: a reminder, a closing, bounced notices, a question."""
    identity = office.mailboxes.get(mailbox) or next(iter(office.mailboxes.values()))
    letter = Letter(
        message_id=make_message_id(seed, office.message_id_domain),
        sender=Address(name=identity.display_name, email=identity.address),
        to=(to,),
        subject=words.subject,
        text=words.text,
        html=words.html,
        in_reply_to=in_reply_to,
        references=(in_reply_to,) if in_reply_to else (),
        date=datetime.fromtimestamp(office.now(), UTC),
        auto_submitted="auto-generated",
        files=words.files,
    )
    return Outgoing(
        kind=kind,
        message_id=letter.message_id,
        sender=identity.address,
        recipients=(to.email,),
        body=compose_letter(letter),
        mailbox=identity.name,
        import_id=import_id,
        counted_for=to.email,
        not_before=not_before,
    )


def staff_note(office: Office, job: Job, folder: str, words: Words) -> Chore:
    """A note laid beside a held or set-aside message; it never leaves the mailbox."""
    seed = f"note.{job.id}.{job.run}"
    return lay_note(office, job.place.mailbox, folder, words, seed=seed, about=job.message_id)


def lay_note(office: Office, mailbox: str, folder: str, words: Words, *, seed: str, about: str) -> Chore:
    """A note for the staff in a folder of a mailbox, in the thread of the mail it is about."""
    identity = office.mailboxes[mailbox]
    us = Address(name=identity.display_name, email=identity.address)
    letter = Letter(
        message_id=make_message_id(seed, office.message_id_domain),
        sender=us,
        to=(us,),
        subject=words.subject,
        text=words.text,
        html=words.html,
        in_reply_to=about,
        references=(about,) if about else (),
        date=datetime.fromtimestamp(office.now(), UTC),
        auto_submitted="auto-generated",
    )
    return Chore(
        kind=ChoreKind.NOTE,
        folder=folder,
        mailbox=identity.name,
        body=compose_letter(letter),
        message_id=letter.message_id,
    )


def staff_letter(office: Office, words: Words, *, seed: str) -> Sequence[Outgoing]:
    """A mail to the staff address, where one is configured."""
    if not office.staff_address:
        return ()
    first = next(iter(office.mailboxes))
    to = Address(name="", email=office.staff_address)
    return (later_letter(office, mailbox=first, to=to, words=words, seed=seed, kind=LetterKind.STAFF),)
