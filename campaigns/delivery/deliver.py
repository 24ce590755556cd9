"""Serves one connection: every lane that wants work, until nothing is due.

Called by the poller of each worker and by Celery hints; calling it twice at once,
late or for nothing does no harm.
"""

import structlog

from campaigns import changes, clock, connections
from campaigns.delivery import lanes, links, outcomes, sending, verifying
from campaigns.delivery.killpoints import killpoint
from campaigns.delivery.lanes import Claim, Fenced
from campaigns.delivery.links import Link
from campaigns.gateway.contract import Hold, Unavailable
from campaigns.lifecycle import State
from campaigns.models import Change, Connection, Lane

STEPS_LIMIT = 50
LANES_LIMIT = 200

log = structlog.get_logger(__name__)


def deliver(connection_id: int) -> int:
    """Do what is due on this connection; how many lanes were served."""
    connection = Connection.objects.filter(pk=connection_id).first()
    if connection is None or not lanes.due(connection_id, 1):
        return 0
    if connection.is_held or connection.archived_at:
        return _hold_back(connection)
    try:
        with links.opened(connection) as link:
            return _serve(link)
    except Unavailable as error:
        if error.hold == Hold.CONNECTION:
            connections.hold(connection, None, error.message)
        return 0


def _hold_back(connection: Connection) -> int:
    """On hold: everything waiting becomes Held; what is in doubt stays for later."""
    says = connection.held_reason or "The connection is on hold."
    moved = changes.hold_waiting(connection, says)
    if not moved:
        later = clock.now() + lanes.LEASE
        Lane.objects.filter(pk__in=lanes.due(connection.pk)).update(due_at=later)
    return moved


def _serve(link: Link) -> int:
    served = 0
    while served < LANES_LIMIT:
        waiting = lanes.due(link.connection.pk)
        if not waiting:
            break
        for lane_id in waiting:
            claim = lanes.claim(lane_id)
            if claim is not None:
                killpoint("after-claim")
                attend(link, claim)
                served += 1
        if _is_held(link.connection):
            break
    return served


def _is_held(connection: Connection) -> bool:
    return Connection.objects.filter(pk=connection.pk, held_at__isnull=False).exists()


def attend(link: Link, claim: Claim) -> None:
    """Take the changes of one lane as far as they can go now; give the lane back."""
    try:
        for _ in range(STEPS_LIMIT):
            if not step(link, claim):
                break
    except Fenced:
        log.warning("fenced", lane=claim.lane_id, fence=claim.fence)
    lanes.give_back(claim)


def step(link: Link, claim: Claim) -> bool:
    """Do the next thing this lane needs; False when it must wait or is done."""
    open_changes = _open(claim)
    for change in open_changes:
        went_on = _take(link, claim, change, open_changes)
        if went_on is not None:
            return went_on
    return False


def _take(
    link: Link, claim: Claim, change: Change, open_changes: list[Change]
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
    if not is_due or _waits_for_earlier(change, open_changes):
        return False
    act = verifying.settle if change.state == State.UNKNOWN else sending.send
    act(link, claim, change)
    return True


def _open(claim: Claim) -> list[Change]:
    rows = Change.objects.filter(
        campaign_id=claim.campaign_id,
        state__in=(State.WAITING, State.SENDING, State.ACCEPTED, State.UNKNOWN),
        waits_for_person=False,
    )
    related = rows.select_related("campaign__connection", "change_set")
    return list(related.order_by("sequence"))


def _waits_for_earlier(change: Change, open_changes: list[Change]) -> bool:
    """Whether an earlier change of the same field is accepted but not yet seen."""
    mine = {row.field for row in change.fields.all()}
    return any(
        mine & {row.field for row in earlier.fields.all() if row.readable}
        for earlier in open_changes
        if earlier.sequence < change.sequence and earlier.state == State.ACCEPTED
    )
