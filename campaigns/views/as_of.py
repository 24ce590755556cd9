"""A campaign as of any moment beside now or another one, and why a field is so."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.validators import MinValueValidator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from campaigns import clock, queries
from campaigns.fields import PlatformField
from campaigns.models import AuditEntry, Campaign
from campaigns.planning import causes, put_back
from campaigns.planning.causes import Write
from campaigns.planning.drafts import Desk
from campaigns.planning.put_back import PutBack
from campaigns.rights import Right
from campaigns.views import campaign as campaigns
from campaigns.views import lines, moments, sheets
from campaigns.views.asking import Asking

AROUND = 4
"""So many entries are shown on either side of a moment."""
EARLIEST = datetime(2000, 1, 1, tzinfo=timezone.get_fixed_timezone(0))


class Moments(forms.Form):
    """One moment or two, in the zone of who asks."""

    at = forms.DateTimeField(required=False, validators=[MinValueValidator(EARLIEST)])

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.fields["and"] = forms.DateTimeField(
            required=False, validators=[MinValueValidator(EARLIEST)]
        )

    def moment(self, name: str, now: datetime) -> datetime:
        """What was asked for; now when nothing was, or a moment to come."""
        asked: datetime | None = self.cleaned_data.get(name)
        return min(asked or now, now)


@require_GET
def campaign_as_of(request: Asking, pk: int) -> HttpResponse:
    """Show what was set at a moment, as far as it can be known. Calls no platform."""
    campaign, now = campaigns.find(request, pk), clock.now()
    asked = Moments(request.GET)
    if not asked.is_valid():
        context = {"campaign": campaign, "problem": True, "asked": asked}
        return render(request, "campaigns/as_of.html", context, status=422)
    at, other = (asked.moment(name, now) for name in ("at", "and"))
    since = moments.told_since(campaign)
    if since and min(at, other) < since:
        around = _around(request, campaign, at)
        context = {"campaign": campaign, "at": at, "other": other, "since": since}
        context |= {"is_now": other == now, "may_audit": request.user.may(Right.AUDIT)}
        return render(request, "campaigns/as_of.html", context | around)
    desk = campaigns.desk_of(request.user, campaign)
    rows = moments.rows(desk, at, other)
    view = request.GET.get("show", "")
    shown = moments.shown(rows, view)
    if request.GET.get("as") == "csv":
        cells = moments.sheet(shown, at, other)
        return sheets.answer(f"{campaign.remote_id}-as-of", cells)
    context = {
        "campaign": campaign,
        "at": at,
        "other": other,
        "is_now": other == now,
        "view": view,
        "shown": len(shown),
        "groups": moments.grouped(shown),
        "views": moments.views(rows, view),
        "total": len(rows),
        "sure": moments.sure(rows),
        "may_audit": request.user.may(Right.AUDIT),
        **(_ways_back(desk, rows) if other == now else {}),
        **_around(request, campaign, at),
    }
    return render(request, "campaigns/as_of.html", context)


@require_GET
def field_why(request: Asking, pk: int, path: str) -> HttpResponse:
    """Tell who or what made a field what it is, and the reason."""
    campaign = campaigns.find(request, pk)
    desk = campaigns.desk_of(request.user, campaign)
    if path not in desk.form.declared():
        raise Http404("This platform has no such field.")
    field, told = desk.form.declared()[path], causes.why(campaign, path)
    names = queries.find_names([write.cause.person_id for write in told.writes])
    context = {
        "campaign": campaign,
        "field": field,
        "html_id": "field-" + path.replace(".", "-"),
        "why": told,
        "value": moments.words(field, told.known, desk.live),
        "writes": [_told(field, write, desk.live, names) for write in told.writes],
        "may_audit": request.user.may(Right.AUDIT),
    }
    page = "_field_why.html" if request.htmx else "field_why.html"
    return render(request, f"campaigns/{page}", context)


def _told(
    field: PlatformField, write: Write, live: Any, names: Mapping[int, str]
) -> dict[str, Any]:
    return {
        "cause": write.cause,
        "who": moments.who(write.cause, names),
        "before": field.display(write.before, live),
        "after": field.display(write.after, live),
    }


@require_POST
def campaign_put_back(request: Asking, pk: int) -> HttpResponse:
    """Keep what goes back to a moment as unsent edits, and show them for review."""
    campaign, now = campaigns.find(request, pk), clock.now()
    asked = Moments(request.POST)
    if not asked.is_valid():
        return redirect("campaign_as_of", pk=pk)
    at, since = asked.moment("at", now), moments.told_since(campaign)
    if since and at < since:
        messages.error(request, "What it was at that moment lies in archives.")
        return redirect("campaign_as_of", pk=pk)
    desk = campaigns.desk_of(request.user, campaign)
    if not put_back.keep(desk, _put_back(desk, moments.rows(desk, at, now))):
        messages.error(request, "No field can go back to that moment. Nothing is kept.")
        here = reverse("campaign_as_of", args=[pk])
        return redirect(f"{here}?{urlencode({'at': at.isoformat()})}")
    messages.info(request, "Kept as unsent edits. Nothing has left: review, then send.")
    return redirect("review_detail")


def _put_back(desk: Desk, rows: Sequence[moments.Row]) -> PutBack:
    then = {row.field.path: row.then for row in rows}
    return put_back.find(desk, then, {row.field.path: row.other for row in rows})


def _ways_back(desk: Desk, rows: Sequence[moments.Row]) -> dict[str, Any]:
    """What could go back to the first moment, and why the rest could not."""
    if not desk.may_edit:
        return {}
    found = _put_back(desk, rows)
    labels = {row.field.path: row.field.label for row in rows}
    stays = [(labels[path], because) for path, because in found.refused.items()]
    return {"put_back": found, "stays": stays}


def _around(request: Asking, campaign: Campaign, at: datetime) -> dict[str, Any]:
    """The entries next to a moment, in words, and the moments they lead to."""
    mine = AuditEntry.objects.filter(campaign_id=campaign.pk)
    before = list(mine.filter(at__lte=at).order_by("-pk")[:AROUND])[::-1]
    after = list(mine.filter(at__gt=at).order_by("pk")[:AROUND])
    step = timedelta(milliseconds=1)
    return {
        "before": lines.tell(request.user, before),
        "after": lines.tell(request.user, after),
        "earlier": before[-1].at - step if before else None,
        "later": after[0].at + step if after else None,
    }
