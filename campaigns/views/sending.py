"""What every page that sends has in common: its key, its words, its answer."""

import re
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from campaigns import tasks, typed
from campaigns.models import ChangeSet, FieldChange
from campaigns.planning import knowing, proposals
from campaigns.planning.proposals import NotReady, Proposal
from campaigns.views import keys

TITLE_LIMIT = 200
REASON_LIMIT = 2000
KEY = re.compile(r"[0-9A-Za-z-]{1,64}", re.ASCII)
TOO_LONG = (
    f"Use at most {TITLE_LIMIT} characters for the title and {REASON_LIMIT:,} for the "
    "reason."
)
NO_KEY = "This form arrived incomplete. Nothing was sent: look once more, then send."


def key(request: HttpRequest) -> str:
    """The key that this form came with, or a new one."""
    given = request.POST.get("key", "")
    return given if KEY.fullmatch(given) else uuid4().hex


def send(
    request: HttpRequest, proposal: Proposal, undoes: ChangeSet | None = None
) -> ChangeSet:
    """Give a proposal over with the words of the form; the same form twice is once.

    Raises what `proposals.send` does, and `NotReady` for a form that is not whole.
    """
    given = request.POST.get("key", "")
    title = _text(request, "title", TITLE_LIMIT)
    reason = _text(request, "reason", REASON_LIMIT)
    if not KEY.fullmatch(given):
        raise NotReady(NO_KEY)
    knowing.check(proposal, *known(request))
    return proposals.send(
        proposal,
        key=given,
        digest=request.POST.get("digest", ""),
        title=title,
        reason=reason,
        undoes=undoes,
        replace=_chosen(request),
    )


def known(request: HttpRequest) -> tuple[list[str], str]:
    """What the form says is known: the keys ticked, and the word typed."""
    return request.POST.getlist("knows"), request.POST.get("typed", "")


def _chosen(request: HttpRequest) -> set[int]:
    """The campaigns on which what waits is to be replaced."""
    given = request.POST.getlist("replace")
    return {key for key in map(keys.read, given) if key is not None}


def _text(request: HttpRequest, name: str, limit: int) -> str:
    text = request.POST.get(name, "").replace("\r\n", "\n").strip()
    try:
        return typed.text(text, limit, TOO_LONG) if text else ""
    except ValidationError as error:
        raise NotReady(f"{error.messages[0]} Nothing was sent.") from error


def sent(request: HttpRequest, change_set: ChangeSet) -> HttpResponse:
    """Wake the workers, and lead to where it can be watched."""
    connections = change_set.changes.values_list("campaign__connection", flat=True)
    for connection_id in set(connections):
        tasks.hint_deliver(connection_id)
    count = FieldChange.objects.filter(change__change_set=change_set).count()
    words = (
        "1 field leaves by itself"
        if count == 1
        else f"{count} fields leave by themselves"
    )
    messages.info(request, f"Saved. {words}, whether you stay on this page or not.")
    campaigns = set(change_set.changes.values_list("campaign", flat=True))
    if len(campaigns) == 1:
        return redirect("campaign_detail", pk=campaigns.pop())
    return redirect(f"/changes/?set={change_set.pk}")
