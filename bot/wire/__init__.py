"""The mail edges: IMAP in, SMTP out, and the tokens both may log in with."""
