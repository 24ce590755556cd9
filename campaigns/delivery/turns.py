"""Whose turn it is where no two campaigns of a connection may share a name.

Who wants a name that another campaign is about to give up waits for that: until it
has been seen, or the platform said yes and had the time that it takes to show it. Who
waits in a ring does not: then the platform decides, and says why.
"""

from campaigns import changes, clock, documents
from campaigns.delivery.links import Link
from campaigns.lifecycle import State
from campaigns.models import Campaign, Change, FieldChange

STEPS = 50
MOVING = (State.WAITING, State.SENDING, State.ACCEPTED, State.UNKNOWN)


def must_wait(link: Link, change: Change) -> bool:
    """Whether somebody else first has to give up the name that is wanted here."""
    row = change.fields.filter(field=link.form.unique).first()
    if row is None:
        return False
    given_up = _given_up(link, row, change.campaign_id)
    waits, step = given_up is not None, given_up
    for _ in range(STEPS):
        if step is None:
            break
        if step.change.campaign_id == change.campaign_id:
            return False
        step = _given_up(link, step, step.change.campaign_id)
    return waits


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
