"""The table of the embedded directory; it lies in the ledger's database, and its migrations make it."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(naming_convention={"pk": "pk_%(table_name)s"})

accounts = Table(
    "accounts",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("directory", String(100), nullable=False),
    Column("key", String(400), nullable=False),
    Column("username", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("first_name", Text, nullable=False),
    Column("last_name", Text, nullable=False),
    Column("password_hash", Text, nullable=False, server_default=""),
    Column("active", Boolean, nullable=False, server_default="1"),
    Column("stamp", Text, nullable=False, server_default=""),
    Column("session_epoch", BigInteger, nullable=False, server_default="0"),
    Column("created", Float(53), nullable=False, server_default="0"),
    Column("last_login", Float(53), nullable=False, server_default="0"),
    UniqueConstraint("directory", "key", name="uq_accounts_directory_key"),
)
