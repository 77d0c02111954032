"""The portal's half of the composition root; `app.py` opens it only where the portal is configured, so that
a service without one loads no web server."""

import asyncio
import hashlib
import hmac
from collections.abc import Callable, Coroutine, Iterator
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
from bot.portal.pages import House, check_templates, languages
from bot.portal.serve import make_server, open_socket, serve, split_listen
from bot.portal.site import make_portal
from bot.portal.throttle import Throttle
from bot.ports import CheckLine, Health
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
    assets = Assets(make_palette(portal.colour), logo=portal.logo)
    stores = _open_stores(settings, office, database, messages, notices)
    crews = Crews()
    desk = _make_desk(
        settings, portal, office, database, stores, crews, on_letter=on_letter, on_message=on_message
    )
    app = make_portal(desk, assets, tls=_is_tls(portal))
    server = make_server(app, trusted_proxies=portal.trusted_proxies)
    listener = open_socket(portal.listen)
    office.log("portal_listens", address=portal.listen, public_url=portal.public_url)

    async def companion(stop: asyncio.Event) -> None:
        try:
            await serve(server, listener, stop)
        finally:
            crews.close()

    return Portal(
        companion=companion,
        letters=PortalLetters(office, site=settings.site_value(), find_links=stores.links.find_all),
        tidy=stores.tidy,
    )


def check_pages(portal: PortalSettings) -> Iterator[CheckLine]:
    """Whether the operator's templates, logo and address can be used; raises ConfigurationError."""
    check_templates(portal.templates)
    Assets(make_palette(portal.colour), logo=portal.logo)
    split_listen(portal.listen)
    spoken = ", ".join(languages(portal.templates))
    yield CheckLine(subject="portal pages", health=Health.OK, detail=f"in {spoken}")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Stores:
    """The portal's part of the ledger."""

    links: LinkStore
    sessions: SessionStore
    throttles: ThrottleStore
    tickets: TicketStore

    def tidy(self) -> None:
        """Forget what has run out."""
        self.throttles.tidy()
        self.tickets.tidy()


def _open_stores(
    settings: Settings, office: Office, database: Database, messages: MessageStore, notices: NoticeBook
) -> _Stores:
    throttles = ThrottleStore(database)
    token_of = office.links.token
    return _Stores(
        links=LinkStore(
            database,
            notices,
            throttles,
            token_of=token_of,
            domain=office.message_id_domain,
            link_seconds=settings.links.days * DAY,
        ),
        sessions=SessionStore(database),
        throttles=throttles,
        tickets=TicketStore(database, messages, throttles, token_of=token_of),
    )


def _make_desk(
    settings: Settings,
    portal: PortalSettings,
    office: Office,
    database: Database,
    stores: _Stores,
    crews: Crews,
    *,
    on_letter: Callable[[], None],
    on_message: Callable[[], None],
) -> Desk:
    names = [entry.name for entry in settings.directories if entry.kind == "embedded"]
    mailbox = next(iter(office.mailboxes.values()))
    house = _house(settings, portal, sign_in=bool(names))
    return Desk(
        house=house,
        sites={customer.name: customer.site for customer in office.customers},
        links=stores.links,
        sessions=stores.sessions,
        tickets=stores.tickets,
        sign_ins=EmbeddedSignIns(database.engine, names=names, clock=database.clock),
        directories=office.directories,
        throttle=Throttle(stores.throttles, crews.ledger, clock=database.clock),
        keys=Keys(_signing_key(office), secure=_is_tls(portal), path=house.path),
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


def _is_tls(portal: PortalSettings) -> bool:
    return urlsplit(portal.public_url).scheme == "https"


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
