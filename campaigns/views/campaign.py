"""The page of one campaign: every field, what was asked of it, what it became."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from campaigns import clock, tasks
from campaigns.models import Campaign, Person
from campaigns.planning import drafts
from campaigns.planning.drafts import Desk
from campaigns.registry import UnknownPlatform
from campaigns.views import rows

GONE = (
    "The platform of this campaign is no longer installed: its settings cannot be "
    "shown or changed here. What was changed stays under Changes."
)


def find(request: HttpRequest, pk: int) -> Campaign:
    """The campaign, if this person may see it; else 404."""
    mine = Campaign.objects.visible_to(person(request)).select_related("connection")
    return get_object_or_404(mine, pk=pk)


def person(request: HttpRequest) -> Person:
    """Who asks. The gate lets nobody else through."""
    return request.user  # type: ignore[return-value]  # the gate let a person in


def desk(request: HttpRequest, pk: int) -> Desk:
    """The campaign with the unsent edits of who asks."""
    return desk_of(person(request), find(request, pk))


def desk_of(person: Person, campaign: Campaign) -> Desk:
    """The campaign with somebody's unsent edits; 404 in words without its platform."""
    try:
        return drafts.open_desk(person, campaign)
    except UnknownPlatform as error:
        raise Http404(GONE) from error


@require_GET
def campaign_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one campaign with its editable fields. Never calls the platform."""
    here = desk(request, pk)
    return render(request, "campaigns/campaign_detail.html", rows.page(request, here))


@require_GET
def campaign_live(request: HttpRequest, pk: int) -> HttpResponse:
    """What has moved on this page since the version it names; 204 when nothing has."""
    here = desk(request, pk)
    since = request.GET.get("since", "")
    moved = rows.moved(here, since)
    if moved["is_live"] and moved["version"] == since:
        return HttpResponse(status=204)
    return render(request, "campaigns/_campaign_live.html", moved)


@require_POST
def campaign_read(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a worker to read this campaign from its platform soon."""
    campaign = find(request, pk)
    Campaign.objects.filter(pk=campaign.pk).update(read_due_at=clock.now())
    tasks.hint_sync(campaign.connection_id)
    return redirect("campaign_detail", pk=pk)
