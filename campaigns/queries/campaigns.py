"""Campaigns as their list shows them."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import F, Func, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import OrderBy
from django.db.models.functions import Coalesce, Greatest, Lower

from campaigns.lifecycle import OPEN, State, worst
from campaigns.models import Campaign, Change, Label, Person
from campaigns.queries.needs import find_needs

OPEN_WORK = "open"
NEEDS_YOU = "needs"
SORTS: dict[str, F | Func] = {
    "name": Lower("name"),
    "status": F("status"),
    "connection": Lower("connection__name"),
    "shown": F("shown_at"),
    "changed": F("changed_at"),
}


@dataclass(frozen=True, slots=True)
class CampaignFilter:
    """Which campaigns are asked for; an empty value asks for all.

    `state` is a state of a change, or OPEN_WORK, or NEEDS_YOU.
    """

    text: str = ""
    connection: int | None = None
    platform: str = ""
    status: str = ""
    label: int | None = None
    state: str = ""
    with_deleted: bool = False


def find_campaigns(
    person: Person, wanted: CampaignFilter, sort: str = "name"
) -> QuerySet[Campaign]:
    """The campaigns that match, in a stable order; "-" before a sort turns it round.

    `shown_at` is when what is shown was read, `changed_at` when a change of ours last
    moved.
    """
    moved = Change.objects.filter(campaign=OuterRef("pk")).order_by("-moved_at")
    return (
        _matching(person, wanted)
        .select_related("connection")
        .prefetch_related("labels")
        .annotate(
            shown_at=Greatest(
                Coalesce("read_at", "listed_at"), Coalesce("listed_at", "read_at")
            ),
            changed_at=Subquery(moved.values("moved_at")[:1]),
        )
        .order_by(_order(sort), "pk")
    )


def find_statuses(person: Person) -> list[str]:
    """Every status, as platforms spell them, of the campaigns this person may see."""
    seen = Campaign.objects.visible_to(person).exclude(status="").order_by("status")
    return list(seen.values_list("status", flat=True).distinct())


def find_labels(person: Person) -> QuerySet[Label]:
    """Every label on a campaign that this person may see."""
    seen = Campaign.objects.visible_to(person).order_by()
    return Label.objects.filter(campaigns__in=seen).distinct().order_by("name")


def find_work(person: Person, campaigns: Collection[int]) -> dict[int, State]:
    """By campaign, the state that matters most of what is open or waits there."""
    going = Change.objects.visible_to(person).filter(
        Q(state__in=OPEN) | Q(waits_for_person=True), campaign__in=campaigns
    )
    states = defaultdict(list)
    for campaign, state in going.values_list("campaign_id", "state").order_by():
        states[campaign].append(State(state))
    return {campaign: worst(found) for campaign, found in states.items()}


def _matching(person: Person, wanted: CampaignFilter) -> QuerySet[Campaign]:
    found = Campaign.objects.visible_to(person)
    plain = {
        "connection": wanted.connection,
        "connection__platform": wanted.platform,
        "status": wanted.status,
        "labels": wanted.label,
    }
    found = found.filter(**{name: value for name, value in plain.items() if value})
    if wanted.text:
        text = wanted.text
        found = found.filter(Q(name__icontains=text) | Q(remote_id__icontains=text))
    if not wanted.with_deleted:
        found = found.filter(is_deleted=False)
    if wanted.state:
        found = found.filter(pk__in=_working(person, wanted.state))
    return found


def _working(person: Person, state: str) -> QuerySet[Change, int]:
    if state == NEEDS_YOU:
        going: QuerySet[Change] = find_needs(person).order_by()
    else:
        states = OPEN if state == OPEN_WORK else {State(state)}
        going = Change.objects.visible_to(person).filter(state__in=states).order_by()
    return going.values_list("campaign_id", flat=True)


def _order(sort: str) -> OrderBy:
    by = SORTS[sort.removeprefix("-")]
    if sort.startswith("-"):
        return by.desc(nulls_last=True)
    return by.asc(nulls_first=True)
