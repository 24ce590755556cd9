"""Waits for the list that confirms what was accepted on a thrifty connection.

A list wakes what it shows, so nothing is looked at by the clock meanwhile but once
in a while, in case that somebody died over waking it.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from campaigns import calls, changes, clock, limits
from campaigns.delivery import lanes
from campaigns.delivery.lanes import Claim
from campaigns.delivery.links import Link
from campaigns.lifecycle import State
from campaigns.models import Change, Connection, FieldChange


def wait(link: Link, claim: Claim, change: Change, seen: datetime | None) -> None:
    """Note when to look at an accepted change again, if no list wakes it before.

    Not where one has come since the list that was looked at, asked for at `seen`: then
    it is due already.
    """
    now, accepted_at = clock.now(), change.accepted_at or change.moved_at
    settled = accepted_at + link.settle
    due = settled if now < settled else now + limits.span("LIST_LOOK")
    with transaction.atomic():
        lanes.keep(claim)
        mine = Change.objects.filter(pk=change.pk, state=State.ACCEPTED)
        if _is_listed(link, change):
            mine = mine.exclude(
                campaign__listed_at__gt=seen or accepted_at,
                campaign__listed_at__lte=now,
            )
        mine.update(due_at=due, says="")


def want(connection: Connection, *, soon: bool) -> None:
    """Ask for a list where none is due; `soon` also where one is due later.

    A list that failed comes when that was agreed on, whoever waits for it.
    """
    missing = Q(sync_due_at=None)
    if soon:
        missing |= Q(sync_due_at__gt=clock.now(), sync_error="")
    mine = Connection.objects.filter(missing, pk=connection.pk)
    mine.update(sync_due_at=clock.now())


def is_waited_for(change: Change, paths: Sequence[str]) -> bool:
    """Whether a later edit of these fields waits until they have been seen."""
    later = FieldChange.objects.filter(
        change__campaign=change.campaign_id,
        change__sequence__gt=change.sequence,
        change__state=State.WAITING,
        field__in=paths,
    )
    return later.exists()


def hurry(link: Link, earlier: Sequence[Change]) -> None:
    """Ask for the list now: an edit waits for these, whose settle time is over."""
    if link.is_careful or link.is_blind:
        return
    old = clock.now() - link.settle
    settled = (c for c in earlier if (c.accepted_at or c.moved_at) <= old)
    if any(_is_listed(link, change) for change in settled):
        want(link.connection, soon=True)


def _is_listed(link: Link, change: Change) -> bool:
    return calls.is_listed(change.fields.all(), link.list_keys)


def wake(connection: Connection, campaigns: Collection[int]) -> None:
    """Let what waits to be seen on these campaigns, just listed, be looked at now.

    One lane after the other: who holds several may wait for somebody who waits for it.
    """
    accepted = Change.objects.filter(
        campaign__in=campaigns,
        campaign__connection=connection,
        state=State.ACCEPTED,
        waits_for_person=False,
    )
    for campaign in list(accepted.values_list("campaign", flat=True).distinct()):
        with transaction.atomic():
            changes.wake(campaign)
            accepted.filter(campaign=campaign).update(due_at=clock.now())
