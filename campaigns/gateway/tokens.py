"""Keeps a token in memory: for credentials that are tried before they are stored."""

from collections.abc import Callable
from threading import Lock

from campaigns.gateway.contract import Token


class MemoryTokens:
    """A `TokenStore` that lives as long as the object; one caller at a time fetches."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._token: Token | None = None

    def current(self) -> Token | None:
        """Return the token fetched last."""
        return self._token

    def renew(self, stale: str | None, fetch: Callable[[], Token]) -> Token:
        """Fetch a token unless somebody replaced the stale one meanwhile."""
        with self._lock:
            token = self._token
            if token is None or token.value == stale:
                self._token = token = fetch()
            return token
