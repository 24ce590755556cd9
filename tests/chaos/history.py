"""The three histories a run leaves behind, brought into one shape for the checker.

What people were told, what the platform's journal holds, what our database and its
audit hold. Plain values: nothing here decides anything.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from campaigns.lifecycle import State
from campaigns.models import (
    Attempt,
    AuditEntry,
    Change,
    Connection,
    FieldChange,
    Lane,
)


@dataclass(frozen=True)
class Told:
    """What a person was told, and when: `kind` is sent or cancelled."""

    kind: str
    at: datetime
    person: int
    key: str = ""
    changes: tuple[int, ...] = ()
    edits: tuple[tuple[str, str, str | None, str], ...] = ()


@dataclass(frozen=True)
class Effect:
    """One write on the platform; `request` is None for somebody else's edit."""

    order: int
    at: datetime
    campaign: str
    before: dict[str, Any]
    after: dict[str, Any]
    request: "Seen | None"
    is_repeated: bool = False
    stale: float = 0.0


@dataclass(eq=False)
class Seen:
    """One request or outside edit as the platform's journal tells it."""

    number: int
    kind: str
    method: str
    path: str
    campaign: str
    body: str
    start: datetime
    end: datetime | None
    status: int | None
    fault: dict[str, Any] | None
    effects: list[Effect] = field(default_factory=list)


@dataclass
class History:
    told: list[Told]
    seen: list[Seen]
    effects: list[Effect]
    first: dict[str, dict[str, Any]]
    last: dict[str, dict[str, Any]]
    changes: dict[int, Any]
    fields: dict[int, list[Any]]
    attempts: list[Any]
    entries: list[Any]
    lanes: list[Any]
    settle: float
    policy: str = "careful"
    still_open: tuple[int, ...] = ()
    is_held: bool = False
    frozen: tuple[tuple[datetime, datetime], ...] = ()
    trouble: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)


def seen(journal):
    """The journal's entries as `Seen`, with their effects in order."""
    made = [_seen(entry) for entry in journal]
    effects = [effect for entry in made for effect in entry.effects]
    return made, sorted(effects, key=lambda effect: effect.order)


def _seen(entry):
    start = _moment(entry["at"])
    took = entry["ended"] is not None and entry["ended"] - entry["started"]
    made = Seen(
        number=entry["number"],
        kind=entry["kind"],
        method=entry["method"],
        path=entry["path"],
        campaign=entry["campaign"] or "",
        body=entry["body"],
        start=start,
        end=start + timedelta(seconds=float(took)) if took is not False else None,
        status=entry["status"],
        fault=entry["fault"],
    )
    stale = float((entry["fault"] or {}).get("stale", 0))
    for turn, line in enumerate(entry["effects"]):
        made.effects.append(
            Effect(
                order=line["order"],
                at=_moment(line["at"]),
                campaign=line["campaign"],
                before=line["before"],
                after=line["after"],
                request=made if entry["kind"] == "request" else None,
                is_repeated=turn > 0,
                stale=stale,
            )
        )
    return made


def _moment(at):
    return at if isinstance(at, datetime) else datetime.fromisoformat(at)


def forgotten():
    """What is Held with a connection that nothing holds: a worker lets it go on."""
    going = Connection.objects.going().values("pk")
    return Change.objects.filter(state=State.HELD, held_with__in=going)


def rows(connection=None):
    """What the database holds now of one connection, or of all, for a `History`."""
    whose = {"campaign__connection": connection} if connection else {}
    told = {"connection_id": connection.pk} if connection else {}
    fields = defaultdict(list)
    mine = Change.objects.filter(**whose)
    for row in FieldChange.objects.filter(change__in=mine).order_by("pk").values():
        fields[row["change_id"]].append(SimpleNamespace(**row))
    remote = "campaign__remote_id"
    changes = mine.order_by("pk").values(
        *_columns(Change), remote, "change_set__key", "change_set__person_id"
    )
    attempts = Attempt.objects.filter(**whose).order_by("pk")
    attempts = attempts.values(*_columns(Attempt), remote)
    entries = AuditEntry.objects.filter(**told).order_by("pk").values()
    lanes = Lane.objects.filter(**whose).values(*_columns(Lane), remote)
    going = Connection.objects.going()
    if connection:
        going = going.filter(pk=connection.pk)
    return {
        "changes": {row["id"]: _plain(row) for row in changes},
        "fields": dict(fields),
        "attempts": [_plain(row) for row in attempts],
        "entries": [_plain(row) for row in entries],
        "lanes": [_plain(row) for row in lanes],
        "is_held": not going.exists(),
    }


def _columns(model):
    return [column.attname for column in model._meta.concrete_fields]


def _plain(row):
    names = {
        "campaign__remote_id": "campaign",
        "change_set__key": "key",
        "change_set__person_id": "person",
    }
    return SimpleNamespace(**{names.get(k, k): value for k, value in row.items()})
