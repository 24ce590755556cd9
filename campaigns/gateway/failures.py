"""Sorts what went wrong into the three errors of the contract.

Knows what a broken connection and a status mean on every platform; what a refusal
says in its body is the platform's own business.
"""

import ssl
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

from campaigns import clock
from campaigns.gateway.answers import Answer
from campaigns.gateway.contract import (
    Exchange,
    GatewayError,
    Hold,
    OutcomeUnknown,
    Unavailable,
)
from campaigns.gateway.places import CONNECTION, Place
from campaigns.gateway.sockets import ForbiddenAddress, Stage, Trip

LONGEST_DELAY: Final = 1e9

_LATE: Final = {
    Stage.RESOLVE: "The address {host} could not be looked up in time.",
    Stage.CONNECT: "{host} could not be reached in time.",
    Stage.SECURE: "{host} did not finish the secure handshake in time.",
}
_BROKEN: Final = {
    Stage.RESOLVE: (
        "The address {host} could not be found. Check the {addresses} and the network."
    ),
    Stage.CONNECT: (
        "{host} could not be reached. Check the {addresses} and the network."
    ),
    Stage.SECURE: (
        "No secure connection to {host} could be made ({reason}). "
        "Check the {addresses}."
    ),
}
MAYBE: Final = "The change may have been applied or not; a later read will tell."


def unanswered(
    trip: Trip,
    exchange: Exchange,
    *,
    who: str,
    changes: bool,
    place: Place = CONNECTION,
) -> GatewayError:
    """Return the error for a request that got no status line."""
    if isinstance(trip.trouble, ForbiddenAddress):
        return _forbidden(trip.trouble, exchange, place)
    words = _what_broke(trip, exchange, who, place)
    if not trip.left:
        return Unavailable(f"{words} Nothing was sent.", exchange=exchange)
    if changes:
        return OutcomeUnknown(f"{words} {MAYBE}", exchange=exchange)
    return Unavailable(words, exchange=exchange)


def broken_off(trip: Trip) -> str:
    """Complete "answered with …" for a body that did not arrive whole."""
    is_late = trip.is_over or isinstance(trip.trouble, TimeoutError)
    return "text that did not end in time" if is_late else "text that was cut off"


def by_status(
    answer: Answer,
    *,
    who: str,
    changes: bool,
    said: str = "",
    advice: str = "",
    place: Place = CONNECTION,
) -> GatewayError | None:
    """Return the error of a status that means the same on every platform.

    None for a readable or empty 2xx, and for the refusals from 400 to 499 that a
    platform words itself. `said` is the platform's own text, `advice` what else to
    tell about a failure of theirs. Source: pipeline rules for answers.
    """
    status = answer.status
    if 200 <= status < 300:
        return _unusable(answer, who, changes=changes) if answer.trouble else None
    if 300 <= status < 400:
        return _redirected(answer, who, place)
    if status == 402:
        return _unpaid(answer, who, said)
    if status == 429:
        return slowed(answer, who, said)
    if status in (408, 425) or not 400 <= status < 500:
        words = f"{who} could not process the request (HTTP {status}). {advice}".strip()
        return _failed(answer, words, said, changes=changes)
    return None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Read Retry-After in seconds, given as seconds or as a date; None if neither."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text), LONGEST_DELAY)
    try:
        until = parsedate_to_datetime(text)
        seconds = (until - clock.now()).total_seconds()
    except (TypeError, ValueError, OverflowError):
        return None
    return max(0.0, seconds)


def _what_broke(trip: Trip, exchange: Exchange, who: str, place: Place) -> str:
    host = urlsplit(exchange.url).hostname or who
    is_late = trip.is_over or isinstance(trip.trouble, TimeoutError)
    if trip.stage in _BROKEN:
        words = _LATE if is_late else _BROKEN
        reason, addresses = _reason(trip.trouble), place.addresses
        return words[trip.stage].format(host=host, reason=reason, addresses=addresses)
    if is_late:
        return f"{who} did not answer in time."
    return f"{who} ended the connection without a complete answer."


def _reason(trouble: Exception | None) -> str:
    if isinstance(trouble, ssl.SSLCertVerificationError):
        return trouble.verify_message or "the certificate is not valid"
    return "the handshake failed"


def _forbidden(
    trouble: ForbiddenAddress, exchange: Exchange, place: Place
) -> Unavailable:
    host = urlsplit(exchange.url).hostname
    return Unavailable(
        f"{host} leads to {trouble}, which the settings do not allow. "
        f"Nothing was sent.{place.correct('the address')}",
        exchange=exchange,
        hold=Hold.CONNECTION,
    )


def _unusable(answer: Answer, who: str, *, changes: bool) -> GatewayError:
    words = f"{who} answered with {answer.trouble}."
    if changes:
        return OutcomeUnknown(f"{words} {MAYBE}", exchange=answer.exchange)
    return Unavailable(words, exchange=answer.exchange)


def _redirected(answer: Answer, who: str, place: Place) -> Unavailable:
    return Unavailable(
        f"{who} pointed to another address (HTTP {answer.status}), which was not "
        f"followed.{place.correct('the addresses')}",
        exchange=answer.exchange,
        hold=Hold.CONNECTION,
    )


def _unpaid(answer: Answer, who: str, said: str) -> Unavailable:
    return Unavailable(
        f"{who} asks for payment, or the quota of calls is used up (HTTP 402). "
        "An admin must look into the account.",
        exchange=answer.exchange,
        said=said,
        hold=Hold.CONNECTION,
    )


def slowed(answer: Answer, who: str, said: str) -> Unavailable:
    """Return the error for an answer that asks to call less."""
    return Unavailable(
        f"{who} asks to slow down (HTTP {answer.status}). It is tried again later.",
        exchange=answer.exchange,
        said=said,
        retry_after=retry_after(answer.headers),
    )


def _failed(answer: Answer, words: str, said: str, *, changes: bool) -> GatewayError:
    wish = retry_after(answer.headers)
    if changes:
        return OutcomeUnknown(
            f"{words} {MAYBE}", exchange=answer.exchange, said=said, retry_after=wish
        )
    return Unavailable(
        f"{words} It is tried again later.",
        exchange=answer.exchange,
        said=said,
        retry_after=wish,
    )
