"""Bounces: matched with what we really sent, filed, and told once to the customer or to the staff."""

from bot.errors import Temporary
from bot.mail.bounce import read_bounce
from bot.mail.parse import read_envelope
from bot.reply.render import render_bounces, render_staff_note
from bot.runners.carry_out import file_away
from bot.runners.letters import later_letter, lay_note, staff_letter
from bot.runners.office import DAY, Office
from bot.runners.refusals import explain_refusal
from bot.values.address import identity_key
from bot.values.bounce import Bounce
from bot.values.ledger import Job, MessageState, Outgoing, Settlement
from bot.values.message import Message
from bot.values.outgoing import LetterKind
from bot.values.report import BounceReport, StaffNote, Undelivered
from bot.values.request import Strength
from bot.values.returned import LostLetter, LostNotice, ReturnedLetter, SentLetter
from bot.values.times import readable_time

# Servers go on trying for up to five days (RFC 5321 §4.5.4.1); a bounce after a week is about newer mail.
MATCHED_WITHIN = 7 * DAY
# No final word for so long after a word of doubt, and the link not opened: it did not arrive.
DOUBTED_FOR = 5 * DAY
TOLD_AT_LATEST = 6
# Seconds until a bounce is looked at again that overtook what we write down of its letter.
OVERTOOK = 1.0
BATCH = 100
WITHOUT_WORDS = "it came back as undeliverable"


def find_returned(message: Message, office: Office) -> tuple[ReturnedLetter, ...]:
    """Which letters of ours a bounce brings back; none where it is no bounce, or not of our mail.

    A forged bounce can do no more than mark a letter that we really sent, as its reader could: nothing is
    sent again, no link is revoked, and only the customer's own thread hears of it. Raises Temporary for a
    letter that is being sent at this moment: a near server's bounce can be here before its 250 is noted.
    """
    sign = office.assessor.find_sign(message)
    if sign is None or sign.strength not in (Strength.STRONG, Strength.WEAK):
        return ()
    bounce = read_bounce(message)
    if bounce is None:
        return ()
    letters = _matched(bounce, office)
    if any(letter.under_way for letter in letters):
        raise Temporary("a bounce of a letter that is still being sent", retry_after=OVERTOOK)
    return tuple(
        ReturnedLetter(letter=letter, words=_words(bounce, letter), kind=bounce.kind) for letter in letters
    )


def _matched(bounce: Bounce, office: Office) -> list[SentLetter]:
    """By the Message-ID of what came back; else by whom it went to, lately; else by our return path."""
    by_id = office.returns.sent_under(bounce.original_message_ids)
    if by_id:
        return by_id
    keys = [identity_key(recipient.email) for recipient in bounce.recipients]
    by_address = office.returns.noticed_lately(keys, MATCHED_WITHIN) if keys else []
    recipient = _verp_recipient(bounce.verp, office)
    if by_address or not recipient:
        return by_address
    return office.returns.noticed_lately([identity_key(recipient)], MATCHED_WITHIN)


def _verp_recipient(local: str, office: Office) -> str:
    """Whom `support+ann=customer.test` was about, where it is one of our mailboxes."""
    for mailbox in office.mailboxes.values():
        ours = mailbox.address.partition("@")[0] + "+"
        name, equals, domain = local[len(ours) :].rpartition("=")
        if local.startswith(ours) and equals:
            return f"{name}@{domain}"
    return ""


def _words(bounce: Bounce, letter: SentLetter) -> str:
    """What the server said of this letter's recipient, its code first."""
    own = {identity_key(address) for address in letter.recipients}
    about = [one for one in bounce.recipients if identity_key(one.email) in own] or list(bounce.recipients)
    if not about:
        return WITHOUT_WORDS
    status = "" if about[0].status and about[0].status in about[0].words else about[0].status
    return f"{status} {about[0].words}".strip() or WITHOUT_WORDS


def file_bounce(job: Job, returned: tuple[ReturnedLetter, ...], office: Office) -> Settlement:
    """The bounce goes to Done, and what it is about is written down."""
    first = returned[0]
    told = "; ".join(f"{', '.join(item.letter.recipients)}: {item.words}" for item in returned[:3])
    return Settlement(
        state=MessageState.IGNORED,
        reason=f"a bounce of a {first.letter.kind.value} letter ({told})"[:500],
        chores=(file_away(job, office),),
        returned=returned,
    )


def tend_returns(office: Office) -> int:
    """Tell whom it concerns of what did not arrive; returns how many were told."""
    office.returns.give_up_doubted(DOUBTED_FOR)
    threads = office.returns.threads_to_tell(office.quiet_seconds, office.quiet_seconds * TOLD_AT_LATEST)
    for thread in threads:
        lost = office.returns.lost_notices(thread)
        office.returns.told(thread, lost, _follow_up(thread, lost, office))
    letters = office.returns.lost_letters(BATCH)
    for letter in letters:
        _tell_staff(letter, office)
    return len(threads) + len(letters)


def _follow_up(thread_id: int, lost: list[LostNotice], office: Office) -> tuple[Outgoing, ...]:
    """One letter in the thread about all of them. The words of strange servers stay with the staff."""
    thread = office.threads.get(thread_id)
    customer = office.customer(thread.customer) if thread else None
    recipient = office.threads.recipient(thread_id)
    if thread is None or customer is None or recipient is None or not lost:
        return ()
    to, subject, in_reply_to, mailbox, import_id = recipient
    counts = office.threads.notice_counts(thread_id)
    report = BounceReport(
        reference=thread.imports[-1].reference,
        subject=subject,
        greeting="",
        site=customer.site,
        sent=counts.sent + counts.queued,
        undelivered=tuple(Undelivered(row=one.row, why=explain_refusal(one.words)) for one in lost),
    )
    letter = later_letter(
        office,
        mailbox=mailbox,
        to=to,
        words=render_bounces(report, office.words_for(customer)),
        seed=f"bounces.{report.reference}.{lost[0].import_id}.{lost[0].row.position}",
        in_reply_to=in_reply_to,
        import_id=import_id,
    )
    return (letter,)


def _tell_staff(lost: LostLetter, office: Office) -> None:
    """A customer who hears nothing from us needs a person; a lost mail to the staff is not mailed again."""
    mailbox = lost.mailbox if lost.mailbox in office.mailboxes else next(iter(office.mailboxes))
    envelope = read_envelope(lost.body) if lost.body else None
    recipients = ", ".join(lost.letter.recipients)
    note = StaffNote(
        title="A mail of ours could not be delivered",
        why=f"To {recipients}: {lost.words or WITHOUT_WORDS}",
        what_to_do="Reach them another way. The mail itself is in the Sent folder, or was never taken.",
        sender=office.mailboxes[mailbox].address,
        subject=envelope.subject if envelope else "",
        received=readable_time(lost.created),
    )
    words = render_staff_note(note, office.templates)
    about = envelope.message_id if envelope else ""
    problem = office.mailboxes[mailbox].folders.problem
    chore = lay_note(office, mailbox, problem, words, seed=f"note.lost.{lost.letter.id}", about=about)
    by_mail = lost.letter.kind is not LetterKind.STAFF
    letters = staff_letter(office, words, seed=f"staff.lost.{lost.letter.id}") if by_mail else ()
    office.returns.told_staff(lost, letters, (chore,))
