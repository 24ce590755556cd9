"""Turns what came back from a platform into states, in one transaction each.

Every one begins by renewing the claim: a worker that was away too long finds
itself fenced and may only leave late evidence on its attempt.
"""

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction

from campaigns import changes, clock, connections
from campaigns.audit import Event
from campaigns.changes import Fate, LostRace
from campaigns.delivery import attempts, lanes, policy, rates, refusals
from campaigns.delivery.lanes import Claim, Fenced
from campaigns.delivery.links import Link
from campaigns.gateway.contract import (
    Exchange,
    GatewayError,
    Hold,
    OutcomeUnknown,
    Rejected,
    Unavailable,
)
from campaigns.lifecycle import State
from campaigns.models import Attempt, Change, Connection, Lane


def accepted(
    link: Link, claim: Claim, change: Change, attempt: Attempt, exchange: Exchange
) -> None:
    """The platform said yes; a later read must show it."""
    rates.learn(link.connection, None)

    def write() -> None:
        attempts.finish(attempt, exchange, "accepted")
        Lane.objects.filter(pk=claim.lane_id).update(settle_until=None)
        changes.move(
            change,
            State.ACCEPTED,
            Event.ANSWERED,
            fates=refusals.already_so(change),
            facts={"attempt": attempt.pk, "status": exchange.status},
            accepted_at=clock.now(),
            due_at=clock.now(),
        )

    _write(claim, attempt, exchange, "accepted", write)


def refused(
    link: Link, claim: Claim, change: Change, attempt: Attempt, error: GatewayError
) -> None:
    """The platform said no, could not be reached, or nobody knows."""
    rates.learn(link.connection, error)
    if isinstance(error, Rejected):
        _write(
            claim,
            attempt,
            error.exchange,
            "rejected",
            lambda: refusals.reject(change, attempt, error),
        )
    elif isinstance(error, Unavailable):
        _write(
            claim,
            attempt,
            error.exchange,
            "not applied",
            lambda: _try_later(link, claim, change, attempt, error),
        )
    else:
        _write(
            claim,
            attempt,
            error.exchange,
            "unknown",
            lambda: _lose_sight(link, claim, change, attempt, error),
        )
    hold_connection(link.connection, error)


def unsent(claim: Claim, change: Change, attempt: Attempt) -> None:
    """This worker stood still between its intent and the first byte: none has left."""

    def write() -> None:
        attempts.finish(attempt, None, "not sent")
        Lane.objects.filter(pk=claim.lane_id).update(settle_until=None)
        changes.move(
            change,
            State.WAITING,
            Event.MOVED,
            fates=_fresh(change),
            says="It could not be sent in time. It is compared and sent again.",
            facts={"attempt": attempt.pk},
            due_at=None,
            sends=change.sends - 1,
        )

    _write(claim, attempt, None, "not sent", write)


def could_not_read(
    link: Link, claim: Claim, change: Change, error: GatewayError
) -> None:
    """The read before a send failed: nothing was sent."""
    with transaction.atomic():
        lanes.keep(claim)
        if isinstance(error, Rejected):
            fates = refusals.fates_of(change, error)
            changes.move(
                change,
                State.REJECTED,
                Event.COMPARED,
                fates=fates,
                says=error.message,
                waits_for_person=True,
            )
        elif _must_hold(error):
            _hold_change(change, error)
        else:
            Change.objects.filter(pk=change.pk, state=State.WAITING).update(
                due_at=clock.now() + _delay(change.attempts.count(), error),
                says=error.message,
            )
    hold_connection(link.connection, error)


def lost(claim: Claim, change: Change, settle: timedelta) -> None:
    """A worker died over this change: its PATCH may have left."""
    with transaction.atomic():
        lanes.keep(claim)
        attempt = change.attempts.filter(in_flight=True).first()
        until = clock.now() + settle
        if attempt is not None:
            until = max(clock.now(), attempts.deadline(attempt)) + settle
            attempts.finish(attempt, None, "no answer seen")
        Lane.objects.filter(pk=claim.lane_id).update(settle_until=until)
        says = "The worker that sent this went away before an answer was seen."
        changes.move(change, State.UNKNOWN, Event.MOVED, says=says, due_at=until)


def _write(
    claim: Claim,
    attempt: Attempt,
    exchange: Exchange | None,
    verdict: str,
    write: Callable[[], None],
) -> None:
    try:
        with transaction.atomic():
            lanes.keep(claim)
            write()
    except (Fenced, LostRace):
        attempts.finish(attempt, exchange, f"late: {verdict}")


def _try_later(
    link: Link, claim: Claim, change: Change, attempt: Attempt, error: Unavailable
) -> None:
    attempts.finish(attempt, error.exchange, "not applied")
    Lane.objects.filter(pk=claim.lane_id).update(settle_until=None)
    if _must_hold(error):
        _hold_change(change, error)
        return
    changes.move(
        change,
        State.WAITING,
        Event.ANSWERED,
        fates=_fresh(change),
        says=error.message,
        facts={"attempt": attempt.pk},
        due_at=clock.now() + _delay(change.sends, error),
    )


def _fresh(change: Change) -> dict[str, Fate]:
    """Everything is compared anew, also what was already so."""
    fields = change.fields.values_list("field", flat=True)
    return dict.fromkeys(fields, Fate(State.WAITING))


def _lose_sight(
    link: Link,
    claim: Claim,
    change: Change,
    attempt: Attempt,
    error: OutcomeUnknown | GatewayError,
) -> None:
    attempts.finish(attempt, error.exchange, "unknown")
    until = max(clock.now(), attempts.deadline(attempt)) + link.settle
    Lane.objects.filter(pk=claim.lane_id).update(settle_until=until)
    changes.move(
        change,
        State.UNKNOWN,
        Event.ANSWERED,
        fates=refusals.already_so(change),
        says=error.message,
        facts={"attempt": attempt.pk},
        due_at=until,
    )


def _must_hold(error: GatewayError) -> bool:
    return isinstance(error, Unavailable) and (
        error.hold != Hold.NONE or policy.is_absurd(rates.wished(error))
    )


def _hold_change(change: Change, error: GatewayError) -> None:
    changes.move(
        change,
        State.HELD,
        Event.HELD,
        says=error.message,
        waits_for_person=True,
        due_at=None,
    )


def hold_connection(connection: Connection, error: GatewayError) -> None:
    """Put a whole connection on hold when the error asks for it."""
    if isinstance(error, Unavailable) and error.hold == Hold.CONNECTION:
        connections.hold(connection, None, error.message)
    elif policy.is_absurd(rates.wished(error)):
        hours = rates.wished(error) / 3600
        says = f"The platform asks to wait {hours:,.0f} hours before the next call."
        connections.hold(connection, None, f"{says} Find out why, then release.")


def _delay(tries: int, error: GatewayError) -> timedelta:
    return policy.delay(tries, rates.wished(error))
