"""Serves one connection: every lane that wants work, until nothing is due.

Called by the poller of each worker and by Celery hints; calling it twice at once,
late or for nothing does no harm.
"""

from contextlib import suppress
from datetime import datetime, timedelta

import structlog
from django.db.models import Exists, OuterRef

from campaigns import changes, clock, connections, holds, limits
from campaigns.changes import LostRace
from campaigns.delivery import (
    lanes,
    leases,
    links,
    lists,
    outcomes,
    rates,
    redating,
    sending,
    urgency,
    verifying,
    watching,
)
from campaigns.delivery.killpoints import killpoint
from campaigns.delivery.lanes import Claim, Fenced
from campaigns.delivery.links import Link
from campaigns.delivery.rates import Busy
from campaigns.gateway.contract import GatewayError, Hold, Unavailable
from campaigns.lifecycle import State
from campaigns.models import Campaign, Change, Connection

STEPS_LIMIT = 50
LANES_LIMIT = 200

log = structlog.get_logger(__name__)


def deliver(connection_id: int) -> int:
    """Do what is due on this connection; how many lanes were served."""
    connection = _served(connection_id)
    if connection is None or not lanes.due(connection_id, 1):
        return 0
    if reason := holds.reason_for(connection):
        return _hold_back(connection, reason)
    _give_up(connection)
    try:
        rates.check_quiet(connection)
        with links.opened(connection) as link:
            return _serve(link) if _passes_trial(link) else 0
    except Busy as busy:
        _rest(connection, busy.until)
    except Unavailable as error:
        if error.hold == Hold.CONNECTION:
            connections.hold(connection, None, error.message)
    return 0


def _served(connection_id: int) -> Connection | None:
    """The connection; whatever is Held there that nothing holds any more goes on."""
    marked = Change.objects.filter(held_with=OuterRef("pk"))
    found = Connection.objects.annotate(has_marked=Exists(marked))
    connection = found.filter(pk=connection_id).first()
    if connection is not None and getattr(connection, "has_marked", False):
        changes.release(connection, None, limit=LANES_LIMIT)
    return connection


def _hold_back(connection: Connection, reason: str) -> int:
    """On hold: everything waiting becomes Held; what is in doubt stays for later."""
    moved = changes.hold_waiting(connection, reason, limit=LANES_LIMIT)
    if not moved:
        _lose_sight(connection)
        _rest(connection, clock.now() + limits.span("LEASE"))
    return moved


def _lose_sight(connection: Connection) -> None:
    """Say Unknown of what dead workers were sending; a read tells after the release."""
    sending_here = lanes.wanting(connection.pk).filter(
        campaign__changes__state=State.SENDING
    )
    settle = timedelta(seconds=connection.settle_seconds)
    for lane_id in list(sending_here.values_list("pk", flat=True)[:LANES_LIMIT]):
        claim = lanes.claim(lane_id)
        if claim is None:
            continue
        with suppress(Fenced, LostRace):
            for change in lanes.open_changes(claim.campaign_id):
                if change.state == State.SENDING:
                    outcomes.lost(claim, change, settle)
        lanes.give_back(claim)


def _give_up(connection: Connection) -> None:
    """What waited too long ends, also where the platform cannot be asked."""
    late = Change.objects.filter(
        campaign__connection=connection,
        state=State.WAITING,
        expires_at__lte=clock.now(),
    ).select_related("campaign__connection", "change_set")
    for change in late.order_by("pk")[:LANES_LIMIT]:
        sending.give_up(change)


def _rest(connection: Connection, until: datetime) -> None:
    """Nobody may call: nobody looks at these lanes before."""
    lanes.put_off(lanes.due(connection.pk), until)


def _passes_trial(link: Link) -> bool:
    """After a rest, one read decides whether sending goes on."""
    if not rates.is_on_trial(link.connection) or link.is_blind:
        return True
    lane = lanes.due(link.connection.pk, 1)
    campaign = Campaign.objects.filter(lane__in=lane).first()
    if campaign is None:
        return False
    rates.take(link.connection.pk, 1, is_urgent=True)
    if not rates.begin_trial(link.connection):
        return False
    try:
        reading = link.client.read(campaign.remote_id)
    except GatewayError as error:
        rates.count(link.connection.pk, error.exchange)
        outcomes.hold_connection(link.connection, error)
        return rates.end_trial(link.connection, error)
    rates.count(link.connection.pk, reading.exchange)
    return rates.end_trial(link.connection, None)


def _serve(link: Link) -> int:
    served = 0
    while served < LANES_LIMIT:
        waiting = urgency.in_order(link.connection.pk)
        if not waiting:
            break
        for lane_id in waiting:
            claim = lanes.claim(lane_id)
            if claim is not None:
                killpoint("after-claim")
                attend(link, claim)
                served += 1
        if holds.reason_for(link.connection):
            break
    return served


def attend(link: Link, claim: Claim) -> None:
    """Take the changes of one lane as far as they can go now; give the lane back."""
    not_before = None
    try:
        for _ in range(STEPS_LIMIT):
            if not step(link, claim):
                break
    except Fenced:
        log.warning("fenced", lane=claim.lane_id, fence=claim.fence)
    except LostRace:
        log.info("decided meanwhile", lane=claim.lane_id)
    except Busy as busy:
        not_before = busy.until
    lanes.give_back(claim, not_before=not_before)


def step(link: Link, claim: Claim) -> bool:
    """Do the next thing this lane needs; False when it must wait or is done.

    A lane that waits still makes the watch reads that are due.
    """
    under_way = lanes.open_changes(claim.campaign_id)
    if redating.redate(link, claim, under_way):
        return True
    for change in under_way:
        went_on = _take(link, claim, change, under_way)
        if went_on:
            return True
        if went_on is False:
            break
    return _watch(link, claim)


def _take(
    link: Link, claim: Claim, change: Change, under_way: list[Change]
) -> bool | None:
    """True: went a step; False: the lane waits for it; None: the next may go."""
    if change.state == State.SENDING:
        outcomes.lost(claim, change, link.settle)
        return True
    is_due = change.due_at is None or change.due_at <= clock.now()
    if change.state == State.ACCEPTED:
        if is_due:
            verifying.verify(link, claim, change)
        return is_due or None
    if not is_due or _must_see_first(link, change, under_way):
        return False
    if change.state == State.UNKNOWN:
        verifying.settle(link, claim, change)
    else:
        sending.send(link, claim, change)
    return True


def _must_see_first(link: Link, change: Change, under_way: list[Change]) -> bool:
    """Whether it waits until another is seen; where a list shows that, soon."""
    waits = lanes.waits_for_unseen(change, under_way)
    if waits:
        lists.hurry(link, lanes.unseen_beside(change, under_way))
    return waits


def _watch(link: Link, claim: Claim) -> bool:
    """Make a watch read that is due, when nothing else is."""
    is_due = leases.past("watch_at", clock.now(), lanes.longest())
    watched = Change.objects.filter(is_due, campaign_id=claim.campaign_id)
    change = watched.select_related("campaign__connection", "change_set").first()
    if change is None:
        return False
    rates.take(link.connection.pk, 1, is_urgent=False)
    watching.watch(link, claim, change)
    return True
