"""Makes the office that workers lean on."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from bot.app.ledger import Ledger
from bot.app.reading import open_assessor
from bot.errors import ConfigurationError
from bot.ports import Directory, SheetReader
from bot.reply.template_set import Templates
from bot.runners.links import LinkMaker, load_key
from bot.runners.office import DAY, MailboxIdentity, Office, OfficeLimits
from bot.settings import Settings
from bot.settings.tables import MailboxSettings
from bot.values.message import MessageLimits

MEGABYTE = 1024 * 1024

Log = Callable[..., None]


def no_log(event: str, **details: object) -> None:
    """Says nothing."""


def link_maker(settings: Settings) -> LinkMaker:
    """The maker of one-time links; its key is made on the first run."""
    base = settings.links.url or (settings.portal.public_url if settings.portal else settings.site.login_url)
    return LinkMaker(base_url=base.rstrip("/"), key=load_key(key_file(settings)))


def key_file(settings: Settings) -> Path:
    """Where the key of the links lies; raises ConfigurationError where it must be said and is not."""
    if settings.links.key_file:
        return Path(os.path.expandvars(settings.links.key_file))
    if settings.is_sqlite:
        return Path(settings.database.removeprefix("sqlite:///") + ".key")
    raise ConfigurationError("links.key_file: is needed with PostgreSQL, the same file for every bot")


def make_office(
    settings: Settings,
    ledger: Ledger,
    *,
    directories: Mapping[str, Directory],
    sheets: SheetReader,
    log: Log = no_log,
) -> Office:
    """What workers lean on."""
    return Office(
        messages=ledger.messages,
        settler=ledger.settler,
        imports=ledger.imports,
        threads=ledger.threads,
        outbox=ledger.outbox,
        returns=ledger.returns,
        records=ledger.records,
        nodes=ledger.nodes,
        directories=directories,
        sheets=sheets,
        policy=settings.trust_policy(),
        customers=settings.customer_values(),
        mailboxes={mailbox.name: _identity(mailbox, settings) for mailbox in settings.mailboxes},
        templates=Templates(folders=(settings.templates,) if settings.templates else ()),
        limits=OfficeLimits(
            message_bytes=settings.limits.message_megabytes * MEGABYTE,
            replies_per_sender_hour=settings.limits.replies_per_sender_hour,
            replies_per_thread_hour=settings.limits.replies_per_thread_hour,
            message=MessageLimits(bytes=settings.limits.message_megabytes * MEGABYTE),
        ),
        message_id_domain=settings.message_id_domain,
        links=link_maker(settings),
        assessor=open_assessor(settings, sheets),
        staff_address=settings.staff.address,
        remind_seconds=settings.conversation.remind_days * DAY,
        close_seconds=settings.conversation.close_days * DAY,
        quiet_seconds=settings.conversation.bounce_quiet_minutes * 60,
        lease_seconds=settings.lease_seconds,
        now=ledger.database.clock,
        log=log,
    )


def _identity(mailbox: MailboxSettings, settings: Settings) -> MailboxIdentity:
    return MailboxIdentity(
        name=mailbox.name,
        address=mailbox.address,
        display_name=mailbox.display_name or settings.site.team or f"{settings.site.name} Support",
        folders=mailbox.folders,
        aliases=frozenset(mailbox.aliases),
    )
