"""Who may upload, on whose proof, and to which site and directory."""

from dataclasses import dataclass, field
from enum import StrEnum


class NotifyBy(StrEnum):
    """Who mails the Account Created notice."""

    BOT = "bot"  # Rollcall, with its own one-time link
    PLATFORM = "platform"  # the platform itself, at creation


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """The learning site as people read it in replies and notices."""

    name: str
    login_url: str
    team: str = ""  # how mails are signed; '' means "{name} Support"
    guide_course_allocation: str = ""
    guide_create_user: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Customer:
    """An organisation that may upload.

    `senders` are full addresses, `domains` whole domains whose every address may upload (lower case);
    `learner_domains`, if any, bound the addresses it may create; `templates` is a folder that overrides
    the words of its notices and replies.
    """

    name: str
    senders: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    directory: str = "embedded"
    site: Site = field(default_factory=lambda: Site(name="", login_url=""))
    language: str = "en"
    learner_domains: frozenset[str] = frozenset()
    notify_by: NotifyBy = NotifyBy.BOT
    notice_from: str = ""
    templates: str = ""
    cohort: str = ""


class VerificationMode(StrEnum):
    """What to do with a known sender whose From cannot be proven."""

    REQUIRED = "required"  # hold the message
    CONFIRM = "confirm"  # ask the customer's own address once; its answer proves control
    OFF = "off"  # believe From: for a closed network only


@dataclass(frozen=True, kw_only=True, slots=True)
class TrustPolicy:
    """Whose word on the sender we take.

    `authserv_ids` are the trust anchors: only the topmost Authentication-Results fields that carry one of
    them count (RFC 8601 §5). `topmost_without_id` takes the topmost one when it names no server, as
    Microsoft 365 writes it. `verify_dkim` checks signatures ourselves where no trusted field says anything.
    """

    mode: VerificationMode = VerificationMode.REQUIRED
    authserv_ids: frozenset[str] = frozenset()
    topmost_without_id: bool = False
    verify_dkim: bool = False
