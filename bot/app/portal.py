"""The portal's half of the composition root; `app.py` opens it only where the portal is configured, so that
a service without one loads no web server."""

import asyncio
import hashlib
import hmac
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bot.directories.sign_in import EmbeddedSignIns
from bot.portal.assets import Assets
from bot.portal.colours import make_palette
from bot.portal.crews import Crews
from bot.portal.desk import Desk
from bot.portal.hashing import Hasher
from bot.portal.keys import Keys
from bot.portal.pages import House, check_templates
from bot.portal.serve import make_server, open_socket, serve
from bot.portal.site import make_portal
from bot.portal.throttle import Throttle
from bot.runners.office import DAY, Office
from bot.runners.portal_letters import PortalLetters
from bot.settings import Settings
from bot.settings.tables import PortalSettings
from bot.store.engine import Database
from bot.store.messages import MessageStore
from bot.store.notices import NoticeBook
from bot.store.portal_links import LinkStore
from bot.store.tickets import TicketStore
from bot.store.visits import SessionStore, ThrottleStore
from bot.values.address import identity_key

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Portal:
    """What the service runs beside its own: a companion, the portal's mails, and housekeeping."""

    companion: Callable[[asyncio.Event], Coroutine[Any, Any, None]]
    letters: PortalLetters
    tidy: Callable[[], None]


def open_portal(
    settings: Settings,
    office: Office,
    database: Database,
    messages: MessageStore,
    notices: NoticeBook,
    *,
    on_letter: Callable[[], None],
    on_message: Callable[[], None],
) -> Portal:
    """Fit the portal together; it listens at once and answers when its companion runs.

    Raises ConfigurationError where its address is taken, or its logo or a template cannot be used.
    """
    portal = settings.portal
    assert portal is not None
    check_templates(portal.templates)
    throttles = ThrottleStore(database)
    links = LinkStore(
        database,
        notices,
        throttles,
        token_of=office.links.token,
        domain=office.message_id_domain,
        link_seconds=settings.links.days * DAY,
    )
    tickets = TicketStore(database, messages, throttles, token_of=office.links.token)
    sessions = SessionStore(database)
    crews = Crews()
    address = urlsplit(portal.public_url)
    tls = address.scheme == "https"
    names = [entry.name for entry in settings.directories if entry.kind == "embedded"]
    mailbox = next(iter(office.mailboxes.values()))
    desk = Desk(
        house=_house(settings, portal, sign_in=bool(names)),
        sites={customer.name: customer.site for customer in office.customers},
        links=links,
        sessions=sessions,
        tickets=tickets,
        sign_ins=EmbeddedSignIns(database.engine, names=names, clock=database.clock),
        directories=office.directories,
        throttle=Throttle(throttles, crews.ledger, clock=database.clock),
        keys=Keys(_signing_key(office), secure=tls, path=address.path.rstrip("/")),
        crews=crews,
        hasher=Hasher(crews.hashing),
        mailbox_name=mailbox.name,
        mailbox_address=mailbox.address,
        message_id_domain=office.message_id_domain,
        own_addresses=frozenset(map(identity_key, office.assessor.own_addresses)),
        upload_bytes=settings.limits.attachment_megabytes * MEGABYTE,
        on_letter=on_letter,
        on_message=on_message,
        now=database.clock,
        log=office.log,
    )
    assets = Assets(make_palette(portal.colour), logo=portal.logo)
    server = make_server(make_portal(desk, assets, tls=tls), trusted_proxies=portal.trusted_proxies)
    listener = open_socket(portal.listen)
    office.log("portal_listens", address=portal.listen, public_url=portal.public_url)

    async def companion(stop: asyncio.Event) -> None:
        try:
            await serve(server, listener, stop)
        finally:
            crews.close()

    def tidy() -> None:
        throttles.tidy()
        tickets.tidy()

    site = settings.site_value()
    return Portal(
        companion=companion,
        letters=PortalLetters(office, site=site, find_links=links.find_all),
        tidy=tidy,
    )


def _house(settings: Settings, portal: PortalSettings, *, sign_in: bool) -> House:
    return House(
        site=settings.site_value(),
        path=urlsplit(portal.public_url).path.rstrip("/"),
        logo=bool(portal.logo),
        tickets=portal.tickets,
        sign_in=sign_in,
        folder=portal.templates,
    )


def _signing_key(office: Office) -> bytes:
    """A key of its own for cookies and forms, from the one secret that every bot of a ledger shares."""
    return hmac.new(office.links.key, b"portal cookies and forms", hashlib.sha256).digest()
