"""Moves a change through its life. The only writer of `state`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F

from campaigns import audit, clock, lifecycle, limits
from campaigns.audit import Event, Told
from campaigns.lifecycle import State
from campaigns.models import (
    AuditEntry,
    Change,
    Channel,
    FieldChange,
    Lane,
    Person,
)


class LostRace(Exception):
    """The change was no longer in the state it had when it was looked at."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one field: its new state, what was found, what was said.

    `says` is the platform's own text, `advice` what we say to it.
    """

    state: State
    found: str | None = None
    found_text: str = ""
    says: str = ""
    advice: str = ""


@transaction.atomic
def move(
    change: Change,
    after: State,
    event: Event,
    *,
    fates: Mapping[str, Fate] | None = None,
    person: Person | None = None,
    says: str | None = "",
    reason: str = "",
    facts: Mapping[str, Any] | None = None,
    **columns: Any,
) -> AuditEntry:
    """Move `change` and its fields to a new state, with the entry that tells it.

    Fields without a fate follow the change; `columns` go into the same UPDATE; `says`
    None leaves what was said. Raises `LostRace` (and writes nothing) when the state is
    no longer the one in `change`, `IllegalMove` when its life does not lead there.
    """
    before = State(change.state)
    lifecycle.check(before, after)
    says = change.says if says is None else says
    if after == State.WAITING:
        wake(change.campaign_id)
    fields = _locked(change, before)
    outcome = {f.pk: (fates or {}).get(f.field, Fate(after)) for f in fields}
    entry = audit.append(
        event,
        f"campaign:{change.campaign_id}",
        at=clock.now(),
        person=person,
        channel=change.change_set.channel if person else Channel.SYSTEM,
        change=change,
        state=after,
        fields=[_told(f, outcome[f.pk]) for f in fields],
        reason=reason,
        facts={**({"says": says} if says else {}), **(facts or {})},
    )
    _write(change, before, after, entry, {"says": says, **columns})
    _write_fields(fields, outcome, entry)
    return entry


def _locked(change: Change, before: State) -> list[FieldChange]:
    """The fields of a change that nobody else moves from here on, or splits."""
    still = Change.objects.select_for_update().filter(pk=change.pk, state=before)
    if not still.values_list("pk", flat=True):
        raise LostRace(f"change {change.pk} is no longer {before.word}")
    return list(change.fields.all())


def _write(
    change: Change,
    before: State,
    after: State,
    entry: AuditEntry,
    columns: dict[str, Any],
) -> None:
    if after != before:
        columns = {"moved_at": clock.now(), **columns}
    if before == State.HELD != after:
        columns = {"held_with": None, **columns}
    still = Change.objects.filter(pk=change.pk, state=before)
    if not still.update(state=after, entry=entry, **columns):
        raise LostRace(f"change {change.pk} is no longer {before.word}")
    change.state, change.entry = after, entry
    for name, value in columns.items():
        if not hasattr(value, "resolve_expression"):
            setattr(change, name, value)


def _write_fields(
    fields: Sequence[FieldChange], outcome: Mapping[int, Fate], entry: AuditEntry
) -> None:
    """Fields that fare alike share an UPDATE."""
    alike: dict[Fate, list[int]] = {}
    for field in fields:
        fate = outcome[field.pk]
        alike.setdefault(fate, []).append(field.pk)
        for name, value in _columns(fate, entry).items():
            setattr(field, name, value)
    for fate, ids in alike.items():
        FieldChange.objects.filter(pk__in=ids).update(**_columns(fate, entry))


def _columns(fate: Fate, entry: AuditEntry) -> dict[str, Any]:
    """What a fate writes; what it does not tell of stays as it was."""
    columns: dict[str, Any] = {"state": fate.state, "entry": entry}
    if fate.found is not None:
        columns |= {"found": fate.found, "found_text": fate.found_text}
    words = {"says": fate.says, "advice": fate.advice}
    return columns | {name: value for name, value in words.items() if value}


def _told(field: FieldChange, fate: Fate) -> Told:
    return Told(
        field=field.field,
        label=field.label,
        seen=field.seen,
        wanted=field.wanted,
        seen_text=field.seen_text,
        wanted_text=field.wanted_text,
        state=fate.state,
        origin=field.origin,
        says=fate.says or fate.advice,
    )


def as_they_are(change: Change) -> dict[str, Fate]:
    """The fates of fields that do not follow their change."""
    return {row.field: Fate(State(row.state)) for row in change.fields.all()}


@transaction.atomic
def split(
    change: Change, clashing: Mapping[str, Fate], *, says: str = ""
) -> Change | None:
    """Give the clashing fields a change of their own in state Clash.

    The rest goes on in `change`. When every field clashes, `change` itself moves
    and nothing is returned.
    """
    fields = list(change.fields.all())
    if all(field.field in clashing for field in fields):
        _to_clash(change, Event.COMPARED, clashing, says)
        return None
    apart = begin(
        change.change_set_id, change.campaign_id, split_from=change, like=change
    )
    leaving = [f.pk for f in fields if f.field in clashing]
    FieldChange.objects.filter(pk__in=leaving).update(
        change=apart, state=State.DRAFT, entry=_parting_entry(change, apart, clashing)
    )
    _to_clash(apart, Event.SPLIT, clashing, says, split_from=change.pk)
    stays, facts = State(change.state), {"split_off": apart.pk}
    move(change, stays, Event.SPLIT, says=None, facts=facts)
    return apart


def _to_clash(
    change: Change, event: Event, fates: Mapping[str, Fate], says: str, **facts: int
) -> None:
    move(
        change,
        State.CLASH,
        event,
        fates=fates,
        says=says,
        facts=facts,
        waits_for_person=True,
    )


def _parting_entry(
    change: Change, apart: Change, clashing: Mapping[str, Fate]
) -> AuditEntry:
    return audit.append(
        Event.SPLIT,
        f"campaign:{change.campaign_id}",
        at=clock.now(),
        channel=Channel.SYSTEM,
        change=apart,
        state=State.DRAFT,
        facts={"split_from": change.pk, "fields": sorted(clashing)},
    )


def begin(
    change_set_id: int,
    campaign_id: int,
    *,
    split_from: Change | None = None,
    like: Change | None = None,
) -> Change:
    """A new draft change with the next number of its campaign's lane.

    The first statement is a write: it is the row lock on both databases.
    """
    lane = Lane.objects.filter(campaign_id=campaign_id)
    if not lane.update(last_sequence=F("last_sequence") + 1, due_at=clock.now()):
        Lane.objects.bulk_create([Lane(campaign_id=campaign_id)], ignore_conflicts=True)
        lane.update(last_sequence=F("last_sequence") + 1, due_at=clock.now())
    now = clock.now()
    return Change.objects.create(
        change_set_id=change_set_id,
        campaign_id=campaign_id,
        sequence=lane.values_list("last_sequence", flat=True).get(),
        split_from=split_from,
        created_at=now,
        moved_at=now,
        expires_at=like.expires_at if like else now + limits.span("EXPIRY"),
    )


def wake(campaign_id: int) -> None:
    """Let a worker look at this lane now. Taken before any other lock of a move."""
    Lane.objects.filter(campaign_id=campaign_id).update(due_at=clock.now())
