"""Builds whole configurations for tests, with only what matters said."""

from typing import Any

from bot.settings import Settings, settings_from

SUPPORT = "support@yourcompany.test"


def a_configuration(
    *, imap: dict[str, Any] | None = None, smtp: dict[str, Any] | None = None, **changes: Any
) -> Settings:
    """A valid configuration for servers that are not there; `changes` replace whole top-level keys."""
    login = {"host": "127.0.0.1", "port": 1, "security": "none", "username": SUPPORT, "password": "p"}
    return settings_from(
        {
            "database": "sqlite:///:memory:",
            "site": {"name": "YourCompany Learning", "login_url": "https://learn.yourcompany.test/login"},
            "mailboxes": [{"address": SUPPORT, "imap": imap or login}],
            "smtp": smtp or login,
            "verification": {"authserv_id": ["mx.yourcompany.test"]},
            "customers": [{"name": "Customer Ltd", "domains": ["customer.test"]}],
            "links": {"url": "https://learn.yourcompany.test"},
            "ops": {"listen": ""},
        }
        | changes,
        "config.toml",
    )
