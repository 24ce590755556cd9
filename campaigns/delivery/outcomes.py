"""Turns what came back from a platform into states, in one transaction each.

Every one begins by renewing the claim: a worker that was away too long finds
itself fenced and may only leave late evidence on its attempt.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

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
    Rejected,
    Unavailable,
)
from campaigns.lifecycle import State
from campaigns.models import Attempt, Change, Connection, Lane, Outcome


def accepted(
    link: Link, claim: Claim, change: Change, attempt: Attempt, exchange: Exchange
) -> None:
    """The platform said yes; a later read must show it."""
    rates.learn(link.connection, None)

    def write() -> None:
        changes.move(
            change,
            State.ACCEPTED,
            Event.ANSWERED,
            fates=refusals.already_so(change),
            facts={"attempt": attempt.pk, "status": exchange.status},
            accepted_at=clock.now(),
            due_at=clock.now(),
        )

    _write(claim, attempt, exchange, Outcome.ACCEPTED, write)


def refused(
    link: Link, claim: Claim, change: Change, attempt: Attempt, error: GatewayError
) -> None:
    """The platform said no, could not be reached, or nobody knows."""
    rates.learn(link.connection, error)
    until = None
    if isinstance(error, Rejected):
        outcome = Outcome.REJECTED
        write = partial(refusals.reject, change, attempt, error)
    elif isinstance(error, Unavailable):
        outcome = Outcome.NOT_APPLIED
        write = partial(_try_later, change, attempt, error)
    else:
        until = max(clock.now(), attempts.deadline(attempt)) + link.settle
        outcome = Outcome.UNKNOWN
        write = partial(_lose_sight, change, attempt, error, until)
    _write(claim, attempt, error.exchange, outcome, write, settle_until=until)
    hold_connection(link.connection, error)


def unsent(claim: Claim, change: Change, attempt: Attempt) -> None:
    """This worker stood still between its intent and the first byte: none has left.

    Where that goes on, it is compared again later each time: each read may cost.
    """
    stood_still = change.attempts.filter(verdict=Outcome.NOT_SENT).count()

    def write() -> None:
        changes.move(
            change,
            State.WAITING,
            Event.MOVED,
            fates=_fresh(change),
            says="It could not be sent in time. It is compared and sent again.",
            facts={"attempt": attempt.pk},
            due_at=clock.now() + policy.delay(stood_still) if stood_still else None,
            sends=change.sends - 1,
        )

    _write(claim, attempt, None, Outcome.NOT_SENT, write)


def could_not_read(
    link: Link, claim: Claim, change: Change, error: GatewayError
) -> None:
    """The read before a send failed: nothing was sent."""
    with transaction.atomic():
        lanes.keep(claim)
        if isinstance(error, Rejected):
            after = refusals.ending(change)
            changes.move(
                change,
                after,
                Event.COMPARED,
                fates=refusals.fates_of(change, error, after),
                says=refusals.of_read(change, error),
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
            attempts.finish(attempt, None, Outcome.UNSEEN)
        Lane.objects.filter(pk=claim.lane_id).update(settle_until=until)
        says = "The worker that sent this went away before an answer was seen."
        changes.move(
            change,
            State.UNKNOWN,
            Event.MOVED,
            fates=refusals.already_so(change),
            says=says,
            due_at=until,
        )


def _write(
    claim: Claim,
    attempt: Attempt,
    exchange: Exchange | None,
    outcome: Outcome,
    write: Callable[[], None],
    settle_until: datetime | None = None,
) -> None:
    """What the attempt, its lane and, by `write`, its change say of an outcome."""
    try:
        with transaction.atomic():
            lanes.keep(claim)
            attempts.finish(attempt, exchange, outcome)
            Lane.objects.filter(pk=claim.lane_id).update(settle_until=settle_until)
            write()
    except (Fenced, LostRace):
        attempts.finish(attempt, exchange, outcome, is_late=True)


def _try_later(change: Change, attempt: Attempt, error: Unavailable) -> None:
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
    change: Change, attempt: Attempt, error: GatewayError, until: datetime
) -> None:
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
