"""The audit log for those who review: paged by key, filtered, never counted."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from campaigns import queries, registry
from campaigns.audit import Event, leaf
from campaigns.lifecycle import TOOK_EFFECT
from campaigns.models import Change, Channel, Person
from campaigns.queries import EntryFilter, EntryPage
from campaigns.rights import Right
from campaigns.views import filters, lines, pretty
from campaigns.views.asking import Asking, render_list
from campaigns.views.filters import STATES, Filters

EVENTS = [(event.value, event.value.capitalize()) for event in Event]
OF_PEOPLE = [
    ("full_name", "Name"),
    ("email", "E-mail"),
    ("roles", "Roles"),
    ("timezone", "Time zone"),
]


def _fields() -> list[tuple[str, Any]]:
    """Every field that an entry may speak of, by platform."""
    of_platforms = [
        (
            platform.name,
            [(path, field.label) for path, field in platform.form.declared().items()],
        )
        for platform in registry.all()
    ]
    return [("", "All"), *of_platforms, ("People", OF_PEOPLE)]


class AuditFilters(Filters):
    q = filters.text("Campaign", "Campaign: name or remote id")
    person = forms.TypedChoiceField(label="Person", coerce=int, empty_value=None)
    platform = filters.platforms()
    field = forms.CharField(label="Field", max_length=120)
    state = forms.ChoiceField(label="State", choices=[("", "All"), *STATES])
    event = forms.ChoiceField(label="Event", choices=[("", "All"), *EVENTS])
    channel = forms.ChoiceField(
        label="Channel", choices=[("", "All"), *Channel.choices]
    )
    since = filters.day("From")
    until = filters.day("To")
    jump = filters.day("Jump to")
    campaign = filters.campaign()

    field_order = ("q", "person", "connection", "platform")

    def __init__(self, data: QueryDict, asker: Person) -> None:
        super().__init__(data, asker)
        people = [("", "Everyone"), *queries.find_people()]
        self.fields["person"] = forms.TypedChoiceField(
            choices=people, coerce=int, empty_value=None, required=False
        )
        self.fields["field"].widget = forms.Select(choices=_fields())

    def asked(self) -> EntryFilter:
        """What the address asks for."""
        chosen = self.cleaned_data
        return EntryFilter(
            text=chosen["q"].strip(),
            person=chosen["person"],
            campaign=self.key("campaign"),
            connection=self.key("connection"),
            platform=chosen["platform"],
            field=chosen["field"],
            state=chosen["state"],
            event=chosen["event"],
            channel=chosen["channel"],
            since=filters.begin(chosen["since"]),
            until=filters.end(chosen["until"]),
        )


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
        "newer": _beside(form, "after", page.entries[:1] if page.has_newer else []),
        "older": _beside(form, "before", page.entries[-1:] if page.has_older else []),
        "back": _may_go_back(request.user, told),
        "stream": _stream(form),
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
    told = lines.tell(request.user, steps)
    context = {
        "line": next(line for line in told if line.entry.pk == entry.pk),
        "chain": told if entry.change_id else [],
        "body": pretty.indented(entry.body),
        "is_exact": leaf(entry.body) == entry.leaf,
        **queries.find_neighbours(request.user, entry),
    }
    return render(request, "campaigns/audit_entry.html", context)


def _page(request: Asking, form: AuditFilters) -> EntryPage:
    if not form.is_valid():
        return EntryPage([], has_newer=False, has_older=False)
    before, after = (_key(request, name) for name in ("before", "after"))
    jump: datetime | None = filters.end(form.cleaned_data["jump"])
    if jump and before is None and after is None:
        before = queries.first_after(request.user, jump)
    return queries.find_entries(request.user, form.asked(), before=before, after=after)


def _key(request: Asking, name: str) -> int | None:
    text = request.GET.get(name, "")
    is_key = text.isdecimal() and len(text) < 20 and int(text) <= filters.KEY_LIMIT
    return int(text) if is_key else None


def _beside(form: AuditFilters, name: str, last: list[Any]) -> str:
    """The address of the page next to this one; "" where it ends."""
    if not last:
        return ""
    query = form.query(without="jump")
    return f"{query}{'&' if len(query) > 1 else ''}{name}={last[0].pk}"


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
