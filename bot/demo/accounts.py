"""Who may log in to the embedded pair, and the levers that change that while it runs."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Accounts:
    """Passwords and bearer tokens by address. A refusal is the server's word, not a dropped connection."""

    passwords: dict[str, str]
    tokens: dict[str, str] = field(default_factory=dict)
    refuse_imap_logins: bool = False
    refuse_smtp_logins: bool = False

    def has_password(self, address: str, password: str) -> bool:
        """Whether this is the account's password."""
        return self.passwords.get(address) == password

    def has_token(self, address: str, token: str) -> bool:
        """Whether this bearer token is good for the account now."""
        return bool(token) and self.tokens.get(address) == token
