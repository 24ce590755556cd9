"""The steps a change has taken and may still take, for the ladder on screens."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from campaigns.lifecycle import OPEN, State
from campaigns.models import AuditEntry, Change, FieldChange

_ROAD = (State.WAITING, State.SENDING, State.ACCEPTED, State.CONFIRMED)
_ARRIVED = frozenset({State.CONFIRMED, State.UNCONFIRMABLE, State.ALREADY_SO})


@dataclass(frozen=True, slots=True)
class Step:
    """One rung: `step` is done, now, next or exit."""

    word: str
    state: str
    step: str
    time: datetime | None


def ladders(changes: Iterable[Change]) -> dict[int, list[tuple[State, datetime]]]:
    """When each change came into each of its states, by one query."""
    entries = AuditEntry.objects.filter(
        change_id__in=[change.pk for change in changes]
    ).exclude(state__in=("", State.DRAFT))
    told: dict[int, list[tuple[State, datetime]]] = {}
    rows = entries.order_by("pk").values_list("change_id", "state", "at")
    for change_id, state, at in rows:
        history = told.setdefault(change_id or 0, [])
        if not history or history[-1][0] != state:
            history.append((State(state), at))
    return told


def steps(
    row: FieldChange | Change, history: list[tuple[State, datetime]]
) -> list[Step]:
    """The ladder of one field or change: what was, what is, what is hoped for."""
    now = State(row.state)
    past = [Step(state.word, state, "done", at) for state, at in history[:-1]]
    at = history[-1][1] if history else None
    is_exit = now not in OPEN and now not in _ARRIVED
    here = Step(now.word, now, "exit" if is_exit else "now", at)
    return [*past, here, *_hoped(row, now)]


def _hoped(row: FieldChange | Change, now: State) -> list[Step]:
    if now not in _ROAD[:-1]:
        return []
    last = State.CONFIRMED
    if isinstance(row, FieldChange) and not row.readable:
        last = State.UNCONFIRMABLE
    ahead = (*_ROAD[_ROAD.index(now) + 1 : -1], last)
    return [Step(state.word, state, "next", None) for state in ahead]
