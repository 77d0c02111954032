"""Checks passwords against their argon2id hashes, a few at a time, as long for a stranger as for anybody."""

import secrets
from collections.abc import Sequence

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from bot.portal.crews import Crew
from bot.values.portal import SignInRecord


class Hasher:
    """Verifies in the threads of a gentle crew (RFC 9106: argon2id with the library's parameters)."""

    def __init__(self, crew: Crew) -> None:
        self._crew = crew
        self._hasher = PasswordHasher()
        self._nobodys = ""

    async def find_match(self, password: str, accounts: Sequence[SignInRecord]) -> SignInRecord | None:
        """The account that this is the password of; the work is the same where there is no account."""
        return await self._crew.do(self._find_match, password, accounts)

    def _find_match(self, password: str, accounts: Sequence[SignInRecord]) -> SignInRecord | None:
        matches = [account for account in accounts if self._is_right(password, account)]
        if not accounts:
            self._verify(password, self._nobody())
        return next((account for account in matches if account.active), None)

    def _is_right(self, password: str, account: SignInRecord) -> bool:
        right = self._verify(password, account.password_hash or self._nobody())
        return right and bool(account.password_hash)

    def _verify(self, password: str, digest: str) -> bool:
        try:
            return self._hasher.verify(digest, password)
        except (Argon2Error, InvalidHashError):
            return False

    def _nobody(self) -> str:
        """The hash of a password that nobody has."""
        if not self._nobodys:
            self._nobodys = self._hasher.hash(secrets.token_urlsafe(24))
        return self._nobodys
