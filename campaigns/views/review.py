"""Review and Send: the last look before anything leaves."""

import re
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from campaigns import tasks
from campaigns.changes import NotAllowed
from campaigns.models import Change, ChangeSet
from campaigns.planning import drafts, proposals
from campaigns.planning.proposals import Moved, NotReady, Proposal
from campaigns.views.campaign import find, person

TITLE_LIMIT = 200
REASON_LIMIT = 2000
KEY = re.compile(r"[0-9A-Za-z-]{1,64}", re.ASCII)
TOO_LONG = (
    f"Use at most {TITLE_LIMIT} characters for the title and {REASON_LIMIT:,} for the "
    "reason, without invisible ones. Nothing was sent."
)
NO_KEY = "This form arrived incomplete. Nothing was sent: look once more, then send."


@require_GET
def review_detail(request: HttpRequest) -> HttpResponse:
    """Show from → to of everything unsent."""
    return _page(request, proposals.propose(person(request)))


@require_POST
def review_send(request: HttpRequest) -> HttpResponse:
    """Give the reviewed edits over; the same form twice gives the same change set."""
    proposal = proposals.propose(person(request))
    key, digest = request.POST.get("key", ""), request.POST.get("digest", "")
    title = _text(request, "title", TITLE_LIMIT)
    reason = _text(request, "reason", REASON_LIMIT)
    if title is None or reason is None:
        return _page(request, proposal, problem=TOO_LONG)
    if not KEY.fullmatch(key):
        return _page(request, proposal, problem=NO_KEY)
    try:
        sent = proposals.send(
            proposal, key=key, digest=digest, title=title, reason=reason
        )
    except (Moved, NotReady, NotAllowed) as error:
        return _page(request, proposal, problem=str(error))
    return _sent(request, sent)


def _text(request: HttpRequest, name: str, limit: int) -> str | None:
    text = request.POST.get(name, "").replace("\r\n", "\n").strip()
    return text if len(text) <= limit and "\x00" not in text else None


def _sent(request: HttpRequest, sent: ChangeSet) -> HttpResponse:
    changes = list(sent.changes.select_related("campaign"))
    for connection_id in {change.campaign.connection_id for change in changes}:
        tasks.hint_deliver(connection_id)
    messages.info(request, f"Saved. {_count(changes)} to be sent.")
    if len({change.campaign_id for change in changes}) == 1:
        return redirect("campaign_detail", pk=changes[0].campaign_id)
    return redirect(f"/changes/?set={sent.pk}")


def _count(changes: list[Change]) -> str:
    fields = sum(change.fields.count() for change in changes)
    return "1 field waits" if fields == 1 else f"{fields} fields wait"


@require_POST
def review_discard(request: HttpRequest) -> HttpResponse:
    """Forget unsent edits: of one campaign, or all of them."""
    pk = request.POST.get("campaign", "")
    campaign = find(request, int(pk)) if pk.isdecimal() and len(pk) < 19 else None
    drafts.discard(person(request), campaign)
    return redirect("review_detail")


def _page(
    request: HttpRequest, proposal: Proposal, *, problem: str = ""
) -> HttpResponse:
    key = request.POST.get("key", "")
    context = {
        "proposal": proposal,
        "problem": problem,
        "key": key if KEY.fullmatch(key) else uuid4().hex,
        "title": request.POST.get("title", ""),
        "reason": request.POST.get("reason", ""),
    }
    status = 422 if problem else 200
    return render(request, "campaigns/review.html", context, status=status)
