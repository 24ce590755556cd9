"""The order in which names go back where no two campaigns may share one.

A name that another campaign still has is waited for by delivery until that campaign
gives it up. Where campaigns wait for each other in a ring, one steps aside first,
under a name in between.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from campaigns import documents
from campaigns.diff import Origin, Plan
from campaigns.models import Campaign
from campaigns.planning import items, piles
from campaigns.planning.drafts import Desk
from campaigns.planning.items import Item
from campaigns.planning.piles import Sorted

KEPT = 200
"""So many characters of a name are kept in the name in between."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """The campaigns with their lines, what is sent in its order, what to say of it."""

    done: tuple[Sorted, ...]
    items: tuple[Item, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Mover:
    """A campaign that wants another name, and who has that name now."""

    place: int
    desk: Desk
    wanted: str
    holder: Campaign | None


def order(done: Sequence[Sorted]) -> Ordered:
    """Refuse names that stay taken, let rings step aside, and lay out what is sent."""
    settled, movers = list(done), _movers(done)
    while blocked := _blocked(movers):
        because = (
            f"“{blocked.holder}” has this name now: no two campaigns may share it."
        )
        path = blocked.desk.form.unique
        settled[blocked.place] = piles.refused(settled[blocked.place], path, because)
        del movers[blocked.desk.campaign.pk]
    aside = [movers[pk] for pk in _first_of_rings(movers)]
    first = {mover.place: _in_between(mover) for mover in aside}
    plans = [
        plan for n, each in enumerate(settled) for plan in _plans(each, first.get(n))
    ]
    return Ordered(tuple(settled), items.lay_out(plans), tuple(map(_note, aside)))


def _movers(done: Sequence[Sorted]) -> dict[int, _Mover]:
    """By campaign, who goes back to a name that only one may have."""
    found = [
        (n, each.desk, name) for n, each in enumerate(done) for name in _name(each)
    ]
    keys = {desk.campaign.connection_id for _, desk, _ in found if desk}
    names = {name for _, _, name in found}
    holders = {}
    if names:
        there = Campaign.objects.filter(connection__in=keys, name__in=names)
        holders = {(each.connection_id, each.name): each for each in there}
    return {
        desk.campaign.pk: _Mover(
            n, desk, name, holders.get((desk.campaign.connection_id, name))
        )
        for n, desk, name in found
        if desk
    }


def _name(each: Sorted) -> Iterator[str]:
    for edit in each.plan.edits:
        if each.desk and edit.field == each.desk.form.unique:
            yield str(documents.loads(edit.wanted))


def _blocked(movers: dict[int, _Mover]) -> _Mover | None:
    """A campaign whose name is with one that keeps it."""
    for pk, mover in movers.items():
        holder = mover.holder
        if holder is not None and holder.pk != pk and holder.pk not in movers:
            return mover
    return None


def _first_of_rings(movers: dict[int, _Mover]) -> list[int]:
    """Of each ring of campaigns that wait for each other, the first."""
    firsts, seen = [], set[int]()
    for start in movers:
        trail: list[int] = []
        pk: int | None = start
        while pk is not None and pk not in seen:
            seen.add(pk)
            trail.append(pk)
            holder = movers[pk].holder
            pk = holder.pk if holder is not None and holder.pk != pk else None
        if pk in trail:
            firsts.append(min(trail[trail.index(pk) :]))
    return firsts


def _in_between(mover: _Mover) -> str:
    mark = f"{mover.desk.campaign.pk} {mover.wanted}".encode()
    return f"{mover.wanted[:KEPT]} ({hashlib.sha256(mark).hexdigest()[:8]})"


def _plans(each: Sorted, in_between: str | None) -> Iterator[tuple[Desk, Plan]]:
    if each.desk is None or not each.plan.edits:
        return
    desk, plan = each.desk, each.plan
    if in_between is not None:
        path = desk.form.unique
        step = desk.form.plan(desk.document, {path: documents.canonical(in_between)})
        yield desk, step
        desk = replace(desk, document=documents.put(desk.document, path, in_between))
        touched = {e.field: e.wanted for e in plan.edits if e.origin == Origin.TOUCHED}
        plan = desk.form.plan(desk.document, touched)
    yield desk, plan


def _note(mover: _Mover) -> str:
    return (
        f"“{mover.desk.campaign}” and “{mover.holder}” have each other's name to get "
        f"back. The first is called “{_in_between(mover)}” for a moment."
    )
