"""Access tokens in place of passwords: asked for at every connect, kept until shortly before they expire."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

# A token is replaced this long before its end: a login that begins with it must still finish.
MARGIN_SECONDS = 300.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """A bearer token and how many seconds it is good for from now on."""

    value: str
    lifetime: float


class TokenKeeper:
    """Gives a token that is good now, fetching one only when the last is nearly over.

    `fetch` raises `TokenRefused`, `TokenUnavailable` or `ConfigurationError`. `clock` counts seconds and
    never goes back, so a corrected wall clock changes nothing.
    """

    def __init__(self, fetch: Callable[[], Token], clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._good_until = 0.0

    def __call__(self) -> str:
        """The token; several threads may ask at once, and one of them fetches."""
        with self._lock:
            if not self._token or self._clock() >= self._good_until:
                asked = self._clock()
                token = self._fetch()
                self._token = token.value
                self._good_until = asked + token.lifetime - min(MARGIN_SECONDS, token.lifetime / 2)
            return self._token

    def forget(self, refused: str) -> None:
        """The mail server did not take this token: the next call fetches one, unless another has already.

        Sessions that lose their token together so share the new one; some services end the last token they
        gave with the next.
        """
        with self._lock:
            if self._token == refused:
                self._token = ""
