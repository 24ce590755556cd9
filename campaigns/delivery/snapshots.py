"""Keeps what a platform reported, and tells what was changed outside."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from campaigns import audit, calls, clock, documents
from campaigns.audit import Event, Told
from campaigns.delivery.links import Link
from campaigns.documents import Document
from campaigns.forms import CampaignForm
from campaigns.gateway.contract import Row
from campaigns.lifecycle import State
from campaigns.models import Campaign, Channel, FieldChange

_IN_DOUBT = (State.SENDING, State.UNKNOWN)
_DONE = (State.CONFIRMED, State.UNCONFIRMABLE, State.DIFFERENT)


def known(campaign: Campaign) -> Document:
    """The newest document of a campaign."""
    document = documents.loads(campaign.document)
    return document if isinstance(document, dict) else {}


def believed(link: Link, campaign: Campaign) -> Document:
    """The newest document with what we sent since laid over it.

    It stands for a read where nothing is read: an object is sent whole, and its other
    values must be those that we sent last.
    """
    sent = [
        (row.field, row.wanted)
        for row in FieldChange.objects.sent_blind([campaign])
        if row.is_unread(calls.known_at(campaign, [row.field], link.list_keys))
    ]
    return link.form.laid_over(known(campaign), sent)


@transaction.atomic
def keep(
    campaign: Campaign, row: Row, form: type[CampaignForm], *, whole: bool
) -> Document:
    """Store what was read; `whole` says it was a read of this campaign alone.

    Values that are new, gone, or moved without us become audit entries. Returns the
    merged document.
    """
    before = known(campaign)
    after = row.document if whole else {**before, **row.document}
    _tell(campaign, before, after, form)
    columns = _columns(row, after, whole=whole)
    Campaign.objects.filter(pk=campaign.pk).update(**columns)
    for name, value in columns.items():
        setattr(campaign, name, value)
    return after


def _columns(row: Row, document: Document, *, whole: bool) -> dict[str, Any]:
    now = clock.now()
    times: dict[str, Any] = (
        {"read_at": now, "read_due_at": None, "read_error": ""}
        if whole
        else {"listed_at": now}
    )
    return {
        "name": row.name[:300],
        "status": row.status[:60],
        "is_deleted": row.status.upper() == "DELETED",
        "document": documents.wire(document),
        "missing_since": None,
        **times,
    }


def _tell(
    campaign: Campaign, before: Document, after: Document, form: type[CampaignForm]
) -> None:
    """Tell the history whatever a read showed that it could not know without.

    A value of ours that was accepted is told when it is Confirmed.
    """
    told: dict[Event, list[Told]] = {}
    since = max(filter(None, (campaign.read_at, campaign.listed_at)), default=None)
    for moved in _moved(before, after, form):
        event = _event(campaign, moved, since)
        if event is not None:
            told.setdefault(event, []).append(moved)
    for event, fields in told.items():
        audit.append(
            event,
            f"campaign:{campaign.pk}",
            at=clock.now(),
            channel=Channel.SYSTEM,
            campaign=campaign,
            fields=fields,
            facts={"after": since.isoformat() if since else None},
        )


def _moved(before: Document, after: Document, form: type[CampaignForm]) -> list[Told]:
    moved = []
    for path, field in form.declared().items():
        old, new = field.read(before), field.read(after)
        if old != new:
            words = field.display(old, before), field.display(new, after)
            moved.append(
                Told(path, str(field.label), old, new, *words, origin="outside")
            )
    return moved


def _event(campaign: Campaign, told: Told, since: datetime | None) -> Event | None:
    """What a moved value is; None when the change that moved it will tell."""
    if told.seen is None:
        return Event.REPORTED
    if told.wanted is None:
        return Event.WITHHELD
    ours = FieldChange.objects.filter(
        change__campaign=campaign, field=told.field, wanted=told.wanted
    )
    if ours.filter(state=State.ACCEPTED).exists():
        return None
    lately = Q(state__in=_DONE)
    if since is not None:
        lately &= Q(change__moved_at__gte=since)
    is_ours = ours.filter(Q(state__in=_IN_DOUBT) | lately).exists()
    return Event.REPORTED if is_ours else Event.OUTSIDE
