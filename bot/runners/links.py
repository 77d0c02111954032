"""One-time links: derived from a secret, so that a retried notice says the same and only a hash is stored."""

import base64
import contextlib
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from bot.errors import ConfigurationError

KEY_BYTES = 32


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkMaker:
    """Makes the links of notices. `base_url` has no slash at its end; `key` never leaves this machine."""

    base_url: str
    key: bytes

    def token(self, message_id: str) -> str:
        """256 bits that only the holder of the key can derive from the notice's Message-ID, as base64url."""
        digest = hmac.new(self.key, message_id.encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")

    def link(self, token: str) -> str:
        """The page that the token opens."""
        return f"{self.base_url}/welcome/{token}"

    def ticket_link(self, token: str) -> str:
        """The page that confirms a ticket."""
        return f"{self.base_url}/ticket/confirm/{token}"


def load_key(path: Path) -> bytes:
    """The secret in `path`; made on the first run, readable by its owner alone."""
    try:
        if not path.exists():
            _make_key(path)
    except OSError as error:
        raise ConfigurationError(f"links.key_file {path}: {error.strerror}") from None
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"links.key_file {path}: cannot be read: {error}") from None
    if len(key) < KEY_BYTES:
        raise ConfigurationError(f"links.key_file {path}: must hold {KEY_BYTES} random bytes in hex")
    return key


def _make_key(path: Path) -> None:
    """The file appears whole or not at all, whoever else makes it now and whenever the power fails."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another bot was quicker: its key is the key
            os.link(draft, path)
    finally:
        os.unlink(draft)
