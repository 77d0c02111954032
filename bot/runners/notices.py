"""Makes the Account Created mails at the moment they leave: only then is there a link, and its hash stays."""

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parseaddr

from bot.errors import DeliveryRefused
from bot.mail.compose import compose_letter
from bot.reply.render import render_notice
from bot.runners.delivery import Ready
from bot.runners.office import DAY, MailboxIdentity, Office
from bot.runners.portal_letters import PortalLetters
from bot.values.customer import Customer
from bot.values.learner import ImportRow
from bot.values.ledger import NoticeRow, OutboxItem
from bot.values.message import Address
from bot.values.outgoing import Letter, LetterKind
from bot.values.portal import token_digest
from bot.values.report import NoticeFacts
from bot.values.times import readable_time


class LetterRoom:
    """Renders claimed outbox items: notices freshly, everything else as it was written down."""

    def __init__(
        self,
        office: Office,
        *,
        link_days: float,
        verp: bool = False,
        portal: PortalLetters | None = None,
    ) -> None:
        self._office = office
        self._link_seconds = link_days * DAY
        self._verp = verp
        self._portal = portal

    def __call__(self, items: Sequence[OutboxItem]) -> dict[int, Ready | str]:
        """A letter for each item, or words that say why there can be none."""
        notices = [item for item in items if item.kind is LetterKind.NOTICE]
        facts = self._office.outbox.notice_rows(notices) if notices else {}
        from_portal = [item for item in items if item.kind is LetterKind.PORTAL]
        letters: dict[int, Ready | str] = self._portal.write(from_portal) if self._portal else {}
        links: list[tuple[str, OutboxItem, NoticeRow, float]] = []
        for item in items:
            if item.kind is LetterKind.PORTAL:
                letters.setdefault(item.id, "there is no portal any more")
            elif item.kind is not LetterKind.NOTICE:
                letters[item.id] = Ready(sender=item.sender, recipients=item.recipients, raw=item.body)
            elif item.id in facts:
                letters[item.id] = self._notice(item, facts[item.id], links)
        self._office.outbox.store_tokens(links)
        return letters

    def _notice(
        self, item: OutboxItem, facts: NoticeRow, links: list[tuple[str, OutboxItem, NoticeRow, float]]
    ) -> Ready | str:
        row = facts.row
        customer = self._office.customer(facts.customer)
        if customer is None:
            return f'the customer "{facts.customer}" is not configured any more'
        mailbox = next(iter(self._office.mailboxes.values()))
        token = self._office.links.token(item.message_id)
        expires = item.created + self._link_seconds
        links.append((token_digest(token), item, facts, expires))
        words = render_notice(
            NoticeFacts(
                first_name=row.first_name,
                username=row.email,
                link=self._office.links.link(token),
                expires=readable_time(expires),
                site=customer.site,
            ),
            self._office.words_for(customer),
        )
        sender = _notice_sender(customer, mailbox)
        letter = Letter(
            message_id=item.message_id,
            sender=sender,
            to=(Address(name=_full_name(row), email=row.email),),
            subject=words.subject,
            text=words.text,
            html=words.html,
            date=datetime.fromtimestamp(item.created, UTC),
            auto_submitted="auto-generated",
        )
        try:
            raw = compose_letter(letter)
        except DeliveryRefused as refusal:
            return str(refusal)
        # Bounces come to the mailbox we read, also where From is somebody else's.
        return Ready(sender=self._return_path(mailbox.address, row.email), recipients=(row.email,), raw=raw)

    def _return_path(self, sender: str, recipient: str) -> str:
        """With VERP a bounce comes back under an address that names its recipient."""
        if not self._verp:
            return sender
        local, _, domain = sender.rpartition("@")
        return f"{local}+{recipient.replace('@', '=')}@{domain}"


def _notice_sender(customer: Customer, mailbox: MailboxIdentity) -> Address:
    name, email = parseaddr(customer.notice_from)
    if email:
        return Address(name=name or customer.site.name, email=email)
    return Address(name=customer.site.name or mailbox.display_name, email=mailbox.address)


def _full_name(row: ImportRow) -> str:
    return f"{row.first_name} {row.last_name}".strip()
