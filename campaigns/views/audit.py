"""The audit log for those who review: paged by key, filtered, never counted."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from campaigns import queries
from campaigns.audit import leaf, seal, texts
from campaigns.lifecycle import TOOK_EFFECT
from campaigns.models import AuditEntry, Change, Person
from campaigns.queries import EntryPage
from campaigns.rights import Right
from campaigns.views import filters, keys, lines, pretty, saved_views
from campaigns.views.asking import Asking, render_list
from campaigns.views.audit_filters import AuditFilters


@require_GET
def audit_list(request: Asking) -> HttpResponse:
    """Show the history, newest first, in the zone of who reads it."""
    form = AuditFilters(request.GET, request.user)
    page = _page(request, form)
    told = lines.tell(request.user, page.entries)
    context = {
        "filters": form,
        "page": page,
        "lines": told,
        "newer": _beside(form, "after", page.newer),
        "older": _beside(form, "before", page.older),
        "views": saved_views.tabs(request.user, form.query()),
        "back": _may_go_back(request.user, told),
        "stream": _stream(form),
        "sealed": seal.standing(),
        "texts_since": (since := texts.here_since()),
        "looks_back_to": since if form.is_valid() and form.asked().asks_texts else None,
    }
    return render_list(
        request, "campaigns/audit_list.html", "campaigns/_audit_rows.html", context
    )


@require_GET
def audit_entry(request: Asking, pk: int) -> HttpResponse:
    """Show one entry as it is stored, and the chain it is part of."""
    entry = get_object_or_404(queries.find_entry(request.user), pk=pk)
    chain = queries.find_entry(request.user).filter(change_id=entry.change_id)
    steps = list(chain.order_by("pk")) if entry.change_id else [entry]
    text = _text(entry, steps)
    told = lines.tell(request.user, steps)
    context = {
        "line": next(line for line in told if line.entry.pk == entry.pk),
        "chain": told if entry.change_id else [],
        "text": text,
        "body": pretty.indented(text) if text else "",
        "is_exact": leaf(text) == entry.leaf,
        "away": texts.whereabouts(entry) if not entry.body else None,
        "sealed": seal.standing(),
        "texts_since": texts.here_since(),
        **queries.find_neighbours(request.user, entry),
    }
    return render(request, "campaigns/audit_entry.html", context)


def _text(entry: AuditEntry, steps: list[AuditEntry]) -> str:
    """The exact text, from its archive where it is not here; "" where that is away."""
    if entry.body:
        return entry.body
    text = texts.from_archive(entry) or ""
    for step in steps:
        if step.pk == entry.pk:
            step.body = text  # to be told with all it says; nothing is saved
    return text


def _page(request: Asking, form: AuditFilters) -> EntryPage:
    if not form.is_valid():
        return EntryPage([])
    before, after = (_key(request, name) for name in ("before", "after"))
    jump: datetime | None = filters.end(form.cleaned_data["jump"])
    if jump and before is None and after is None:
        before = queries.first_after(jump)
    return queries.find_entries(request.user, form.asked(), before=before, after=after)


def _key(request: Asking, name: str) -> int | None:
    return keys.read(request.GET.get(name, ""))


def _beside(form: AuditFilters, name: str, key: int | None) -> str:
    """The address of the page next to this one; "" where it ends."""
    if key is None:
        return ""
    query = form.query(without="jump")
    return f"{query}{'&' if len(query) > 1 else ''}{name}={key}"


def _may_go_back(person: Person, told: list[lines.Line]) -> set[int]:
    """The entries whose change, as they left it, may be put back by this person."""
    if not person.may(Right.EDIT):
        return set()
    entries = {line.entry.pk for line in told if line.entry.state in TOOK_EFFECT}
    last = Change.objects.visible_to(person).filter(entry__in=entries)
    return {entry for entry in last.values_list("entry_id", flat=True) if entry}


def _stream(form: AuditFilters) -> dict[str, Any]:
    """The stream of one campaign, where one campaign is asked for."""
    campaign = form.key("campaign") if form.is_valid() else None
    if campaign is None:
        return {}
    name = f"campaign:{campaign}"
    return {"name": name, "number": queries.newest_number(name)}
