"""`rollcall check` for a Moodle site: each function and capability tried, and nothing changed."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from bot.directories.http import plain_words
from bot.directories.moodle_find import BLIND, BY_FIELD, BY_LIKENESS, MoodleFinder
from bot.directories.moodle_wire import MoodleError, MoodleWire, records
from bot.errors import RollcallError
from bot.ports import CheckLine, Health

_CREATE = "core_user_create_users"
_UPDATE = "core_user_update_users"
_COHORT = "core_cohort_add_cohort_members"
_FUNCTIONS = (_CREATE, BY_FIELD, BY_LIKENESS, _UPDATE)
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

# Three reasons to refuse, each enough: the name is taken, the kind of login and the language do not exist.
_IMPOSSIBLE = [
    ("username", "guest"),
    ("password", "Not-to-be-used-1"),
    ("firstname", "Rollcall"),
    ("lastname", "Check"),
    ("email", "rollcall-check@example.com"),
    ("auth", "rollcallcheck"),
    ("lang", "xx_rollcallcheck"),
]


def check_moodle(wire: MoodleWire, finder: MoodleFinder, *, cohort: bool) -> list[CheckLine]:
    """Lines for the site, its functions and the rights of the token's user, as far as can be known."""
    lines = [_check_transport(wire)] if urlsplit(wire.base_url).scheme == "http" else []
    try:
        site = wire.ask("core_webservice_get_site_info")
    except MoodleError as error:
        if error.code != "accessexception":
            return [*lines, _failed("site", str(wire.verdict("core_webservice_get_site_info", error)))]
        site = None
    except RollcallError as error:
        return [*lines, _failed("site", str(error))]
    lines += _site_lines(site if isinstance(site, dict) else {}, wire, cohort=cohort)
    return [*lines, _check_sight(wire, finder), _check_create(wire), _check_update(wire)]


def _check_transport(wire: MoodleWire) -> CheckLine:
    if urlsplit(wire.base_url).hostname in _LOOPBACK:
        return CheckLine(subject="moodle: transport", health=Health.OK, detail="http, on this machine only")
    return CheckLine(
        subject="moodle: transport",
        health=Health.WARNING,
        detail="the token travels unencrypted over http",
        mend="use the site's https:// address",
    )


def _site_lines(site: Mapping[str, Any], wire: MoodleWire, *, cohort: bool) -> Sequence[CheckLine]:
    if not site:
        return [
            CheckLine(
                subject="moodle: site",
                health=Health.WARNING,
                detail=f"{wire.platform} answers, but does not list the functions of the token's service",
                mend="add core_webservice_get_site_info to the service",
            )
        ]
    release = plain_words(site.get("release", "of unknown release"), limit=60)
    who = plain_words(site.get("username", "?"), limit=60)
    named = f'"{plain_words(site.get("sitename", ""), limit=60)}"'
    lines = [
        CheckLine(
            subject="moodle: site", health=Health.OK, detail=f"{named}, Moodle {release}, token of {who}"
        )
    ]
    offered = {str(one.get("name")) for one in site.get("functions", []) if isinstance(one, dict)}
    wanted = (*_FUNCTIONS, _COHORT) if cohort else _FUNCTIONS
    missing = [function for function in wanted if function not in offered]
    lines += [_missing(function) for function in missing]
    if not missing:
        lines.append(_fine("functions", f"all {len(wanted)} are in the token's service"))
    return lines


def _missing(function: str) -> CheckLine:
    # The likeness look-up only tells "exists" from "refused"; without it the rest works.
    health = Health.WARNING if function == BY_LIKENESS else Health.FAILED
    return CheckLine(
        subject=f"moodle: {function}",
        health=health,
        detail="the function is not in the token's service",
        mend="add it under Site administration, Server, Web services, External services, Functions",
    )


def _check_sight(wire: MoodleWire, finder: MoodleFinder) -> CheckLine:
    """Without the capability every look-up answers `[]`; an account that must exist tells the difference."""
    try:
        canary = finder.canary()
        if not canary.username:
            return _failed("seeing accounts", f"{wire.platform} {BLIND}", "give them to the role of its user")
        shown = canary.addresses_shown
    except RollcallError as error:
        return _failed("seeing accounts", str(error))
    if shown:
        return _fine("seeing accounts", "other accounts are found, with their addresses")
    return CheckLine(
        subject="moodle: seeing accounts",
        health=Health.WARNING,
        detail="other accounts are found, but not their addresses",
        mend="choose Email under Show user identity, and give moodle/site:viewuseridentity to the role",
    )


def _check_create(wire: MoodleWire) -> CheckLine:
    """Asks for an account that cannot be made: the right to create is judged before the record is."""
    return _probe(wire, "creating accounts", "moodle/user:create", _CREATE, records("users", [_IMPOSSIBLE]))


def _check_update(wire: MoodleWire) -> CheckLine:
    """Asks to change account 0, which no Moodle has."""
    fields = records("users", [[("id", "0"), ("firstname", "Rollcall")]])
    return _probe(wire, "setting passwords", "moodle/user:update", _UPDATE, fields)


def _probe(
    wire: MoodleWire, what: str, capability: str, function: str, fields: Sequence[tuple[str, str]]
) -> CheckLine:
    try:
        wire.ask(function, fields)
    except MoodleError as error:
        if error.code == "nopermissions":
            return _failed(what, f"the token's user may not: {error}", f"give its role {capability}")
        if error.code == "accessexception":
            return _failed(what, f"the token may not call {function}", "add the function to the service")
        if error.concerns_the_site:
            return _failed(what, str(wire.verdict(function, error)))
    except RollcallError as error:
        return _failed(what, str(error))
    return _fine(what, "allowed")


def _fine(what: str, detail: str) -> CheckLine:
    return CheckLine(subject=f"moodle: {what}", health=Health.OK, detail=detail)


def _failed(what: str, detail: str, mend: str = "see what it says, and run the check again") -> CheckLine:
    return CheckLine(subject=f"moodle: {what}", health=Health.FAILED, detail=detail, mend=mend)
