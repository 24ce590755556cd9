"""The state of a campaign as of any moment, from its audit entries alone.

However long a history is, only so many entries are read; a field that they do not
tell of is looked for by its name. Texts that were removed are passed over: for every
moment after their months the rest tells the same.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import chain

from django.db.models import QuerySet

from campaigns import documents
from campaigns.audit import Event
from campaigns.lifecycle import State
from campaigns.models import AuditEntry, Campaign
from campaigns.planning import knowledge
from campaigns.planning.knowledge import Known, Told

WINDOW = 2_000
"""So many of the newest entries before a moment are replayed."""
OF_A_FIELD = 40
"""So many older entries are looked at for a field that those do not tell of."""
AHEAD = 500
"""So far after a moment the next evidence is looked for."""

PROOF = (State.CONFIRMED, State.ALREADY_SO)


def state_at(
    campaign: Campaign,
    fields: Collection[str],
    moment: datetime,
    *,
    window: int = WINDOW,
) -> dict[str, Known]:
    """What is known of each of `fields` at a moment."""
    mine = AuditEntry.objects.filter(campaign_id=campaign.pk)
    history = _before(mine, set(fields), moment, window)
    following = mine.filter(at__gt=moment).order_by("pk")
    known = knowledge.looked_ahead(
        knowledge.replayed(history), _told(following, AHEAD), moment
    )
    return {path: known.get(path, knowledge.NOTHING) for path in fields}


def of_field(campaign: Campaign, path: str) -> list[Told]:
    """The newest entries that tell of one field, oldest first."""
    mine = AuditEntry.objects.filter(campaign_id=campaign.pk)
    return _of_fields(mine, [path])


def _before(
    mine: QuerySet[AuditEntry], fields: set[str], moment: datetime, window: int
) -> list[Told]:
    past = mine.filter(at__lte=moment)
    newest = past.order_by("-pk")
    recent = _in_order(_told(newest, window))
    if not recent:
        return recent
    older = past.filter(pk__lt=recent[0].entry)
    recent = _in_order([*_begun(older, recent, window), *recent])
    proved = {one.field for one in recent if one.is_read or one.state in PROOF}
    return _in_order([*_of_fields(older, fields - proved), *recent])


def _begun(
    older: QuerySet[AuditEntry], recent: Iterable[Told], limit: int
) -> list[Told]:
    """The older entries of changes that began before the recent ones."""
    changes = {one.change for one in recent if one.change is not None}
    whole = {one.change for one in recent if one.event == Event.REQUESTED}
    return _told(older.filter(change_id__in=changes - whole).order_by("-pk"), limit)


def _in_order(told: Iterable[Told]) -> list[Told]:
    """Oldest first, each once."""
    once = {(one.entry, one.field): one for one in told}
    return [once[key] for key in sorted(once)]


def _of_fields(past: QuerySet[AuditEntry], fields: Iterable[str]) -> list[Told]:
    """The newest entries naming each field, oldest first."""
    found = chain.from_iterable(
        _told(past.filter(named_fields__field=path).order_by("-pk"), OF_A_FIELD, path)
        for path in sorted(fields)
    )
    return _in_order(found)


def _told(entries: QuerySet[AuditEntry], limit: int, path: str = "") -> list[Told]:
    rows = entries.exclude(body="").values_list("pk", "at", "body")[:limit]
    return [
        one
        for pk, at, body in rows
        for one in knowledge.told(pk, at, documents.loads(body))
        if not path or one.field == path
    ]


def differ(one: Known, other: Known) -> bool | None:
    """Whether two values differ; None when that cannot be told."""
    if any(known.value is None or known.other is not None for known in (one, other)):
        return None
    return one.value != other.value
