"""Whose turn it is where the order in its lane alone does not tell.

No two campaigns of a connection may share a name. Who wants one that another campaign
is about to give up waits for that: until it has been seen, or the platform said yes and
had the time that it takes to show it. Who waits in a ring does not: then the platform
decides, and says why.

A platform may do what it said yes to only within the time to settle. Where no read can
show that it has, what would be sent over it waits for that time to be over: a later
value would lie under an older one, and nobody would see it.
"""

from dataclasses import dataclass
from datetime import datetime

from campaigns import changes, clock, documents
from campaigns.delivery import leases, policy
from campaigns.delivery.links import Link
from campaigns.lifecycle import TOOK_EFFECT, State
from campaigns.models import Campaign, Change, FieldChange

STEPS = 50
MOVING = (State.WAITING, State.SENDING, State.ACCEPTED, State.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Wait:
    """When a change may look again whether it is its turn, and what it waits for."""

    until: datetime
    says: str


def wait(link: Link, change: Change) -> Wait | None:
    """What this change has to wait for before it may be sent; None if nothing."""
    return _for_settling(link, change) or _for_name(link, change)


def _for_settling(link: Link, change: Change) -> Wait | None:
    """Whatever was accepted lately of the same object and that no read can show.

    Also what is younger: a person may have sent this one again after it.
    """
    now, roots = clock.now(), {documents.root(row.field) for row in change.fields.all()}
    lately = FieldChange.objects.filter(
        change__campaign=change.campaign_id,
        change__accepted_at__gt=now - link.settle,
        change__accepted_at__lte=now + leases.SLACK,
        state__in=TOOK_EFFECT,
    )
    if not link.is_blind:
        lately = lately.filter(readable=False)
    newest_first = lately.select_related("change").order_by("-change__accepted_at")
    for row in newest_first:
        accepted_at = row.change.accepted_at
        if accepted_at is not None and documents.root(row.field) in roots:
            says = (
                f"It waits for change {row.change_id} to settle: the platform said "
                "yes, and no read can show when that is done."
            )
            return Wait(accepted_at + link.settle, says)
    return None


def _for_name(link: Link, change: Change) -> Wait | None:
    """Another campaign that first has to give up the name that is wanted here."""
    row = change.fields.filter(field=link.form.unique).first()
    if row is None:
        return None
    first = _given_up(link, row, change.campaign_id)
    step = first
    for _ in range(STEPS):
        if step is None:
            break
        if step.change.campaign_id == change.campaign_id:
            return None
        step = _given_up(link, step, step.change.campaign_id)
    if first is None:
        return None
    says = f"It waits for change {first.change_id}, which gives up the name."
    return Wait(clock.now() + policy.SOON, says)


def _given_up(link: Link, row: FieldChange, campaign_id: int) -> FieldChange | None:
    """The change under way by which another campaign gives up the name wanted."""
    name = documents.loads(row.wanted)
    holder = Campaign.objects.filter(connection=link.connection, name=name)
    leaving = FieldChange.objects.filter(
        change__campaign__in=holder.exclude(pk=campaign_id),
        field=row.field,
        state__in=MOVING,
    ).exclude(wanted=row.wanted)
    leaving = leaving.exclude(change__in=Change.objects.filter(changes.LEFT))
    settled = clock.now() - link.settle
    leaving = leaving.exclude(state=State.ACCEPTED, change__accepted_at__lte=settled)
    return leaving.select_related("change").order_by("change__sequence").first()
