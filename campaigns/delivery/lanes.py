"""Claims the lane of a campaign, keeps the claim, gives it back.

A claim is a conditional UPDATE whose count is checked; the fence only grows. No
lock is held while the network is in use.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.db.models import F, Q, QuerySet

from campaigns import changes, clock, documents, limits
from campaigns.delivery import leases
from campaigns.lifecycle import State
from campaigns.models import Change, FieldChange, Lane

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
UNDER_WAY = (State.WAITING, State.SENDING, State.ACCEPTED, State.UNKNOWN)


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
    """The longest due of the lanes of a connection that want work now."""
    some = wanting(connection_id).order_by("due_at")
    return list(some.values_list("pk", flat=True)[:limit])


def wanting(connection_id: int) -> QuerySet[Lane]:
    """Lanes of a connection that want work now and that nobody holds."""
    now = clock.now()
    return Lane.objects.filter(
        free(now), is_due(now), campaign__connection_id=connection_id
    )


def is_due(now: datetime) -> Q:
    """The lanes that want work now; one due too far ahead has to be dated anew.

    The lower bound keeps SQLite to the index: most lanes are due at no time at all.
    """
    return Q(due_at__gt=LONG_AGO) & leases.past("due_at", now, longest())


def longest() -> timedelta:
    """Nothing in a lane is put off for longer, but by long settle times."""
    watched = limits.span("FIRST_WATCH") * 2.0 ** limits.count("WATCHES")
    spans = ("ABSURD_DELAY", "LIST_LOOK", "LAST_WATCH", "LONGEST_REST")
    return max(watched, *map(limits.span, spans))


def free(now: datetime) -> Q:
    """The lanes that nobody holds."""
    return leases.over("lease_until", now, limits.span("LEASE"))


def claim(lane_id: int) -> Claim | None:
    """Take the lane, or return None because somebody else was quicker."""
    now, owner = clock.now(), uuid4().hex
    taken = Lane.objects.filter(free(now), pk=lane_id).update(
        owner=owner, lease_until=now + limits.span("LEASE"), fence=F("fence") + 1
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
    if not mine.update(lease_until=clock.now() + limits.span("LEASE")):
        raise Fenced(f"lane {claim.lane_id} has a newer claim than {claim.fence}")


@transaction.atomic
def put_off(lane_ids: Sequence[int], until: datetime) -> None:
    """Let nobody look at these lanes before then, but for those in somebody's hands.

    Whoever waits for a lane with others in hand could wait for somebody who waits for
    those: a row that is locked is left as it is, to be found due again.
    """
    mine = Lane.objects.filter(pk__in=lane_ids).select_for_update(skip_locked=True)
    free = list(mine.values_list("pk", flat=True))
    Lane.objects.filter(pk__in=free).update(due_at=until)


def open_changes(campaign_id: int) -> list[Change]:
    """What is under way in a lane and waits for no person, in its turn.

    What has left comes before what has not: a change that a person released may be
    older than one in doubt, and must wait for it all the same. What a person left as
    Unknown is not looked at.
    """
    rows = Change.objects.filter(
        campaign_id=campaign_id, state__in=UNDER_WAY, waits_for_person=False
    ).exclude(changes.LEFT)
    rows = rows.select_related("campaign__connection", "change_set")
    return sorted(rows, key=lambda row: (row.state == State.WAITING, row.sequence))


def waits_for_unseen(change: Change, under_way: Sequence[Change]) -> bool:
    """Whether another change of the same object is accepted but not yet seen.

    An object is sent whole: what a read does not show yet would be sent back. A younger
    one, too: a person may have sent this one again after it.
    """
    others = [other.pk for other in unseen_beside(change, under_way)]
    if not others:
        return False
    unseen = FieldChange.objects.filter(change__in=others, readable=True)
    return not _roots(unseen).isdisjoint(_roots(change.fields.all()))


def unseen_beside(change: Change, under_way: Sequence[Change]) -> list[Change]:
    """The other changes that are accepted but not yet seen.

    Of what has left itself: the earlier ones. It has its turn before younger ones,
    which would wait for it.
    """
    is_to_send = change.state == State.WAITING
    return [
        other
        for other in under_way
        if other.state == State.ACCEPTED
        and (other.sequence < change.sequence or is_to_send)
    ]


def _roots(rows: QuerySet[FieldChange]) -> set[str]:
    return {documents.root(path) for path in rows.values_list("field", flat=True)}


@transaction.atomic
def give_back(claim: Claim, *, not_before: datetime | None = None) -> None:
    """End the claim and note when the lane wants work again.

    The UPDATE comes first: it waits for anybody who is adding a change. Whatever the
    clock was: no lane is left alone for longer than `longest`.
    """
    mine = Lane.objects.filter(pk=claim.lane_id, fence=claim.fence)
    if not mine.update(owner="", lease_until=None):
        return
    due = _next_due(claim.campaign_id, mine.get().settle_until)
    if due is not None and not_before is not None:
        due = max(due, not_before)
    mine.update(due_at=due and min(due, clock.now() + longest()))


def _next_due(campaign_id: int, settle_until: datetime | None) -> datetime | None:
    """The earliest moment at which something in this lane can go on."""
    under_way = open_changes(campaign_id)
    watched = Change.objects.filter(campaign_id=campaign_id, watch_at__isnull=False)
    moments = list(watched.values_list("watch_at", flat=True))
    for change in under_way:
        is_out = change.state in (State.ACCEPTED, State.SENDING)
        if is_out or not waits_for_unseen(change, under_way):
            moments.append(_due(change, settle_until))
        if change.state != State.ACCEPTED:
            break  # it holds the lane
    return min((at for at in moments if at), default=None)


def _due(change: Change, settle_until: datetime | None) -> datetime:
    at = change.due_at or clock.now()
    in_doubt = change.state in (State.UNKNOWN, State.SENDING)
    is_known = settle_until and not leases.is_ahead(
        settle_until, clock.now(), longest()
    )
    return max(at, settle_until) if in_doubt and settle_until and is_known else at
