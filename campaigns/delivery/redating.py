"""Brings back to the present what a clock that was ahead has written into a lane.

What lies further ahead than it can was written before the clock was set back: nobody
knows how long ago. What waits goes on at once, and what settles begins to settle now.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from campaigns import clock
from campaigns.delivery import attempts, lanes, leases
from campaigns.delivery.lanes import Claim
from campaigns.delivery.links import Link
from campaigns.lifecycle import State
from campaigns.models import Change


def redate(link: Link, claim: Claim, under_way: Sequence[Change]) -> bool:
    """Date anew what lies too far ahead among these; whether anything did."""
    now = clock.now()
    ahead = [change for change in under_way if _is_ahead(link, change, now)]
    if not ahead:
        return False
    settled = now + attempts.LONGEST + link.settle
    with transaction.atomic():
        lanes.keep(claim)
        for change in ahead:
            dates = {"due_at": settled if change.state == State.UNKNOWN else now}
            if change.accepted_at is not None:
                dates["accepted_at"] = min(change.accepted_at, now)
            Change.objects.filter(pk=change.pk, state=change.state).update(**dates)
    return True


def _is_ahead(link: Link, change: Change, now: datetime) -> bool:
    due, accepted = change.due_at, change.accepted_at
    if accepted is not None and accepted > now + leases.SLACK:
        return True
    longest = lanes.longest() + link.settle
    return due is not None and leases.is_ahead(due, now, longest)
