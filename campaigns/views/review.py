"""Review and Send: the last look before anything leaves."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from campaigns.changes import NotAllowed
from campaigns.models import Campaign
from campaigns.planning import drafts, knowing, proposals
from campaigns.planning.proposals import Moved, NotReady, Proposal
from campaigns.views import keys, sending
from campaigns.views.campaign import find, person


@require_GET
def review_detail(request: HttpRequest) -> HttpResponse:
    """Show from → to of everything unsent."""
    return _page(request, proposals.propose(person(request)))


@require_POST
def review_send(request: HttpRequest) -> HttpResponse:
    """Give the reviewed edits over; the same form twice gives the same change set."""
    proposal = proposals.propose(person(request))
    try:
        sent = sending.send(request, proposal)
    except (Moved, NotReady, NotAllowed) as error:
        return _page(request, proposal, problem=str(error))
    return sending.sent(request, sent)


@require_POST
def review_discard(request: HttpRequest) -> HttpResponse:
    """Forget unsent edits: of one campaign, or all of them."""
    pk = request.POST.get("campaign")
    campaign = None if pk is None else _named(request, pk)
    drafts.discard(person(request), campaign)
    return redirect("review_detail")


def _named(request: HttpRequest, pk: str) -> Campaign:
    key = keys.read(pk)
    if key is None:
        raise Http404("There is no such campaign.")
    return find(request, key)


def _page(
    request: HttpRequest, proposal: Proposal, *, problem: str = ""
) -> HttpResponse:
    known, typed = sending.known(request)
    context = {
        "proposal": proposal,
        "things": knowing.asked(proposal),
        "known": known,
        "typed": typed,
        "problem": problem,
        "key": sending.key(request),
        "title": request.POST.get("title", ""),
        "reason": request.POST.get("reason", ""),
        "replace": request.POST.getlist("replace"),
    }
    status = 422 if problem else 200
    return render(request, "campaigns/review.html", context, status=status)
