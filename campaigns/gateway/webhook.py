"""Tells an address of ours or a partner's what happened: one signed POST.

The receiver checks the signature over the time and the exact body with the secret
that both know. Nothing is followed, nothing repeated here.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from campaigns.gateway import addresses, failures
from campaigns.gateway.answers import Request
from campaigns.gateway.contract import (
    Account,
    Exchange,
    Rejected,
    Timeout,
)
from campaigns.gateway.exchange import Line
from campaigns.gateway.masking import Mask
from campaigns.gateway.places import NOTICE
from campaigns.gateway.tokens import MemoryTokens

WHO: Final = "The receiver"
SIGNATURE: Final = "Campaign-Desk-Signature"
DELIVERY: Final = "Campaign-Desk-Delivery"
TIMEOUT: Final = Timeout(connect=3.0, read=5.0, total=10.0)
ANSWER_LIMIT: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Hook:
    """An address to tell, and the secret to sign with."""

    url: str
    secret: str = field(repr=False)
    loopback_allowed: bool = False


def checked(url: str, *, loopback_allowed: bool) -> str:
    """An address that may be told. Raises `Unavailable` with words for a form."""
    return addresses.checked(url, loopback_allowed=loopback_allowed, place=NOTICE)


def signature(secret: str, body: str, at: datetime) -> str:
    """`t=<unix time>,v1=<hex>`: HMAC-SHA256 over the time, a dot and the body."""
    moment = str(int(at.timestamp()))
    signed = f"{moment}.{body}".encode()
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


def post(hook: Hook, body: str, *, at: datetime, delivery: str) -> Exchange:
    """Send one body; any 2xx is taken as heard.

    Raises `Unavailable`, with `retry_after` where the receiver named a time, or
    `Rejected` for a refusal. `delivery` stays the same when a body is sent again.
    """
    account = Account(
        base_url=checked(hook.url, loopback_allowed=hook.loopback_allowed),
        token_url="",
        secrets={},
        employer="",
        tokens=MemoryTokens(),
        loopback_allowed=hook.loopback_allowed,
        timeout=TIMEOUT,
    )
    signed = {SIGNATURE: signature(hook.secret, body, at), DELIVERY: delivery}
    request = Request("POST", account.base_url, signed, body, answer_limit=ANSWER_LIMIT)
    line = Line(Mask([hook.secret]), account, who=WHO, place=NOTICE)
    try:
        return _said_yes(line, request)
    finally:
        line.close()


def _said_yes(line: Line, request: Request) -> Exchange:
    answer = line.send(request, line.deadline())
    if 200 <= answer.status < 300:
        return answer.exchange
    error = failures.by_status(answer, who=WHO, changes=False, place=NOTICE)
    if error:
        raise error
    raise Rejected(
        f"{WHO} refused the notice (HTTP {answer.status}).", status=answer.status
    )
