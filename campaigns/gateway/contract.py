"""What a platform offers and what travels between it and the rest of the desk.

Values and promises only: nothing here opens a connection.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol

from campaigns.documents import Document
from campaigns.forms import CampaignForm
from campaigns.gateway.outcomes import (
    Exchange,
    Fields,
    GatewayError,
    Hold,
    OutcomeUnknown,
    Rejected,
    Unavailable,
)

__all__ = [
    "Account",
    "Capabilities",
    "Check",
    "Client",
    "Exchange",
    "Fields",
    "GatewayError",
    "Hold",
    "OutcomeUnknown",
    "Page",
    "Platform",
    "ReadPolicy",
    "Reading",
    "Rejected",
    "Row",
    "Secret",
    "Timeout",
    "Token",
    "TokenStore",
    "Unavailable",
]


@dataclass(frozen=True, slots=True)
class Timeout:
    """Bounds of one exchange, in seconds; `total` covers it from name look-up on."""

    connect: float = 3.0
    read: float = 15.0
    total: float = 20.0


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token; its text stays out of every representation."""

    value: str = field(repr=False)
    expires_at: datetime


class TokenStore(Protocol):
    """Where the token of one connection is kept, shared by all who use it."""

    def current(self) -> Token | None:
        """Return the stored token, expired or not; None when there is none."""
        ...

    def renew(self, stale: str | None, fetch: Callable[[], Token]) -> Token:
        """Replace the token whose value is `stale` by what `fetch` returns.

        One caller at a time fetches. Who finds a token newer than `stale` gets
        that one and fetches nothing. What `fetch` raises passes through.
        """
        ...


@dataclass(frozen=True, slots=True)
class Account:
    """Everything a client needs to speak for one connection."""

    base_url: str
    token_url: str
    secrets: Mapping[str, str] = field(repr=False)
    employer: str
    tokens: TokenStore = field(repr=False)
    loopback_allowed: bool = False
    timeout: Timeout = Timeout()


@dataclass(frozen=True, slots=True)
class Row:
    """One campaign as the platform reports it.

    `document` is in PATCH shape: a key that is present was reported (null means
    reported as empty), an absent key was not. A row of a list is partial.
    """

    remote_id: str
    name: str
    status: str
    document: Document


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the list."""

    rows: tuple[Row, ...]
    exchange: Exchange


@dataclass(frozen=True, slots=True)
class Reading:
    """One campaign read by itself: the full document."""

    row: Row
    exchange: Exchange


@dataclass(frozen=True, slots=True)
class Check:
    """What a connection can do, or what is wrong with it, one sentence each."""

    ok: bool
    words: tuple[str, ...]


class Client(Protocol):
    """Speaks to one platform for one account. Never retries by itself.

    Every method may raise `Unavailable`; only `patch` raises `OutcomeUnknown`.
    A client may be used by one thread at a time.
    """

    def pages(self) -> Iterator[Page]:
        """Walk the whole list, page by page, each campaign in one status or other."""
        ...

    def read(self, remote_id: str) -> Reading:
        """Read one campaign; `Rejected` with status 404 when there is none."""
        ...

    def patch(self, remote_id: str, body: Document) -> Exchange:
        """Send `body` once; returning means the platform accepted it."""
        ...

    def check(self) -> Check:
        """Try the credentials with reads alone; never raises `GatewayError`."""
        ...

    def close(self) -> None:
        """Drop the connections that are kept open."""
        ...


ReadPolicy = Literal["careful", "thrifty", "blind"]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform can be asked for, and at which price.

    `list_keys` and `read_keys` are root keys of the document that a row of the list
    and a single read report as a rule; a platform may leave some of them out.
    Costs are per call, the most that may be charged, in `currency`; `calls_cost` is
    None where calls are free.
    """

    list_keys: frozenset[str]
    read_keys: frozenset[str]
    default_policy: ReadPolicy
    settle_seconds: int = 30
    calls_cost: Decimal | None = None
    currency: str = ""
    cost_words: str = ""


@dataclass(frozen=True, slots=True)
class Secret:
    """One thing the connect form asks for; `secret` values are never shown again.

    `demo` is what the platform's sandbox accepts.
    """

    name: str
    label: str
    help: str
    secret: bool = True
    required: bool = True
    demo: str = ""


@dataclass(frozen=True, slots=True)
class Platform:
    """One advertising platform: what can be edited and how to reach it.

    `demo_employer` is the employer that the platform's sandbox knows, `demo_name`
    what the demo calls its connection; "<name> sandbox" unless given.
    """

    key: str
    name: str
    short: str
    form: type[CampaignForm]
    capabilities: Capabilities
    secrets: tuple[Secret, ...]
    base_url: str
    token_url: str
    needs_employer: bool
    client: Callable[[Account], Client]
    demo_employer: str = ""
    demo_name: str = ""

    def open(self, account: Account) -> Client:
        """Return a client for `account`; nothing is sent yet.

        Raises `Unavailable` with hold CONNECTION when an address or a credential
        cannot be used as it is.
        """
        return self.client(account)

    def demo_secrets(self) -> dict[str, str]:
        """Return the credentials that the platform's sandbox accepts."""
        return {secret.name: secret.demo for secret in self.secrets if secret.demo}
