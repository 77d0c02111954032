"""The tables of the ledger. Times are epoch seconds (UTC); what each state means stands in `values`."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)

# SQLite gives rowids only to a column typed exactly INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")


def _id() -> Column[int]:
    return Column("id", Id, primary_key=True, autoincrement=True)


def _number(name: str, default: int = 0) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default=str(default))


def _time(name: str) -> Column[float]:
    return Column(name, Float(53), nullable=False, server_default="0")


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default="0")


def _state(name: str = "state") -> Column[str]:
    return Column(name, String(20), nullable=False)


messages = Table(
    "messages",
    metadata,
    _id(),
    _text("mailbox"),
    _text("folder"),
    _number("uidvalidity"),
    _number("uid"),
    Column("message_id", Text, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("raw", LargeBinary),
    _text("sender"),
    _text("subject"),
    _number("size"),
    _flag("too_large"),
    _state(),
    _text("reason"),
    _flag("filed"),
    Column("release", String(10), nullable=False, server_default=""),
    _number("run", 1),
    _number("fence"),
    _number("crashes"),
    _number("witnessed"),
    _number("tries"),
    _time("next_attempt"),
    _time("waiting_since"),
    Column("lease_owner", Text),
    _time("lease_until"),
    _time("received"),
    _time("finished"),
    UniqueConstraint("message_id", "fingerprint", name="uq_messages_message_id_fingerprint"),
    Index("ix_messages_state_due", "state", "next_attempt"),
    Index("ix_messages_sender_state", "sender", "state"),
    Index("ix_messages_digest", "digest"),
    Index("ix_messages_finished", "finished"),
)

threads = Table(
    "threads",
    metadata,
    _id(),
    _text("customer"),
    Column("answer", String(10), nullable=False, server_default="unstated"),
    _text("evidence"),
    _flag("told_staff"),
    _time("opened"),
)

thread_messages = Table(
    "thread_messages",
    metadata,
    Column("message_id", String(255), primary_key=True),
    Column("thread_id", Id, ForeignKey("threads.id"), nullable=False, index=True),
)

imports = Table(
    "imports",
    metadata,
    _id(),
    Column("reference", String(16), nullable=False, unique=True),
    Column("message", Id, ForeignKey("messages.id"), nullable=False),
    _number("run", 1),
    Column("thread", Id, ForeignKey("threads.id"), nullable=False, index=True),
    _text("customer"),
    _text("directory"),
    _state(),
    _flag("dry_run"),
    Column("answer", String(10), nullable=False),
    _text("evidence"),
    _text("answer_where"),
    _flag("from_thread"),
    _text("source"),
    _time("started"),
    _time("finished"),
    UniqueConstraint("message", "run", name="uq_imports_message_run"),
)

import_rows = Table(
    "import_rows",
    metadata,
    Column("import_id", Id, ForeignKey("imports.id"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    _text("file"),
    _text("sheet"),
    _number("number"),
    _text("first_name"),
    _text("last_name"),
    _text("email"),
    Column("key", Text, nullable=False, server_default="", index=True),
    Column("outcome", String(20), nullable=False),
    _text("reason"),
    _text("detail"),
    _text("hint"),
    _text("repairs"),
    Column("journal", String(10), nullable=False),
    _text("account"),
    sqlite_with_rowid=False,
)

notices = Table(
    "notices",
    metadata,
    Column("import_id", Id, ForeignKey("imports.id"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    _state(),
    Column("email", Text, nullable=False),
    _text("failure"),
    _flag("told"),
    _time("doubted"),
    _time("changed"),
    Index("ix_notices_email", "email"),
    Index("ix_notices_state", "state"),
)

questions = Table(
    "questions",
    metadata,
    _id(),
    Column("thread", Id, ForeignKey("threads.id"), nullable=False, index=True),
    _state("kind"),
    _state(),
    _number("import_id"),
    _number("message"),
    _time("asked"),
    _time("remind_at"),
    _time("close_at"),
    _time("reminded"),
    Index("ix_questions_due", "state", "close_at"),
)

outbox = Table(
    "outbox",
    metadata,
    _id(),
    _state("kind"),
    _state(),
    Column("message_id", String(255), nullable=False, unique=True),
    _text("sender"),
    _text("recipients"),
    Column("body", LargeBinary),
    _text("mailbox"),
    _number("import_id"),
    _number("position", -1),
    _text("counted_for"),
    _number("thread"),
    _number("priority"),
    _number("attempts"),
    _time("next_attempt"),
    Column("lease_owner", Text),
    _time("lease_until"),
    _text("failure"),
    _flag("told"),
    _time("created"),
    _time("finished"),
    Index("ix_outbox_due", "state", "priority", "next_attempt", "id"),
    Index("ix_outbox_counted", "counted_for", "created"),
    Index("ix_outbox_import", "import_id", "position"),
    Index("ix_outbox_thread", "thread", "created"),
    Index("ix_outbox_untold", "state", "told"),
)

chores = Table(
    "mailbox_chores",
    metadata,
    _id(),
    _text("mailbox"),
    _state("kind"),
    _state(),
    _text("folder"),
    _text("source_folder"),
    _number("uidvalidity"),
    _number("uid"),
    _number("message"),
    _number("outbox"),
    _text("message_id"),
    Column("body", LargeBinary),
    _number("attempts"),
    _time("next_attempt"),
    _text("failure"),
    Index("ix_mailbox_chores_due", "mailbox", "state", "next_attempt"),
)

cursors = Table(
    "mailbox_cursor",
    metadata,
    Column("mailbox", String(255), primary_key=True),
    Column("folder", String(255), primary_key=True),
    _number("uidvalidity"),
    _number("last_uid"),
    _time("since"),
)

tokens = Table(
    "login_tokens",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("purpose", String(20), nullable=False),
    _text("directory"),
    _text("account"),
    _text("email"),
    _text("customer"),
    _number("import_id"),
    _number("position", -1),
    _time("created"),
    _time("expires"),
    _time("used"),
    _time("claimed"),
    Index("ix_login_tokens_account", "directory", "account"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", String(64), primary_key=True),
    _text("directory"),
    _text("account"),
    _number("epoch"),
    _time("created"),
    _time("expires"),
    Index("ix_sessions_expires", "expires"),
)

throttles = Table(
    "portal_throttle",
    metadata,
    Column("key", String(64), primary_key=True),
    _time("full_at"),
)

tickets = Table(
    "tickets",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("message_id", String(255), nullable=False),
    _text("email"),
    _text("subject"),
    Column("raw", LargeBinary),
    _number("size"),
    _time("created"),
    _time("expires"),
)

nodes = Table(
    "nodes",
    metadata,
    Column("name", String(255), primary_key=True),
    _text("version"),
    _text("status"),
    _time("started"),
    _time("seen"),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(255), primary_key=True),
    _text("owner"),
    _time("until"),
)
