"""Sends one waiting change: check, compare, intend, PATCH, outcome.

The intent is committed before the first byte leaves; no transaction is open while
the network is in use.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from campaigns import calls, changes, clock, documents, holds, limits
from campaigns.audit import Event
from campaigns.changes import Fate, LostRace
from campaigns.delivery import (
    attempts,
    lanes,
    outcomes,
    policy,
    rates,
    reading,
    refusals,
    snapshots,
    turns,
    warrants,
)
from campaigns.delivery.comparing import Comparison, compare
from campaigns.delivery.killpoints import killpoint
from campaigns.delivery.lanes import Claim
from campaigns.delivery.links import Link
from campaigns.documents import Document
from campaigns.gateway.contract import GatewayError, OutcomeUnknown
from campaigns.lifecycle import State, worst
from campaigns.models import (
    Attempt,
    AttemptKind,
    Change,
    Connection,
    Lane,
)

NOT_IN_TIME = "Gave up: it could not be sent in time. Nothing was applied."


def send(link: Link, claim: Claim, change: Change) -> None:
    """Take one waiting change as far as it can go now."""
    if not _may_go(change):
        return
    if wait := turns.wait(link, change):
        _later(claim, change, wait.until, wait.says)
        return
    try:
        document, looked_at = _look(link, claim, change)
    except GatewayError as error:
        outcomes.could_not_read(link, claim, change, error)
        return
    killpoint("after-compare")
    comparison = compare(link, change, document)
    if comparison.is_early:
        _later(claim, change, clock.now() + policy.SOON)
    elif _sort_out(claim, change, comparison):
        _dispatch(link, claim, change, comparison, looked_at)


def _may_go(change: Change) -> bool:
    """Whether it has time left and somebody answers for it; else it ends or waits."""
    if policy.is_spent(change) or change.expires_at <= clock.now():
        give_up(change)
        return False
    if says := warrants.objection(change):
        changes.move(change, State.HELD, Event.HELD, says=says, waits_for_person=True)
        return False
    return True


def give_up(change: Change) -> None:
    """End a waiting change that had its time, or its sends."""
    after, says = State.FAILED, NOT_IN_TIME
    if change.attempts.may_be_there().exists():
        after, says = State.UNKNOWN, f"Gave up. {refusals.SENT_BEFORE}"
    mark: dict[str, Any] = {"says": says, "waits_for_person": True}
    try:
        with transaction.atomic():
            changes.wake(change.campaign_id)
            changes.move(change, after, Event.MOVED, **mark)
    except LostRace:
        return  # somebody has decided about it meanwhile


def _look(link: Link, claim: Claim, change: Change) -> tuple[Document, datetime]:
    """The newest document that the read policy allows, and when it was known.

    Books the calls until the send is out: between them nobody may have to wait.
    """
    now, campaign = clock.now(), change.campaign
    send = calls.Send(campaign, list(change.fields.all()), link.list_keys)
    (takes,) = calls.forecast([send])
    rates.book(change, takes.to_send)
    if takes.before:
        look = reading.read(link, claim, change, AttemptKind.COMPARE)
        return look.document, look.heard
    if link.is_blind:
        return snapshots.believed(link, campaign), now
    return snapshots.known(campaign), now


def _later(claim: Claim, change: Change, until: datetime, says: str = "") -> None:
    with transaction.atomic():
        lanes.keep(claim)
        mine = Change.objects.filter(pk=change.pk, state=State.WAITING)
        mine.update(due_at=until, says=says)


def _sort_out(claim: Claim, change: Change, comparison: Comparison) -> bool:
    """Split off what clashes, end what is already so; whether anything is left."""
    with transaction.atomic():
        lanes.keep(claim)
        if comparison.clashes:
            changes.split(change, comparison.clashes)
        if change.state != State.WAITING:
            return False
        if comparison.plan.body:
            return True
        already = comparison.already
        states = [fate.state for fate in already.values()]
        after = worst(states or [State.ALREADY_SO])
        changes.move(change, after, Event.COMPARED, fates=already)
        return False


def _dispatch(
    link: Link,
    claim: Claim,
    change: Change,
    comparison: Comparison,
    looked_at: datetime,
) -> None:
    body = documents.wire(comparison.plan.body)
    try:
        attempt = _intend(claim, change, comparison.already, body, looked_at)
    except LostRace:
        return
    if attempt is not None:
        _patch(link, claim, change, attempt, comparison.plan.body)


def _patch(
    link: Link, claim: Claim, change: Change, attempt: Attempt, body: Document
) -> None:
    killpoint("after-intent")
    if attempts.is_overdue(attempt):
        outcomes.unsent(claim, change, attempt)
        return
    try:
        exchange = link.client.patch(change.campaign.remote_id, body)
    except GatewayError as error:
        killpoint("after-answer")
        outcomes.refused(link, claim, change, attempt, error)
    except Exception:
        broken = OutcomeUnknown("Something broke on our side while this was sent.")
        outcomes.refused(link, claim, change, attempt, broken)
        raise
    else:
        killpoint("after-answer")
        outcomes.accepted(link, claim, change, attempt, exchange)
        killpoint("after-outcome")


def _is_old(claim: Claim, change: Change, looked_at: datetime) -> bool:
    """Whether the compare answer has grown too old; then it is read again soon, later
    where that goes on for long."""
    now = clock.now()
    if abs(now - looked_at) <= limits.span("COMPARE_AGE"):
        return False
    _later(claim, change, now + calls.pause(now - change.moved_at))
    return True


@transaction.atomic
def _intend(
    claim: Claim,
    change: Change,
    already: dict[str, Fate],
    body: str,
    looked_at: datetime,
) -> Attempt | None:
    """Write the intent, unless something has come to stand against it meanwhile: a
    hold, its end, a right that its person lost.

    Nor when the compare answer has grown old, also by waiting for the database.
    Raises `Busy` when the platform asked meanwhile for silence.
    """
    lanes.keep(claim)
    if _is_old(claim, change, looked_at):
        return None
    connection = Connection.objects.get(campaigns=change.campaign_id)
    change.refresh_from_db(fields=["expires_at"])
    rates.check_quiet(connection)
    if says := holds.reason_for(connection):
        mark: dict[str, Any] = {"waits_for_person": True, "held_with": connection}
        changes.move(change, State.HELD, Event.HELD, says=says, **mark)
        return None
    if not _may_go(change):
        return None
    attempt = attempts.intend(claim, change, body)
    settle = timedelta(seconds=connection.settle_seconds)
    Lane.objects.filter(pk=claim.lane_id).update(
        settle_until=attempts.deadline(attempt) + settle
    )
    changes.move(
        change,
        State.SENDING,
        Event.SENDING,
        fates=already,
        facts={"attempt": attempt.pk, "body_hash": attempt.body_hash},
        sends=change.sends + 1,
        due_at=None,
    )
    return attempt
