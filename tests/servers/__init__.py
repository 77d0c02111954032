"""Real servers for the tests, all on loopback: a mail lab (Dovecot, Postfix and milters) and PostgreSQL."""
