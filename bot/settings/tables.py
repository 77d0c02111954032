"""The tables of the configuration file, each key with its type, bounds and default."""

import os
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from bot.errors import ConfigurationError
from bot.values.address import domain_key
from bot.values.customer import NotifyBy, VerificationMode


class Security(StrEnum):
    """How a connection is secured."""

    TLS = "tls"  # from the first byte (RFC 8314 §3)
    STARTTLS = "starttls"  # upgraded before anything secret is said; refused if the server can't
    NONE = "none"  # in clear: loopback only, or a trusted network


class FirstRun(StrEnum):
    """Which mail the very first run takes."""

    NEW = "new"  # only mail that arrives from now on
    UNREAD = "unread"  # what is unread in the inbox too
    ALL = "all"  # everything in the inbox


class Table(BaseModel):
    """A table of the file: unknown keys are mistakes, and an error never prints a value."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, frozen=True, validate_default=True)


def _lower(value: str) -> str:
    return value.strip().lower()


def _domain(value: str) -> str:
    return domain_key(value.strip().lstrip("@"))


Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$"), AfterValidator(_lower)]
Domain = Annotated[str, Field(min_length=1), AfterValidator(_domain)]
Seconds = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(gt=0)]


def read_secret(key: str, path: str, plain: SecretStr) -> str:
    """A secret from the file that `key` names ($CREDENTIALS_DIRECTORY is filled in), else `plain`."""
    if not path:
        return plain.get_secret_value()
    try:
        return Path(os.path.expandvars(path)).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{key} {path}: {getattr(error, 'strerror', None) or error}") from None


class OAuth(Table):
    """OAuth2 for a mailbox or SMTP server, in place of a password."""

    provider: Literal["m365", "gmail"]
    tenant: str = ""
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    client_secret_file: str = ""
    secret_expires: date | None = None
    refresh_token_file: str = ""
    service_account_file: str = ""

    @model_validator(mode="after")
    def _complete(self) -> "OAuth":
        if self.provider == "gmail":
            if bool(self.service_account_file) == bool(self.refresh_token_file):
                raise ValueError("Gmail needs either `service_account_file` or `refresh_token_file`")
            return self
        lacking = [key for key in ("tenant", "client_id") if not getattr(self, key)]
        if not self.client_secret_file and not self.client_secret.get_secret_value():
            lacking.append("client_secret_file")
        if lacking:
            raise ValueError(f"Microsoft 365 needs `{'`, `'.join(lacking)}` too")
        return self

    def secret(self) -> str:
        """The client secret: from `client_secret_file` (read anew for each token) or from the file itself."""
        return read_secret("client_secret_file", self.client_secret_file, self.client_secret)


class Login(Table):
    """Host, security and credentials of one server."""

    host: str
    port: int = 0
    security: Security = Security.TLS
    username: str = ""
    password: SecretStr = SecretStr("")
    password_file: str = ""
    oauth: OAuth | None = None
    ca_file: str = ""
    timeout: Seconds = 30.0

    @model_validator(mode="after")
    def _one_way_in(self) -> "Login":
        if self.oauth and not self.username:
            raise ValueError("`oauth` needs `username`: the mailbox's address")
        if self.oauth and (self.password_file or self.password.get_secret_value()):
            raise ValueError("give a password or `oauth`, not both")
        return self

    def secret(self) -> str:
        """The password: from `password_file` (read anew each time) or from the file itself."""
        return read_secret("password_file", self.password_file, self.password)


class Folders(Table):
    """Names of the folders; '/' stands for the server's hierarchy separator."""

    inbox: str = "INBOX"
    done: str = "Rollcall/Done"
    held: str = "Rollcall/Held"
    problem: str = "Rollcall/Problem"
    approved: str = "Rollcall/Approved"
    sent: str = ""
    copy_to_sent: Literal["auto", "always", "never"] = "auto"


class MailboxSettings(Table):
    """A support mailbox to watch; `address` is what replies are sent from."""

    name: str = "support"
    address: Email
    aliases: tuple[Email, ...] = ()
    display_name: str = ""
    imap: Login
    folders: Folders = Folders()
    poll_seconds: Seconds = 60.0
    idle: bool = True
    first_run: FirstRun = FirstRun.NEW


class SmtpSettings(Login):
    """The way out."""

    connections: Annotated[int, Field(ge=1, le=50)] = 4
    max_per_minute: Annotated[int, Field(ge=0)] = 0
    verp: bool = False
    message_id_domain: str = ""


