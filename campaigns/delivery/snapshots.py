"""Keeps what a platform reported, and tells what was changed outside.

An answer is as old as its request: `read_at` and `listed_at` are when the newest
answers were asked for, and what was asked for later is never replaced.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from campaigns import audit, calls, clock, documents, registry
from campaigns.audit import Event, Told
from campaigns.delivery.links import Link
from campaigns.documents import Document
from campaigns.forms import CampaignForm
from campaigns.gateway.contract import Row
from campaigns.lifecycle import State
from campaigns.models import Campaign, Channel, FieldChange

UNKEPT = "What the platform reported of this campaign could not be kept."

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


@dataclass(frozen=True, slots=True)
class _News:
    """What an answer says beyond what is stored: the document, and all columns."""

    document: Document | None
    columns: dict[str, Any]


@transaction.atomic
def keep(
    campaign: Campaign,
    row: Row,
    form: type[CampaignForm],
    *,
    whole: bool,
    asked: datetime,
) -> Document:
    """Store what was read; `whole` says it was a read of this campaign alone.

    `asked` is when the request began: an answer replaces nothing that was asked for
    later. Values that are new, gone, or moved without us become audit entries.
    Returns the newest document.
    """
    before = known(campaign)
    news = _news(campaign, before, row, whole=whole, asked=asked)
    if not _store(campaign, news):
        _take(campaign)
        before = known(campaign)
        news = _news(campaign, before, row, whole=whole, asked=asked)
        _store(campaign, news)
    if news.document is not None:
        _tell(campaign, before, news.document, form)
    for name, value in news.columns.items():
        setattr(campaign, name, value)
    return before if news.document is None else news.document


def _store(campaign: Campaign, news: _News) -> bool:
    """Write what is new; False when somebody stored an answer since it was loaded."""
    if not news.columns:
        return True
    as_loaded = Campaign.objects.filter(
        pk=campaign.pk, read_at=campaign.read_at, listed_at=campaign.listed_at
    )
    return bool(as_loaded.update(**news.columns))


def _take(campaign: Campaign) -> None:
    """Load what is stored; nobody moves it from the UPDATE on until the COMMIT."""
    Campaign.objects.filter(pk=campaign.pk).update(listed_at=F("listed_at"))
    campaign.refresh_from_db(fields=["document", "read_at", "listed_at"])


def _news(
    campaign: Campaign, before: Document, row: Row, *, whole: bool, asked: datetime
) -> _News:
    """What is left of an answer beside those that were asked for later."""
    is_read_since = _is_later(campaign.read_at, asked)
    is_listed_since = _is_later(campaign.listed_at, asked)
    if is_read_since if whole else is_listed_since:
        return _News(None, {})
    times: dict[str, Any] = {"listed_at": asked, "missing_since": None}
    if whole:
        times = {"read_at": asked, "read_due_at": None, "read_error": ""}
    elif is_read_since:
        return _News(None, times)
    if is_listed_since:
        document = row.document | _listed(campaign, before)
        return _News(document, times | {"document": documents.wire(document)})
    document = row.document if whole else before | row.document
    return _News(document, times | _columns(row, document))


def _is_later(stored: datetime | None, asked: datetime) -> bool:
    """Whether what is stored was asked for later; not where a clock went back."""
    return stored is not None and asked < stored <= clock.now()


def _listed(campaign: Campaign, document: Document) -> Document:
    """What a document has of what the list shows."""
    list_keys = registry.get(campaign.connection.platform).capabilities.list_keys
    return {key: document[key] for key in document if key in list_keys}


def _columns(row: Row, document: Document) -> dict[str, Any]:
    return {
        "name": row.name[:300],
        "status": row.status[:60],
        "is_deleted": row.status.upper() == "DELETED",
        "document": documents.wire(document),
        "missing_since": None,
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
