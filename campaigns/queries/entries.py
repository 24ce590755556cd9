"""The audit history for those who review: whose entries, by whom, next to which."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet

from campaigns.models import AuditEntry, AuditStream, Connection, Person, PersonName

SLACK = 1000
"""Entries are numbered in the order of their times but for a few written at once."""


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


def first_after(moment: datetime) -> int | None:
    """The primary key of the first entry at or after a moment; None if none is."""
    later = AuditEntry.objects.filter(at__gte=moment).order_by("at")
    return min(later.values_list("pk", flat=True)[:SLACK], default=None)


def last_before(moment: datetime) -> int | None:
    """The primary key of the last entry before a moment; None if none is."""
    earlier = AuditEntry.objects.filter(at__lt=moment).order_by("-at")
    return max(earlier.values_list("pk", flat=True)[:SLACK], default=None)


def newest_number(stream: str) -> int:
    """How many entries a stream has: its numbers have no gap."""
    known = AuditStream.objects.filter(name=stream)
    return known.values_list("last_number", flat=True).first() or 0
