"""What a person decides about a change that has been requested already."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from campaigns import changes, tasks
from campaigns.changes import LostRace, NotAllowed
from campaigns.changes.decisions import AlreadySent
from campaigns.lifecycle import IllegalMove
from campaigns.models import Change
from campaigns.planning import decisions
from campaigns.planning.decisions import NotAcceptable, NothingToDecide
from campaigns.views.campaign import person

TOO_LATE = "Something moved in the meantime. Look at what it is now."


def _find(request: HttpRequest, pk: int) -> Change:
    mine = Change.objects.visible_to(person(request))
    return get_object_or_404(
        mine.select_related("campaign__connection", "change_set__person"), pk=pk
    )


def _back(request: HttpRequest, change: Change) -> HttpResponse:
    if request.POST.get("from") == "campaign":
        return redirect("campaign_detail", pk=change.campaign_id)
    if request.POST.get("from") == "needs":
        return redirect("needs_you")
    return redirect("change_detail", pk=change.pk)


@require_POST
def change_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw a change that has not been sent."""
    change = _find(request, pk)
    try:
        changes.cancel(change, person(request))
        messages.info(request, "Cancelled. Nothing was sent.")
    except (AlreadySent, IllegalMove) as error:
        messages.warning(request, str(error))
    except LostRace:
        messages.warning(request, "Already sent. Put its fields back instead.")
    return _back(request, change)


@require_POST
def change_put_aside(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a change off the list of what waits; its state stays."""
    change = _find(request, pk)
    try:
        changes.put_aside(change, person(request))
    except LostRace:
        messages.warning(request, TOO_LATE)
    return _back(request, change)


@require_POST
def change_send_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send an Unknown or a Held once more, knowing what that means."""
    change = _find(request, pk)
    try:
        changes.send_again(change, person(request))
        tasks.hint_deliver(change.campaign.connection_id)
    except (LostRace, IllegalMove):
        messages.warning(request, TOO_LATE)
    return _back(request, change)


@require_POST
def change_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Theirs, mine or another value, for one field of a Clash or a Different."""
    change = _find(request, pk)
    path, choice = request.POST.get("field", ""), request.POST.get("choice", "")
    if choice not in ("theirs", "mine", "other") or "\x00" in path:
        messages.warning(request, "Choose one of the three values first.")
        return _back(request, change)
    try:
        decisions.decide(person(request), change, path, choice, request.POST)
        tasks.hint_deliver(change.campaign.connection_id)
    except (NotAcceptable, NotAllowed) as error:
        messages.warning(request, f"Nothing was sent. {error}")
    except (NothingToDecide, LostRace):
        messages.warning(request, TOO_LATE)
    return _back(request, change)
