"""What the overview counts: today, the last days, the connections in use."""

from datetime import date, datetime, timedelta
from typing import TypedDict

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate

from campaigns.lifecycle import State
from campaigns.models import Change, Connection, Person


class Day(TypedDict):
    """How many changes were asked for on one day, and how many are Confirmed."""

    day: date
    count: int
    confirmed: int


def count_by_state(person: Person, since: datetime) -> dict[State, int]:
    """The changes asked for since a moment, by the state they are in now."""
    recent = Change.objects.visible_to(person).filter(created_at__gte=since)
    rows = recent.order_by().values_list("state").annotate(Count("pk"))
    return {State(state): count for state, count in rows}


def count_by_day(person: Person, midnight: datetime, days: int = 14) -> list[Day]:
    """One row for each of the last days, the one that began at `midnight` last.

    Days are those of the zone of `midnight`; a day without changes has its row too.
    """
    last = midnight.date()
    first = last - timedelta(days=days - 1)
    begin = datetime.combine(first, midnight.timetz())
    counted = (
        Change.objects.visible_to(person)
        .filter(created_at__gte=begin)
        .order_by()
        .annotate(day=TruncDate("created_at", tzinfo=midnight.tzinfo))
        .values_list("day")
        .annotate(count=Count("pk"), seen=Count("pk", filter=Q(state=State.CONFIRMED)))
        .values_list("day", "count", "seen")
    )
    found = {day: (count, confirmed) for day, count, confirmed in counted}
    every = (first + timedelta(days=number) for number in range(days))
    return [_day(day, *found.get(day, (0, 0))) for day in every]


def _day(day: date, count: int, confirmed: int) -> Day:
    return {"day": day, "count": count, "confirmed": confirmed}


def find_running(person: Person) -> QuerySet[Connection]:
    """The connections in use, each with its number of campaigns."""
    listed = Count("campaigns", filter=Q(campaigns__is_deleted=False))
    seen = Connection.objects.visible_to(person).in_use().with_wide_hold()
    return seen.annotate(campaign_count=listed).order_by("name")
