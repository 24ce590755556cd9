"""How an exchange can end, and what was said in it.

Errors, by what the caller may conclude:

    GatewayError
    ├── Rejected         the platform refused the request; it was not applied
    ├── Unavailable      certainly not applied; may be tried again later
    └── OutcomeUnknown   may have been applied; only a later read can tell
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

Fields = dict[str, list[str]]
"""Messages by the platform's dotted path; "" stands for the request as a whole."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came back, credentials masked, the answer capped.

    `status` is None when no complete status line arrived. `answer` holds what did
    arrive, at most 64 KiB of it, even when the exchange failed half-way. `calls` is how
    many requests left: two where a token was refused first, none where no byte left.
    """

    method: str
    url: str
    request_body: str
    status: int | None
    answer: str
    started_at: datetime
    seconds: float
    calls: int = 1


class Hold(StrEnum):
    """What must wait for a person before anything more is sent."""

    NONE = "none"
    CHANGE = "change"
    CONNECTION = "connection"


class GatewayError(Exception):
    """An exchange that did not end well.

    `message` is ours: what happened and what to do. `said` is the platform's own
    text, to be quoted as text. Neither ever holds a credential.
    """

    def __init__(
        self, message: str, *, exchange: Exchange | None = None, said: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.exchange = exchange
        self.said = said


class Rejected(GatewayError):
    """The platform refused the request: nothing was applied.

    `fields` has the platform's own words by path (ours where it gave none), `words`
    our explanation for the same paths where we have one.
    """

    def __init__(
        self,
        message: str,
        *,
        exchange: Exchange | None = None,
        fields: Fields | None = None,
        words: Fields | None = None,
        code: str = "",
        status: int = 400,
    ) -> None:
        self.fields: Fields = fields or {"": [message]}
        self.words: Fields = words or {}
        self.code = code
        self.status = status
        said = " ".join(text for texts in self.fields.values() for text in texts)
        super().__init__(message, exchange=exchange, said=said)


class Unavailable(GatewayError):
    """The request was certainly not applied.

    `retry_after` is the platform's wish in seconds, None when it voiced none.
    """

    def __init__(
        self,
        message: str,
        *,
        exchange: Exchange | None = None,
        said: str = "",
        retry_after: float | None = None,
        hold: Hold = Hold.NONE,
    ) -> None:
        super().__init__(message, exchange=exchange, said=said)
        self.retry_after = retry_after
        self.hold = hold


class OutcomeUnknown(GatewayError):
    """The request left and may have been applied: only a later read can tell.

    `retry_after` is the platform's wish in seconds, None when it voiced none.
    """

    def __init__(
        self,
        message: str,
        *,
        exchange: Exchange | None = None,
        said: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, exchange=exchange, said=said)
        self.retry_after = retry_after
