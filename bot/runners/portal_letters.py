"""Makes the portal's mails at the moment they leave: only then is their link made, and nowhere is it kept."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from bot.errors import DeliveryRefused
from bot.mail.compose import compose_letter
from bot.reply.render import render_new_link, render_ticket_link
from bot.runners.delivery import Ready
from bot.runners.office import Office
from bot.values.customer import Site
from bot.values.ledger import OutboxItem
from bot.values.message import Address
from bot.values.outgoing import Letter, Words
from bot.values.portal import LinkPurpose, LinkRecord, token_digest
from bot.values.report import NewLinkFacts, TicketLinkFacts
from bot.values.times import readable_time


class PortalLetters:
    """Writes new links and confirmations. `find_links` gives the links behind digests, `site` is the site of
    those who belong to no customer."""

    def __init__(
        self, office: Office, *, site: Site, find_links: Callable[[Sequence[str]], dict[str, LinkRecord]]
    ) -> None:
        self._office = office
        self._site = site
        self._find_links = find_links

    def write(self, items: Sequence[OutboxItem]) -> dict[int, Ready | str]:
        """A letter for each item, or words that say why there can be none."""
        if not items:
            return {}
        tokens = {item.id: self._office.links.token(item.message_id) for item in items}
        links = self._find_links([token_digest(token) for token in tokens.values()])
        return {
            item.id: self._letter(item, tokens[item.id], links.get(token_digest(tokens[item.id])))
            for item in items
        }

    def _letter(self, item: OutboxItem, token: str, link: LinkRecord | None) -> Ready | str:
        if link is None or not link.is_live(self._office.now()):
            return "its link was replaced by a newer one, or is used up"
        mailbox = next(iter(self._office.mailboxes.values()))
        words = self._words(link, token)
        letter = Letter(
            message_id=item.message_id,
            sender=Address(name=mailbox.display_name, email=mailbox.address),
            to=(Address(name="", email=link.email),),
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
        return Ready(sender=mailbox.address, recipients=(link.email,), raw=raw)

    def _words(self, link: LinkRecord, token: str) -> Words:
        customer = self._office.customer(link.customer)
        site = customer.site if customer else self._site
        templates = self._office.words_for(customer)
        expires = readable_time(link.expires)
        if link.purpose is LinkPurpose.TICKET:
            address = self._office.links.ticket_link(token)
            return render_ticket_link(TicketLinkFacts(link=address, expires=expires, site=site), templates)
        facts = NewLinkFacts(
            first_name="",
            username=link.email,
            link=self._office.links.link(token),
            expires=expires,
            site=site,
        )
        return render_new_link(facts, templates)
