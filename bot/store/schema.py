"""The tables of the ledger. Times are epoch seconds (UTC); what each state means stands in `values`."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.store.columns import Id, flag, metadata, moment, number, row_id, state, words
from bot.store.portal_tables import sessions as sessions
from bot.store.portal_tables import throttles as throttles
from bot.store.portal_tables import tickets as tickets
from bot.store.portal_tables import tokens as tokens

DOUBTED = text("doubted > 0")

messages = Table(
    "messages",
    metadata,
    row_id(),
    words("mailbox"),
    words("folder"),
    number("uidvalidity"),
    number("uid"),
    Column("message_id", Text, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("raw", LargeBinary),
    words("sender"),
    words("subject"),
    number("size"),
    flag("too_large"),
    state(),
    words("reason"),
    flag("filed"),
    Column("release", String(10), nullable=False, server_default=""),
    number("run", 1),
    number("fence"),
    number("crashes"),
    number("witnessed"),
    number("tries"),
    moment("next_attempt"),
    moment("waiting_since"),
    Column("lease_owner", Text),
    moment("lease_until"),
    moment("received"),
    moment("finished"),
    UniqueConstraint("message_id", "fingerprint", name="uq_messages_message_id_fingerprint"),
    Index("ix_messages_state_due", "state", "next_attempt"),
    Index("ix_messages_sender_state", "sender", "state"),
    Index("ix_messages_digest", "digest"),
    # What is open has 0 here: work is found in order, however many messages came to their end before.
    Index("ix_messages_finished", "finished", "id"),
)

threads = Table(
    "threads",
    metadata,
    row_id(),
    words("customer"),
    Column("answer", String(10), nullable=False, server_default="unstated"),
    words("evidence"),
    flag("told_staff"),
    moment("opened"),
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
    row_id(),
    Column("reference", String(16), nullable=False, unique=True),
    Column("message", Id, ForeignKey("messages.id"), nullable=False),
    number("run", 1),
    Column("thread", Id, ForeignKey("threads.id"), nullable=False, index=True),
    words("customer"),
    words("directory"),
    state(),
    flag("dry_run"),
    Column("answer", String(10), nullable=False),
    words("evidence"),
    words("answer_where"),
    flag("from_thread"),
    words("source"),
    moment("started"),
    moment("finished"),
    UniqueConstraint("message", "run", name="uq_imports_message_run"),
)

import_rows = Table(
    "import_rows",
    metadata,
    Column("import_id", Id, ForeignKey("imports.id"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    words("file"),
    words("sheet"),
    number("number"),
    words("first_name"),
    words("last_name"),
    words("email"),
    Column("key", Text, nullable=False, server_default="", index=True),
    Column("outcome", String(20), nullable=False),
    words("reason"),
    words("detail"),
    words("hint"),
    words("repairs"),
    Column("journal", String(10), nullable=False),
    words("account"),
    sqlite_with_rowid=False,
)

notices = Table(
    "notices",
    metadata,
    Column("import_id", Id, ForeignKey("imports.id"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    state(),
    Column("email", Text, nullable=False),
    words("failure"),
    flag("told"),
    moment("doubted"),
    moment("changed"),
    Index("ix_notices_email", "email"),
    Index("ix_notices_untold", "state", "told"),
    # Of many that were sent, few are in doubt: they alone are in it.
    Index("ix_notices_doubted", "state", "doubted", sqlite_where=DOUBTED, postgresql_where=DOUBTED),
)

questions = Table(
    "questions",
    metadata,
    row_id(),
    Column("thread", Id, ForeignKey("threads.id"), nullable=False, index=True),
    state("kind"),
    state(),
    number("import_id"),
    number("message"),
    moment("asked"),
    moment("remind_at"),
    moment("close_at"),
    moment("reminded"),
    Index("ix_questions_due", "state", "close_at"),
)

outbox = Table(
    "outbox",
    metadata,
    row_id(),
    state("kind"),
    state(),
    Column("message_id", String(255), nullable=False, unique=True),
    words("sender"),
    words("recipients"),
    Column("body", LargeBinary),
    words("mailbox"),
    number("import_id"),
    number("position", -1),
    words("counted_for"),
    number("thread"),
    number("priority"),
    number("attempts"),
    moment("next_attempt"),
    Column("lease_owner", Text),
    moment("lease_until"),
    words("failure"),
    flag("told"),
    moment("created"),
    moment("finished"),
    Index("ix_outbox_due", "state", "priority", "next_attempt", "id"),
    Index("ix_outbox_counted", "counted_for", "created"),
    Index("ix_outbox_kind", "kind", "created"),
    Index("ix_outbox_import", "import_id", "position"),
    Index("ix_outbox_thread", "thread", "created"),
    Index("ix_outbox_untold", "state", "told"),
)

chores = Table(
    "mailbox_chores",
    metadata,
    row_id(),
    words("mailbox"),
    state("kind"),
    state(),
    words("folder"),
    words("source_folder"),
    number("uidvalidity"),
    number("uid"),
    number("message"),
    number("outbox"),
    words("message_id"),
    Column("body", LargeBinary),
    number("attempts"),
    moment("next_attempt"),
    words("failure"),
    Index("ix_mailbox_chores_due", "state", "mailbox", "next_attempt"),
)

cursors = Table(
    "mailbox_cursor",
    metadata,
    Column("mailbox", String(255), primary_key=True),
    Column("folder", String(255), primary_key=True),
    number("uidvalidity"),
    number("last_uid"),
    moment("since"),
)

nodes = Table(
    "nodes",
    metadata,
    Column("name", String(255), primary_key=True),
    words("version"),
    words("status"),
    moment("started"),
    moment("seen"),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(255), primary_key=True),
    words("owner"),
    moment("until"),
)
