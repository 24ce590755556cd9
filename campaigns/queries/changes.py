"""Changes as their list and their page show them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from campaigns.lifecycle import OPEN, State
from campaigns.models import AuditEntry, Change, ChangeSet, Person
from campaigns.queries.campaigns import NEEDS_YOU, OPEN_WORK
from campaigns.queries.needs import find_needs


@dataclass(frozen=True, slots=True)
class ChangeFilter:
    """Which changes are asked for; an empty value asks for all.

    `state` is a state, or OPEN_WORK, or NEEDS_YOU; `since` is part of the time asked
    for, `until` is not.
    """

    state: str = ""
    person: int | None = None
    campaign: int | None = None
    connection: int | None = None
    change_set: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    pks: Collection[int] | None = None


def find_changes(person: Person, wanted: ChangeFilter) -> QuerySet[Change]:
    """The changes that match, newest first."""
    plain = {
        "change_set__person": wanted.person,
        "campaign": wanted.campaign,
        "campaign__connection": wanted.connection,
        "change_set": wanted.change_set,
        "created_at__gte": wanted.since,
        "created_at__lt": wanted.until,
        "pk__in": wanted.pks,
    }
    asked = {name: value for name, value in plain.items() if value is not None}
    found: QuerySet[Change] = Change.objects.visible_to(person).filter(**asked)
    if wanted.state == NEEDS_YOU:
        found = found.filter(pk__in=find_needs(person).order_by().values("pk"))
    elif wanted.state:
        states = OPEN if wanted.state == OPEN_WORK else {State(wanted.state)}
        found = found.filter(state__in=states)
    return _with_rows(found).order_by("-pk")


def find_change(person: Person) -> QuerySet[Change]:
    """The changes this person may see, each with all that its page shows."""
    return _with_rows(Change.objects.visible_to(person)).prefetch_related(
        "attempts", "split_off"
    )


def find_chain(change: Change) -> QuerySet[AuditEntry]:
    """Every audit entry of a change that was found before, oldest first."""
    return AuditEntry.objects.filter(change_id=change.pk).order_by("pk")


def find_undoing(change: Change) -> QuerySet[ChangeSet]:
    """The change sets that put fields of this change's set back, oldest first."""
    return ChangeSet.objects.filter(undoes=change.change_set_id).order_by("pk")


def _with_rows(found: QuerySet[Change]) -> QuerySet[Change]:
    return found.select_related(
        "campaign__connection", "change_set__person", "change_set__undoes", "entry"
    ).prefetch_related("fields")
