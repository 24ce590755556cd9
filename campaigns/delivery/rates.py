"""How fast a connection may be called, and when it is left alone for a while.

Both live in the connection's row, so that all workers share them: a leaky bucket
(GCRA) moved by conditional UPDATE, slowed down by 429; and a time before which nobody
calls, named by the platform (Retry-After) or by the circuit breaker, which failures of
the network open and 4xx answers never do.
"""

from datetime import datetime, timedelta

from django.db.models import F, Q
from django.db.models.functions import Greatest, Least

from campaigns import clock, limits
from campaigns.delivery import leases, urgency
from campaigns.gateway.contract import (
    Exchange,
    GatewayError,
    OutcomeUnknown,
    Rejected,
    Timeout,
    Unavailable,
)
from campaigns.models import Change, Connection

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
        now, connection = clock.now(), mine.get()
        check_quiet(connection)
        pace, until = _pace(connection), connection.paced_until
        if until is None or leases.is_over(until, now, pace * limits.count("BURST")):
            booked = now
        else:
            booked = until
        if booked - now > pace * (room - calls):
            raise Busy(booked - pace * (room - calls))
        if mine.filter(paced_until=until).update(paced_until=booked + pace * calls):
            return
    raise Busy(clock.now() + timedelta(milliseconds=50))


def book(change: Change, calls: int) -> None:
    """Book calls that are about to be made for a change, as `take` does."""
    is_urgent = urgency.is_urgent(change)
    take(change.campaign.connection_id, calls, is_urgent=is_urgent)


def count(connection_id: int, exchange: Exchange | None) -> None:
    """Add the requests of an exchange to those that this connection has used."""
    if exchange is not None and exchange.calls:
        mine = Connection.objects.filter(pk=connection_id)
        mine.update(calls_used=F("calls_used") + exchange.calls)


def check_quiet(connection: Connection) -> None:
    """Raise `Busy` while nobody may call."""
    until = connection.quiet_until
    if until and not leases.is_over(until, clock.now(), _longest_quiet()):
        raise Busy(until)


def may_call(now: datetime) -> Q:
    """The connections that nobody has to leave alone."""
    return leases.over("quiet_until", now, _longest_quiet())


def _longest_quiet() -> timedelta:
    return max(limits.span("ABSURD_DELAY"), limits.span("LONGEST_REST"))


def _pace(connection: Connection) -> timedelta:
    usual = 60_000 / max(1, connection.calls_per_minute)
    return timedelta(milliseconds=max(usual, connection.pace_ms))


def learn(connection: Connection, error: GatewayError | None) -> None:
    """Let the pace and the breaker know how a call ended; None is well.

    A wish beyond all reason holds the connection: a person decides how long.
    """
    if 0 < (wish := wished(error)) <= limits.seconds("ABSURD_DELAY"):
        _leave_alone(connection.pk, wish)
    if isinstance(error, Unavailable) and _status(error) == THROTTLED:
        slow_down(connection)
    elif is_failure(error):
        went_wrong(connection.pk)
    else:
        went_well(connection.pk)


def wished(error: GatewayError | None) -> float:
    """How many seconds the platform asked not to be called; 0 when it did not."""
    if isinstance(error, Unavailable | OutcomeUnknown):
        return error.retry_after or 0.0
    return 0.0


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
    now = Greatest(F("pace_ms"), max(usual, 1))
    slower = Least(now * 2, SLOWEST_MS)
    Connection.objects.filter(pk=connection.pk).update(pace_ms=slower)


def went_well(connection_id: int) -> None:
    """The platform answered: forget failures, and speed up a little again."""
    Connection.objects.filter(pk=connection_id).exclude(failures=0, pace_ms=0).update(
        failures=0, pace_ms=F("pace_ms") * 9 / 10
    )


def went_wrong(connection_id: int) -> None:
    """The platform could not be reached, or failed: rest when it keeps failing."""
    mine = Connection.objects.filter(pk=connection_id)
    mine.update(failures=F("failures") + 1)
    too_many = mine.values_list("failures", flat=True).get() - limits.count("FAILURES")
    if too_many >= 0:
        rest = limits.seconds("FIRST_REST") * 2 ** min(too_many, 10)
        _leave_alone(connection_id, min(limits.seconds("LONGEST_REST"), rest))


def _leave_alone(connection_id: int, seconds: float) -> None:
    """Nobody calls before; a longer silence that was agreed on stays."""
    now = clock.now()
    until = now + timedelta(seconds=seconds)
    shorter = may_call(now) | Q(quiet_until__lt=until)
    mine = Connection.objects.filter(shorter, pk=connection_id)
    mine.update(quiet_until=until)


def is_on_trial(connection: Connection) -> bool:
    """Whether the breaker was open: one read decides whether sending goes on."""
    return connection.failures >= limits.count("FAILURES")


def begin_trial(connection: Connection) -> bool:
    """Take the one read of a trial; False when another worker has it already."""
    mine = Connection.objects.filter(pk=connection.pk)
    as_seen = mine.filter(
        failures=connection.failures, quiet_until=connection.quiet_until
    )
    until = clock.now() + timedelta(seconds=Timeout().total)
    return bool(as_seen.update(quiet_until=until))


def end_trial(connection: Connection, error: GatewayError | None) -> bool:
    """Open the breaker again, or close it; whether sending may go on now."""
    Connection.objects.filter(pk=connection.pk).update(quiet_until=None)
    learn(connection, error)
    return not is_failure(error) and not wished(error)
