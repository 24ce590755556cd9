"""Saved views of the audit log: one's own as tabs, anybody's by their link."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from campaigns.audit import Event
from campaigns.models import Person, SavedView
from campaigns.reviews import saved
from campaigns.views.asking import Asking
from campaigns.views.audit_filters import AuditFilters
from campaigns.views.errors import refuse

EVERYTHING = "?"
BUILT_IN = (
    ("Everything", EVERYTHING),
    ("From outside", f"?event={Event.OUTSIDE.replace(' ', '+')}"),
)


@dataclass(frozen=True, slots=True)
class Tabs:
    """The views to choose from; `current` is the one of one's own that is shown."""

    pills: list[dict[str, object]]
    query: str
    current: SavedView | None
    is_new: bool


def tabs(person: Person, query: str) -> Tabs:
    """Everyone's views, then the person's own; `query` is what is shown now."""
    own = list(SavedView.objects.filter(person=person))
    named = [*BUILT_IN, *((view.name, view.query) for view in own)]
    here = reverse("audit_list")
    pills: list[dict[str, object]] = [
        {"text": name, "url": f"{here}{asks}", "count": None, "current": asks == query}
        for name, asks in named
    ]
    current = next((view for view in own if view.query == query), None)
    is_new = query not in {asks for _, asks in named}
    return Tabs(pills, query, current, is_new)


@require_safe
def view_open(request: Asking, pk: int) -> HttpResponse:
    """Follow the link of a saved view, one's own or somebody else's."""
    view = get_object_or_404(SavedView, pk=pk)
    return redirect(f"{reverse('audit_list')}{view.query}")


@require_POST
def view_save(request: Asking) -> HttpResponse:
    """Keep the filters that are shown under a name."""
    typed = QueryDict(request.POST.get("query", "").removeprefix("?"))
    filters = AuditFilters(typed, request.user)
    if not filters.is_valid():
        raise Http404("These are not filters of the audit log.")
    query = filters.query()
    try:
        saved.save(request.user, request.POST.get("name", ""), query)
    except ValidationError as error:
        return refuse(request, error, f"{reverse('audit_list')}{query}")
    return redirect(f"{reverse('audit_list')}{query}")


@require_POST
def view_remove(request: Asking, pk: int) -> HttpResponse:
    """Remove one of one's own views."""
    try:
        saved.forget(request.user, pk)
    except SavedView.DoesNotExist as error:
        raise Http404("This view is no longer here.") from error
    messages.info(request, "The view is gone. The entries are untouched.")
    return redirect("audit_list")
