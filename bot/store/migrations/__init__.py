"""The schema of the ledger through its releases, one step a file."""
