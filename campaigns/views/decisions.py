"""What a person decides about a change that has been requested already."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from campaigns import changes, documents, holds, queries, tasks
from campaigns.changes import LostRace, NotAllowed
from campaigns.changes.decisions import AlreadySent
from campaigns.lifecycle import IllegalMove, State
from campaigns.models import Change
from campaigns.planning import decisions
from campaigns.planning.decisions import NotAcceptable, NothingToDecide
from campaigns.planning.drafts import Stale
from campaigns.views import campaign, rows, story
from campaigns.views.campaign import person

NOTHING_CHOSEN = "Choose one of the three values first."
TOO_LATE = "Something moved in the meantime. Look at what it is now."
NOT_WHAT_WAS_SHOWN = (
    "Nothing was decided: the platform has another value by now than the page showed. "
    "Here it is; choose again."
)


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


def _refused(request: HttpRequest, change: Change, words: str) -> HttpResponse:
    """Say why nothing was done: at the field, or above what the change is now."""
    if request.POST.get("from") == "campaign":
        desk = campaign.desk(request, change.campaign_id)
        page, context = "campaign_detail", rows.page(request, desk)
        path = request.POST.get("field", "")
        if not rows.refuse_choice(desk, context, path, request.POST, words):
            messages.warning(request, words)
    else:
        messages.warning(request, words)
        now = get_object_or_404(queries.find_change(person(request)), pk=change.pk)
        page, context = "change_detail", story.page(person(request), now)
    return render(request, f"campaigns/{page}.html", context, status=422)


@require_POST
def change_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw a change that has not been sent."""
    change = _find(request, pk)
    try:
        changes.cancel(change, person(request))
    except (AlreadySent, IllegalMove) as error:
        return _refused(request, change, str(error))
    except LostRace:
        return _refused(request, change, "Already sent. Put its fields back instead.")
    in_doubt = change.state == State.UNKNOWN
    messages.info(request, change.says if in_doubt else "Cancelled. Nothing was sent.")
    return _back(request, change)


@require_POST
def change_put_aside(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a change off the list of what waits; its state stays."""
    change = _find(request, pk)
    try:
        changes.put_aside(change, person(request))
    except LostRace:
        return _refused(request, change, TOO_LATE)
    return _back(request, change)


@require_POST
def change_send_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send an Unknown or a Held once more, knowing what that means."""
    change = _find(request, pk)
    held = holds.reason_for(change.campaign.connection)
    if held and change.state == State.HELD:
        return _refused(request, change, f"On hold: “{held}” Release that first.")
    try:
        changes.send_again(change, person(request))
    except (LostRace, IllegalMove):
        return _refused(request, change, TOO_LATE)
    tasks.hint_deliver(change.campaign.connection_id)
    return _back(request, change)


@require_POST
def change_look_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Read an Accepted or an Unknown back once more."""
    change = _find(request, pk)
    try:
        changes.look_again(change, person(request))
    except LostRace:
        return _refused(request, change, TOO_LATE)
    tasks.hint_deliver(change.campaign.connection_id)
    return _back(request, change)


@require_POST
def change_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Theirs, mine or another value, for one field of a Clash or a Different."""
    change = _find(request, pk)
    path, choice = request.POST.get("field", ""), request.POST.get("choice", "")
    if choice not in ("theirs", "mine", "other") or not documents.is_clean(path):
        return _refused(request, change, NOTHING_CHOSEN)
    try:
        seen = request.POST.get("seen") or None
        decisions.decide(person(request), change, path, choice, request.POST, seen=seen)
    except (NotAcceptable, NotAllowed) as error:
        return _refused(request, change, f"Nothing was sent. {error}")
    except Stale:
        return _refused(request, change, NOT_WHAT_WAS_SHOWN)
    except (NothingToDecide, LostRace):
        return _refused(request, change, TOO_LATE)
    tasks.hint_deliver(change.campaign.connection_id)
    return _back(request, change)
