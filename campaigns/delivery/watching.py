"""Looks again, later, where an outcome was once unknown.

A PATCH that was lost from sight may be applied by the platform long after we moved
on. Watch reads find a value of ours that came back over a newer one: it is shown as
Different, with the evidence. Nothing heals by itself.
"""

from datetime import datetime

from django.db import transaction

from campaigns import changes, clock, limits
from campaigns.audit import Event
from campaigns.changes import Fate, LostRace
from campaigns.delivery import attempts, lanes, outcomes, reading
from campaigns.delivery.comparing import found
from campaigns.delivery.lanes import Claim
from campaigns.delivery.links import Link
from campaigns.documents import Document
from campaigns.gateway.contract import GatewayError, Rejected
from campaigns.lifecycle import TOOK_EFFECT, State
from campaigns.models import AttemptKind, Change, FieldChange


def watch(link: Link, claim: Claim, change: Change) -> None:
    """Make one watch read for a change whose outcome was once unknown."""
    started = change.watch_at or clock.now()
    try:
        look = reading.read(link, claim, change, AttemptKind.VERIFY)
    except GatewayError as error:
        outcomes.hold_connection(link.connection, error)
        _again(claim, change, _after_failure(change, error))
        return
    for row in change.fields.filter(readable=True):
        _look_for(link, claim, change, row, look.document)
    gap = limits.span("LAST_WATCH") - limits.span("FIRST_WATCH")
    is_last = started - change.moved_at > gap
    _again(claim, change, None if is_last else started + gap)


def _after_failure(change: Change, error: GatewayError) -> datetime | None:
    """When to try again, later each time; None when it failed often enough."""
    failed = attempts.failed_looks(change)
    if isinstance(error, Rejected) or failed >= limits.count("WATCHES"):
        return None
    return clock.now() + limits.span("FIRST_WATCH") * 2.0 ** max(0, failed - 1)


def _again(claim: Claim, change: Change, at: datetime | None) -> None:
    with transaction.atomic():
        lanes.keep(claim)
        Change.objects.filter(pk=change.pk).update(watch_at=at)


def _look_for(
    link: Link, claim: Claim, change: Change, row: FieldChange, document: Document
) -> None:
    """Whether the value of the once unknown change has come back over a newer one."""
    newest = (
        FieldChange.objects.filter(
            change__campaign=change.campaign_id,
            change__sequence__gt=change.sequence,
            field=row.field,
            state__in=TOOK_EFFECT - {State.ACCEPTED},
        )
        .order_by("-change__sequence")
        .first()
    )
    current = link.form.declared()[row.field].read(document)
    if newest is None or current != row.wanted or current == newest.wanted:
        return
    seen = found(link.form, newest, current, State.DIFFERENT, document)
    _tell(claim, change, newest, seen)


def _tell(claim: Claim, change: Change, newest: FieldChange, seen: Fate) -> None:
    says = (
        f"Change {change.pk} was lost from sight; its value is back now. It may have "
        "been applied late, or somebody wanted it back."
    )
    later = Change.objects.select_related("campaign__connection", "change_set").get(
        pk=newest.change_id
    )
    fates = changes.as_they_are(later) | {newest.field: seen}
    try:
        with transaction.atomic():
            lanes.keep(claim)
            changes.move(
                later,
                State.DIFFERENT,
                Event.VERIFIED,
                fates=fates,
                says=says,
                facts={"late": change.pk},
                waits_for_person=True,
            )
    except LostRace:
        return
