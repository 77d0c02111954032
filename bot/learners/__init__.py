"""From sheet rows to accounts: planned purely, created under a journal."""
