"""The pages that learners and customers open: one-time links, sign-in, and the New ticket form."""
