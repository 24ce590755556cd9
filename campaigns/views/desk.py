"""The review desk: change sets since the last visit, riskiest first."""

from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from campaigns import clock, queries
from campaigns.audit import Event
from campaigns.models import Person
from campaigns.queries import Pile
from campaigns.reviews import visits
from campaigns.views import desk_cards, filters, lines
from campaigns.views.asking import Asking

SHOWN = 20
QUESTIONS = 5
VISIT, EVERY = "visit", "all"
SPANS = {
    VISIT: "Since my last visit",
    "day": "Today",
    "week": "7 days",
    "month": "30 days",
    EVERY: "All time",
}
PILES = {
    Pile.OPEN.value: "To look at",
    Pile.QUESTION.value: "Question open",
    Pile.FLAGGED.value: "Flagged",
    Pile.REVIEWED.value: "Reviewed",
    EVERY: "All",
}
DRAWN = {
    Pile.REVIEWED: "confirmed",
    Pile.FLAGGED: "different",
    Pile.QUESTION: "unknown",
    Pile.OPEN: "draft",
}
ICONS = {
    Pile.REVIEWED: "check",
    Pile.FLAGGED: "flag",
    Pile.QUESTION: "chat-bubble-left",
    Pile.OPEN: "eye",
}


@require_GET
def desk_list(request: Asking) -> HttpResponse:
    """Show one pile of the span that was chosen; nothing is written by looking."""
    span, pile = asked(request.GET)
    since = _since(span, request.user)
    sets: QuerySet[Any] = queries.find_sets(request.user, since)
    chosen = sets if pile == EVERY else sets.filter(pile=pile)
    cards = desk_cards.ranked(request.user, chosen)
    page = Paginator(cards, SHOWN).get_page(request.GET.get("page"))
    questions = queries.find_open_questions(request.user)
    context = {
        "cards": desk_cards.with_questions(request.user, list(page.object_list)),
        "page": page,
        "since": since,
        "span": span,
        "pile": pile,
        "spans": SPANS,
        "ranked": desk_cards.RANKED,
        "reasons": desk_cards.reasons(cards),
        "questions": questions[:QUESTIONS],
        "questions_total": questions.count(),
        "outside": _outside(request.user, since),
        **coverage(request.user, span, pile),
    }
    return render(request, "campaigns/desk.html", context)


def _outside(person: Person, since: datetime | None) -> list[lines.Line]:
    """The newest changes that nobody asked for here."""
    wanted = queries.EntryFilter(event=Event.OUTSIDE, since=since)
    found = queries.find_entries(person, wanted, limit=QUESTIONS)
    return lines.tell(person, found.entries)


@require_POST
def desk_visit(request: Asking) -> HttpResponse:
    """Remember that this person sits at the desk; sent by the page once it is shown."""
    visits.note(request.user)
    return HttpResponse(status=204)


def coverage(person: Person, span: str, pile: str) -> dict[str, Any]:
    """The piles of a span, and the sum that they must make."""
    sets = queries.find_sets(person, _since(span, person))
    counts = queries.count_piles(sets)
    changes, campaigns = queries.count_held(person, sets)
    return {
        "piles": [
            {
                "text": PILES[key],
                "count": counts[key],
                "state": DRAWN[key],
                "icon": ICONS[key],
            }
            for key in (Pile.REVIEWED, Pile.QUESTION, Pile.FLAGGED, Pile.OPEN)
        ],
        "total": sets.count(),
        "changes": changes,
        "campaigns": campaigns,
        "pills": [
            {
                "text": words,
                "url": f"?span={span}&pile={key}",
                "count": sum(counts.values()) if key == EVERY else counts[Pile(key)],
                "current": key == pile,
            }
            for key, words in PILES.items()
        ],
    }


def _since(span: str, person: Person) -> datetime | None:
    now = clock.now()
    if span == VISIT:
        return visits.since(person)
    if span == "day":
        return filters.midnight(timezone.localdate(now))
    days = {"week": 7, "month": 30}.get(span)
    return now - timedelta(days=days) if days else None


def asked(query: QueryDict) -> tuple[str, str]:
    """The span and the pile that an address asks for."""
    return (
        _one_of(SPANS, query.get("span"), VISIT),
        _one_of(PILES, query.get("pile"), Pile.OPEN.value),
    )


def _one_of(known: dict[str, str], asked: str | None, otherwise: str) -> str:
    return asked if asked in known else otherwise
