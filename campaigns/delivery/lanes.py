"""Claims the lane of a campaign, keeps the claim, gives it back.

A claim is a conditional UPDATE whose count is checked; the fence only grows. No
lock is held while the network is in use.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.db.models import F, Q

from campaigns import clock
from campaigns.lifecycle import State
from campaigns.models import Change, Lane

LEASE = timedelta(seconds=60)


class Fenced(Exception):
    """Somebody else has claimed the lane since: this worker may write no outcome."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to send for one campaign, until the lease ends or is renewed."""

    lane_id: int
    campaign_id: int
    fence: int
    owner: str


def due(connection_id: int, limit: int = 50) -> list[int]:
    """Lanes of a connection that want work now and that nobody holds."""
    now = clock.now()
    wanting = Lane.objects.filter(
        _free(now), campaign__connection_id=connection_id, due_at__lte=now
    )
    return list(wanting.order_by("due_at").values_list("pk", flat=True)[:limit])


def _free(now: datetime) -> Q:
    return Q(lease_until=None) | Q(lease_until__lt=now)


def claim(lane_id: int) -> Claim | None:
    """Take the lane, or return None because somebody else was quicker."""
    now, owner = clock.now(), uuid4().hex
    taken = Lane.objects.filter(_free(now), pk=lane_id).update(
        owner=owner, lease_until=now + LEASE, fence=F("fence") + 1
    )
    if not taken:
        return None
    mine = Lane.objects.filter(pk=lane_id, owner=owner)
    found = mine.values_list("campaign_id", "fence").first()
    return Claim(lane_id, found[0], found[1], owner) if found else None


def keep(claim: Claim) -> None:
    """Renew the lease. The first statement of each transaction of a worker.

    Raises `Fenced` when the claim is gone.
    """
    mine = Lane.objects.filter(pk=claim.lane_id, fence=claim.fence, owner=claim.owner)
    if not mine.update(lease_until=clock.now() + LEASE):
        raise Fenced(f"lane {claim.lane_id} has a newer claim than {claim.fence}")


@transaction.atomic
def give_back(claim: Claim) -> None:
    """End the claim and note when the lane wants work again.

    The UPDATE comes first: it waits for anybody who is adding a change.
    """
    mine = Lane.objects.filter(pk=claim.lane_id, fence=claim.fence)
    if not mine.update(owner="", lease_until=None):
        return
    settle_until = mine.values_list("settle_until", flat=True).get()
    open_changes = Change.objects.filter(
        campaign_id=claim.campaign_id,
        state__in=(State.WAITING, State.SENDING, State.ACCEPTED, State.UNKNOWN),
        waits_for_person=False,
    ).order_by("sequence")
    mine.update(due_at=_next_due(open_changes, settle_until))


def _next_due(
    open_changes: Iterable[Change], settle_until: datetime | None
) -> datetime | None:
    """The earliest moment at which one of these changes can go on."""
    moments = []
    now = clock.now()
    for change in open_changes:
        at = change.due_at or now
        if change.state in (State.UNKNOWN, State.SENDING) and settle_until:
            at = max(at, settle_until)
        moments.append(at)
        if change.state in (State.WAITING, State.UNKNOWN, State.SENDING):
            break
    return min(moments, default=None)
