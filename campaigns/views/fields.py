"""Partial updates: one field of one campaign, edited, kept as a draft, let go."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from campaigns.diff import Plan
from campaigns.planning import drafts
from campaigns.planning.drafts import Desk, Stale
from campaigns.views import campaign, rows

STALE = (
    "This has changed since the page was opened. What is live now stands above; "
    "your value is kept here. Save it again if you still want it."
)


def _desk(request: HttpRequest, pk: int, path: str) -> Desk:
    desk = campaign.desk(request, pk)
    if path not in desk.form.declared():
        raise Http404("This platform has no such field.")
    return desk


@require_GET
def field_edit(request: HttpRequest, pk: int, path: str) -> HttpResponse:
    """Open the input of one field, or close it again."""
    desk = _desk(request, pk, path)
    if not request.htmx:  # type: ignore[attr-defined]  # set by its middleware
        return redirect(f"/campaigns/{pk}/?edit={path}#field-{path.replace('.', '-')}")
    context = rows.around(desk, desk.plan(), path)
    if "close" not in request.GET:
        rows.open_editor(desk, context["row"], None, [])
    return render(request, "campaigns/_field.html", {"row": context["row"]})


@require_POST
def field_update(request: HttpRequest, pk: int, path: str) -> HttpResponse:
    """Keep one edited field; 422 with the same row when it is not acceptable."""
    desk = _desk(request, pk, path)
    before = desk.plan()
    person = campaign.person(request)
    try:
        seen = request.POST.get("seen") or None
        messages = drafts.edit(desk, person, path, request.POST, seen)
    except Stale:
        messages = [STALE]
    if messages:
        return _refused(request, desk, path, messages)
    return _answer(request, campaign.desk(request, pk), before, path)


@require_POST
def field_discard(request: HttpRequest, pk: int, path: str) -> HttpResponse:
    """Forget the unsent edit of one field."""
    desk = _desk(request, pk, path)
    before = desk.plan()
    drafts.discard(campaign.person(request), desk.campaign, [path])
    return _answer(request, campaign.desk(request, pk), before, path)


@require_POST
def drafts_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget all unsent edits of one campaign."""
    drafts.discard(campaign.person(request), campaign.find(request, pk))
    return redirect("campaign_detail", pk=pk)


def _refused(
    request: HttpRequest, desk: Desk, path: str, messages: list[str]
) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]  # set by its middleware
        context = rows.around(desk, desk.plan(), path)
        rows.open_editor(desk, context["row"], request.POST, messages)
        return render(request, "campaigns/_field_saved.html", context, status=422)
    context = rows.page(request, desk, typed=request.POST, at=path, messages=messages)
    return render(request, "campaigns/campaign_detail.html", context, status=422)


def _answer(request: HttpRequest, desk: Desk, before: Plan, path: str) -> HttpResponse:
    if not request.htmx:  # type: ignore[attr-defined]  # set by its middleware
        return redirect("campaign_detail", pk=desk.campaign.pk)
    context = rows.around(desk, before, path)
    return render(request, "campaigns/_field_saved.html", context)
