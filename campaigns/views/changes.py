"""The list of changes and the page of one: read, kept up to date, never decided."""

from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from campaigns import changes, queries
from campaigns.lifecycle import OPEN
from campaigns.models import Change
from campaigns.rights import Right
from campaigns.views import filters, keys, story
from campaigns.views.asking import Asking, render_list
from campaigns.views.filters import WORK, Filters

PAGE = 50
MINE = "mine"


class ChangeFilters(Filters):
    state = forms.ChoiceField(label="State", choices=WORK)
    by = forms.ChoiceField(label="By", choices=[("", "Everyone"), (MINE, "Me")])
    since = filters.day("From")
    until = filters.day("To")
    campaign = filters.campaign()
    set = filters.number("Change set")

    field_order = ("state", "by", "connection")

    def asked(self) -> queries.ChangeFilter:
        """What the address asks for."""
        chosen = self.cleaned_data
        return queries.ChangeFilter(
            state=chosen["state"],
            person=self.asker.pk if chosen["by"] == MINE else None,
            campaign=self.key("campaign"),
            connection=self.key("connection"),
            change_set=chosen["set"],
            since=filters.begin(chosen["since"]),
            until=filters.end(chosen["until"]),
        )


@require_GET
def change_list(request: Asking) -> HttpResponse:
    """Show the changes this person may see, newest first."""
    form = ChangeFilters(request.GET, request.user)
    page = _page(request, form)
    context = {
        "filters": form,
        "page": page,
        "undo_set": _undoable(request, form),
        **_poll(list(page.object_list)),
    }
    return render_list(
        request, "campaigns/change_list.html", "campaigns/_change_rows.html", context
    )


@require_GET
def change_live(request: Asking) -> HttpResponse:
    """Send the rows that moved since the page showed them; 204 when none did.

    `seen` names what the page shows and follows: "12.340,13.351", a change and the
    entry that moved it last.
    """
    seen = _seen(request.GET.get("seen", ""))
    asked = queries.ChangeFilter(pks=list(seen))
    shown = list(queries.find_changes(request.user, asked))
    moved = [change for change in shown if (change.entry_id or 0) != seen[change.pk]]
    if not moved and len(shown) == len(seen):
        return HttpResponse(status=204)
    context = {"changes": moved, **_poll(shown)}
    return render(request, "campaigns/_change_live.html", context)


@require_GET
def change_detail(request: Asking, pk: int) -> HttpResponse:
    """Show one change with its whole story; to a poll, only when it moved."""
    change = get_object_or_404(queries.find_change(request.user), pk=pk)
    context: dict[str, Any] = story.page(request.user, change)
    if not request.htmx:
        return render(request, "campaigns/change_detail.html", context)
    if request.GET.get("seen") == context["stamp"]:
        return HttpResponse(status=204)
    return render(request, "campaigns/_change_detail_live.html", context)


def _undoable(request: Asking, form: ChangeFilters) -> int | None:
    """The set that the list is about, where this person may undo it."""
    is_asked = form.is_valid() and request.user.may(Right.EDIT)
    return form.cleaned_data["set"] if is_asked else None


def _page(request: Asking, form: ChangeFilters) -> Page[Change]:
    found: QuerySet[Change] = Change.objects.none()
    if form.is_valid():
        found = queries.find_changes(request.user, form.asked())
    return Paginator(found, PAGE).get_page(request.GET.get("page"))


def _poll(shown: list[Change]) -> dict[str, Any]:
    """What a page has to ask for again; slower where only a person can move it."""
    following = [
        change
        for change in shown
        if change.state in OPEN and not changes.is_left(change)
    ]
    moving = any(not change.waits_for_person for change in following)
    seen = ",".join(f"{change.pk}.{change.entry_id or 0}" for change in following)
    return {"seen": seen, "every": "2s" if moving else "15s"}


def _seen(text: str) -> dict[int, int]:
    pairs = [pair.split(".") for pair in text.split(",")[: PAGE + 1]]
    try:
        return {_key(change): _key(entry) for change, entry in pairs[:PAGE]}
    except ValueError as error:
        raise Http404("This is not what a page of changes asks for.") from error


def _key(text: str) -> int:
    key = keys.read(text)
    if key is None:
        raise ValueError(text)
    return key
