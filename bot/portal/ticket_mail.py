"""Makes a New ticket form the mail it stands for: what a customer would have written to support."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from bot.mail.parse import content_digest, fingerprint, read_envelope
from bot.values.ledger import PORTAL_FOLDER, Arrival, Place

SUBJECT = "New ticket: learner upload"
_WISHES = {
    "yes": "Yes, please send the new learners the Account Created email.",
    "no": "No, please do not send the new learners the Account Created email.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """What was filled in. `notify` is 'yes', 'no' or 'unsure'; without a sheet `sheet` is b''."""

    email: str
    notify: str
    note: str = ""
    sheet: bytes = b""
    sheet_name: str = ""


def write_ticket(form: Form, *, mailbox: str, message_id: str, ticket_id: str, now: float) -> bytes:
    """The message; `message_id` is that of the confirmation mail, so that the reply stands under it."""
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    message["From"] = HeaderAddress(addr_spec=form.email)
    message["To"] = mailbox
    message["Subject"] = SUBJECT
    message["Date"] = format_datetime(datetime.fromtimestamp(now, UTC))
    message["Message-ID"] = ticket_id
    message["In-Reply-To"] = message_id
    message["References"] = message_id
    message.set_content(_text(form), charset="utf-8", cte="quoted-printable")
    if form.sheet:
        message.add_attachment(
            form.sheet, maintype="application", subtype="octet-stream", filename=form.sheet_name or "sheet"
        )
    return message.as_bytes()


def _text(form: Form) -> str:
    """The note comes last, where its signature cuts off nothing; what it says otherwise makes us ask."""
    request = (
        "Please create accounts for the learners in the attached sheet."
        if form.sheet
        else "Please create accounts for our learners."
    )
    pieces = (request, _WISHES.get(form.notify, ""), form.note.strip())
    return "\n\n".join(piece for piece in pieces if piece) + "\n"


def ticket_arrival(raw: bytes, *, mailbox: str, now: float) -> Arrival:
    """The message as the ledger takes it in: its sender has shown that the address is theirs."""
    envelope = read_envelope(raw)
    return Arrival(
        place=Place(mailbox=mailbox, folder=PORTAL_FOLDER, uidvalidity=0, uid=0),
        raw=raw,
        message_id=envelope.message_id,
        fingerprint=fingerprint(raw),
        digest=content_digest(raw),
        sender=envelope.sender,
        subject=envelope.subject,
        size=len(raw),
        received=now,
        release="sender",
    )
