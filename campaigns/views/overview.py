"""The first page: what waits, what failed, what moved today, what was read when."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from campaigns import queries
from campaigns.audit import Event
from campaigns.lifecycle import NEEDS_PERSON, OPEN, State
from campaigns.models import Person
from campaigns.queries import ChangeFilter
from campaigns.rights import Right
from campaigns.views import filters, lines
from campaigns.views.asking import Asking

LINES = 5
ORDER = tuple(State)


@require_GET
def overview(request: Asking) -> HttpResponse:
    """Show where everything stands for this person."""
    person = request.user
    context = {
        **_counted(person),
        **_listed(person),
        "connections": queries.find_running(person),
        "may_connect": person.may(Right.CONNECT),
        "may_edit": person.may(Right.EDIT),
    }
    return render(request, "campaigns/overview.html", context)


def _counted(person: Person) -> dict[str, Any]:
    """Today by state, and the last fortnight by day, in the person's zone."""
    midnight = filters.midnight(timezone.localdate())
    days = queries.count_by_day(person, midnight)
    return {
        "today": _today(queries.count_by_state(person, midnight)),
        "days": days,
        "has_days": any(day["count"] for day in days),
    }


def _listed(person: Person) -> dict[str, Any]:
    """The first lines of what waits, failed, is one's own, came from outside."""
    waiting = queries.find_needs(person)
    failed = queries.find_changes(person, ChangeFilter(state=State.FAILED))
    mine = queries.find_changes(person, ChangeFilter(person=person.pk))
    return {
        "waiting": waiting[:LINES],
        "waiting_total": waiting.count(),
        "failed": failed[:LINES],
        "mine": mine[:LINES],
        "outside": _outside(person),
    }


def _outside(person: Person) -> list[lines.Line]:
    wanted = queries.EntryFilter(event=Event.OUTSIDE)
    return lines.tell(person, queries.find_entries(person, wanted, limit=LINES).entries)


def _today(counts: dict[State, int]) -> dict[str, Any]:
    """Today's changes in three piles that add up to all of them."""
    day = f"{timezone.localdate():%Y-%m-%d}"
    rows = [
        {
            "state": state,
            "count": counts[state],
            "url": f"{reverse('change_list')}?state={state}&since={day}",
        }
        for state in ORDER
        if counts.get(state)
    ]
    asking = NEEDS_PERSON - OPEN
    piles = (
        ("ended", [row for row in rows if row["state"] not in OPEN | asking]),
        ("on their way", [row for row in rows if row["state"] in OPEN]),
        ("not as wanted", [row for row in rows if row["state"] in asking]),
    )
    return {
        "total": sum(counts.values()),
        "by_state": rows,
        "piles": [(words, _sum(found), found) for words, found in piles],
    }


def _sum(rows: list[dict[str, Any]]) -> int:
    return sum(row["count"] for row in rows)
