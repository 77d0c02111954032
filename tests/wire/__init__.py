"""The mail edges on servers: the embedded pair always, Dovecot and Postfix under the marker `servers`."""
