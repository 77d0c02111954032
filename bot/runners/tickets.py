"""How a ticket of the portal ends: it lies in no mailbox, so a copy is laid where a mail would be filed."""

from dataclasses import replace

from bot.reply.render import render_ticket_word
from bot.runners.letters import later_letter
from bot.runners.office import Office
from bot.values.address import identity_key
from bot.values.customer import Site
from bot.values.ledger import PORTAL_FOLDER, Chore, ChoreKind, Job, MessageState, Outgoing, Settlement
from bot.values.message import Address
from bot.values.outgoing import LetterKind
from bot.values.report import TicketWord

FOR_A_PERSON = (MessageState.HELD, MessageState.SET_ASIDE, MessageState.LEFT, MessageState.IGNORED)
# These leave a mail in the inbox as it is, so that is where the staff look for it.
LEFT_ALONE = (MessageState.LEFT, MessageState.IGNORED)


def is_ticket(job: Job) -> bool:
    """Whether the message came by the portal, and no copy of it was taken up from a mailbox since."""
    return job.place.folder == PORTAL_FOLDER


def end_ticket(job: Job, settlement: Settlement, office: Office) -> Settlement:
    """The same ending, with copies in place of moves, and a word to a sender who would hear nothing."""
    chores = tuple(_laid_down(chore, job) for chore in settlement.chores)
    if settlement.state in LEFT_ALONE:
        inbox = office.mailboxes[job.place.mailbox].folders.inbox
        chores = (_copy(job, inbox), *chores)
    letters = settlement.letters
    if settlement.state in FOR_A_PERSON and all(letter.kind is LetterKind.STAFF for letter in letters):
        letters = (*letters, _word(job, office))
    return replace(settlement, chores=chores, letters=letters)


def _laid_down(chore: Chore, job: Job) -> Chore:
    return _copy(job, chore.folder) if chore.kind is ChoreKind.MOVE else chore


def _copy(job: Job, folder: str) -> Chore:
    """NOTE appends what it is given, once, however often it is tried."""
    return Chore(
        kind=ChoreKind.NOTE,
        folder=folder,
        mailbox=job.place.mailbox,
        body=job.raw,
        message_id=job.message_id,
    )


def _word(job: Job, office: Office) -> Outgoing:
    customer = office.assessor.customers.find(identity_key(job.sender))
    site = customer.site if customer else Site(name="", login_url="")
    word = TicketWord(reference=f"M{job.id}", subject="New ticket", site=site)
    return later_letter(
        office,
        mailbox=job.place.mailbox,
        to=Address(name="", email=job.sender),
        words=render_ticket_word(word, office.words_for(customer)),
        seed=f"ask.ticket.{job.id}.{job.run}",
        in_reply_to=job.message_id,
    )
