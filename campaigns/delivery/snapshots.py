"""Keeps what a platform reported, and tells what was changed outside."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from campaigns import audit, clock, documents
from campaigns.audit import Event, Told
from campaigns.documents import Document
from campaigns.forms import CampaignForm
from campaigns.gateway.contract import Row
from campaigns.lifecycle import State
from campaigns.models import Campaign, Channel, FieldChange

_OURS_IN_FLIGHT = (State.SENDING, State.ACCEPTED, State.UNKNOWN)
_OURS_DONE = (State.CONFIRMED, State.UNCONFIRMABLE, State.DIFFERENT)


def known(campaign: Campaign) -> Document:
    """The newest document of a campaign."""
    document = documents.loads(campaign.document)
    return document if isinstance(document, dict) else {}


@transaction.atomic
def keep(
    campaign: Campaign, row: Row, form: type[CampaignForm], *, whole: bool
) -> Document:
    """Store what was read; `whole` says it was a read of this campaign alone.

    Values that moved without us become an audit entry. Returns the merged document.
    """
    before = known(campaign)
    after = row.document if whole else {**before, **row.document}
    _tell_outside(campaign, before, after, form)
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


def _tell_outside(
    campaign: Campaign, before: Document, after: Document, form: type[CampaignForm]
) -> None:
    moved = _moved(before, after, form)
    if not moved:
        return
    since = max(filter(None, (campaign.read_at, campaign.listed_at)), default=None)
    told = [t for t in moved if not _is_ours(campaign, t, since)]
    if told:
        audit.append(
            Event.OUTSIDE,
            f"campaign:{campaign.pk}",
            at=clock.now(),
            channel=Channel.SYSTEM,
            campaign=campaign,
            fields=told,
            facts={"after": since.isoformat() if since else None},
        )


def _moved(before: Document, after: Document, form: type[CampaignForm]) -> list[Told]:
    moved = []
    for path, field in form.declared().items():
        old, new = field.read(before), field.read(after)
        if old is not None and new is not None and old != new:
            words = field.display(old), field.display(new)
            moved.append(
                Told(path, str(field.label), old, new, *words, origin="outside")
            )
    return moved


def _is_ours(campaign: Campaign, told: Told, since: datetime | None) -> bool:
    """Whether one of our own sends explains the new value."""
    done = Q(state__in=_OURS_DONE)
    if since is not None:
        done &= Q(change__moved_at__gte=since)
    return FieldChange.objects.filter(
        Q(state__in=_OURS_IN_FLIGHT) | done,
        change__campaign=campaign,
        field=told.field,
        wanted=told.wanted,
    ).exists()
