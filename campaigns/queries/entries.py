"""The audit history as managers page through it: by key, never counted."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from campaigns.models import (
    AuditEntry,
    AuditStream,
    Campaign,
    Connection,
    Person,
    PersonName,
)

SLACK = 1000
"""Entries are numbered in the order of their times but for a few written at once."""


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which entries are asked for; an empty value asks for all.

    `text` is part of a campaign's name or its remote id; `since` is part of the time
    asked for, `until` is not.
    """

    text: str = ""
    person: int | None = None
    campaign: int | None = None
    connection: int | None = None
    platform: str = ""
    field: str = ""
    state: str = ""
    event: str = ""
    channel: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Some entries, newest first, and whether there are more on either side."""

    entries: list[AuditEntry]
    has_newer: bool
    has_older: bool


def find_entries(
    person: Person,
    wanted: EntryFilter,
    *,
    before: int | None = None,
    after: int | None = None,
    limit: int = 50,
) -> EntryPage:
    """One page of the history: the newest entries, or those next to an entry.

    `before` and `after` are primary keys and not part of the page; with both,
    `before` counts.
    """
    found = _matching(person, wanted)
    # Ordered by the index that also finds the field, so that none is sorted.
    key = "named_fields__entry_id" if wanted.field else "pk"
    if after is not None and before is None:
        rows = list(found.filter(pk__gt=after).order_by(key)[: limit + 1])
        if rows:
            return EntryPage(rows[:limit][::-1], len(rows) > limit, True)
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.order_by(f"-{key}")[: limit + 1])
    has_newer = before is not None
    return EntryPage(rows[:limit], has_newer=has_newer, has_older=len(rows) > limit)


def find_entry(person: Person) -> QuerySet[AuditEntry]:
    """The entries that this person may read: all but those of hidden connections.

    Told by what is hidden, which is little: the other way round no index could give
    the newest entries first.
    """
    seen = Connection.objects.visible_to(person).values("pk")
    hidden = Connection.objects.exclude(pk__in=seen).values_list("pk", flat=True)
    return AuditEntry.objects.exclude(connection_id__in=list(hidden))


def find_neighbours(person: Person, entry: AuditEntry) -> dict[str, AuditEntry]:
    """The entries just before and after in the same stream: `earlier`, `later`."""
    beside = find_entry(person).filter(
        stream=entry.stream, number__in=(entry.number - 1, entry.number + 1)
    )
    return {"earlier" if one.number < entry.number else "later": one for one in beside}


def find_names(numbers: Collection[int | None]) -> dict[int, str]:
    """The names behind people's numbers, of those that are not forgotten."""
    known = PersonName.objects.filter(pk__in={n for n in numbers if n is not None})
    return dict(known.values_list("person_id", "name"))


def find_people() -> list[tuple[int, str]]:
    """Everyone the history can name, by name."""
    return list(PersonName.objects.order_by("name").values_list("person_id", "name"))


def first_after(person: Person, moment: datetime) -> int | None:
    """The primary key of the first entry at or after a moment; None if none is."""
    later = find_entry(person).filter(at__gte=moment).order_by("at", "pk")
    return min(later.values_list("pk", flat=True)[:SLACK], default=None)


def newest_number(stream: str) -> int:
    """How many entries a stream has: its numbers have no gap."""
    known = AuditStream.objects.filter(name=stream)
    return known.values_list("last_number", flat=True).first() or 0


def _matching(person: Person, wanted: EntryFilter) -> QuerySet[AuditEntry]:
    plain = {
        "person_id": wanted.person,
        "campaign_id": wanted.campaign,
        "connection_id": wanted.connection,
        "state": wanted.state or None,
        "event": wanted.event or None,
        "channel": wanted.channel or None,
    }
    asked = {name: value for name, value in plain.items() if value is not None}
    found = _between(find_entry(person).filter(**asked), wanted.since, wanted.until)
    if wanted.platform:
        on = Connection.objects.visible_to(person).filter(platform=wanted.platform)
        found = found.filter(connection_id__in=on.values("pk"))
    if wanted.field:
        found = found.filter(named_fields__field=wanted.field)
    if wanted.text:
        found = found.filter(campaign_id__in=_named(person, wanted.text))
    return found


def _named(person: Person, text: str) -> QuerySet[Campaign, int]:
    """Campaigns by words of their name, also on connections no longer in use."""
    seen = Connection.objects.visible_to(person).values("pk")
    named = Q(name__icontains=text) | Q(remote_id__icontains=text)
    found = Campaign.objects.filter(named, connection__in=seen).order_by()
    return found.values_list("pk", flat=True)


def _between(
    found: QuerySet[AuditEntry], since: datetime | None, until: datetime | None
) -> QuerySet[AuditEntry]:
    """Bounds by primary key besides those by time: paging then reads no other rows."""
    all_keys = AuditEntry.objects.values_list("pk", flat=True)
    if since is not None:
        keys = all_keys.filter(at__gte=since).order_by("at")[:SLACK]
        first = min(keys, default=None)
        found = found.filter(at__gte=since, pk__gte=first) if first else found.none()
    if until is not None:
        last = max(all_keys.filter(at__lt=until).order_by("-at")[:SLACK], default=0)
        found = found.filter(at__lt=until, pk__lte=last)
    return found
