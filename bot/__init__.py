"""Rollcall: a learner spreadsheet in the support mailbox becomes accounts, notices and one reply."""

__version__ = "0.1.0"
