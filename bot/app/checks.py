"""Everything that `rollcall check` tries, a line each."""

import asyncio
from collections.abc import Iterator, Sequence

from bot.app.edges import make_directories, make_mailbox, make_mailer
from bot.app.installation import check_installation
from bot.app.ledger import open_ledger
from bot.errors import RollcallError
from bot.ports import CheckLine, Health
from bot.settings import Settings
from bot.store.upgrade import HEAD


def check_everything(settings: Settings) -> Iterator[CheckLine]:
    """Every line of `rollcall check`, as soon as it is known."""
    yield from check_installation(settings)
    try:
        ledger = open_ledger(settings)
    except RollcallError as error:
        yield CheckLine(
            subject="database",
            health=Health.FAILED,
            detail=str(error),
            mend="Check `database` in the configuration, and that the service may write there.",
        )
        return
    yield CheckLine(
        subject="database", health=Health.OK, detail=f"{settings.database.partition(':')[0]}, schema {HEAD}"
    )
    try:
        for mailbox in settings.mailboxes:
            own = mailbox.folders
            yield from make_mailbox(mailbox).check([own.inbox, own.done, own.held, own.problem, own.approved])
        yield from asyncio.run(_check_mailer(settings))
        for directory in make_directories(settings, ledger).values():
            yield from directory.check()
            directory.close()
    finally:
        ledger.database.close()


async def _check_mailer(settings: Settings) -> Sequence[CheckLine]:
    mailer = make_mailer(settings)
    try:
        return await mailer.check()
    finally:
        await mailer.close()
