"""The configuration: one TOML file, checked as a whole, with every mistake named by key and file."""

import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, BaseModel, Field, ValidationError, model_validator

from bot.errors import ConfigurationError
from bot.settings.tables import (
    Conversation,
    CustomerSettings,
    DirectorySettings,
    Guides,
    HelpdeskSettings,
    Limits,
    Links,
    LogSettings,
    MailboxSettings,
    OpsSettings,
    PortalSettings,
    SiteSettings,
    SmtpSettings,
    StaffSettings,
    Table,
    VerificationSettings,
)
from bot.values.customer import Customer, NotifyBy, Site, TrustPolicy
from bot.values.helpdesk import Helpdesk
from bot.values.sheet import SheetLimits

MEGABYTE = 1024 * 1024
CANNOT_MAIL = ("embedded", "scim")
Location = tuple[int | str, ...]


def _database(value: str) -> str:
    if not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise ValueError("must begin with sqlite:/// or postgresql+psycopg://")
    return value


DatabaseUrl = Annotated[str, AfterValidator(_database)]


class Settings(Table):
    """Everything `rollcall run` needs to know."""

    database: DatabaseUrl = "sqlite:///rollcall.db"
    node: str = ""
    workers: Annotated[int, Field(ge=1, le=64)] = 2
    spread_after: Annotated[int, Field(ge=0)] = 10
    lease_seconds: Annotated[float, Field(ge=1)] = 30.0
    keep_mail_days: Annotated[float, Field(gt=0)] = 30.0
    templates: str = ""
    site: SiteSettings
    mailboxes: tuple[MailboxSettings, ...] = Field(min_length=1)
    smtp: SmtpSettings
    verification: VerificationSettings = VerificationSettings()
    customers: tuple[CustomerSettings, ...] = Field(min_length=1)
    directories: tuple[DirectorySettings, ...] = (DirectorySettings(),)
    helpdesks: tuple[HelpdeskSettings, ...] = ()
    guides: Guides = Guides()
    staff: StaffSettings = StaffSettings()
    limits: Limits = Limits()
    conversation: Conversation = Conversation()
    links: Links = Links()
    portal: PortalSettings | None = None
    ops: OpsSettings = OpsSettings()
    log: LogSettings = LogSettings()

    @model_validator(mode="after")
    def _names_agree(self) -> "Settings":
        known = {directory.name for directory in self.directories}
        for customer in self.customers:
            if customer.directory not in known:
                raise ValueError(
                    f'customer "{customer.name}" names the directory "{customer.directory}", '
                    f"but there is only: {', '.join(sorted(known))}"
                )
            kind = next(entry.kind for entry in self.directories if entry.name == customer.directory)
            if customer.notify_by is NotifyBy.PLATFORM and kind in CANNOT_MAIL:
                raise ValueError(
                    f'customer "{customer.name}": notify_by = "platform" needs a directory that mails '
                    f"learners itself; {kind} does not"
                )
        for what, names in (
            ("mailboxes", [mailbox.name for mailbox in self.mailboxes]),
            ("customers", [customer.name for customer in self.customers]),
            ("directories", [directory.name for directory in self.directories]),
        ):
            double = sorted({name for name in names if names.count(name) > 1})
            if double:
                raise ValueError(f"{what}: the name {double[0]!r} is given twice")
        if self.conversation.remind_days >= self.conversation.close_days:
            raise ValueError("conversation: remind_days must be less than close_days")
        return self

    @property
    def is_sqlite(self) -> bool:
        """True where the ledger is one file and one bot serves it."""
        return self.database.startswith("sqlite")

    @property
    def message_id_domain(self) -> str:
        """What our Message-IDs end with."""
        return self.smtp.message_id_domain or self.mailboxes[0].address.rpartition("@")[2]

    def helpdesk_values(self) -> tuple[Helpdesk, ...]:
        """The `[[helpdesks]]` tables as values."""
        return tuple(
            Helpdesk(
                name=entry.name,
                address=entry.address,
                requester_header=entry.requester_header,
                requester_line=entry.requester_line,
            )
            for entry in self.helpdesks
        )

    def trust_policy(self) -> TrustPolicy:
        """The `[verification]` table as the value the screening reads."""
        return TrustPolicy(
            mode=self.verification.mode,
            authserv_ids=frozenset(name.lower() for name in self.verification.authserv_id),
            topmost_without_id=self.verification.trust == "topmost-without-id",
            verify_dkim=self.verification.dkim,
        )

    def customer_values(self) -> tuple[Customer, ...]:
        """The customers with their site filled in from `[site]` and `[guides]`."""
        return tuple(self._customer(customer) for customer in self.customers)

    def _customer(self, customer: CustomerSettings) -> Customer:
        site = customer.site or self.site
        return Customer(
            name=customer.name,
            senders=frozenset(customer.senders),
            domains=frozenset(customer.domains),
            directory=customer.directory,
            site=self.site_value(site),
            language=customer.language,
            learner_domains=frozenset(customer.learner_domains),
            notify_by=customer.notify_by,
            notice_from=customer.notice_from,
            templates=customer.templates,
            cohort=customer.cohort,
        )

    def site_value(self, site: SiteSettings | None = None) -> Site:
        """A site with the guides, as replies read it."""
        chosen = site or self.site
        return Site(
            name=chosen.name,
            login_url=chosen.login_url,
            team=chosen.team,
            guide_course_allocation=self.guides.course_allocation,
            guide_create_user=self.guides.create_user,
        )

    def sheet_limits(self) -> SheetLimits:
        """`[limits]` as the sheet reader takes them."""
        return SheetLimits(
            rows=self.limits.rows,
            columns=self.limits.columns,
            sheets=self.limits.sheets,
            bytes=self.limits.attachment_megabytes * MEGABYTE,
            seconds=self.limits.sheet_seconds,
            memory_bytes=self.limits.sheet_memory_megabytes * MEGABYTE,
        )


