"""The kinds of columns that the ledger's tables are made of, and the one MetaData they belong to."""

from sqlalchemy import BigInteger, Boolean, Column, Float, Integer, MetaData, String, Text

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


def row_id() -> Column[int]:
    """A key of its own for every row."""
    return Column("id", Id, primary_key=True, autoincrement=True)


def number(name: str, default: int = 0) -> Column[int]:
    """A whole number."""
    return Column(name, BigInteger, nullable=False, server_default=str(default))


def moment(name: str) -> Column[float]:
    """Epoch seconds, 0 for never."""
    return Column(name, Float(53), nullable=False, server_default="0")


def words(name: str) -> Column[str]:
    """Text, '' for none."""
    return Column(name, Text, nullable=False, server_default="")


def flag(name: str) -> Column[bool]:
    """Yes or no, no by default."""
    return Column(name, Boolean, nullable=False, server_default="0")


def state(name: str = "state") -> Column[str]:
    """One of an Enum's values."""
    return Column(name, String(20), nullable=False)
