"""Every error Rollcall raises on purpose; each edge translates its library's exceptions into these.

RollcallError
├── ConfigurationError          the operator must mend something; exit 2, never restarted
│   └── LedgerInUse             another process holds the same SQLite ledger
├── Temporary                   try again later; never counts as a crash of a message
│   ├── MailboxUnavailable      IMAP: refused, timed out, dropped
│   │   └── MailboxFull         IMAP: over quota; what lies there can still be read
│   ├── DeliveryDeferred        SMTP: 4xx, timed out, connection lost (outcome may be unknown)
│   ├── DirectoryUnavailable    the platform is down, slow or in maintenance
│   ├── LedgerUnavailable       the database is locked, full or gone
│   └── LeaseLost               another node took this work over; drop it, change nothing
└── Permanent                   trying again will not help; tell a person
    ├── MessageUnreadable       not a mail at all, or over a limit
    ├── SheetUnreadable         no verdict could be had from an attachment
    ├── DeliveryRefused         SMTP: 5xx
    ├── LoginRefused            the mailbox or the SMTP server does not take our credentials
    ├── MailboxRefused          IMAP said NO to something that will not get better by itself
    └── DirectoryRefused        the platform refuses us: token, capability, unknown function
"""


class RollcallError(Exception):
    """The root; its text is a sentence for a person."""


class ConfigurationError(RollcallError):
    """The configuration or the installation is wrong; the text names the key, the file and the mend."""


class LedgerInUse(ConfigurationError):
    """Another process holds this SQLite ledger."""


class Temporary(RollcallError):
    """It may work later.

    `retry_after` is the pause in seconds that the other side asked for, if it named one.
    """

    def __init__(self, text: str, *, retry_after: float | None = None) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class MailboxUnavailable(Temporary):
    """The IMAP server is refusing, frozen or gone."""


class MailboxFull(MailboxUnavailable):
    """Nothing more fits in; the connection is well, and what lies there can still be read."""


class DeliveryDeferred(Temporary):
    """The SMTP server said 4xx, or went away; `outcome_unknown` after DATA was sent."""

    def __init__(self, text: str, *, retry_after: float | None = None, outcome_unknown: bool = False) -> None:
        super().__init__(text, retry_after=retry_after)
        self.outcome_unknown = outcome_unknown


class DirectoryUnavailable(Temporary):
    """The platform is down, slow or in maintenance; whether the call took effect may be unknown."""


class LedgerUnavailable(Temporary):
    """The database is locked, full or gone."""


class LeaseLost(Temporary):
    """Another node holds the lease now; what this one still wanted to write is dropped."""


class Permanent(RollcallError):
    """Trying again will not help."""


class MessageUnreadable(Permanent):
    """The bytes are no mail, or are over a limit."""


class SheetUnreadable(Permanent):
    """The limited child process gave no verdict on an attachment."""


class DeliveryRefused(Permanent):
    """The SMTP server said 5xx; `code` is its reply code."""

    def __init__(self, text: str, *, code: int = 0) -> None:
        super().__init__(text)
        self.code = code


class LoginRefused(Permanent):
    """The server does not take our credentials."""


class MailboxRefused(Permanent):
    """IMAP said NO, and saying it again will not change that."""


class DirectoryRefused(Permanent):
    """The platform refuses us: wrong token, missing capability, unknown function."""
