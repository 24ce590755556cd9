"""Loads what was written to some fields of some campaigns, in the order of writing.

Ours from the rows of changes, what came from outside from the audit entries.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from heapq import merge

from django.db.models import Q

from campaigns import documents
from campaigns.audit import Event
from campaigns.models import AuditEntry, FieldChange
from campaigns.planning.touches import TOUCHING, Place, Touch, touch_of

OUTSIDE_LIMIT = 5_000
"""So many of the newest entries from outside are looked at."""


def touches(
    campaigns: Collection[int], fields: Collection[str], since: datetime
) -> list[Touch]:
    """Every write to these fields that was asked for, or found, from `since` on.

    Of fields that the platform does not report, the older ones too: what we sent
    last is all that is known of them.
    """
    ours = _ours(campaigns, fields, since)
    outside = _outside(campaigns, set(fields), since)
    return [
        touch
        for place in ours.keys() | outside.keys()
        for touch in _in_order(ours.get(place, []), outside.get(place, []))
    ]


def _ours(
    campaigns: Collection[int], fields: Collection[str], since: datetime
) -> dict[Place, list[Touch]]:
    rows = FieldChange.objects.filter(
        Q(change__created_at__gte=since) | Q(readable=False),
        change__campaign__in=campaigns,
        field__in=fields,
        state__in=TOUCHING,
    )
    rows = rows.select_related("change__change_set__person")
    return _by_place(map(touch_of, rows.order_by("change__sequence", "pk")))


def _outside(
    campaigns: Collection[int], fields: Collection[str], since: datetime
) -> dict[Place, list[Touch]]:
    entries = AuditEntry.objects.filter(
        campaign_id__in=campaigns, event=Event.OUTSIDE, at__gte=since
    ).order_by("-pk")
    told = entries.exclude(body="").values_list("campaign_id", "at", "body")
    newest = told[:OUTSIDE_LIMIT]
    return _by_place(
        touch
        for campaign, at, body in reversed(newest)
        for touch in _told(campaign or 0, at, documents.loads(body))
        if touch.place[1] in fields
    )


def _told(campaign: int, at: datetime, body: documents.Document) -> Iterable[Touch]:
    after = body["facts"].get("after")
    since = datetime.fromisoformat(after) if after else None
    for told in body["fields"]:
        place = (campaign, told["field"])
        yield Touch(place, at, told["seen"], told["wanted"], since=since)


def _by_place(found: Iterable[Touch]) -> dict[Place, list[Touch]]:
    by_place: dict[Place, list[Touch]] = defaultdict(list)
    for touch in found:
        by_place[touch.place].append(touch)
    return by_place


def _in_order(ours: Sequence[Touch], outside: Sequence[Touch]) -> Iterable[Touch]:
    """By time; ours never leave the order of their lane."""
    timed, latest = [], datetime.min
    for touch in ours:
        latest = max(latest, touch.at.replace(tzinfo=None))
        timed.append((latest, touch))
    found = [(touch.at.replace(tzinfo=None), touch) for touch in outside]
    return [touch for _, touch in merge(timed, found, key=lambda pair: pair[0])]
