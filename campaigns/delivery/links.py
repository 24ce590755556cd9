"""What a worker holds while it serves one connection: row, platform, client."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from campaigns import registry
from campaigns.delivery import accounts
from campaigns.forms import CampaignForm
from campaigns.gateway.contract import Client, Platform
from campaigns.models import Connection, ReadPolicy


@dataclass(frozen=True, slots=True)
class Link:
    """One connection in use. A link serves one thread."""

    connection: Connection
    platform: Platform
    client: Client

    @property
    def form(self) -> type[CampaignForm]:
        """The platform's declaration of fields."""
        return self.platform.form

    @property
    def list_keys(self) -> frozenset[str]:
        """The keys of the document that the platform's list reports."""
        return self.platform.capabilities.list_keys

    @property
    def settle(self) -> timedelta:
        """How long a read may still show an older value after a send."""
        return timedelta(seconds=self.connection.settle_seconds)

    @property
    def is_careful(self) -> bool:
        """Reads before and after each send."""
        return self.connection.read_policy == ReadPolicy.CAREFUL

    @property
    def is_blind(self) -> bool:
        """Never reads."""
        return self.connection.read_policy == ReadPolicy.BLIND


@contextmanager
def opened(connection: Connection) -> Iterator[Link]:
    """A link to the platform of `connection`, closed afterwards.

    Raises `Unavailable` when an address or a credential cannot be used as it is.
    """
    client = accounts.open_client(connection)
    try:
        yield Link(connection, registry.get(connection.platform), client)
    finally:
        client.close()
