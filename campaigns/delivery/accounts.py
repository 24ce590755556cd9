"""What a client needs of a connection: its addresses, its credentials, its token.

A token is kept sealed in the row of its connection, so that every process uses the
same one, and is renewed by one process at a time. No transaction spans the network.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings

from campaigns import clock, keyring, registry
from campaigns.delivery import leases
from campaigns.gateway.contract import (
    Account,
    Client,
    Hold,
    Timeout,
    Token,
    Unavailable,
)
from campaigns.models import Connection

LEASE = timedelta(seconds=30)
"""Longer than one exchange may take: whoever holds it longer has died."""
PATIENCE = 30.0
PAUSE = 0.1


class RowTokens:
    """The `TokenStore` of one connection, in its own row."""

    def __init__(self, connection_id: int, patience: float = PATIENCE) -> None:
        self._mine = Connection.objects.filter(pk=connection_id)
        self._patience = patience

    def current(self) -> Token | None:
        """Return the stored token; None when there is none or no key opens it."""
        row = self._mine.values_list("sealed_token", "token_expires_at").first()
        if row is None or not row[0] or row[1] is None:
            return None
        try:
            return Token(keyring.open_sealed(row[0])["token"], row[1])
        except keyring.KeyMissing:
            return None

    def renew(self, stale: str | None, fetch: Callable[[], Token]) -> Token:
        """Replace the stale token; waits a bounded time while another process does."""
        give_up = time.monotonic() + self._patience
        while time.monotonic() < give_up:
            token = self._newer(stale)
            if token:
                return token
            lease = self._claim()
            if lease:
                return self._fetch(stale, fetch, lease)
            time.sleep(PAUSE)
        raise Unavailable(
            "Another worker is fetching a new token, and that takes too long. "
            "It will be tried again."
        )

    def _newer(self, stale: str | None) -> Token | None:
        token = self.current()
        if token is None or token.value == stale or token.expires_at <= clock.now():
            return None
        return token

    def _claim(self) -> datetime | None:
        now = clock.now()
        free = leases.over("token_lease_until", now, LEASE)
        lease = now + LEASE
        return (
            lease if self._mine.filter(free).update(token_lease_until=lease) else None
        )

    def _fetch(
        self, stale: str | None, fetch: Callable[[], Token], lease: datetime
    ) -> Token:
        """Somebody may have finished just before the claim: look once more."""
        claimed = self._mine.filter(token_lease_until=lease)
        try:
            token = self._newer(stale)
            if token is None:
                token = fetch()
                sealed = keyring.seal({"token": token.value})
                claimed.update(sealed_token=sealed, token_expires_at=token.expires_at)
            return token
        finally:
            claimed.update(token_lease_until=None)


def account_of(connection: Connection, timeout: Timeout | None = None) -> Account:
    """The account behind a connection.

    Raises `Unavailable` with hold CONNECTION when its credentials cannot be opened.
    """
    try:
        secrets = keyring.open_sealed(connection.sealed_secrets)
    except keyring.KeyMissing as error:
        raise Unavailable(str(error), hold=Hold.CONNECTION) from error
    return Account(
        base_url=connection.base_url,
        token_url=connection.token_url,
        secrets=secrets,
        employer=connection.employer,
        tokens=RowTokens(connection.pk, timeout.total if timeout else PATIENCE),
        loopback_allowed=(
            connection.is_sandbox or settings.CAMPAIGN_DESK_ALLOW_LOOPBACK
        ),
        timeout=timeout or Timeout(),
    )


def open_client(connection: Connection, timeout: Timeout | None = None) -> Client:
    """A client for this connection; nothing is sent yet. The caller closes it.

    Raises `Unavailable` when an address or a credential cannot be used as it is.
    """
    platform = registry.get(connection.platform)
    return platform.open(account_of(connection, timeout))
