"""Every entry asked for, a page at a time, found by the code that shows them."""

from collections.abc import Callable, Sequence

from django.db.models import QuerySet

from campaigns.models import AuditEntry, Person
from campaigns.queries.asked import EntryFilter, matching
from campaigns.queries.walking import find_entries

PAGE = 2000


def pages_of(
    person: Person, wanted: EntryFilter
) -> Callable[[int], Sequence[AuditEntry]]:
    """Asked for what lies above a key, lowest first, until nothing is left."""

    def above(key: int) -> Sequence[AuditEntry]:
        page = find_entries(
            person, wanted, after=key, limit=PAGE, patience=float("inf")
        )
        # At its end a walk shows what is below; that has been read already.
        return [entry for entry in reversed(page.entries) if entry.pk > key]

    return above


def countable(person: Person, wanted: EntryFilter) -> QuerySet[AuditEntry] | None:
    """The same entries for the database to count; None where it cannot tell them."""
    return None if wanted.text else matching(person, wanted)
