"""`rollcall check` for a SCIM service: what it offers, and whether a look-up works; nothing is changed."""

from urllib.parse import urlsplit

from bot.directories.scim_find import ScimFinder, Way
from bot.directories.scim_wire import Provider, ScimWire
from bot.errors import RollcallError
from bot.ports import CheckLine, Health

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_MEND = "see that base_url and token are those of the service, and that the token may read users"
_NOBODY = "rollcall-check@rollcall.invalid"


def check_scim(wire: ScimWire, finder: ScimFinder) -> list[CheckLine]:
    """Lines for the connection, the service and a look-up. Rights to create show only by creating."""
    lines = []
    parts = urlsplit(wire.base_url)
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        lines.append(
            CheckLine(
                subject="scim: transport",
                health=Health.WARNING,
                detail="the token travels unencrypted over http",
                mend="use the service's https:// address",
            )
        )
    try:
        provider = wire.provider()
        lines.append(_service_line(provider, wire))
        finder.find([_NOBODY])
    except RollcallError as error:
        return [
            *lines,
            CheckLine(subject="scim: service", health=Health.FAILED, detail=str(error), mend=_MEND),
        ]
    return [*lines, _look_up_line(finder)]


def _service_line(provider: Provider, wire: ScimWire) -> CheckLine:
    if provider.silent:
        return CheckLine(
            subject="scim: service",
            health=Health.WARNING,
            detail=f"{wire.platform} does not say what it offers: accounts are made one by one",
            mend="see that base_url ends where /Users and /ServiceProviderConfig begin",
        )
    many = provider.bulk_operations
    bulk = f"in bulk, {many} at once" if many > 1 else "one by one"
    changed = "by PATCH" if provider.patches else "by PUT"
    return CheckLine(
        subject="scim: service",
        health=Health.OK,
        detail=f"{wire.platform}: accounts are made {bulk}, changed {changed}",
    )


def _look_up_line(finder: ScimFinder) -> CheckLine:
    slow = finder.method.way is Way.LIST
    return CheckLine(
        subject="scim: look-up",
        health=Health.WARNING if slow else Health.OK,
        detail=f"accounts are looked up {finder.method.describe()}",
        mend="switch filters on in the service, or large directories cannot be used" if slow else "",
    )
