"""Everything that `rollcall check` tries, a line each, whatever fails on the way."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from bot.app.database_check import check_database
from bot.app.edges import make_mailbox, make_mailer, open_one_directory
from bot.app.installation import check_installation
from bot.app.ledger import open_database
from bot.app.policy_check import check_policy
from bot.app.portal_check import check_links
from bot.errors import ConfigurationError, RollcallError
from bot.ports import CheckLine, Health
from bot.settings import Settings
from bot.settings.tables import DirectorySettings, MailboxSettings, PortalSettings
from bot.store.engine import Database


def check_everything(settings: Settings) -> Iterator[CheckLine]:
    """Every line of `rollcall check`, as soon as it is known; nothing is changed and no mail is sent."""
    yield from check_policy(settings)
    yield from check_installation(settings)
    yield from check_links(settings)
    if settings.portal:
        yield from _tried("portal pages", partial(_pages, settings.portal))
    database = open_database(settings)
    try:
        served = False
        for line in check_database(settings, database):
            served = line.subject == "database" and line.health is Health.OK
            yield line
        for mailbox in settings.mailboxes:
            yield from _told_apart(settings, mailbox, _tried("IMAP mailbox", partial(_mailbox, mailbox)))
        yield from _tried("SMTP", lambda: asyncio.run(_mailer(settings)))
        for entry in settings.directories:
            if entry.kind != "embedded" or served:
                yield from _tried(f"directory {entry.name}", partial(_directory, entry, database))
    finally:
        database.close()


def _tried(subject: str, check: Callable[[], Iterable[CheckLine]]) -> Iterator[CheckLine]:
    """The lines of one check; an error that it did not turn into a line itself becomes one."""
    try:
        yield from check()
    except ConfigurationError as error:
        yield CheckLine(
            subject=subject,
            health=Health.FAILED,
            detail=str(error),
            mend="Mend the configuration, or the file that it names.",
        )
    except RollcallError as error:
        yield CheckLine(
            subject=subject,
            health=Health.FAILED,
            detail=str(error),
            mend="Try again in a while; if it stays, look into the log of the other side.",
        )


def _mailbox(mailbox: MailboxSettings) -> Sequence[CheckLine]:
    own = mailbox.folders
    return make_mailbox(mailbox).check([own.inbox, own.done, own.held, own.problem, own.approved])


def _told_apart(
    settings: Settings, mailbox: MailboxSettings, lines: Iterable[CheckLine]
) -> Iterator[CheckLine]:
    """Which mailbox a line is about, where there are several."""
    for line in lines:
        subject = f"{mailbox.name}: {line.subject}" if len(settings.mailboxes) > 1 else line.subject
        yield CheckLine(subject=subject, health=line.health, detail=line.detail, mend=line.mend)


def _pages(portal: PortalSettings) -> Iterator[CheckLine]:
    # Only here, so that a check without a portal loads no web server.
    from bot.app.portal import check_pages

    yield from check_pages(portal)


async def _mailer(settings: Settings) -> Sequence[CheckLine]:
    """The way out, and whether it may send for each mailbox."""
    mailer = make_mailer(settings)
    lines: list[CheckLine] = []
    try:
        for mailbox in settings.mailboxes:
            lines += [line for line in await mailer.check(mailbox.address) if line not in lines]
    finally:
        await mailer.close()
    return lines


def _directory(entry: DirectorySettings, database: Database) -> Iterator[CheckLine]:
    directory = open_one_directory(entry, database)
    try:
        yield from directory.check()
    finally:
        directory.close()
