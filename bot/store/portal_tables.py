"""The tables behind the portal: one-time links, sessions, throttles and tickets. Times are epoch seconds."""

from sqlalchemy import Column, Index, LargeBinary, String, Table

from bot.store.columns import metadata, moment, number, words

tokens = Table(
    "login_tokens",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("purpose", String(20), nullable=False),
    words("directory"),
    words("account"),
    words("email"),
    words("customer"),
    number("import_id"),
    number("position", -1),
    moment("created"),
    moment("expires"),
    moment("used"),
    moment("claimed"),
    Index("ix_login_tokens_account", "directory", "account"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", String(64), primary_key=True),
    words("directory"),
    words("account"),
    number("epoch"),
    moment("created"),
    moment("expires"),
    Index("ix_sessions_expires", "expires"),
)

throttles = Table(
    "portal_throttle",
    metadata,
    Column("key", String(64), primary_key=True),
    moment("full_at"),
)

tickets = Table(
    "tickets",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("message_id", String(255), nullable=False),
    words("email"),
    words("subject"),
    Column("raw", LargeBinary),
    number("size"),
    moment("created"),
    moment("expires"),
)
