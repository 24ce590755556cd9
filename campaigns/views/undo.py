"""The page of an undo: four counted piles first, then Send. Decides nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from campaigns.changes import NotAllowed
from campaigns.diff import FieldEdit, Note
from campaigns.models import Change, Person
from campaigns.planning import knowing, undo
from campaigns.planning.piles import Line, Pile
from campaigns.planning.proposals import Moved, NotReady
from campaigns.planning.undo import Undo
from campaigns.views import keys, sending, sheets, undo_sheet
from campaigns.views.campaign import person

SHOWN = 100
"""So many lines of a pile are laid out; all are counted."""
EVERY = "all"
"""Ticks each line that was changed again since."""


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that go back alike: the same field, from the same value to the same."""

    lines: list[Line]
    notes: tuple[Note, ...]

    @property
    def first(self) -> Line:
        """The line that speaks for all of them."""
        return self.lines[0]


@require_GET
def undo_preview(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Show what an undo would do. Nothing has left."""
    planned = _plan(person(request), kind, pk, request.GET)
    if request.GET.get("as") == "csv":
        return sheets.answer(f"undo-of-{kind}-{pk}", undo_sheet.lines(planned))
    return _page(request, planned, kind, pk)


@require_POST
def undo_send(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Send the undo that was shown; the same form twice gives the same change set."""
    planned = _plan(person(request), kind, pk, request.POST)
    try:
        sent = sending.send(request, planned.proposal, undoes=planned.change_set)
    except (Moved, NotReady, NotAllowed) as error:
        return _page(request, planned, kind, pk, problem=str(error))
    return sending.sent(request, sent)


def _plan(asker: Person, kind: str, pk: int, asked: QueryDict) -> Undo:
    of_kind = {"set": {"change_set": pk}, "change": {"pk": pk}}
    if kind not in of_kind or pk > keys.LARGEST:
        raise Http404("Only a change or a change set can be undone.")
    changes = list(_changes(asker).filter(**of_kind[kind]))
    if not changes:
        raise Http404("There is nothing of this that you could undo.")
    fields, ticked = asked.getlist("field"), set(asked.getlist("tick"))
    if EVERY in ticked:
        planned = undo.plan(asker, changes, fields=fields)
        ticked = {line.key for line in planned.on(Pile.AGAIN)}
    return undo.plan(asker, changes, fields=fields, ticked=ticked)


def _changes(asker: Person) -> QuerySet[Change]:
    seen = Change.objects.visible_to(asker).filter(fields__isnull=False).distinct()
    related = seen.select_related("campaign__connection", "change_set__person")
    return related.prefetch_related("fields").order_by("campaign_id", "sequence")


def _page(
    request: HttpRequest, planned: Undo, kind: str, pk: int, *, problem: str = ""
) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    again = planned.on(Pile.AGAIN)
    known, typed = sending.known(request)
    context: dict[str, Any] = {
        "undo": planned,
        "kind": kind,
        "pk": pk,
        "fields": asked.getlist("field"),
        "counts": {pile.value: count for pile, count in planned.counts.items()},
        "total": len(planned.lines),
        "campaigns": len({line.row.change.campaign_id for line in planned.lines}),
        "sent": len(planned.sent),
        "stays": len(planned.lines) - len(planned.sent),
        "again": again[:SHOWN],
        "is_every": len(again) > SHOWN and EVERY in asked.getlist("tick"),
        "ticked": sum(line.is_sent for line in again),
        "groups": (groups := _groups(planned))[:SHOWN],
        "groups_total": len(groups),
        "sheet": _sheet(asked),
        "already": planned.on(Pile.ALREADY)[:SHOWN],
        "causes": [
            (words, lines[:SHOWN], len(lines)) for words, lines in planned.causes
        ],
        "beside": _beside(planned),
        "problem": problem,
        "things": knowing.asked(planned.proposal),
        "known": known,
        "typed": typed,
        "key": sending.key(request),
        "title": request.POST.get("title", f"Undo of {_name(planned, kind, pk)}"[:200]),
        "name": _name(planned, kind, pk),
        "reason": request.POST.get("reason", ""),
    }
    status = 422 if problem else 200
    return render(request, "campaigns/undo.html", context, status=status)


def _name(planned: Undo, kind: str, pk: int) -> str:
    if kind == "change":
        return f"change {pk}"
    title = planned.change_set.title
    return f"“{title}”" if title else f"change set {pk}"


def _groups(planned: Undo) -> list[Group]:
    """What goes back, alike together, the most frequent first."""
    notes = {
        f"{item.campaign.pk}.{path}": tuple(said)
        for item in planned.proposal.items
        for path, said in item.plan.notes.items()
    }
    lines = sorted(planned.on(Pile.BACK), key=_alike)
    groups = [
        Group(found, _of_all(notes.get(line.key, ()) for line in found))
        for found in (list(lines) for _, lines in groupby(lines, key=_alike))
    ]
    return sorted(groups, key=lambda group: -len(group.lines))


def _sheet(asked: QueryDict) -> str:
    """The address of the same plan as CSV, with the same fields and ticks."""
    kept = QueryDict(mutable=True)
    for name in ("field", "tick"):
        kept.setlist(name, asked.getlist(name))
    kept["as"] = "csv"
    return f"?{kept.urlencode()}"


def _alike(line: Line) -> tuple[str, str, str]:
    return (line.row.label, line.now_text, line.before_text)


def _of_all(notes: Iterable[tuple[Note, ...]]) -> tuple[Note, ...]:
    return tuple(dict.fromkeys(note for said in notes for note in said))


def _beside(planned: Undo) -> list[tuple[str, FieldEdit]]:
    """What sending it would change besides the lines: a name in between, an effect."""
    mine = {line.key for line in planned.sent}
    return [
        (item.campaign.name, edit)
        for item in planned.proposal.items
        for edit in item.plan.edits
        if f"{item.campaign.pk}.{edit.field}" not in mine and edit.seen != edit.wanted
    ]
