"""A campaign as of any moment beside now or another one, and why a field is so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.validators import MinValueValidator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from campaigns import clock, queries
from campaigns.fields import PlatformField
from campaigns.models import AuditEntry, Campaign
from campaigns.planning import as_of, causes, drafts
from campaigns.planning.causes import Cause, Write
from campaigns.planning.knowledge import Certainty, Known
from campaigns.rights import Right
from campaigns.views import campaign as campaigns
from campaigns.views import lines
from campaigns.views.asking import Asking

AROUND = 4
"""So many entries are shown on either side of a moment."""
EARLIEST = datetime(2000, 1, 1, tzinfo=timezone.get_fixed_timezone(0))
VIEWS = (
    ("", "All fields"),
    ("differ", "Differ"),
    ("same", "The same"),
    ("untold", "Cannot be told"),
)


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


@dataclass(frozen=True, slots=True)
class Row:
    """One field at two moments; `cause` is what made the later value."""

    field: PlatformField
    then: Known
    other: Known
    words: Mapping[str, str]
    cause: Cause | None
    who: str

    @property
    def verdict(self) -> str:
        """Whether they differ: differ, same, untold."""
        differ = as_of.differ(self.then, self.other)
        return {True: "differ", False: "same", None: "untold"}[differ]


@require_GET
def campaign_as_of(request: Asking, pk: int) -> HttpResponse:
    """Show what was set at a moment, as far as it can be known. Calls no platform."""
    campaign, now = campaigns.find(request, pk), clock.now()
    asked = Moments(request.GET)
    if not asked.is_valid():
        context = {"campaign": campaign, "problem": True, "asked": asked}
        return render(request, "campaigns/as_of.html", context, status=422)
    at, other = (asked.moment(name, now) for name in ("at", "and"))
    rows = _rows(request, campaign, at, other)
    view = request.GET.get("show", "")
    return render(
        request,
        "campaigns/as_of.html",
        {
            "campaign": campaign,
            "at": at,
            "other": other,
            "is_now": other == now,
            "groups": _groups(rows, view),
            "views": _views(rows, view),
            "total": len(rows),
            "sure": _sure(rows),
            "may_audit": request.user.may(Right.AUDIT),
            **_around(request, campaign, at),
        },
    )


@require_GET
def field_why(request: Asking, pk: int, path: str) -> HttpResponse:
    """Tell who or what made a field what it is, and the reason."""
    campaign = campaigns.find(request, pk)
    desk = drafts.open_desk(request.user, campaign)
    if path not in desk.form.declared():
        raise Http404("This platform has no such field.")
    field, told = desk.form.declared()[path], causes.why(campaign, path)
    names = queries.find_names([write.cause.person_id for write in told.writes])
    context = {
        "campaign": campaign,
        "field": field,
        "html_id": "field-" + path.replace(".", "-"),
        "why": told,
        "value": _words(field, told.known, desk.live),
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
        "who": _who(write.cause, names),
        "before": field.display(write.before, live),
        "after": field.display(write.after, live),
    }


def _who(cause: Cause | None, names: Mapping[int, str]) -> str:
    if cause is None or cause.person_id is None:
        return ""
    return names.get(cause.person_id, f"person {cause.person_id}")


def _rows(
    request: Asking, campaign: Campaign, at: datetime, other: datetime
) -> list[Row]:
    desk = drafts.open_desk(request.user, campaign)
    fields = desk.form.declared()
    then, now = (as_of.state_at(campaign, fields, moment) for moment in (at, other))
    later = then if at > other else now
    found = causes.of_known(later.values())
    names = queries.find_names([cause.person_id for cause in found.values()])
    return [
        Row(
            field,
            then[path],
            now[path],
            {
                "then": _words(field, then[path], desk.live),
                "other": _words(field, now[path], desk.live),
            },
            cause := found.get(later[path].entry or 0),
            _who(cause, names),
        )
        for path, field in fields.items()
    ]


def _words(field: PlatformField, known: Known, live: Any) -> str:
    """A value in words: both values where it may have been either."""
    words = field.display(known.value, live)
    if known.other is None or known.certainty == Certainty.MAYBE:
        return words
    return f"{words} or {field.display(known.other, live)}"


def _groups(rows: list[Row], view: str) -> list[tuple[str, list[Row]]]:
    shown = [row for row in rows if view in ("", row.verdict)]
    groups: dict[str, list[Row]] = {}
    for row in shown:
        groups.setdefault(row.field.group, []).append(row)
    return list(groups.items())


def _views(rows: list[Row], view: str) -> list[tuple[str, str, int, bool]]:
    verdicts = [row.verdict for row in rows]
    counts = {key: verdicts.count(key) for key, _ in VIEWS} | {"": len(rows)}
    return [(key, words, counts[key], key == view) for key, words in VIEWS]


def _sure(rows: list[Row]) -> list[tuple[str, int]]:
    certain = [row.then.certainty for row in rows]
    return [(each.value, certain.count(each)) for each in Certainty if each in certain]


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