def load_settings(path: Path) -> Settings:
    """Read and check a configuration file; a ConfigurationError names the file and every wrong key."""
    try:
        with path.open("rb") as file:
            data = tomllib.load(file)
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: not valid TOML: {error}") from None
    return settings_from(data, str(path))


def settings_from(data: dict[str, Any], source: str) -> Settings:
    """Check a configuration that is already a table; `source` names it in errors."""
    try:
        return Settings(**data)
    except ValidationError as error:
        problems = [(problem["loc"], _words(dict(problem))) for problem in error.errors()]
        lines = [
            f"{source}: {_key(where)}: {words}" for where, words in problems if not _echo(where, problems)
        ]
        raise ConfigurationError("\n".join(lines)) from None


def _echo(where: Location, problems: list[tuple[Location, str]]) -> bool:
    """A list that holds a wrong entry is also reported as too short: only the entry is worth telling."""
    return any(len(other) > len(where) > 0 and other[: len(where)] == where for other, _ in problems)


def _key(location: Location) -> str:
    key = ""
    for part in location:
        key += f"[{part}]" if isinstance(part, int) else f".{part}" if key else str(part)
    return key or "the file as a whole"


def _words(problem: dict[str, Any]) -> str:
    match problem["type"]:
        case "missing":
            return "is missing"
        case "extra_forbidden":
            return f"is not a key of Rollcall; {_likely_key(problem['loc'])}see config.example.toml"
        case _:
            return str(problem["msg"]).removeprefix("Value error, ")


def _likely_key(location: Location) -> str:
    """'did you mean …? ' for a key that nearly is one of its table's."""
    table: type[BaseModel] | None = Settings
    for part in location[:-1]:
        field = table.model_fields.get(part) if table and isinstance(part, str) else None
        table = _table_in(field.annotation) if field else table
    near = get_close_matches(str(location[-1]), table.model_fields if table else (), n=1, cutoff=0.7)
    return f"did you mean {near[0]}? " if near else ""


def _table_in(annotation: object) -> type[BaseModel] | None:
    """The table that an annotation such as `tuple[Login, ...]` or `OAuth | None` holds."""
    if isinstance(annotation, type):
        return annotation if issubclass(annotation, BaseModel) else None
    return next((found for inner in get_args(annotation) if (found := _table_in(inner))), None)
