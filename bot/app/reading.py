"""Makes what reads messages and sheets; light, because `preview` needs nothing else."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.request.encoder import Encoder, taught
from bot.request.sender import CustomerIndex
from bot.runners.assessing import Assessor
from bot.values.sheet import SheetLimits

if TYPE_CHECKING:
    from bot.ports import SheetReader, SignatureVerifier
    from bot.settings import Settings


def open_assessor(
    settings: "Settings | None", sheets: "SheetReader", *, encoder: Callable[[], Encoder] = taught
) -> Assessor:
    """Reads messages by the settings' policy; without settings, only what the messages say by themselves."""
    if settings is None:
        return Assessor(
            encoder=encoder,
            policy=None,
            customers=CustomerIndex(),
            sheets=sheets,
            verifier=None,
            own_addresses=frozenset(),
            own_domain="rollcall.invalid",
        )
    own = {address for mailbox in settings.mailboxes for address in (mailbox.address, *mailbox.aliases)}
    return Assessor(
        encoder=encoder,
        policy=settings.trust_policy(),
        customers=CustomerIndex.of(settings.customer_values()),
        sheets=sheets,
        verifier=make_verifier(settings),
        own_addresses=frozenset(own),
        own_domain=settings.message_id_domain,
        helpdesks=settings.helpdesk_values(),
    )


def sheet_limits(settings: "Settings | None") -> SheetLimits:
    """The limits for reading sheets, the usual ones without settings."""
    return settings.sheet_limits() if settings else SheetLimits()


def make_verifier(settings: "Settings") -> "SignatureVerifier | None":
    """Our own DKIM check, where it is switched on."""
    if not settings.verification.dkim:
        return None
    # Only here: a preview without settings checks no signature, and loads no cryptography and no resolver.
    from bot.wire.dkim import DkimVerifier

    return DkimVerifier()