class VerificationSettings(Table):
    """Whose word on a sender is taken; see docs/security.md."""

    mode: VerificationMode = VerificationMode.REQUIRED
    authserv_id: tuple[str, ...] = ()
    trust: Literal["authserv-id", "topmost-without-id"] = "authserv-id"
    dkim: bool = False


class SiteSettings(Table):
    """The learning site as people read it."""

    name: str
    login_url: str
    team: str = ""


class Guides(Table):
    """Help pages that replies point to; leave one empty and it is not mentioned."""

    course_allocation: str = ""
    create_user: str = ""


class CustomerSettings(Table):
    """One organisation that may upload."""

    name: str
    senders: tuple[Email, ...] = ()
    domains: tuple[Domain, ...] = ()
    directory: str = "embedded"
    site: SiteSettings | None = None
    language: str = "en"
    learner_domains: tuple[Domain, ...] = ()
    notify_by: NotifyBy = NotifyBy.BOT
    notice_from: str = ""
    templates: str = ""
    cohort: str = ""

    @model_validator(mode="after")
    def _somebody(self) -> "CustomerSettings":
        if not self.senders and not self.domains:
            raise ValueError("give the customer `senders` or `domains`: nobody could upload for it")
        return self


class DirectorySettings(Table):
    """Where accounts live; which keys apply depends on `kind`."""

    name: str = "embedded"
    kind: str = "embedded"
    url: str = ""
    token: SecretStr = SecretStr("")
    token_file: str = ""
    ca_file: str = ""
    timeout: Seconds = 30.0
    batch: Annotated[int, Field(ge=1, le=10_000)] | None = None
    username_fallback: Literal["refuse", "replace"] = "refuse"
    options: dict[str, str | int | bool] = {}

    def secret(self) -> str:
        """The token, from `token_file` (read anew each time) or from the file itself."""
        return read_secret("token_file", self.token_file, self.token)


class HelpdeskSettings(Table):
    """A helpdesk whose mails speak for a requester; its address must be proven like any sender's."""

    name: str
    address: Email
    requester_header: str = ""
    requester_line: str = ""

    @model_validator(mode="after")
    def _names_somebody(self) -> "HelpdeskSettings":
        if not self.requester_header and not self.requester_line:
            raise ValueError("give `requester_header` or `requester_line`: for whom does it speak?")
        return self


class StaffSettings(Table):
    """Where the staff are reached by mail; empty means only through the mailbox folders."""

    address: str = ""
    digest: bool = False
    digest_at: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "07:30"

    @model_validator(mode="after")
    def _digest_has_a_reader(self) -> "StaffSettings":
        if self.digest and not self.address:
            raise ValueError("staff: `digest` needs the `address` it goes to")
        return self


class Limits(Table):
    """How much of anything is taken; over a limit the sender is told, and nothing is lost."""

    message_megabytes: Count = 40
    attachment_megabytes: Count = 20
    rows: Count = 10_000
    columns: Count = 100
    sheets: Count = 20
    sheet_seconds: Seconds = 60.0
    sheet_memory_megabytes: Annotated[int, Field(ge=256)] = 1024
    replies_per_sender_hour: Count = 30
    replies_per_thread_hour: Count = 20


class Conversation(Table):
    """How long an unanswered question lives, and how soon undelivered notices are told."""

    remind_days: Annotated[float, Field(gt=0)] = 3.0
    close_days: Annotated[float, Field(gt=0)] = 14.0
    bounce_quiet_minutes: Annotated[float, Field(gt=0)] = 60.0


class Links(Table):
    """The one-time links in notices. `key_file` holds the secret they are derived from; made on first run."""

    url: str = ""
    days: Annotated[float, Field(gt=0)] = 7.0
    key_file: str = ""


class PortalSettings(Table):
    """The pages that learners and customers open; absent means no portal."""

    public_url: str
    listen: str = "127.0.0.1:8080"
    trusted_proxies: tuple[str, ...] = ("127.0.0.1",)
    logo: str = ""
    colour: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] = "#1f5fbf"
    tickets: bool = True
    templates: str = ""


class OpsSettings(Table):
    """The page and the figures for operators; empty `listen` switches them off."""

    listen: str = "127.0.0.1:9108"


class LogSettings(Table):
    """What goes to standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["json", "text"] = "json"
