"""How fast a connection may be called, and when it is left alone for a while.

Both live in the connection's row, so that all workers share them: a leaky bucket
(GCRA) moved by conditional UPDATE, slowed down by 429; and a circuit breaker that
failures of the network open and 4xx answers never do.
"""

from datetime import datetime, timedelta

from django.db.models import F

from campaigns import clock, limits
from campaigns.gateway.contract import (
    GatewayError,
    OutcomeUnknown,
    Rejected,
    Unavailable,
)
from campaigns.models import Connection

TRIES = 5
SLOWEST_MS = 60_000
THROTTLED = 429


class Busy(Exception):
    """No call may be made on this connection before `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"no call before {until.isoformat()}")
        self.until = until


def take(connection_id: int, calls: int, *, is_urgent: bool) -> None:
    """Book `calls` calls to be made now. Raises `Busy` when that is too many.

    What is not urgent leaves a reserve for people's own edits.
    """
    mine = Connection.objects.filter(pk=connection_id)
    room = limits.count("BURST") - (0 if is_urgent else limits.count("RESERVE"))
    for _ in range(TRIES):
        now = clock.now()
        pace, until = _pace(mine.get())
        booked = max(until or now, now)
        if booked - now > pace * (room - calls):
            raise Busy(booked - pace * (room - calls))
        if mine.filter(paced_until=until).update(paced_until=booked + pace * calls):
            return
    raise Busy(clock.now() + timedelta(milliseconds=50))


def _pace(connection: Connection) -> tuple[timedelta, datetime | None]:
    usual = 60_000 / max(1, connection.calls_per_minute)
    pace = timedelta(milliseconds=max(usual, connection.pace_ms))
    return pace, connection.paced_until


def learn(connection: Connection, error: GatewayError | None) -> None:
    """Let the pace and the breaker know how a call ended; None is well."""
    if isinstance(error, Unavailable) and _status(error) == THROTTLED:
        slow_down(connection)
    elif is_failure(error):
        went_wrong(connection.pk)
    else:
        went_well(connection.pk)


def is_failure(error: GatewayError | None) -> bool:
    """Whether the platform itself failed, rather than said no."""
    if error is None or isinstance(error, Rejected):
        return False
    status = _status(error)
    return status is None or status >= 500 or isinstance(error, OutcomeUnknown)


def _status(error: GatewayError) -> int | None:
    return error.exchange.status if error.exchange else None


def slow_down(connection: Connection) -> None:
    """The platform said 429: call half as often from now on."""
    usual = 60_000 // max(1, connection.calls_per_minute)
    slower = min(SLOWEST_MS, 2 * max(usual, connection.pace_ms, 1))
    Connection.objects.filter(pk=connection.pk).update(pace_ms=slower)


def went_well(connection_id: int) -> None:
    """The platform answered: close the breaker, and speed up a little again."""
    Connection.objects.filter(pk=connection_id).exclude(
        failures=0, pace_ms=0, quiet_until=None
    ).update(failures=0, quiet_until=None, pace_ms=F("pace_ms") * 9 / 10)


def went_wrong(connection_id: int) -> None:
    """The platform could not be reached, or failed: rest when it keeps failing."""
    mine = Connection.objects.filter(pk=connection_id)
    mine.update(failures=F("failures") + 1)
    failures = mine.values_list("failures", flat=True).get()
    too_many = failures - limits.count("FAILURES")
    if too_many >= 0:
        rest = limits.span("FIRST_REST") * 2 ** min(too_many, 10)
        mine.update(quiet_until=clock.now() + min(limits.span("LONGEST_REST"), rest))


def is_resting(connection: Connection) -> bool:
    """Whether the breaker is open."""
    return connection.quiet_until is not None and connection.quiet_until > clock.now()


def is_on_trial(connection: Connection) -> bool:
    """Whether the breaker was open: one read decides whether sending goes on."""
    return connection.failures >= limits.count("FAILURES")
