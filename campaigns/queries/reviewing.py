"""Change sets as reviewers see them: which, in which pile, with what in them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.fields import CharField

from campaigns import clock
from campaigns.lifecycle import State
from campaigns.models import (
    AuditEntry,
    AuditField,
    Change,
    ChangeSet,
    FieldChange,
    Person,
    Question,
    Verdict,
)

SETTLING = (
    State.SENDING,
    State.ACCEPTED,
    State.CONFIRMED,
    State.UNCONFIRMABLE,
    State.ALREADY_SO,
)
"""States to which a reviewed set may come without being looked at again: it does what
the reviewer saw it would. Everything else that happens to it opens it again."""

OUTSIDE = "changed outside"
OUTSIDE_LIMIT = 5000


class Pile(StrEnum):
    """Where a change set lies on the desk; each lies in one pile."""

    OPEN = "open"
    QUESTION = "question"
    FLAGGED = "flagged"
    REVIEWED = "reviewed"


@dataclass(slots=True)
class Contents:
    """What the changes of one set hold, as far as the reader may see them."""

    changes: int = 0
    newest: int = 0
    campaigns: set[int] = field(default_factory=set)
    states: Counter[State] = field(default_factory=Counter)
    rows: list[FieldChange] = field(default_factory=list)
    outside: int = 0
    put_back_by: str = ""


def find_sets(person: Person, since: datetime | None = None) -> QuerySet[ChangeSet]:
    """The sets this person may see, asked for or moved since, or with a question.

    Each carries its `pile`, and whether it `is_reopened`.
    """
    mine = Change.objects.visible_to(person).filter(change_set=OuterRef("pk"))
    asked = Question.objects.filter(change_set=OuterRef("pk"))
    found = ChangeSet.objects.filter(Exists(mine.order_by())).annotate(
        is_asked=Exists(asked.filter(answered_at=None)),
        is_reopened=_reopened(),
    )
    if since is not None:
        moved = Exists(mine.filter(moved_at__gte=since).order_by())
        found = found.filter(Q(created_at__gte=since) | moved | Q(is_asked=True))
    return found.annotate(pile=_pile())


def count_piles(sets: QuerySet[Any]) -> dict[Pile, int]:
    """How many sets lie in each pile; every pile is named."""
    rows = sets.order_by().values_list("pile").annotate(n=Count("pk"))
    counts = {Pile(pile): count for pile, count in rows}
    return {pile: counts.get(pile, 0) for pile in Pile}


def count_held(person: Person, sets: QuerySet[ChangeSet]) -> tuple[int, int]:
    """How many changes these sets hold, and on how many campaigns."""
    held = Change.objects.visible_to(person).filter(
        change_set__in=sets.order_by().values("pk")
    )
    campaigns = Count("campaign", distinct=True)
    counted = held.order_by().aggregate(n=Count("pk"), on=campaigns)
    return counted["n"], counted["on"]


def find_contents(person: Person, sets: Sequence[ChangeSet]) -> dict[int, Contents]:
    """What each of these sets holds, in a fixed number of queries."""
    found: dict[int, Contents] = defaultdict(Contents)
    seen = Change.objects.visible_to(person).filter(change_set__in=sets).order_by("pk")
    for pk, state, campaign, entry in seen.values_list(
        "change_set_id", "state", "campaign_id", "entry_id"
    ):
        holds = found[pk]
        holds.changes += 1
        holds.newest = max(holds.newest, entry or 0)
        holds.campaigns.add(campaign)
        holds.states[State(state)] += 1
    _add_fields(found, seen)
    _add_outside(found, sets)
    for undo in _undone_by_others(sets):
        found[undo.undoes_id or 0].put_back_by = str(undo.person)
    return found


def newest_entry(change_set: ChangeSet) -> int:
    """The primary key of the entry that moved this set last."""
    moved = change_set.changes.order_by().values_list("entry_id", flat=True)
    return max((key for key in moved if key), default=0)


def _reopened() -> Combinable:
    """Something happened to a reviewed set that the reviewer could not foresee."""
    changes = Change.objects.filter(change_set=OuterRef(OuterRef("pk"))).order_by()
    newer = AuditEntry.objects.filter(
        change_id__in=changes.values("pk"), pk__gt=OuterRef("review__entry_number")
    )
    undone = ChangeSet.objects.filter(
        undoes=OuterRef("pk"), created_at__gt=OuterRef("review__at")
    )
    answered = Question.objects.filter(
        change_set=OuterRef("pk"), answered_at__gt=OuterRef("review__at")
    )
    surprising = newer.exclude(state__in=SETTLING).exclude(state="").order_by()
    return Exists(surprising) | Exists(undone) | Exists(answered)


def _pile() -> Case:
    settled = {"review__verdict": Verdict.REVIEWED, "is_reopened": False}
    return Case(
        When(is_asked=True, then=Value(Pile.QUESTION)),
        When(review__verdict=Verdict.FLAGGED, then=Value(Pile.FLAGGED)),
        When(**settled, then=Value(Pile.REVIEWED)),
        default=Value(Pile.OPEN),
        output_field=CharField(),
    )


def _add_fields(found: Mapping[int, Contents], seen: QuerySet[Change]) -> None:
    rows = FieldChange.objects.filter(change__in=seen.order_by().values("pk"))
    for row in rows.select_related("change__campaign").order_by("pk"):
        found[row.change.change_set_id].rows.append(row)


def _add_outside(found: Mapping[int, Contents], sets: Sequence[ChangeSet]) -> None:
    """Count the fields of a set that somebody changed elsewhere after it."""
    asked = {one.pk: one.created_at for one in sets}
    campaigns = {key for holds in found.values() for key in holds.campaigns}
    latest = _outside(campaigns, min(asked.values(), default=clock.now()))
    for pk, holds in found.items():
        holds.outside = sum(
            latest.get((row.change.campaign_id, row.field), asked[pk]) > asked[pk]
            for row in holds.rows
        )


def _outside(
    campaigns: Collection[int], since: datetime
) -> dict[tuple[int | None, str], datetime]:
    rows = (
        AuditField.objects.filter(
            entry__event=OUTSIDE, entry__campaign_id__in=campaigns, entry__at__gt=since
        )
        .order_by("entry_id")
        .values_list("entry__campaign_id", "field", "entry__at")
    )
    return {(campaign, name): at for campaign, name, at in rows[:OUTSIDE_LIMIT]}


def _undone_by_others(sets: Sequence[ChangeSet]) -> QuerySet[ChangeSet]:
    undoing = ChangeSet.objects.filter(undoes__in=sets).select_related("person")
    return undoing.exclude(person=F("undoes__person")).order_by("pk")
