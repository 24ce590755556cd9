"""Obtains tokens from Indeed for one employer, by client credentials.

Source: docs/platforms.md 2.1, NF-I14. A token stands for exactly one employer.
"""

from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from urllib.parse import urlencode

from campaigns import clock
from campaigns.gateway import credentials, failures
from campaigns.gateway.answers import Answer, Request
from campaigns.gateway.contract import (
    Account,
    GatewayError,
    Hold,
    Secret,
    Token,
    Unavailable,
)
from campaigns.gateway.exchange import Line
from campaigns.gateway.masking import Mask
from campaigns.platforms.indeed import assumptions, reading

CLIENT_ID: Final = Secret(
    name="client_id",
    label="Client id",
    help="From the application's page in Indeed's partner console.",
    secret=False,
    demo="demo-client",
)
CLIENT_SECRET: Final = Secret(
    name="client_secret",
    label="Client secret",
    help="Shown beside the client id when the application was made.",
    demo="demo-secret",
)
SCOPE: Final = Secret(
    name="scope",
    label="Scopes",
    help="Leave empty unless Indeed granted this application other scopes.",
    secret=False,
    required=False,
)
SECRETS: Final = (CLIENT_ID, CLIENT_SECRET, SCOPE)

LIFETIME: Final = 3600
LONGEST: Final = Decimal(24 * 3600)
EARLY: Final = timedelta(seconds=60)

_WRONG: Final = "An admin must correct it under Connections."
REFUSED: Final = {
    "invalid_client": f"Indeed does not know this client id and secret. {_WRONG}",
    "invalid_grant": f"Indeed does not accept these credentials. {_WRONG}",
    "unauthorized_client": (
        "Indeed does not let this application ask for tokens by itself. An admin must "
        "enable client credentials for it."
    ),
    "unsupported_grant_type": f"The token address is not the current one. {_WRONG}",
    "invalid_scope": (
        "Indeed did not grant the scopes that were asked for. An admin must ask Indeed "
        "for them or correct the scopes of this connection."
    ),
    "invalid_request": (
        "Indeed misses something in the request for a token: most likely the employer "
        f"id is wrong. {_WRONG}"
    ),
    "access_denied": (
        "This application may not act for this employer. An admin must correct the "
        "employer id, or have the employer give access."
    ),
}
REFUSED_OTHERWISE: Final = f"Indeed gave no token for these credentials. {_WRONG}"
NO_TOKEN: Final = (
    "The token address answered without a token. An admin must check the token "
    "address of this connection."
)


class Grant:
    """The credentials of one connection, and how to turn them into a token."""

    def __init__(self, account: Account, url: str, line: Line, mask: Mask) -> None:
        self._url = url
        self._line = line
        self._mask = mask
        self._form = {
            "client_id": credentials.given(account, CLIENT_ID),
            "client_secret": credentials.given(account, CLIENT_SECRET),
            "grant_type": "client_credentials",
            "scope": credentials.given(account, SCOPE) or assumptions.scopes(),
            "employer": account.employer,
        }
        mask.learn(self._form["client_secret"])

    def fetch(self, deadline: float) -> Token:
        """Ask Indeed for a new token. Raises `Unavailable` alone."""
        asked_at = clock.now()
        answer = self._line.send(self._request(), deadline)
        error = sort(answer)
        if error is not None:
            raise self._mask.covered(error)
        token = _token(answer)
        self._mask.learn(token)
        lifetime = timedelta(seconds=_lifetime(answer.document.get("expires_in")))
        return Token(token, asked_at + lifetime)

    def _request(self) -> Request:
        return Request(
            "POST",
            self._url,
            headers={},
            body=urlencode(self._form),
            content_type="application/x-www-form-urlencoded",
        )


def is_due(token: Token) -> bool:
    """Tell whether a token must be replaced before it is used."""
    return token.expires_at - EARLY <= clock.now()


def sort(answer: Answer) -> GatewayError | None:
    """Return what is wrong with the token address's answer."""
    kind, said = _refusal(answer)
    common = failures.by_status(
        answer, who="Indeed's token address", changes=False, said=said
    )
    if common is not None:
        return common
    if answer.status < 300:
        return None
    return Unavailable(
        REFUSED.get(kind, REFUSED_OTHERWISE),
        exchange=answer.exchange,
        said=said,
        hold=Hold.CONNECTION,
    )


def _refusal(answer: Answer) -> tuple[str, str]:
    """Read error and words: RFC 6749, or the envelope of the other addresses."""
    for envelope in reading.errors(answer):
        return envelope
    document = answer.document if isinstance(answer.document, dict) else {}
    kind, said = document.get("error"), document.get("error_description")
    return str(kind or ""), str(said or kind or "")


def _token(answer: Answer) -> str:
    is_object = isinstance(answer.document, dict)
    value = answer.document.get("access_token") if is_object else None
    if not isinstance(value, str) or not credentials.is_visible(value):
        raise Unavailable(NO_TOKEN, exchange=answer.exchange, hold=Hold.CONNECTION)
    return value


def _lifetime(seconds: Any) -> float:
    """Read `expires_in`; what is missing or absurd counts as one hour."""
    try:
        number = Decimal(str(seconds))
    except InvalidOperation:
        return LIFETIME
    is_sane = number.is_finite() and number > 0
    return float(min(number, LONGEST)) if is_sane else LIFETIME
