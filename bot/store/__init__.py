"""The ledger over SQLAlchemy Core: SQLite for one bot, PostgreSQL for several."""
