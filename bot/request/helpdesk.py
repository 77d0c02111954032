"""Reads for whom a helpdesk's mail speaks, which ticket it is about, and where an answer lands on it.

Zendesk, Freshdesk, Zammad and osTicket differ in little: each can write the requester into a line of the mail
it sends (or into a header field), and each finds a ticket by the tag in the subject or by the address that
its mail asks to be answered at. None of it is believed unless the helpdesk's own address is proven.
"""

import re
from collections.abc import Iterator, Sequence
from email.utils import getaddresses

from bot.values.helpdesk import Helpdesk
from bot.values.message import Address, Message, Owner

# A helpdesk is a machine and says so; none of these makes its mail a machine's word.
PARDONED = frozenset(
    {
        *("Auto-Submitted", "null return path", "autoresponder field", "autoresponder precedence"),
        *("acknowledgement subject", "no-reply sender", "X-Auto-Response-Suppress", "Precedence", "X-Loop"),
        *("bulk mailer's field", "machine's words", "Precedence: list", "List field"),
    }
)
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_DECORATION = " \t*_|•-"
# [#1234], [Ticket#2026112310000017], [Request ID: #55], (Case 12), #1234 (RFC 5322 §3.6.5: free text)
_TAG = re.compile(
    r"[\[(](?:[\w .-]{0,30}?)(?:id)?\s{0,2}[:#]{0,2}\s{0,2}#?\s?(\d{1,20})[\])]|(?:^|\s)#(\d{2,20})\b",
    re.IGNORECASE,
)
_TEXT_READ = 200_000


def find_helpdesk(address: str, helpdesks: Sequence[Helpdesk]) -> Helpdesk | None:
    """The helpdesk that writes from this address, with or without a ticket's tag behind a plus sign."""
    local, _, domain = address.lower().rpartition("@")
    plain = f"{local.partition('+')[0]}@{domain}"
    return next((desk for desk in helpdesks if desk.address.lower() in (address.lower(), plain)), None)


def read_requester(message: Message, helpdesk: Helpdesk, text: str) -> tuple[Address | None, str]:
    """Whom the mail speaks for, and where that stood; None with the reason where it names nobody, or several.

    `text` are the words of the mail. A line that somebody wrote into a ticket looks like the helpdesk's own,
    so two different addresses are nobody's.
    """
    named = _in_header(message, helpdesk)
    where = f"in {helpdesk.requester_header}"
    if not named and helpdesk.requester_line:
        named, where = list(_in_lines(text[:_TEXT_READ], helpdesk.requester_line)), "in its text"
    different = {person.email: person for person in reversed(named)}
    if len(different) == 1:
        return next(iter(different.values())), f"named by {helpdesk.name} {where}"
    if different:
        return None, f"{helpdesk.name} names {len(different)} requesters {where}"
    return None, f"{helpdesk.name} names no requester"


def _in_header(message: Message, helpdesk: Helpdesk) -> list[Address]:
    if not helpdesk.requester_header:
        return []
    return [person for value in message.header_values(helpdesk.requester_header) for person in _people(value)]


def _in_lines(text: str, label: str) -> Iterator[Address]:
    """The addresses behind the label, on its line or, as tables are flattened, on the next two."""
    lines = [line.strip(_DECORATION) for line in text.splitlines()]
    lines = [line for line in lines if line]
    wanted = label.strip().rstrip(":").casefold()
    for number, line in enumerate(lines):
        beginning = line.casefold()[: len(wanted)]
        rest = line[len(wanted) :].lstrip(_DECORATION)
        if beginning != wanted or (rest and not rest.startswith(":")):
            continue
        found = _people(rest.lstrip(":" + _DECORATION))
        if not found and not rest.strip(":" + _DECORATION):
            found = _people(" ".join(lines[number + 1 : number + 3]))
        elif not found:
            found = _people(f"{rest} {' '.join(lines[number + 1 : number + 2])}")
        yield from found[:1] if found else ()


def _people(text: str) -> list[Address]:
    """The mailboxes in a piece of text, with their names where they stand in front of <…>."""
    emails = list(dict.fromkeys(found.lower() for found in _ADDRESS.findall(text)))
    names = {email.lower(): name.strip("\"' ,:") for name, email in getaddresses([text]) if "@" in email}
    return [Address(name=names.get(email, ""), email=email) for email in emails]


def ticket_key(message: Message, helpdesk: Helpdesk) -> str:
    """Stands for a ticket's Message-ID in a thread: helpdesks rewrite the real ones; '' without a tag."""
    found = _TAG.search(message.subject[:500])
    number = next((group for group in found.groups() if group), "") if found else ""
    return f"<ticket.{number}@{helpdesk.address.lower()}>" if number else ""


def return_address(message: Message, helpdesk: Helpdesk) -> Address:
    """Where an answer lands on the ticket: the helpdesk's own address, in the writing that it asks for.

    Identity is never taken from Reply-To; but a proven helpdesk may name another of its own addresses.
    """
    assert message.sender is not None
    own = helpdesk.address.lower().rpartition("@")[2]
    for person in message.reply_to:
        if person.email.rpartition("@")[2] == own:
            return Address(name="", email=person.email)
    return Address(name="", email=message.sender.email)


def own_text(message: Message) -> str:
    """The plain words of the mail's own parts; those of HTML parts without their marks."""
    own = [part for part in message.texts if part.owner is Owner.OWN]
    plain = [part.text for part in own if part.kind == "plain"]
    if any(text.strip() for text in plain):
        return "\n".join(plain)
    return "\n".join(re.sub(r"<[^<>]{0,2000}>", "\n", part.text[:_TEXT_READ]) for part in own)
